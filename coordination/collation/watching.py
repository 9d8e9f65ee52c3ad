"""Which run charts are kept an eye on, and what they show: each force's false alert rates, month by month.

From the month cells alone, in two queries for one force or all of them. Forces' own records only.

By month and not by deployment: a deployment with two alerts has a rate of 0, a half or 1, and two deployments on one
day are not two independent looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coordination.collation.measures import FAR_ALERTS, FAR_FACES, Rate
from coordination.collation.models import Cell, Span
from coordination.collation.run_chart import Month, RunChart, Signal, charts_of, signals_of
from coordination.collation.series import SeriesBreak, breaks_within
from forces.models import Force
from register.models import Tier

# Two of each force. More measures would cry wolf more often and say little else: see docs/decisions.
MEASURES: tuple[Rate, ...] = (FAR_ALERTS, FAR_FACES)
BY_CODE: Mapping[str, Rate] = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Watched:
    """One measure of one force. `charts` are its stretches between breaks in series, oldest first, at least one;
    `counts` maps the first day of each month to numerator and denominator. `breaks` lie among the months."""

    force: Force
    measure: Rate
    charts: tuple[RunChart, ...]
    counts: Mapping[date, tuple[int, int]]
    breaks: tuple[SeriesBreak, ...]

    @property
    def signals(self) -> list[tuple[RunChart, Signal]]:
        """Every signal of every stretch, oldest first."""
        return [(chart, signal) for chart in self.charts for signal in signals_of(chart)]


def watched(
    realm: str, *, force: Force | None = None, measure: str = "", technology: str = "live"
) -> tuple[Watched, ...]:
    """By name of force, then in the order of MEASURES; those without a single month that gives the rate are missing."""
    codes = [measure] if measure else list(BY_CODE)
    cells = Cell.objects.filter(
        realm=realm,
        tier=Tier.PRIMARY,
        technology=technology,
        span=Span.MONTH,
        measure__in=codes,
        known__gt=0,
        base__gt=0,
    )
    if force is not None:
        cells = cells.filter(force=force)
    counts: dict[tuple[int, str], dict[date, tuple[int, int]]] = defaultdict(dict)
    found = cells.order_by("starts_on").values_list("force_id", "measure", "starts_on", "total", "base")
    for pk, code, on, total, base in found:
        counts[pk, code][on] = total, base
    forces = [force] if force else Force.objects.filter(pk__in={pk for pk, _code in counts}).order_by("name")
    return tuple(
        _watched(one, BY_CODE[code], counts[one.pk, code])
        for one in forces
        for code in codes
        if (one.pk, code) in counts
    )


def _watched(force: Force, measure: Rate, counts: Mapping[date, tuple[int, int]]) -> Watched:
    months = [Month(on, total / base) for on, (total, base) in counts.items()]
    # A break before the first month parts nothing.
    breaks = breaks_within(measure.code, [force.code], months[0].starts_on, months[-1].starts_on)
    return Watched(force, measure, charts_of(months, measure.code, force.code), counts, breaks)
