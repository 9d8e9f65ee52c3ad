"""The same paper as a spreadsheet: a cover, what is said, a sheet for each table, and every address in one sheet."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from coordination.briefing.writing.paper import Cell, Grid, Paper, Points, Text
from coordination.collation.published.formats.as_ods import MEDIA_TYPE, written
from coordination.collation.published.formats.sheets import Block, Sheet

__all__ = ["MEDIA_TYPE", "write"]


def write(paper: Paper) -> bytes:
    return written(list(_sheets(paper)), title=paper.title, at=paper.at)


def _sheets(paper: Paper) -> Iterator[Sheet]:
    facts = (f"{name}: {said}" for name, said in paper.facts)
    yield Sheet(_("Cover"), paper.title, (paper.subtitle, *facts, *paper.notes))
    tables = [_table(number, grid) for number, grid in enumerate(paper.grids(), 1)]
    addresses = list(_addresses(paper))
    kept = [sheet for sheet in (_said(paper), _where(addresses)) if sheet.block and sheet.block.rows]
    yield Sheet(
        _("Contents"),
        _("Contents"),
        (_("This sheet holds one table: what each of the other sheets holds."),),
        Block(
            "contents",
            (_("Sheet"), _("What it holds")),
            tuple((sheet.name, sheet.title) for sheet in (*kept[:1], *tables, *kept[1:])),
        ),
    )
    yield from kept[:1]
    yield from tables
    yield from kept[1:]


def _said(paper: Paper) -> Sheet:
    rows = []
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, Text):
                rows.append((section.heading, block.said, block.href or _("none")))
            elif isinstance(block, Points):
                rows += [(section.heading, said, _("none")) for said in block.said]
    return Sheet(
        _("Words"),
        _("What is said beside the figures"),
        (_("This sheet holds one table."),),
        Block("words", (_("Section"), _("What it says"), _("Address")), tuple(rows)),
    )


def _table(number: int, grid: Grid) -> Sheet:
    lines = [_("This sheet holds one table. The address of each number stands in the sheet “Addresses”.")]
    if grid.href:
        lines.append(grid.href)
    decimals = tuple(
        max((row[place].decimals for row in grid.rows), default=0) for place in range(len(grid.headings))
    )
    return Sheet(
        grid.name,
        grid.caption,
        tuple(lines),
        Block(
            f"table_{number}",
            grid.headings,
            tuple(tuple(_value(cell) for cell in row) for row in grid.rows),
            decimals,
        ),
    )


def _value(cell: Cell) -> int | float | str:
    return cell.text if cell.value is None else cell.value


def _addresses(paper: Paper) -> Iterator[tuple[int | float | str, ...]]:
    for grid in paper.grids():
        for row in grid.rows:
            for heading, cell in zip(grid.headings, row, strict=True):
                if cell.href:
                    yield grid.name, row[0].text, heading, cell.text, cell.href


def _where(rows: list[tuple[int | float | str, ...]]) -> Sheet:
    return Sheet(
        _("Addresses"),
        _("Where each figure can be checked"),
        (_("This sheet holds one table. Each address opens the records, table or page behind the figure."),),
        Block("addresses", (_("Sheet"), _("Row"), _("Figure"), _("What it says"), _("Address")), tuple(rows)),
    )
