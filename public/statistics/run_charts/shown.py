"""Run charts as the page shows them: a line for each chart, and a force's own drawings with their months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.figures import Code
from coordination.collation.measures import FALSE_ALERTS, Rate
from coordination.collation.published import words
from coordination.collation.run_chart import RunChart, false_alarm_rate, signals_of
from coordination.collation.watching import Watched
from design.components import Column, Link, Table
from design.numbers import month_text, number_text
from design.run_charts import MEDIAN, PLAIN, SIGNAL, MonthPoint, MonthsChart
from forces.models import Force
from public import wording
from public.worlds import World
from register.models import Tier


def address(world: World, force: Force | None = None, measure: str = "", name: str = "run-charts") -> str:
    words = ({"force": force.slug} if force else {}) | ({"measure": measure} if measure else {})
    return world.url(name) + (f"?{urlencode(words)}" if words else "")


def overview(found: Sequence[Watched], world: World) -> Table:
    """A line for each stretch of each force and measure, by name."""
    return Table(
        _("Every run chart"),
        [
            Column(_("Force")),
            Column(_("Rate")),
            Column(_("Months"), nowrap=True),
            Column(_("Median"), numeric=True),
            Column(_("What it shows")),
        ],
        [
            [
                Link(each.force.name, address(world, each.force, each.measure.code)),
                str(each.measure.label),
                _span(chart),
                wording.percentage(chart.median),
                chart.said,
            ]
            for each in found
            for chart in each.charts
        ],
        caption_hidden=True,
        stacked=True,
    )


def drawings(each: Watched, world: World, downloads: Sequence[Link]) -> list[MonthsChart]:
    """One for each stretch between breaks in series, the latest first."""
    made = [_drawn(each, chart, number, world, downloads) for number, chart in enumerate(each.charts, 1)]
    return list(reversed(made))


def finding(chart: RunChart, force: Force) -> str:
    told = {"force": force.name, "months": len(chart.months)}
    if not chart.is_judged:
        return _("%(force)s: too few months to tell change from chance") % told
    if not chart.signals:
        return _("%(force)s: no sign of change in %(months)s months") % told
    return _("%(force)s: a sign of change in %(months)s months") % told


def _drawn(
    each: Watched, chart: RunChart, number: int, world: World, downloads: Sequence[Link]
) -> MonthsChart:
    found = signals_of(chart)
    by_runs = len(chart.longest) > chart.longest_run
    points = [
        MonthPoint(
            month.starts_on,
            month.value,
            by_runs and any(signal.first <= month.starts_on <= signal.last for signal in found),
        )
        for month in chart.months
    ]
    return MonthsChart(
        id=f"{each.measure.code.replace('_', '-')}-{number}",
        title=finding(chart, each.force),
        subtitle=_("%(rate)s by month, %(months)s") % {"rate": each.measure.label, "months": _span(chart)},
        points=points,
        median=chart.median,
        median_name=_("Median"),
        signals=[(signal.first, signal.last, _("Signal")) for signal in found],
        table=_months(each, chart, world),
        description=f"{_('Median')}: {wording.percentage(chart.median)}. {chart.said}",
        legend=[
            (PLAIN, _("A month")),
            *([(SIGNAL, _("A month of a run that chance seldom gives"))] if by_runs else []),
            (MEDIAN, _("Median of these months: %s") % wording.percentage(chart.median)),
        ],
        note=f"{chart.said} {alarms(chart)}",
        source=words.own_records(world.realm),
        downloads=downloads,
    )


def alarms(chart: RunChart) -> str:
    """How often a chart like it signals by chance."""
    if not chart.is_judged:
        return ""
    return _(
        "Of 1,000 charts with %(months)s months off the median in which nothing changes, %(n)s signal."
    ) % {
        "months": chart.off_median,
        "n": round(false_alarm_rate(chart.off_median) * 1000),
    }


def alarms_of_all(found: Sequence[Watched]) -> str:
    """How many signals to expect if nothing changed anywhere."""
    judged = [chart for each in found for chart in each.charts if chart.is_judged]
    if not judged:
        return _("No chart has enough months to be judged.")
    return ngettext(
        "%(charts)d chart is judged. If nothing had changed anywhere, %(expected)s signals would be expected.",
        "%(charts)d charts are judged. If nothing had changed anywhere, %(expected)s signals would be expected.",
        len(judged),
    ) % {
        "charts": len(judged),
        "expected": f"{sum(false_alarm_rate(chart.off_median) for chart in judged):.2f}",
    }


def _span(chart: RunChart) -> str:
    first, last = month_text(chart.months[0].starts_on), month_text(chart.months[-1].starts_on)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _months(each: Watched, chart: RunChart, world: World) -> Table:
    return Table(
        _("%(rate)s, latest month first") % {"rate": each.measure.label},
        [Column(_("Month"), nowrap=True), Column(str(each.measure.label)), Column(_("Side of the median"))],
        [_month(each, chart, month.starts_on, month.value, world) for month in reversed(chart.months)],
    )


def _month(each: Watched, chart: RunChart, on: Any, value: float, world: World) -> list[Any]:
    top, bottom = each.counts[on]
    side = _("On it") if value == chart.median else _("Above") if value > chart.median else _("Below")
    mark = f" {Code.ESTIMATED.shown}" if _is_estimate(each.measure) else ""
    return [
        month_text(on),
        format_html(
            '<a class="govuk-link" href="{}">{}</a>, {}{}',
            records_url(each.force, world, on),
            _("%(top)s of %(bottom)s") % {"top": number_text(top), "bottom": number_text(bottom)},
            wording.percentage(value),
            mark,
        ),
        side,
    ]


def _is_estimate(measure: Rate) -> bool:
    return measure.numerator.estimate or measure.denominator.estimate


def records_url(force: Force, world: World, on: Any) -> str:
    words = {
        "force": force.slug,
        "year": on.year,
        "month": on.month,
        "tier": Tier.PRIMARY.value,
        "measure": FALSE_ALERTS.code,
    }
    return f"{world.url('deployments')}?{urlencode(words)}"
