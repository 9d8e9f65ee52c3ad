"""What needs me: the first page of the centre. Counts, the oldest of each, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordination.intake.models import Batch
from design.navigation import address
from events.models import Delivery
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person
from forces.permissions import may
from forces.words import Words
from jobs.models import Job
from portal.national.pages import show
from portal.national.people import waiting_for_a_password
from register.models import RedactionRequest


@dataclass(frozen=True, slots=True)
class Need:
    """Something waits for a person: how many, since when, and where it is done. `href` empty: no page of its own."""

    title: Words
    count: int
    oldest: datetime | None
    href: str
    hint: Words = ""


Ask = Callable[[Person, datetime], "Need | None"]
NEEDS: list[Ask] = []


def need(ask: Ask) -> Ask:
    """Put another kind of waiting thing on the first page; None leaves it out for this person."""
    NEEDS.append(ask)
    return ask


def front(request: HttpRequest) -> HttpResponse:
    """Everything that waits and that this person may act on, what has waited longest first."""
    person: Person = request.person  # type: ignore[attr-defined]
    now = db_now()
    asked = [found for ask in NEEDS if (found := ask(person, now)) is not None]
    waiting = sorted((each for each in asked if each.count), key=lambda each: each.oldest or now)
    return show(request, "front", {"waiting": waiting, "clear": [each for each in asked if not each.count]})


@need
def parked_events(person: Person, now: datetime) -> Need | None:
    if not may(person, Capability.REPLAY_EVENTS):
        return None
    found = Delivery.objects.filter(state=Delivery.State.PARKED).aggregate(
        n=Count("pk"), at=Min("event__recorded_at")
    )
    return Need(
        _("Parked events"),
        found["n"],
        found["at"],
        reverse("admin:national-events"),
        _("A part of the service could not take them. Until then its figures or lists are behind."),
    )


@need
def removals(person: Person, now: datetime) -> Need | None:
    if not may(person, Capability.APPROVE_REDACTION):
        return None
    found = RedactionRequest.objects.filter(state=RedactionRequest.State.PROPOSED).aggregate(
        n=Count("pk"), at=Min("proposed_at")
    )
    return Need(
        _("Removals of personal data to decide"),
        found["n"],
        found["at"],
        reverse("admin:national-redactions"),
        _("Personal data stays public until somebody decides."),
    )


@need
def imports(person: Person, now: datetime) -> Need | None:
    if not may(person, Capability.IMPORT_RECORDS):
        return None
    found = Batch.objects.filter(state=Batch.State.STAGED).aggregate(n=Count("pk"), at=Min("staged_at"))
    return Need(
        _("Documents read and not accepted"),
        found["n"],
        found["at"],
        address("admin:national-imports", "admin:imports"),
    )


@need
def failed_work(person: Person, now: datetime) -> Need | None:
    if not may(person, Capability.IMPORT_RECORDS):
        return None
    found = Job.objects.filter(state=Job.State.FAILED).aggregate(n=Count("pk"), at=Min("finished_at"))
    return Need(
        _("Long work that failed"),
        found["n"],
        found["at"],
        reverse("admin:jobs_job_changelist") + "?state__exact=failed",
    )


@need
def forces_without_an_owner(person: Person, now: datetime) -> Need | None:
    """A force that has people and nobody who may manage them."""
    if not may(person, Capability.APPOINT):
        return None
    held = Membership.objects.filter(period__contains=now)
    led = held.filter(role="force_owner").values("force")
    left = Force.objects.filter(pk__in=held.values("force")).exclude(pk__in=led)
    return Need(
        _("Forces whose team has no owner"),
        left.count(),
        None,
        reverse("admin:national-forces"),
        _("Nobody there can invite people or end a role."),
    )


@need
def people_who_never_came(person: Person, now: datetime) -> Need | None:
    """Invited, with a role, and no password yet: their link may have gone astray."""
    if not may(person, Capability.APPOINT):
        return None
    found = waiting_for_a_password().aggregate(n=Count("pk"), at=Min("person__created_at"))
    return Need(
        _("People invited who have not chosen a password"),
        found["n"],
        found["at"],
        reverse("admin:national-people") + "?waiting=1",
    )
