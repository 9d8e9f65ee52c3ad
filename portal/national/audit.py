"""Who did what, when and why: every force's history and the centre's own, in words, latest first."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deployments.planning.models import Plan
from design import components
from events.models import Event
from forces.capabilities import Capability
from forces.clock import LONDON, db_now
from forces.models import Person
from forces.permissions import may
from portal.national.forms import AuditFilter
from portal.national.pages import needs, show
from portal.national.wording import details_of, label_of, people_in

PER_PAGE = 50


@needs(Capability.READ_NATIONAL_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Filters and place are in the address: a page of it can be cited."""
    filters = AuditFilter(request.GET)
    person: Person = request.person  # type: ignore[attr-defined]
    found = seen_by(Event.objects.select_related("force").order_by("-id"), person)
    if filters.is_valid():
        found = _filtered(found, filters.cleaned_data)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    events = list(found[: PER_PAGE + 1]) if filters.is_valid() else []
    page = events[:PER_PAGE]
    names = dict(Person.objects.filter(pk__in=people_in(page)).values_list("pk", "name"))
    lines = [_line(event, names) for event in page]
    query = request.GET.copy()
    if len(events) > PER_PAGE:
        query["before"] = str(page[-1].pk)
    following = f"?{query.urlencode()}" if len(events) > PER_PAGE else ""
    return show(request, "audit", {"filters": filters, "lines": lines, "next": following})


def seen_by(found: QuerySet[Event], person: Person) -> QuerySet[Event]:
    """Without what happened to plans that this person may not see before the event."""
    if may(person, Capability.READ_NATIONAL_PLANS):
        return found
    plans = Plan.objects.seen_by(person, at=db_now()).values("reference")
    return found.filter(~Q(name__startswith="plan.") | Q(subject__in=plans))


def _line(event: Event, names: dict[int, str]) -> components.Event:
    """What, when, by whom; then where, about what and why."""
    if event.person_id is None:
        who = _("the system")
    else:
        who = names.get(event.person_id) or _("person %(number)s") % {"number": event.person_id}
    where = event.force.name if event.force else _("National centre")
    said = [where, details_of(event, names), event.reason]
    text = " ".join(each if each.endswith((".", "!", "?")) else f"{each}." for each in said if each)
    return components.Event(str(label_of(event.name)), event.happened_at, by=who, text=text)


def _filtered(found: QuerySet[Event], asked: dict[str, Any]) -> QuerySet[Event]:
    if asked["force"]:
        found = found.filter(force=asked["force"])
    if asked["kind"]:
        found = found.filter(name=asked["kind"])
    if asked["who"]:
        people = Person.objects.filter(name__icontains=asked["who"])
        found = found.filter(person_id__in=people.values("pk"))
    if asked["subject"]:
        found = found.filter(subject=asked["subject"].strip())
    if asked["since"]:
        found = found.filter(recorded_at__gte=_start(asked["since"]))
    if asked["until"]:
        found = found.filter(recorded_at__lt=_start(asked["until"] + timedelta(days=1)))
    return found


def _start(day: Any) -> datetime:
    """Midnight in London, with which the day begins."""
    return datetime.combine(day, time.min, tzinfo=LONDON)
