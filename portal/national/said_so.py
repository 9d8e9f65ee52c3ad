"""An answer as a page draws it: the same tables as in its files, each number a link to the records behind it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.briefing.addresses import Addresses
from coordination.briefing.changes import Changes, reasons
from coordination.briefing.figures import codes_in
from coordination.briefing.papers import heading_of, matrix, totals
from coordination.briefing.reading import Content
from coordination.briefing.writing.paper import Cell, Grid
from design.components import Column, Link, NavItem, Table


def around(here: str) -> list[NavItem]:
    """The two lists of what the centre tells others."""
    lists = (("questions", _("Questions")), ("packs", _("Briefing packs")))
    return [NavItem(text, reverse(f"admin:national-{name}"), name == here) for name, text in lists]


def figures(found: Content) -> dict[str, Any]:
    parts = []
    for part in found.parts:
        grids = [totals("", _("All together"), part.total)] if part.total else []
        parts.append(
            {
                "heading": heading_of(part),
                "source": part.source,
                "coverage": part.coverage,
                "tables": [drawn(grid) for grid in (*grids, *matrix("", part.rows))],
            }
        )
    return {"parts": parts, "codes": codes_in(found.lines)}


def changed(changes: Changes, addresses: Addresses) -> dict[str, Any]:
    why = reasons(changes)
    return {
        "changes": changes,
        "touched": [
            {
                "touched": each,
                "record": addresses.of_record(each.reference),
                "revisions": [
                    {
                        "name": name,
                        "href": f"{addresses.of_revisions(each.reference)}#{name}",
                        "reason": why.get(name, ""),
                    }
                    for name in each.revisions
                ],
            }
            for each in changes.touched or ()
        ],
    }


def drawn(grid: Grid) -> Table:
    return Table(
        grid.caption,
        [Column(heading, numeric) for heading, numeric in zip(grid.headings, grid.numeric, strict=True)],
        [[_cell(cell) for cell in row] for row in grid.rows],
    )


def _cell(cell: Cell) -> str | Link:
    return Link(cell.text, cell.href) if cell.href else cell.text
