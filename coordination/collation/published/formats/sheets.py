"""A table as a workbook, before it is ODS or XLSX: a cover, contents, notes, definitions and a sheet for each group.

As the Analysis Function advises in "Releasing statistics in spreadsheets": a title in A1, one named table a sheet, no
merged and no blank cell, codes in square brackets or a column of their own, and nothing said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from django.utils.translation import gettext as _

from coordination.collation.published import words
from coordination.collation.published.grid import Kind, Value
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

WIDEST = 80  # characters; beyond it a text goes on in the next line of its cell


@dataclass(frozen=True, slots=True)
class Block:
    """The named table of a sheet: a row of headings, then its rows. `decimals` says how numbers are shown."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    decimals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """`title` stands in A1, `lines` in the rows below it, the table follows."""

    name: str
    title: str
    lines: tuple[str, ...]
    block: Block | None = None

    @property
    def widths(self) -> list[int]:
        """How wide each column wants to be, in characters."""
        if self.block is None:
            return [WIDEST]
        cells = [self.block.headings, *self.block.rows]
        found = [max(len(str(row[place])) for row in cells) + 2 for place in range(len(self.block.headings))]
        return [min(max(width, 12), WIDEST) for width in found]


def workbook(table: Table, place: Place) -> list[Sheet]:
    tables = list(_tables(table))
    listed = (
        Sheet(
            _("Contents"),
            _("Contents"),
            (_("This sheet holds one table: what each of the other sheets holds."),),
            Block(
                "contents",
                (_("Sheet"), _("What it holds")),
                (
                    (_("Notes"), _("What must be known to read the figures rightly, and the codes.")),
                    (_("Codes"), _("What the codes in square brackets mean.")),
                    (_("Definitions"), _("What each column means.")),
                    *((sheet.name, sheet.title) for sheet in tables),
                ),
            ),
        ),
        Sheet(
            _("Notes"),
            _("Notes"),
            (_("This sheet holds one table."),),
            Block(
                "notes",
                (_("Note"), _("What it says")),
                tuple((number, said) for number, said in enumerate(words.notes(table), 1)),
            ),
        ),
        Sheet(
            _("Codes"),
            _("Codes"),
            (
                _(
                    "This sheet holds one table. A code stands in place of a number, or in a column beside it."
                ),
                _("“none” in a column of codes means that nothing needs to be said of the number."),
            ),
            Block("codes", (_("Code"), _("What it means")), tuple(words.shorthand(table))),
        ),
        Sheet(
            _("Definitions"),
            _("Definitions"),
            (_("This sheet holds one table: the columns of the tables, with their names in the CSV."),),
            Block(
                "definitions",
                (_("Column"), _("Name in the CSV"), _("What it means")),
                tuple(
                    (str(column.title), column.name, str(column.definition)) for column in table.grid.columns
                ),
            ),
        ),
    )
    return [Sheet(_("Cover"), words.title(table), tuple(_cover(table, place))), *listed, *tables]


def _cover(table: Table, place: Place) -> Iterator[str]:
    if words.is_made_up(table):
        yield _("Every figure in this workbook is made up, for a demonstration.")
    yield str(table.published.says)
    yield _("Coverage: %s") % words.coverage(table)
    yield _("Days of the deployments: %s") % words.days(table)
    yield _("As of: %s") % words.as_of(table)
    yield _("Source: %s") % words.source(table)
    yield _("Where it is published: %s") % place.of(table)
    yield _("To cite it: %s") % words.citation(table, place)
    yield _("Open Government Licence v3.0: %s") % words.LICENCE


def _tables(table: Table) -> Iterator[Sheet]:
    grid = table.grid
    numbers = count(1)
    for group, each in enumerate(table.published.groups):
        places = grid.of_group(group)
        columns = [grid.columns[place] for place in places]
        if all(column.group is None for column in columns):
            continue
        number = next(numbers)
        rows = [*grid.rows, *([grid.total] if grid.total else [])]
        lines = [_("This sheet holds one table. Its figures speak of: %s") % words.coverage(table)]
        if grid.total:
            lines.append(
                _("The last row adds up the rows above it: leave it out when you add them up yourself.")
            )
        yield Sheet(
            _("Table %s") % number,
            f"{words.title(table)}: {each.caption}",
            tuple(lines),
            Block(
                f"table_{number}",
                tuple(str(column.title) for column in columns),
                tuple(
                    tuple(
                        _("none") if grid.columns[at].kind is Kind.STATUS and row[at] == "" else row[at]
                        for at in places
                    )
                    for row in rows
                ),
                tuple(column.decimals for column in columns),
            ),
        )
