"""The plan's past: what happened to it, who and in what role and rank, and what it said after each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deployments.planning.fields import TASKS
from deployments.planning.models import Plan, PlanRevision
from design import components
from events.models import Event
from forces.models import Force, Membership
from forces.ranks import Rank
from forces.roles import FORCE_ROLES
from portal.force import answers
from portal.force.history import in_words, people_in
from portal.force.pages import address, people_named, plan_page, show
from portal.force.planning.checking import differences

PER_PAGE = 50
TOLD_TWICE = ("register.notice_entered.v1",)
WRITTEN = (
    *("plan.task_saved.v1", "plan.submitted.v1", "plan.assessed.v1"),
    *("plan.authorised.v1", "plan.refused.v1"),
)
FIRST: answers.Said = {}


@plan_page
def history(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """Who did what, latest first, with every state that can be read again."""
    events = Event.objects.filter(force=force, subject=plan.reference).exclude(name__in=TOLD_TWICE)
    paginator = Paginator(events.order_by("-id"), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "where": answers.where_and_when(plan),
        "timeline": _timeline(list(page), force, plan),
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        "revisions": _revisions(plan),
    }
    return show(request, "planning/history", force, context)


@plan_page
def revision(request: HttpRequest, force: Force, plan: Plan, number: int) -> HttpResponse:
    """What the plan said after one change, and what differs from another of its states."""
    revisions = _revisions(plan)
    this = next((each for each in revisions if each.number == number), None)
    if this is None:
        raise Http404
    against = _against(request, revisions, this)
    before = against.said if against is not None else FIRST
    known = answers.known_of(force, this.said)
    names = people_named({this.written_by_id})
    context = {
        "plan": plan,
        "where": answers.where_and_when(plan),
        "revision": this,
        "by": names.get(this.written_by_id, _("somebody outside the force")),
        "against": against,
        "others": [each for each in revisions if each.number != number],
        "differences": differences(force, before, this.said),
        "sections": [
            (str(each.title), answers.rows(each, this.said.get(each.code, {}), known)) for each in TASKS
        ],
        "is_latest": number == plan.revision,
    }
    return show(request, "planning/revision", force, context)


def _revisions(plan: Plan) -> list[PlanRevision]:
    return list(PlanRevision.objects.owned_by(plan.force).filter(plan=plan).order_by("-number"))


def _against(request: HttpRequest, revisions: list[PlanRevision], this: PlanRevision) -> PlanRevision | None:
    """The state asked for, or the one before; None for the first."""
    wanted = request.GET.get("against", "")
    if wanted.isdecimal() and len(wanted) < 10:
        found = next((each for each in revisions if each.number == int(wanted)), None)
        if found is not None and found.number != this.number:
            return found
    return next((each for each in revisions if each.number < this.number), None)


def _timeline(events: list[Event], force: Force, plan: Plan) -> list[components.Event]:
    """The lines of the history, each with the role and rank that whoever did it held at that moment."""
    names = people_named(people_in(events))
    held = _held(force, {each.person_id for each in events if each.person_id})
    lines = in_words(events, force, names=names)
    found = []
    for event, line in zip(events, lines, strict=True):
        standing = _standing(held.get(event.person_id, ()), event)
        by = ", ".join(filter(None, [line.by, standing]))
        number = event.payload.get("revision") if event.name in WRITTEN else None
        if number:
            line = replace(
                line, href=f"{address('plan', plan)}history/{number}/", link=_("What it said then")
            )
        found.append(replace(line, by=by))
    return found


def _held(force: Force, people: set[int]) -> Mapping[int | None, list[Membership]]:
    found: dict[int | None, list[Membership]] = {}
    for each in Membership.objects.filter(force=force, person__in=people).order_by("role"):
        found.setdefault(each.person_id, []).append(each)
    return found


def _standing(held: Iterable[Membership], event: Event) -> str:
    """Role and rank at the moment of the event: the role it was done in, where that was kept; else all roles held."""
    then = [each for each in held if _covers(each, event.happened_at)]
    in_role = [each for each in then if each.role == event.role] or then
    rank = event.payload.get("rank") or next((each.rank for each in in_role if each.rank), "")
    roles = [str(FORCE_ROLES[each.role].name) for each in in_role if each.role in FORCE_ROLES]
    words = [*roles, str(Rank(rank).label) if rank in Rank.values else ""]
    return ", ".join(dict.fromkeys(filter(None, words)))


def _covers(membership: Membership, at: datetime) -> bool:
    period: Any = membership.period
    return (period.lower is None or period.lower <= at) and (period.upper is None or at < period.upper)
