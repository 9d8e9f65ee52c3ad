"""What waits for somebody: counts, since when, and where it is done. The first page and briefing packs both ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordination.intake.models import Batch
from deployments.models import Result
from design.navigation import address
from events.models import Delivery
from forces.capabilities import Capability
from forces.models import Force, Membership, Realm
from forces.words import Words
from jobs.models import Job
from portal.national.people import waiting_for_a_password
from portal.national.signals import waiting_signals
from register.models import RedactionRequest


@dataclass(frozen=True, slots=True)
class Need:
    """Something waits for a person: how many, since when, and where it is done. `href` empty: no page of its own."""

    title: Words
    count: int
    oldest: datetime | None
    href: str
    hint: Words = ""


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


@need(Capability.REPLAY_EVENTS)
def parked_events(now: datetime, only_real: bool) -> Need:
    parked = Delivery.objects.filter(state=Delivery.State.PARKED)
    if only_real:
        parked = parked.exclude(event__force__realm=Realm.DEMONSTRATION)
    found = parked.aggregate(n=Count("pk"), at=Min("event__recorded_at"))
    return Need(
        _("Parked events"),
        found["n"],
        found["at"],
        reverse("admin:national-events"),
        _("A part of the service could not take them. Until then its figures or lists are behind."),
    )


@need(Capability.APPROVE_REDACTION)
def removals(now: datetime, only_real: bool) -> Need:
    asked = RedactionRequest.objects.filter(state=RedactionRequest.State.PROPOSED)
    if only_real:
        asked = asked.exclude(force__realm=Realm.DEMONSTRATION)
    found = asked.aggregate(n=Count("pk"), at=Min("proposed_at"))
    return Need(
        _("Removals of personal data to decide"),
        found["n"],
        found["at"],
        reverse("admin:national-redactions"),
        _("Personal data stays public until somebody decides."),
    )


@need(Capability.DECIDE_SIGNALS)
def signals(now: datetime, only_real: bool) -> Need:
    waiting = waiting_signals()
    if only_real:
        waiting = waiting.exclude(force__realm=Realm.DEMONSTRATION)
    found = waiting.aggregate(n=Count("pk"), at=Min("raised_at"))
    return Need(
        _("Signals to look at"),
        found["n"],
        found["at"],
        reverse("admin:national-signals"),
        _("A force's published figures show what chance seldom gives."),
    )


@need(Capability.IMPORT_RECORDS)
def imports(now: datetime, only_real: bool) -> Need:
    found = Batch.objects.filter(state=Batch.State.STAGED).aggregate(n=Count("pk"), at=Min("staged_at"))
    return Need(
        _("Documents read and not accepted"),
        found["n"],
        found["at"],
        address("admin:national-imports", "admin:imports"),
    )


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
def forces_without_an_owner(now: datetime, only_real: bool) -> Need:
    """A force that has people and nobody who may manage them."""
    held = Membership.objects.filter(period__contains=now)
    led = held.filter(role="force_owner").values("force")
    left = Force.objects.filter(pk__in=held.values("force")).exclude(pk__in=led)
    if only_real:
        left = left.exclude(realm=Realm.DEMONSTRATION)
    return Need(
        _("Forces whose team has no owner"),
        left.count(),
        None,
        reverse("admin:national-forces"),
        _("Nobody there can invite people or end a role."),
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
