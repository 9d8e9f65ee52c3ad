"""Figures by value of a dimension: by use case, by algorithm and threshold, by watchlist, by time to publish.

From the breakdown cells alone, in at most four short queries. However many values forces have published, no more than
a bounded number of rows is read: the largest, and all the others added up as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, TextField, Value, When
from django.utils.translation import gettext as _

from coordination.collation.dimensions import KEPT, Dimension
from coordination.collation.figures import Tally
from coordination.collation.measures import ALERTS, DECLARED, DEPLOYMENTS, Measure, Rate
from coordination.collation.models import SUMS, Breakdown, Span
from coordination.collation.queries import Figures, Period, _coverage, _figures, _in_realm
from forces.models import Force

MOST_VALUES = 20
MOST_OFFERED = 200
_WITH_RECORDS = Q(measure=DEPLOYMENTS.code, known__gt=0)


@dataclass(frozen=True, slots=True)
class Row:
    """The records under one value: figures, and the words of the list of deployments that find them.

    The period of its figures is that of its own years. Of the values added up, `value` is None and `words` are empty:
    no list finds them all.
    """

    value: str | None
    label: str
    figures: Figures
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Divided:
    """Each record of some years under one value of a dimension. `rows` stand in the dimension's order, or with most
    records first; `others` adds up those that are not among them, `values_in_others` of them. `whole` is all of it."""

    dimension: Dimension
    rows: tuple[Row, ...]
    others: Row | None
    values_in_others: int
    whole: Figures


def by_value(
    realm: str,
    dimension: Dimension,
    *,
    tier: str,
    technology: str = "live",
    force: Force | None = None,
    first_year: int | None = None,
    last_year: int | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
    most: int = MOST_VALUES,
) -> Divided | None:
    """The figures of each value, of the nation or a force, over some years or all; None if there are no records.

    Of `measures`, those that the dimension is kept for are read. `most` bounds the values of an open dimension.
    """
    cells = _cells(realm, dimension, tier, technology, force, first_year, last_year)
    largest, in_all = _largest(cells, dimension, most)
    if not largest:
        return None
    wanted = {*measures, ALERTS, DEPLOYMENTS}
    kept = [one for one in DECLARED if one in wanted and one.code in KEPT[dimension.code]]
    in_realm = _in_realm(realm)
    read = _read(cells.filter(measure__in=[one.code for one in kept]), largest)

    def figures(values: Iterable[str | None]) -> Figures:
        parts = [read[value] for value in values if value in read]
        tallies = {one.code: Tally.sum(part.tallies.get(one.code, Tally()) for part in parts) for one in kept}
        counted = {pk for part in parts for pk in part.forces}
        forces = tuple(one for one in in_realm if one.pk in counted)
        period = Period(min(part.first for part in parts), max(part.last for part in parts))
        coverage = None if force is not None else _coverage(realm, period, forces, in_realm)
        return Figures(period, _figures(tallies, period, forces, kept), forces, coverage)

    rows = tuple(
        Row(value, dimension.said(value), figures([value]), dimension.words(value)) for value in largest
    )
    others = Row(None, _("All others"), figures([None]), {}) if None in read else None
    return Divided(dimension, rows, others, in_all - len(largest), figures([*largest, None]))


def by_force_within(
    realm: str,
    dimension: Dimension,
    value: str,
    *,
    tier: str,
    technology: str = "live",
    first_year: int | None = None,
    last_year: int | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> tuple[tuple[Force, Figures], ...]:
    """Each force with records under one value, by name, and its figures there."""
    told = {"tier": tier, "technology": technology, "first_year": first_year, "last_year": last_year}
    return by_forces_within(realm, dimension, [value], measures=measures, **told)[value]  # type: ignore[arg-type]


def by_forces_within(
    realm: str,
    dimension: Dimension,
    values: Sequence[str],
    *,
    tier: str,
    technology: str = "live",
    first_year: int | None = None,
    last_year: int | None = None,
    measures: Iterable[Measure | Rate] = DECLARED,
) -> dict[str, tuple[tuple[Force, Figures], ...]]:
    """The same for several values, in two queries for all of them."""
    cells = _cells(realm, dimension, tier, technology, None, first_year, last_year).filter(value__in=values)
    wanted = {*measures, ALERTS, DEPLOYMENTS}
    kept = [one for one in DECLARED if one in wanted and one.code in KEPT[dimension.code]]
    tallies: dict[tuple[str, int], dict[str, Tally]] = defaultdict(dict)
    years: dict[tuple[str, int], tuple[date, date]] = {}
    found = cells.filter(measure__in=[one.code for one in kept]).values_list("value", "force_id", "measure")
    span = {
        "first": Min("starts_on", filter=_WITH_RECORDS),
        "last": Max("starts_on", filter=_WITH_RECORDS),
    }
    for value, pk, measure, *sums, first, last in found.annotate(
        *(Sum(each) for each in SUMS), **span
    ).order_by():
        tallies[value, pk][measure] = Tally(*map(int, sums))
        if first:
            years[value, pk] = first, last
    forces = Force.objects.filter(pk__in={pk for _value, pk in years}).order_by("name")
    rows: dict[str, list[tuple[Force, Figures]]] = {value: [] for value in values}
    for force in forces:
        for value in values:
            if (value, force.pk) in years:
                first, last = years[value, force.pk]
                period = Period(first, Period.of(Span.YEAR, last).last)
                figures = _figures(tallies[value, force.pk], period, [force], kept)
                rows[value].append((force, Figures(period, figures, (force,), None)))
    return {value: tuple(found) for value, found in rows.items()}


def values_there(
    realm: str, dimension: Dimension, *, technology: str = "live", most: int = MOST_OFFERED
) -> list[str]:
    """The values that records of either tier stand under, those with most records first: what a form can offer."""
    cells = Breakdown.objects.filter(
        _WITH_RECORDS, realm=realm, dimension=dimension.code, technology=technology
    )
    ranked = cells.values_list("value").annotate(records=Sum("known")).order_by("-records", "value")
    return [value for value, _records in ranked[:most]]


def is_there(realm: str, dimension: Dimension, value: str, *, tier: str, technology: str = "live") -> bool:
    """Whether any record stands, or stood, under this value."""
    return _cells(realm, dimension, tier, technology, None, None, None).filter(value=value).exists()


# --- parts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    tallies: Mapping[str, Tally]
    forces: Sequence[int]
    first: date
    last: date


def _cells(
    realm: str,
    dimension: Dimension,
    tier: str,
    technology: str,
    force: Force | None,
    first_year: int | None,
    last_year: int | None,
) -> QuerySet[Breakdown]:
    cells = Breakdown.objects.filter(realm=realm, tier=tier, technology=technology, dimension=dimension.code)
    if force is not None:
        cells = cells.filter(force=force)
    if first_year is not None:
        cells = cells.filter(starts_on__gte=date(first_year, 1, 1))
    if last_year is not None:
        cells = cells.filter(starts_on__lte=date(last_year, 12, 31))
    return cells


def _largest(cells: QuerySet[Breakdown], dimension: Dimension, most: int) -> tuple[list[str], int]:
    """The values to show, in their order, and how many there are in all."""
    with_records = cells.filter(_WITH_RECORDS)
    ranked = with_records.values_list("value").annotate(records=Sum("known")).order_by("-records", "value")
    if dimension.order:
        there = {value for value, _records in ranked}
        return [value for value in dimension.order if value in there], len(there)
    largest = [value for value, _records in ranked[: most + 1]]
    if len(largest) <= most:
        return largest, len(largest)
    return largest[:most], with_records.aggregate(n=Count("value", distinct=True))["n"]


def _read(cells: QuerySet[Breakdown], largest: Sequence[str]) -> dict[str | None, _Part]:
    """The sums of these values, and under None of all others."""
    shown = Case(
        When(value__in=list(largest), then=F("value")), default=Value(None), output_field=TextField(null=True)
    )
    sums = cells.annotate(shown=shown).order_by().values_list("shown", "measure")
    tallies: dict[str | None, dict[str, Tally]] = defaultdict(dict)
    told: dict[str | None, tuple[list[int], date, date]] = {}
    for value, measure, *added, forces, first, last in sums.annotate(
        *(Sum(each) for each in SUMS),
        counted=ArrayAgg("force_id", filter=_WITH_RECORDS, distinct=True),
        first=Min("starts_on", filter=_WITH_RECORDS),
        last=Max("starts_on", filter=_WITH_RECORDS),
    ):
        tallies[value][measure] = Tally(*map(int, added))
        if forces:
            told[value] = forces, first, Period.of(Span.YEAR, last).last
    return {value: _Part(tallies[value], *of) for value, of in told.items()}
