"""A published table as it stands: read once, shown and written in many ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from coordination.collation.figures import Code, Coverage, Figure, Tally
from coordination.collation.measures import FEWEST_EXPECTED, Measure, Rate
from coordination.collation.published.declaration import Published
from coordination.collation.published.dimensions import Part
from coordination.collation.published.grid import Grid, Value, laid_out
from coordination.collation.published.questions import Question
from coordination.collation.queries import Figures, Period, total_of
from coordination.collation.series import SERIES_BREAKS, SeriesBreak
from forces.models import Force
from register.freshness import last_changed
from register.models import Head
from register.search import LIVE, InvalidSearch

# Fifty years of months, or every body there is many times over. A file is no larger than this.
MOST_ROWS = 600


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the records of a table reach: first and last day, and when the register last changed."""

    first: date | None
    last: date | None
    as_of: datetime | None

    @classmethod
    def of(cls, question: Question) -> Reach:
        heads = Head.objects.in_realm(question.realm).standing().of_tier(question.tier)
        heads = heads.filter(technology=question.technology)
        if question.force is not None:
            heads = heads.filter(force=question.force)
        # One end at a time: each is the first row of an index, where a minimum and maximum read all of it.
        return cls(
            heads.order_by("on", "entry_id").values_list("on", flat=True).first(),
            heads.latest_first().values_list("on", flat=True).first(),
            last_changed(question.realm, question.force),
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, and the query string of the list of records behind it (no "?"), in the words of the list; "" where
    no list holds just these."""

    figure: Figure
    query: str


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the dimension, or all of them. `cells` stand in the order of the table's columns; `force` is the one
    that the row is about, where rows are forces."""

    label: str
    short: str
    values: tuple[Value, ...]
    period: Period
    cells: tuple[Cell, ...]
    coverage: Coverage | None
    has_records: bool
    query: str
    force: Force | None = None

    @property
    def year(self) -> int | None:
        """The year, if the row speaks of one."""
        return self.period.year


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table for one question. `columns` are its measures: all that are declared, or those that were read.

    `total` adds up the rows; None if there are no records at all. Columns without any record stay: a reader must see
    that a figure is not published.
    """

    published: Published
    question: Question
    columns: tuple[Measure | Rate, ...]
    rows: tuple[Row, ...]
    total: Row | None
    reach: Reach

    @classmethod
    def of(
        cls, published: Published, question: Question, *, columns: Sequence[Measure | Rate] | None = None
    ) -> Table:
        """Read the table, in five or six queries. Raises InvalidSearch if it would be longer than MOST_ROWS.

        Of the figures, only those of `columns` are read.
        """
        taken = tuple(published.measures if columns is None else columns)
        # Read before the figures: they may be newer than this says, never older.
        reach = Reach.of(question)
        dimension = published.dimension
        every = list(dimension.read(question, taken))
        parts = [part for part in every if dimension.keep(question, part)]
        if len(parts) > MOST_ROWS:
            words = _("There are more than %(most)s rows. Choose fewer years.") % {"most": MOST_ROWS}
            raise InvalidSearch({"from": [words]})
        judged = _Judged(every, taken)
        rows = tuple(
            Row(
                part.label,
                part.short or part.label,
                part.values,
                part.figures.period,
                tuple(
                    Cell(judged.mark(part.figures[column.code]), _query(question, part.asked, column))
                    for column in taken
                ),
                part.figures.coverage,
                part.figures.has_records,
                _query(question, part.asked),
                part.force,
            )
            for part in parts
        )
        in_order = [part.figures for part in parts]
        if dimension.in_time:
            in_order.reverse()
        added = total_of(in_order, realm=question.realm, force=question.force)
        return cls(
            published,
            question,
            taken,
            rows,
            _total(published, question, taken, added) if added else None,
            reach,
        )

    def figure(self, row: Row, measure: Measure | Rate) -> Figure:
        return self.cell(row, measure).figure

    def cell(self, row: Row, measure: Measure | Rate) -> Cell:
        return row.cells[self.columns.index(measure)]

    @property
    def grid(self) -> Grid:
        return laid_out(self)

    @property
    def coverage(self) -> Coverage | None:
        """Of how many forces the table speaks; None for one force's own figures and where there are no records."""
        return self.total.coverage if self.total else None

    @property
    def breaks(self) -> list[SeriesBreak]:
        """The breaks in series that its figures span."""
        if self.total is None:
            return []
        force = self.question.force
        codes = {measure.code for measure in self.columns}
        marked = any(
            Code.BREAK in cell.figure.marks for row in (*self.rows, self.total) for cell in row.cells
        )
        return [
            known
            for known in SERIES_BREAKS
            if marked
            and codes.intersection(known.measures)
            and self.total.period.first <= known.on <= self.total.period.last
            and (force is None or force.code == known.force)
        ]

    @property
    def codes(self) -> list[Code]:
        """The codes that stand in it, in the order of the list of codes."""
        used: set[Code] = set()
        for row in (*self.rows, *([self.total] if self.total else [])):
            for cell in row.cells:
                used.update(cell.figure.marks or ([cell.figure.code] if cell.figure.code else []))
                if cell.figure.is_share and cell.figure.interval is None:
                    used.add(Code.NOT_AVAILABLE)
        return [code for code in Code if code in used]


def _total(
    published: Published, question: Question, columns: Sequence[Measure | Rate], added: Figures
) -> Row:
    asked = question.years_asked()
    label = str(published.dimension.all_label)
    return Row(
        label,
        label,
        (),
        added.period,
        tuple(Cell(added[column.code], _query(question, asked, column)) for column in columns),
        added.coverage,
        added.has_records,
        _query(question, asked),
    )


class _Judged:
    """Marks a share [u] where so few false alerts were to be expected that it says little beside the others.

    To be expected is what the rate of all rows together would come to; where there is one row, or nothing was ever
    counted, there is nothing to compare and only the measure's own rule holds.
    """

    def __init__(self, parts: Sequence[Part], columns: Iterable[Measure | Rate]) -> None:
        self.rates: dict[str, float] = {}
        for column in columns:
            if isinstance(column, Rate) and column.is_share:
                together = Tally.sum(part.figures[column.code].tally for part in parts)
                with_records = sum(part.figures.has_records for part in parts)
                if together.base and together.total and with_records > 1:
                    self.rates[column.code] = together.total / together.base

    def mark(self, figure: Figure) -> Figure:
        rate = self.rates.get(figure.measure.code)
        if rate is None or figure.denominator is None or Code.LOW_RELIABILITY in figure.marks:
            return figure
        if figure.denominator * rate >= FEWEST_EXPECTED:
            return figure
        return replace(figure, marks=(Code.LOW_RELIABILITY, *figure.marks))


def _query(
    question: Question, asked: Mapping[str, str | int] | None, measure: Measure | Rate | None = None
) -> str:
    """The list's own words, without those that are its defaults; "" where it has none for these records. A rate leads
    to the records of its numerator."""
    if asked is None:
        return ""
    words: dict[str, str | int] = {}
    if question.force is not None:
        words["force"] = question.force.slug
    words.update(asked)
    words["tier"] = question.tier
    if question.technology != LIVE:
        words["technology"] = question.technology
    if measure is not None:
        words["measure"] = measure.numerator.code if isinstance(measure, Rate) else measure.code
    return urlencode(words)
