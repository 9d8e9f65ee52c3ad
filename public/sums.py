"""A total held against its records: added up again from the documents, beside what the statistics say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Func, Q, Sum, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from coordination.collation.contributions import State
from coordination.collation.dimensions import KEPT, found_by
from coordination.collation.figures import Coverage, Figure, Tally, figure
from coordination.collation.measures import FALSE_ALERTS, Measure
from coordination.collation.models import SUMS, Breakdown, Cell, Counted, Span
from forces.models import BodyType, Force, Realm
from register.freshness import last_changed
from register.search import BANDS, TEXTS, Search

# Up to this many documents are read again for one page; beyond it, what each was counted as is added up.
READ_AGAIN = 2_000


@dataclass(frozen=True, slots=True)
class Total:
    """`added` is what the records found come to; `statistic` what is published for the same question, if it is.

    `is_read_again`: the documents themselves were added up, not what was noted when each was counted. `coverage` is
    None for one force; `as_of` is when the register last changed.
    """

    measure: Measure
    added: Figure
    statistic: Figure | None
    is_read_again: bool
    coverage: Coverage | None
    as_of: datetime | None
    leaves_out_none: bool = False

    @property
    def matches(self) -> bool:
        """Records that say none are left out where only those with some are asked for: they add nothing."""
        if self.statistic is None:
            return False
        if self.leaves_out_none:
            return self.statistic.tally.total == self.added.tally.total
        return self.statistic.tally == self.added.tally


def total_of(wanted: Search, measure: Measure, *, most: int = READ_AGAIN) -> Total:
    """The sum of a measure over the records that a search finds. Its tier must be named.

    Up to `most` documents are read again.
    """
    # Read before the records: they may be newer than this says, never older.
    as_of = last_changed(wanted.realm)
    found = list(wanted.heads().order_by().values_list("force_id", "entry__kept__body")[: most + 1])
    is_few = len(found) <= most
    if is_few:
        forces = {force for force, _body in found}
        tally = Tally.sum(
            Tally.of(measure.contribute(json.loads(bytes(body))))
            for _force, body in found
            if body is not None
        )
    else:
        forces = set(wanted.heads().order_by().values_list("force_id", flat=True).distinct())
        tally = _as_counted(wanted, measure)
    coverage = None if wanted.force else _coverage(wanted.realm, forces)
    leaves_out_none = measure is FALSE_ALERTS and wanted.false_alerts == "some"
    whole = replace(wanted, false_alerts="") if leaves_out_none else wanted
    statistic = _statistic(whole, measure)
    return Total(measure, figure(measure, tally), statistic, is_few, coverage, as_of, leaves_out_none)


def _coverage(realm: str, counted: set[int]) -> Coverage:
    forces = list(Force.objects.filter(realm=realm).order_by("name"))
    territorial = [force for force in forces if force.body_type == BodyType.TERRITORIAL]
    return Coverage(
        counted=sum(force.pk in counted for force in territorial),
        territorial=len(territorial),
        others=tuple(
            force.name for force in forces if force.pk in counted and force.body_type != BodyType.TERRITORIAL
        ),
        made_up=realm == Realm.DEMONSTRATION,
    )


def _as_counted(wanted: Search, measure: Measure) -> Tally:
    found = Counted.objects.filter(reference__in=wanted.heads().values("reference"), entry__isnull=False)
    found = found.annotate(
        kind=Func(
            KeyTransform(measure.code, "contributions"), function="jsonb_typeof", output_field=TextField()
        ),
        said=KeyTextTransform(measure.code, "contributions"),
    )
    states = [state.value for state in State if state is not State.KNOWN]
    sums: Mapping[str, Any] = found.aggregate(
        total=Sum(Cast("said", BigIntegerField()), filter=Q(kind="number"), default=0),
        known=Count("reference", filter=Q(kind="number")),
        **{state: Count("reference", filter=Q(kind="string", said=state)) for state in states},
    )
    return Tally(**sums)


def _statistic(wanted: Search, measure: Measure) -> Figure | None:
    """What the statistics say, where they are kept for these filters."""
    if wanted.q or wanted.origin or wanted.status or wanted.place or wanted.state != "standing":
        return None
    if facets := {name: word for name in (*TEXTS, *BANDS) if (word := getattr(wanted, name))}:
        return _of_breakdown(wanted, measure, facets)
    if (wanted.since or wanted.until) and not _are_months(wanted):
        return None
    span = Span.MONTH if wanted.month or wanted.since or wanted.until else Span.YEAR
    cells = Cell.objects.filter(
        realm=wanted.realm,
        tier=wanted.tier,
        technology=wanted.technology,
        span=span,
        measure=measure.code,
    )
    if wanted.year:
        cells = cells.filter(starts_on=date(wanted.year, wanted.month or 1, 1))
    if wanted.since:
        cells = cells.filter(starts_on__gte=wanted.since)
    if wanted.until:
        cells = cells.filter(starts_on__lte=wanted.until)
    if wanted.force:
        cells = cells.filter(force=wanted.force)
    return figure(measure, Tally(**cells.aggregate(**{each: Sum(each, default=0) for each in SUMS})))


def _are_months(wanted: Search) -> bool:
    """Whether the days asked for are whole months, of which cells are kept, and nothing else narrows the time."""
    return (
        wanted.year is None
        and (wanted.since is None or wanted.since.day == 1)
        and (wanted.until is None or (wanted.until + timedelta(days=1)).day == 1)
    )


def _are_years(wanted: Search) -> bool:
    """Whether the days asked for, if any, are whole years."""
    if wanted.year and (wanted.since or wanted.until):
        return False
    first, last = wanted.since or date(1, 1, 1), wanted.until or date(1, 12, 31)
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)


def _of_breakdown(wanted: Search, measure: Measure, facets: Mapping[str, str]) -> Figure | None:
    """What the statistics say of the records under one value of a dimension: of years, where the measure is kept."""
    of = found_by(facets)
    narrower = wanted.month or not _are_years(wanted)
    if of is None or measure.code not in KEPT[of[0].code] or narrower:
        return None
    cells = Breakdown.objects.filter(
        realm=wanted.realm,
        tier=wanted.tier,
        technology=wanted.technology,
        dimension=of[0].code,
        value=of[1],
        measure=measure.code,
    )
    if wanted.year:
        cells = cells.filter(starts_on=date(wanted.year, 1, 1))
    if wanted.since:
        cells = cells.filter(starts_on__gte=wanted.since)
    if wanted.until:
        cells = cells.filter(starts_on__lte=wanted.until)
    if wanted.force:
        cells = cells.filter(force=wanted.force)
    return figure(measure, Tally(**cells.aggregate(**{each: Sum(each, default=0) for each in SUMS})))
