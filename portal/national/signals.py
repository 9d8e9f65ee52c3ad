"""Signs of change in forces' published figures: those that wait, with evidence, and what was made of others."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.measures import BY_CODE, FALSE_ALERTS
from coordination.collation.queries import Period
from coordination.collation.run_chart import Rule, false_alarm_rate, fewest_crossings, longest_run
from coordination.collation.signals.models import Signal
from design.numbers import month_text
from forces.capabilities import Capability
from forces.guard import ForceQuerySet
from forces.permissions import may
from portal.national.pages import needs, show
from register.models import Tier

REASON = "the national centre looks at signs of change in every force's figures"
MOST_OVER = 100


def waiting_signals() -> ForceQuerySet:
    """Those that the figures still show and nobody has decided on."""
    return Signal.objects.across_forces(reason=REASON).filter(decision="", ended_at=None)


@needs(Capability.READ_ALL_FORCES)
def signals(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first, then the last hundred that are decided or over."""
    found = Signal.objects.across_forces(reason=REASON).select_related("force", "decided_by")
    over = found.exclude(decision="", ended_at=None).order_by("-pk")[:MOST_OVER]
    context = {
        "waiting": [
            line_of(signal)
            for signal in waiting_signals().select_related("force").order_by("raised_at", "pk")
        ],
        "over": [line_of(signal) for signal in over],
        "may_decide": may(request.person, Capability.DECIDE_SIGNALS),  # type: ignore[attr-defined]
    }
    return show(request, "signals", context)


def line_of(signal: Signal) -> dict[str, Any]:
    """What this page and the Decide queue say of one signal."""
    return {
        "signal": signal,
        "measure": str(BY_CODE[signal.measure].label),
        "months": _months(signal.first, signal.last),
        "said": _said(signal),
        "chart": _chart(signal),
        "records": _records(signal),
        "alarms": _("%(n)s of 1,000 such charts would signal all the same")
        % {"n": round(false_alarm_rate(signal.months_off_median) * 1000)},
    }


def _months(first: date, last: date) -> str:
    if first == last:
        return month_text(first)
    return _("%(first)s to %(last)s") % {"first": month_text(first), "last": month_text(last)}


def _said(signal: Signal) -> str:
    told = {
        "run": signal.run,
        "most": longest_run(signal.months_off_median),
        "times": signal.crossings,
        "fewest": fewest_crossings(signal.months_off_median),
    }
    words = []
    if signal.run:
        words.append(
            _("%(run)s months in a row on one side of the median; chance seldom gives more than %(most)s.")
            % told
        )
    if Rule.FEW_CROSSINGS.value in signal.rules:
        words.append(
            ngettext(
                "The median is crossed %(times)s time; chance seldom gives fewer than %(fewest)s.",
                "The median is crossed %(times)s times; chance seldom gives fewer than %(fewest)s.",
                signal.crossings,
            )
            % told
        )
    return " ".join(words)


def _public(signal: Signal, name: str) -> str:
    return reverse(f"public:demonstration:{name}" if signal.force.is_made_up else f"public:{name}")


def _chart(signal: Signal) -> str:
    return f"{_public(signal, 'run-charts')}?{urlencode({'force': signal.force.slug, 'measure': signal.measure})}"


def _records(signal: Signal) -> str:
    words = {
        "force": signal.force.slug,
        "since": signal.first.isoformat(),
        "until": Period.of("month", signal.last).last.isoformat(),
        "tier": Tier.PRIMARY.value,
        "measure": FALSE_ALERTS.code,
    }
    return f"{_public(signal, 'deployments')}?{urlencode(words)}"
