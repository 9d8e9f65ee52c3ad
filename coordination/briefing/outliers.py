"""Where forces or months stand out, and where nothing can be compared and why. Chance is all that is judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.briefing.figures import percent
from coordination.collation import queries
from coordination.collation.comparison import MEANINGS, Compared, Group, Standing, within_settings
from coordination.collation.measures import ALERTS, ARRESTS, BY_CODE, DEPLOYMENTS, FACES_PER_HOUR, FAR_ALERTS
from coordination.collation.run_chart import Month, RunChart, charts
from forces.models import Force

# Series of which a change would be news. Each is judged by itself.
WATCHED = (DEPLOYMENTS, ALERTS, FAR_ALERTS, ARRESTS, FACES_PER_HOUR)


@dataclass(frozen=True, slots=True)
class Outlier:
    """What stands out, in words, and the query string of the list of records behind it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Outliers:
    """`forces` and `months` stand out; `refusals` say what was not compared and why, `judged` what was."""

    forces: tuple[Outlier, ...]
    months: tuple[Outlier, ...]
    refusals: tuple[str, ...]
    judged: tuple[str, ...]


def outliers(realm: str, *, tier: str) -> Outliers:
    groups = within_settings(realm, tier=tier)
    compared = [group for group in groups if not group.refusal]
    forces, few, watched = _watched(realm, tier)
    return Outliers(
        tuple(each for group in compared for each in _of_group(group, tier)),
        tuple(forces),
        (*_refused(groups), *few),
        (*(_judged(group) for group in compared), *watched),
    )


def _of_group(group: Group, tier: str) -> Iterator[Outlier]:
    for each in group.forces:
        if each.standing not in (None, Standing.WITHIN):
            yield Outlier(
                _stands_out(group, each), f"force={each.force.slug}&tier={tier}&measure=false_alerts"
            )


def _stands_out(group: Group, each: Compared) -> str:
    assert each.standing is not None and each.expected is not None  # noqa: S101 - it was compared
    said = _(
        "%(force)s with %(settings)s: %(top)s of %(bottom)s alerts were false, %(share)s, where all forces with these "
        "settings together have %(whole)s. %(standing)s."
    ) % {
        "force": each.force.name,
        "settings": group.label,
        "top": f"{each.rate.numerator or 0:,}",
        "bottom": f"{each.rate.denominator or 0:,}",
        "share": percent(float(each.rate.number or 0)),
        "whole": percent(float(group.rate.number or 0)),
        "standing": MEANINGS[each.standing],
    }
    if each.is_unreliable:
        said += " " + _("Fewer than five false alerts were to be expected, so this says little.")
    if each.is_incomplete:
        said += " " + each.rate.completeness
    return said


def _judged(group: Group) -> str:
    inside = sum(each.standing == Standing.WITHIN for each in group.forces)
    compared = sum(each.standing is not None for each in group.forces)
    return _("%(settings)s: %(inside)s of %(compared)s forces are within what chance explains.") % {
        "settings": group.label,
        "inside": inside,
        "compared": compared,
    }


def _refused(groups: tuple[Group, ...]) -> Iterator[str]:
    if not groups:
        yield _("No record names an algorithm or a threshold, so no force is compared with another.")
    labels: dict[str, list[str]] = {}
    for group in groups:
        if group.refusal:
            labels.setdefault(group.refusal, []).append(group.label)
    for why, some in labels.items():
        yield _("%(settings)s. %(why)s") % {"settings": "; ".join(some), "why": why}


def _watched(realm: str, tier: str) -> tuple[list[Outlier], list[str], list[str]]:
    """Months of each force with records: what signals, what is too short to judge, how many were judged."""
    found, few, judged = [], [], 0
    for force, _figures in queries.by_force(realm, tier=tier, measures=[DEPLOYMENTS]):
        months = queries.by_month(realm, tier=tier, force=force, measures=WATCHED)
        for measure in WATCHED:
            for chart in charts(months, measure.code, force.code):
                if not chart.is_judged:
                    few.append((force, measure.code))
                    continue
                judged += 1
                if chart.signals:
                    found.append(_signal(force, measure.code, chart, tier))
    told = []
    for force in dict.fromkeys(force for force, _code in few):
        labels = dict.fromkeys(str(BY_CODE[code].label).lower() for one, code in few if one == force)
        told.append(
            _("%(force)s: too few months between breaks in series to tell change from chance (%(what)s).")
            % {"force": force.name, "what": ", ".join(labels)}
        )
    said = ngettext(
        "%(number)d series of months was long enough to be judged.",
        "%(number)d series of months were long enough to be judged.",
        judged,
    )
    return found, told, [said % {"number": judged}]


def _signal(force: Force, code: str, chart: RunChart, tier: str) -> Outlier:
    first, last = chart.months[0], chart.months[-1]
    words = _("%(force)s, %(what)s by month, %(first)s to %(last)s: %(said)s") % {
        "force": force.name,
        "what": str(BY_CODE[code].label).lower(),
        "first": _month(first),
        "last": _month(last),
        "said": chart.said,
    }
    return Outlier(words, f"force={force.slug}&tier={tier}&since={first.starts_on.isoformat()}")


def _month(month: Month) -> str:
    return f"{MONTHS[month.starts_on.month]} {month.starts_on.year}"
