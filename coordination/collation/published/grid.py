"""A table as columns and values, once for all formats: what a file holds in a cell, this says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.figures import INSTEAD_OF_A_NUMBER, Code, Figure
from coordination.collation.measures import Measure, Rate

if TYPE_CHECKING:
    from coordination.collation.published.declaration import Group
    from coordination.collation.published.reading import Row, Table

# A number, a text, or a code in square brackets in place of a number; "" only where no code marks a number.
Value = int | float | str
INSTEAD = tuple(code.shown for code in Code if code in INSTEAD_OF_A_NUMBER)


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    YEAR = "year"
    MONTH = "month"  # 2024-03
    DAY = "day"  # 2024-03-31
    WHOLE = "whole"  # a whole number; with `has_codes` also [x], [z] or [c]
    DECIMAL = "decimal"  # the same with decimals
    STATUS = "status"  # codes without brackets, parted by blanks; nothing for a plain number


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in CSV and JSON, `title` in spreadsheets. `group` is the caption of the group it stands in, and None for
    a column that names a row or says what the row speaks of: it stands in every sheet."""

    name: str
    title: str | Promise
    definition: str | Promise
    kind: Kind
    has_codes: bool = False
    decimals: int = 0
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` in the order of the table; `total` adds them up, None where there are no records."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None

    def of_group(self, number: int) -> list[int]:
        """Places of the columns that stand in the sheet of a group."""
        return [place for place, column in enumerate(self.columns) if column.group in (None, number)]


_STATUS = gettext_lazy("Codes that stand in place of the number or beside it. Nothing: a plain number.")
_KNOWN = gettext_lazy("Of how many records the number speaks.")


def laid_out(table: Table) -> Grid:
    """The table as columns and values."""
    columns = (*table.published.dimension.columns, *_about(table))
    for number, group in enumerate(table.published.groups):
        columns += tuple(_of_group(group, number, table))
    total = None
    if table.total is not None:
        total = (*_names_of_all(table, table.total), *_values(table, table.total))
    return Grid(columns, tuple((*row.values, *_values(table, row)) for row in table.rows), total)


def _names_of_all(table: Table, total: Row) -> Iterator[Value]:
    ends = {"from": total.period.first, "to": total.period.last}
    for column in table.published.dimension.columns:
        if column.kind is Kind.DAY:
            yield ends[column.name].isoformat()
        else:
            yield str(table.published.dimension.all_label)


def _about(table: Table) -> Iterator[Column]:
    yield Column("realm", _("Record"), _("“national”, or “demonstration” for made-up figures."), Kind.TEXT)
    yield Column(
        "tier", _("Source"), _("“primary”: the forces' own records. “secondary”: other sources."), Kind.TEXT
    )
    yield Column("technology", _("Technology"), _("The kind of facial recognition."), Kind.TEXT)
    yield Column("records", _("Records"), _("How many records the row speaks of."), Kind.WHOLE)
    if table.question.force is not None:
        yield Column(
            "force", _("Code of the force"), _("The force that the table was narrowed to."), Kind.TEXT
        )
    elif table.published.dimension.has_coverage:
        yield Column(
            "forces_with_records",
            _("Forces with records"),
            _("Territorial forces with at least one record."),
            Kind.WHOLE,
        )
        yield Column("forces", _("Forces"), _("Territorial forces that there were."), Kind.WHOLE)


def _of_group(group: Group, number: int, table: Table) -> Iterator[Column]:
    for measure in group.measures:
        if measure in table.columns:
            yield from _of_measure(measure, number)


def _of_measure(measure: Measure | Rate, group: int) -> Iterator[Column]:
    label, code = str(measure.label), measure.code

    def column(ending: str, title: str, definition: str, kind: Kind, decimals: int = 0) -> Column:
        has_codes = kind in (Kind.WHOLE, Kind.DECIMAL) and ending != "_known"
        name = f"{label}: {title}" if title else label
        return Column(f"{code}{ending}", name, definition, kind, has_codes, decimals, group)

    defined = f"{measure.definition} {measure.comparability}"
    if isinstance(measure, Measure):
        yield column("", "", defined, Kind.WHOLE)
        yield column("_status", _("codes"), str(_STATUS), Kind.STATUS)
        yield column("_known", _("records known"), str(_KNOWN), Kind.WHOLE)
        return
    yield column("", "", f"{defined} {_unit(measure)}", Kind.DECIMAL, measure.decimals)
    yield column("_status", _("codes"), str(_STATUS), Kind.STATUS)
    top, bottom = str(measure.numerator.label).lower(), str(measure.denominator.label).lower()
    yield column("_numerator", top, _("The count above the line."), Kind.WHOLE)
    yield column(
        "_denominator", bottom, _("The count below the line, in %s.") % measure.denominator.unit, Kind.WHOLE
    )
    if measure.is_share:
        limit = _("of the exact 95% interval (Clopper and Pearson).")
        yield column(
            "_lower_95", _("lower limit"), _("Lower limit %s") % limit, Kind.DECIMAL, measure.decimals
        )
        yield column(
            "_upper_95", _("upper limit"), _("Upper limit %s") % limit, Kind.DECIMAL, measure.decimals
        )
    yield column("_known", _("records known"), str(_KNOWN), Kind.WHOLE)


def _unit(measure: Rate) -> str:
    return _("A share of 1: 0.021 is 2.1%.") if measure.is_share else _("In %s.") % measure.unit


def _values(table: Table, row: Row) -> Iterator[Value]:
    yield from (table.question.realm, table.question.tier, table.question.technology)
    yield max((cell.figure.records for cell in row.cells), default=0)
    if table.question.force is not None:
        yield table.question.force.code
    elif table.published.dimension.has_coverage:
        covers = row.coverage
        yield from (covers.counted, covers.territorial) if covers else (0, 0)
    for cell in row.cells:
        yield from figure_values(cell.figure)


def figure_values(figure: Figure) -> Sequence[Value]:
    """A figure in the order of its columns."""
    measure = figure.measure
    instead = figure.code.shown if figure.code else None
    if isinstance(measure, Measure):
        return instead or figure.number or 0, figure.status, figure.known
    number = round(float(figure.number or 0), measure.decimals)
    counts = (instead or each or 0 for each in (figure.numerator, figure.denominator))
    limits: tuple[Value, ...] = ()
    if measure.is_share:
        found = figure.interval
        missing = Code.NOT_AVAILABLE.shown
        limits = (
            (round(found.lower, measure.decimals), round(found.upper, measure.decimals))
            if found
            else (missing, missing)
        )
    return instead or number, figure.status, *counts, *limits, figure.known
