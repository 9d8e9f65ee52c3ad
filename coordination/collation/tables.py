"""One table, shown in many ways: page, API and file all read the same rows, so they cannot differ."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from coordination.collation.figures import Code, Coverage, Figure
from coordination.collation.measures import (
    ABORTED_DEPLOYMENTS,
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    ENFORCEMENT_ACTIONS,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    TRUE_ALERTS,
    TRUE_ALERTS_UNCONFIRMED,
    UNDETERMINED_ALERTS,
    Measure,
    Rate,
)
from coordination.collation.queries import Figures, Period, by_year, total_of
from forces.models import Force

COLUMNS: tuple[Measure | Rate, ...] = (
    DEPLOYMENTS,
    ABORTED_DEPLOYMENTS,
    FACES_SEEN,
    ALERTS,
    TRUE_ALERTS,
    TRUE_ALERTS_UNCONFIRMED,
    FALSE_ALERTS,
    UNDETERMINED_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    ARRESTS,
    ENFORCEMENT_ACTIONS,
)


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure, and the query string of the list of records behind it (no "?"), in the words of the list."""

    figure: Figure
    query: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One year, or all of them (`year` None). `cells` stand in the order of the table's columns."""

    label: str
    year: int | None
    period: Period
    cells: tuple[TableCell, ...]
    coverage: Coverage | None
    has_records: bool
    query: str


@dataclass(frozen=True, slots=True)
class YearTable:
    """Figures year by year, latest first, for one realm and tier, and for one force where `force` is given.

    `total` adds up all years; None if there are no records at all. Columns without any record stay: a reader
    must see that a figure is not published.
    """

    realm: str
    tier: str
    technology: str
    force: Force | None
    columns: tuple[Measure | Rate, ...]
    rows: tuple[TableRow, ...]
    total: TableRow | None

    @classmethod
    def of(
        cls,
        realm: str,
        *,
        tier: str,
        technology: str = "live",
        force: Force | None = None,
        columns: tuple[Measure | Rate, ...] = COLUMNS,
    ) -> YearTable:
        """Read the table, in three queries."""
        found = by_year(realm, tier=tier, technology=technology, force=force, measures=columns)
        added = total_of(found, realm=realm, force=force)

        def row(figures: Figures, label: str, year: int | None) -> TableRow:
            def query(measure: Measure | Rate | None = None) -> str:
                return _query(tier=tier, technology=technology, force=force, year=year, measure=measure)

            cells = tuple(TableCell(figures[column.code], query(column)) for column in columns)
            return TableRow(
                label, year, figures.period, cells, figures.coverage, figures.has_records, query()
            )

        return cls(
            realm,
            tier,
            technology,
            force,
            columns,
            tuple(row(figures, str(figures.period.year), figures.period.year) for figures in reversed(found)),
            row(added, _("All years"), None) if added else None,
        )

    def csv(self) -> str:
        """The table as CSV (RFC 4180), a row a year and none for the total, which readers would add in again.

        A value is a number or a code in square brackets, never blank; `*_status` holds the codes alone and
        `*_known` the number of records that gave the number. Rates come with their counts and interval.
        """
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\r\n")
        writer.writerow(self._headings())
        for row in self.rows:
            writer.writerow(self._values(row))
        return written.getvalue()

    def _headings(self) -> list[str]:
        headings = ["year", "realm", "tier", "technology", "records"]
        headings += ["force"] if self.force else ["forces_with_records", "forces"]
        for column in self.columns:
            headings += [f"{column.code}{ending}" for ending in _endings(column)]
        return headings

    def _values(self, row: TableRow) -> Iterator[str | int]:
        yield from (row.label, self.realm, self.tier, self.technology)
        yield max((cell.figure.records for cell in row.cells), default=0)
        if self.force:
            yield self.force.code
        elif row.coverage:
            yield from (row.coverage.counted, row.coverage.territorial)
        for cell in row.cells:
            yield from _written(cell.figure)


def _query(
    *, tier: str, technology: str, force: Force | None, year: int | None, measure: Measure | Rate | None
) -> str:
    """The list's own words, without those that are its defaults. A rate leads to the records of its numerator."""
    asked: dict[str, str | int] = {}
    if force is not None:
        asked["force"] = force.slug
    if year is not None:
        asked["year"] = year
    asked["tier"] = tier
    if technology != "live":
        asked["technology"] = technology
    if measure is not None:
        asked["measure"] = measure.numerator.code if isinstance(measure, Rate) else measure.code
    return urlencode(asked)


def _endings(column: Measure | Rate) -> tuple[str, ...]:
    if isinstance(column, Rate):
        return "", "_status", "_numerator", "_denominator", "_lower_95", "_upper_95", "_known"
    return "", "_status", "_known"


def _written(figure: Figure) -> list[str | int]:
    instead = figure.code.shown if figure.code else ""
    if not figure.is_rate:
        return [instead or str(figure.number), figure.status, figure.known]
    limits = [figure.interval.lower, figure.interval.upper] if figure.interval else []
    return [
        instead or _share(figure.number or 0),
        figure.status,
        *(instead or str(count) for count in (figure.numerator, figure.denominator)),
        *([_share(limit) for limit in limits] or [Code.NOT_AVAILABLE.shown] * 2),
        figure.known,
    ]


def _share(value: float) -> str:
    """Ten decimals: enough for one false alert in a thousand million faces."""
    return f"{value:.10f}"
