"""National and local figures, from the cells alone. Every question names its realm and its tier.

Cells are public, so no scope is needed. Each function runs at most three short queries, however many records
there are: the sums with the forces they come from, and the forces that exist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet, Sum

from coordination.collation.figures import Coverage, Figure, Tally, figure
from coordination.collation.measures import ALERTS, DECLARED, DEPLOYMENTS, Measure, Rate
from coordination.collation.models import SUMS, Cell, Span
from coordination.collation.series import breaks_within
from forces.models import BodyType, Force, Realm

Tallies = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included: a month, a year, or all years with records."""

    first: date
    last: date

    @classmethod
    def of(cls, span: str, starts_on: date) -> Period:
        """The month or year that begins on a day."""
        if span == Span.YEAR:
            return cls(starts_on, starts_on.replace(month=12, day=31))
        following = (starts_on.replace(day=1) + timedelta(days=32)).replace(day=1)
        return cls(starts_on, following - timedelta(days=1))

    @property
    def year(self) -> int | None:
        """The year, if the period lies within one."""
        return self.first.year if self.first.year == self.last.year else None

    @property
    def month(self) -> int | None:
        """The month from 1 to 12, if the period is one month."""
        same = (self.first.year, self.first.month) == (self.last.year, self.last.month)
        return self.first.month if same else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Every declared figure of one period, or those that were asked for, by code of measure, with the forces it
    speaks of.

    `forces` are those with at least one record in the period. `coverage` is None for the figures of one force.
    """

    period: Period
    by_measure: Mapping[str, Figure]
    forces: tuple[Force, ...]
    coverage: Coverage | None

    def __getitem__(self, measure: str) -> Figure:
        return self.by_measure[measure]

    @property
    def has_records(self) -> bool:
        return self[DEPLOYMENTS.code].records > 0


def by_year(
    realm: str,
    *,
    tier: str,
    technology: str = "live",
    force: Force | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> tuple[Figures, ...]:
    """Every calendar year from the first with records to the last, oldest first; empty if there are none.

    A year without records in between is there, with [x]: it does not mean that nothing happened. Of the figures, only
    those of `measures` are read.
    """
    cells = _cells(realm, tier, technology, Span.YEAR, force)
    return _by_period(realm, cells, Span.YEAR, force, measures)


def by_month(
    realm: str,
    *,
    tier: str,
    technology: str = "live",
    force: Force | None = None,
    first: date | None = None,
    last: date | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> tuple[Figures, ...]:
    """Every month from the first with records to the last, oldest first, within `first` and `last` if given: the
    figures of `measures`."""
    cells = _cells(realm, tier, technology, Span.MONTH, force)
    if first is not None:
        cells = cells.filter(starts_on__gte=first.replace(day=1))
    if last is not None:
        cells = cells.filter(starts_on__lte=last)
    return _by_period(realm, cells, Span.MONTH, force, measures)


def altogether(
    realm: str, *, tier: str, technology: str = "live", force: Force | None = None, year: int | None = None
) -> Figures | None:
    """All years with records as one period, or one year; None if there are no records."""
    cells = _cells(realm, tier, technology, Span.YEAR, force)
    if year is not None:
        cells = cells.filter(starts_on=date(year, 1, 1))
    found = _by_period(realm, cells, Span.YEAR, force)
    return total_of(found, realm=realm, force=force)


def by_force(
    realm: str,
    *,
    tier: str,
    technology: str = "live",
    year: int | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> tuple[tuple[Force, Figures], ...]:
    """Each force with records, by name, and its figures over one year or all of them: those of `measures`."""
    measures = _with_what_they_need(measures)
    cells = _cells(realm, tier, technology, Span.YEAR, None)
    if year is not None:
        cells = cells.filter(starts_on=date(year, 1, 1))
    tallies: dict[int, dict[str, Tally]] = defaultdict(dict)
    for force_id, measure, *sums in _summed(cells, "force_id", measures):
        tallies[force_id][measure] = Tally(*map(int, sums))
    if not tallies:
        return ()
    days = cells.filter(measure=DEPLOYMENTS.code, known__gt=0).order_by("starts_on")
    starts = list(days.values_list("starts_on", flat=True).distinct())
    if not starts:
        return ()
    period = Period(starts[0], Period.of(Span.YEAR, starts[-1]).last)
    forces = Force.objects.in_bulk(tallies)
    return tuple(
        (force, Figures(period, _figures(tallies[force.pk], period, [force], measures), (force,), None))
        for force in sorted(forces.values(), key=lambda force: force.name)
        if tallies[force.pk].get(DEPLOYMENTS.code, Tally()).records
    )


def total_of(periods: Iterable[Figures], *, realm: str, force: Force | None = None) -> Figures | None:
    """Several periods added up to one; None if none of them has records."""
    with_records = [found for found in periods if found.has_records]
    if not with_records:
        return None
    period = Period(
        min(found.period.first for found in with_records), max(found.period.last for found in with_records)
    )
    tallies = {
        code: Tally.sum(found[code].tally for found in with_records) for code in with_records[0].by_measure
    }
    forces = tuple({one.pk: one for found in with_records for one in found.forces}.values())
    coverage = None if force is not None else _coverage(realm, period, forces, _in_realm(realm))
    measures = [measure for measure in DECLARED if measure.code in tallies]
    return Figures(period, _figures(tallies, period, forces, measures), forces, coverage)


# --- parts -------------------------------------------------------------------------------------------------


def _cells(realm: str, tier: str, technology: str, span: str, force: Force | None) -> QuerySet[Cell]:
    cells = Cell.objects.filter(realm=realm, tier=tier, technology=technology, span=span)
    return cells.filter(force=force) if force is not None else cells


def _with_what_they_need(measures: Iterable[Measure | Rate]) -> list[Measure | Rate]:
    """In the declared order, with the two that others are judged by: alerts, and whether there are records at all."""
    wanted = {*measures, ALERTS, DEPLOYMENTS}
    return [measure for measure in DECLARED if measure in wanted]


def _summed(
    cells: QuerySet[Cell], by: str, measures: Sequence[Measure | Rate]
) -> QuerySet[Cell, tuple[Any, ...]]:
    """Rows of: the value of `by`, the code of a measure, and the sums in the order of SUMS."""
    if len(measures) < len(DECLARED):
        cells = cells.filter(measure__in=[measure.code for measure in measures])
    return cells.order_by().values_list(by, "measure").annotate(*(Sum(column) for column in SUMS))


def _by_period(
    realm: str,
    cells: QuerySet[Cell],
    span: str,
    force: Force | None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> tuple[Figures, ...]:
    measures = _with_what_they_need(measures)
    sums: dict[date, dict[str, Tally]] = defaultdict(dict)
    with_records: dict[date, list[int]] = {}
    counted = Q(measure=DEPLOYMENTS.code, known__gt=0)
    rows = _summed(cells, "starts_on", measures).annotate(counted=ArrayAgg("force_id", filter=counted))
    for starts_on, measure, *summed, forces_counted in rows:
        sums[starts_on][measure] = Tally(*map(int, summed))
        if forces_counted:
            with_records[starts_on] = forces_counted
    if not with_records:
        return ()
    in_realm = _in_realm(realm)
    found = []
    for starts_on in _each(span, min(with_records), max(with_records)):
        period = Period.of(span, starts_on)
        forces = tuple(one for one in in_realm if one.pk in with_records.get(starts_on, ()))
        coverage = None if force is not None else _coverage(realm, period, forces, in_realm)
        found.append(
            Figures(period, _figures(sums.get(starts_on, {}), period, forces, measures), forces, coverage)
        )
    return tuple(found)


def _figures(
    tallies: Tallies, period: Period, forces: Iterable[Force], measures: Iterable[Measure | Rate]
) -> dict[str, Figure]:
    codes = [force.code for force in forces]
    alerts = tallies.get(ALERTS.code, Tally()).total
    return {
        measure.code: figure(
            measure,
            tallies.get(measure.code, Tally()),
            alerts=alerts,
            has_break=bool(breaks_within(measure.code, codes, period.first, period.last)),
        )
        for measure in measures
    }


def _each(span: str, first: date, last: date) -> Iterable[date]:
    starts_on = first
    while starts_on <= last:
        yield starts_on
        starts_on = Period.of(span, starts_on).last + timedelta(days=1)


def _in_realm(realm: str) -> list[Force]:
    return list(Force.objects.filter(realm=realm).order_by("name"))


def _coverage(realm: str, period: Period, forces: Iterable[Force], in_realm: Iterable[Force]) -> Coverage:
    """Forces that existed at any time in the period are what the counted ones are out of."""
    territorial = [force for force in in_realm if force.body_type == BodyType.TERRITORIAL]
    counted = [force for force in forces if force.body_type == BodyType.TERRITORIAL]
    existed = [
        force
        for force in territorial
        if (force.valid_from is None or force.valid_from <= period.last)
        and (force.valid_until is None or force.valid_until > period.first)
    ]
    return Coverage(
        counted=len(counted),
        territorial=len(existed),
        others=tuple(force.name for force in forces if force.body_type != BodyType.TERRITORIAL),
        made_up=realm == Realm.DEMONSTRATION,
    )
