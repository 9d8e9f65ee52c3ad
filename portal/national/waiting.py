"""What waits for somebody: counts, since when, and where it is done. The first page and briefing packs both ask.

What somebody decides is in the Decide queue and comes from there; what is only seen to is registered here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coordination.deciding.queue import count
from coordination.deciding.types import TYPES, DecisionType
from deployments.models import Result
from forces.capabilities import Capability
from forces.models import Realm
from forces.words import Words
from jobs.models import Job
from portal.national.people import waiting_for_a_password


@dataclass(frozen=True, slots=True)
class Need:
    """Something waits for a person: how many, since when, and where it is done. `href` empty: no page of its own.

    `late` counts those past the time by which they are to be decided.
    """

    title: Words
    count: int
    oldest: datetime | None
    href: str
    hint: Words = ""
    late: int = 0


Asking = Callable[[datetime, bool], Need]


@dataclass(frozen=True, slots=True)
class Ask:
    """A kind of waiting thing, and the right of whoever may act on it.

    `ask` is told the time, and whether what made-up forces of a demonstration wait for is left out.
    """

    capability: Capability
    ask: Asking


NEEDS: list[Ask] = []


def need(capability: Capability) -> Callable[[Asking], Asking]:
    """Put another kind of waiting thing on the first page of who holds the right, and into briefing packs."""

    def register(ask: Asking) -> Asking:
        NEEDS.append(Ask(capability, ask))
        return ask

    return register


@need(Capability.IMPORT_RECORDS)
def failed_work(now: datetime, only_real: bool) -> Need:
    failed = Job.objects.filter(state=Job.State.FAILED)
    if only_real:
        failed = failed.exclude(force__realm=Realm.DEMONSTRATION)
    found = failed.aggregate(n=Count("pk"), at=Min("finished_at"))
    return Need(
        _("Long work that failed"),
        found["n"],
        found["at"],
        reverse("admin:jobs_job_changelist") + "?state__exact=failed",
    )


@need(Capability.APPOINT)
def people_who_never_came(now: datetime, only_real: bool) -> Need:
    """Invited, with a role, and no password yet: their link may have gone astray."""
    found = waiting_for_a_password().aggregate(n=Count("pk"), at=Min("person__created_at"))
    return Need(
        _("People invited who have not chosen a password"),
        found["n"],
        found["at"],
        reverse("admin:national-people") + "?waiting=1",
    )


def decisions(kinds: Iterable[DecisionType], now: datetime, *, only_real: bool) -> list[Need]:
    """What waits in the Decide queue, one line for each kind. In the national scope."""
    queue = reverse("admin:national-decide")
    counted = [count(kind, now, only_real=only_real) for kind in kinds]
    return [
        Need(
            each.kind.title,
            each.count,
            each.oldest,
            f"{queue}?{urlencode({'type': each.kind.code})}",
            each.kind.hint,
            each.late,
        )
        for each in counted
    ]


def all_that_waits(now: datetime) -> list[Need]:
    """Everything real that waits at the centre, whoever may act on it."""
    return [*decisions(TYPES.values(), now, only_real=True), *(each.ask(now, True) for each in NEEDS)]


def age_of(since: datetime, now: datetime) -> str:
    """How long something has waited, in its largest unit: 3 days, 5 hours, under 1 hour."""
    days, hours = (now - since).days, int((now - since).total_seconds() // 3600)
    if days > 0:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if hours > 0:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return gettext("under 1 hour")


def at_forces() -> list[Need]:
    """What waits at real forces and not at the centre: how many, and no more. In the national scope."""
    results = Result.objects.across_forces(reason="briefing packs count what forces have not published yet")
    results = results.filter(force__realm=Realm.NATIONAL)
    found = []
    for status, title in (
        (Result.Status.RECORDED, _("Results that forces recorded and have not reviewed")),
        (Result.Status.REVIEWED, _("Results that forces reviewed and have not published")),
    ):
        waiting = results.filter(status=status).aggregate(n=Count("pk"), at=Min("recorded_at"))
        found.append(Need(title, waiting["n"], waiting["at"], ""))
    return found
