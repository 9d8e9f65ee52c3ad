"""What the pages about one plan share: where they lead back to, and what they may offer to whoever looks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from deployments.planning.models import Plan
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person
from forces.permissions import may
from portal.force import answers
from portal.force.attempts import keep_made_up
from portal.force.pages import address, public_address, show

S = Plan.Status
OVERRIDABLE = (S.SUBMITTED, S.ASSESSED, S.HELD)
# The word of what a page does, where it is not the page's own.
TRIED = {"notice": "notify", "running": "command"}


def show_plan(
    request: HttpRequest, template: str, plan: Plan, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page about the plan, with the roles by which this person may attest or set aside what it tells of."""
    person: Person = request.person  # type: ignore[attr-defined]
    tells_rules = "blocking" in context
    shared = {
        "plan": plan,
        "where": answers.where_and_when(plan),
        "back": plan_address(plan),
        "my_roles": roles_of(person, plan.force) if tells_rules else (),
        "may_override": tells_rules
        and plan.status in OVERRIDABLE
        and may(person, Capability.OVERRIDE_CONDITIONS, plan.force)
        and not plan.wrote_some(person),
    }
    answer = show(request, f"authority/{template}", plan.force, {**shared, **context}, status=status)
    if answer.status_code == 422:
        keep_made_up(request, plan, context["form"], tried=TRIED.get(template, template))
    return answer


def roles_of(person: Person, force: Force) -> tuple[str, ...]:
    """The roles that somebody holds in the force now."""
    held = Membership.objects.filter(person=person, force=force, period__contains=db_now())
    return tuple(held.values_list("role", flat=True))


def not_now(request: HttpRequest, plan: Plan, words: str) -> HttpResponse:
    """Back to the plan, which says why the page asked for has nothing to do."""
    messages.warning(request, words)
    return redirect(plan_address(plan))


def plan_address(plan: Plan) -> str:
    """The plan's own page."""
    return address("plan", plan)


def public_notice(force: Force, plan: Plan) -> str:
    """Where the public reads its notice; "" while it was told nothing."""
    return public_address(force, "notice", plan.reference) if plan.notice_entry is not None else ""
