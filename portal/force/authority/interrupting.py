"""When somebody must not or cannot decide: whose turn it is instead, what changed meanwhile, and that it was tried."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse

from deployments.planning.actions import OwnPlan
from deployments.planning.models import Plan, PlanRevision
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import may
from portal.force.attempts import keep
from portal.force.authority.forms import PlanForm
from portal.force.authority.pages import show_plan
from portal.force.authority.reading import changes
from portal.force.colleagues import holders


def own_plan(
    request: HttpRequest, force: Force, plan: Plan, right: Capability, *, tried: str, title: str
) -> HttpResponse:
    """The page that says that somebody else must decide, and who that can be. That it was tried is kept."""
    person: Person = request.person  # type: ignore[attr-defined]
    keep(request, plan, OwnPlan(title), tried=tried)
    found = holders(force, right, Capability.MANAGE_TEAM)
    able = [each.name for each in found[right] if each.pk not in plan.authors]
    context = {
        "title": title,
        "able": able,
        "owners": [each.name for each in found[Capability.MANAGE_TEAM]],
        "may_manage_team": may(person, Capability.MANAGE_TEAM, force),
        "doing": right.doing,
    }
    return show_plan(request, "own_plan", plan, context, status=403)


def changed_meanwhile(
    request: HttpRequest, force: Force, plan: Plan, form: PlanForm, *, again: str
) -> HttpResponse:
    """The plan is no longer what was shown: what changed since, and what was typed, to be taken along."""
    plan.refresh_from_db()
    before = _words_with(plan, str(form.data.get("seen", "")))
    context = {
        "changes": changes(force, before, plan.said) if before is not None else [],
        "typed": [
            (form[name].label, form.data[name])
            for name in form.fields
            if name not in {"seen", "decision", "separately"} and form.data.get(name)
        ],
        "again": again,
    }
    return show_plan(request, "changed", plan, context, status=409)


def _words_with(plan: Plan, content_hash: str):
    """What the plan said when it had this hash, or None."""
    for revision in PlanRevision.objects.owned_by(plan.force).filter(plan=plan).order_by("-number")[:200]:
        if hashlib.sha256(bytes(revision.content)).hexdigest() == content_hash:
            return revision.said
    return None
