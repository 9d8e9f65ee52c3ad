"""Run charts as CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from coordination.collation.figures import Coverage
from coordination.collation.published import words
from coordination.collation.published.reading import Reach
from coordination.collation.run_chart import (
    FEWEST_MONTHS,
    SIGNALLED_ONCE_IN_FIVE_YEARS,
    false_alarm_rate,
    signals_of,
)
from coordination.collation.watching import Watched
from public.statistics.comparison.files import LICENCE
from public.worlds import World

METHOD = (
    "Months of one rate of one force, between breaks in series, round their median; months on the median count for "
    "neither side. A signal is a run of more months on one side than log2(n) + 3, rounded, or fewer crossings of the "
    "median than the 5th percentile of Binomial(n - 1, 1/2), n being the months off the median, at least 12: Anhøj and "
    "Olesen, Run charts revisited, PLoS ONE 9(11), 2014. It is a sign that something changed, "
    "and no proof; it does not say what."
)
COLUMNS = (
    *("force", "force_name", "measure", "stretch", "month", "numerator", "denominator", "rate"),
    *("median", "side", "is_signal"),
)


def rows(found: Sequence[Watched]) -> list[list[Any]]:
    """In the order of names, measures and time."""
    made = []
    for each in found:
        for number, chart in enumerate(each.charts, 1):
            signals = signals_of(chart)
            for month in chart.months:
                on, value = month.starts_on, month.value
                side = "on" if value == chart.median else "above" if value > chart.median else "below"
                made.append(
                    [
                        each.force.code,
                        each.force.name,
                        each.measure.code,
                        number,
                        on.isoformat()[:7],
                        *each.counts[on],
                        round(value, each.measure.decimals),
                        round(chart.median, each.measure.decimals),
                        side,
                        any(signal.first <= on <= signal.last for signal in signals),
                    ]
                )
    return made


def document(
    found: Sequence[Watched], world: World, reach: Reach, coverage: Coverage | None, *, page: str
) -> dict[str, Any]:
    return {
        "table": "run-charts",
        "title": _("Change over time, force by force"),
        "is_made_up": world.is_made_up,
        "realm": world.realm,
        "page": page,
        "as_of": reach.as_of.isoformat().replace("+00:00", "Z") if reach.as_of else None,
        "coverage": coverage.sentence if coverage else None,
        "source": words.own_records(world.realm),
        "licence": LICENCE,
        "method": METHOD,
        "fewest_months": FEWEST_MONTHS,
        "signalled_at_least_once_in_five_years_if_nothing_changes": SIGNALLED_ONCE_IN_FIVE_YEARS,
        "charts": [
            {
                "force": each.force.code,
                "force_name": each.force.name,
                "measure": each.measure.code,
                "stretch": number,
                "months": len(chart.months),
                "months_off_median": chart.off_median,
                "median": chart.median,
                "is_judged": chart.is_judged,
                "longest_run": len(chart.longest),
                "longest_run_by_chance": chart.longest_run,
                "crossings": chart.crossings,
                "fewest_crossings_by_chance": chart.fewest_crossings,
                "false_alarm_rate": round(false_alarm_rate(chart.off_median), 6) if chart.is_judged else None,
                "said": chart.said,
                "signals": [
                    {"first": signal.first.isoformat()[:7], "last": signal.last.isoformat()[:7]}
                    | {"rules": [rule.value for rule in signal.rules]}
                    for signal in signals_of(chart)
                ],
            }
            for each in found
            for number, chart in enumerate(each.charts, 1)
        ],
        "columns": list(COLUMNS),
        "rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows(found)],
    }
