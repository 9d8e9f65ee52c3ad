"""A deployment that runs while something it relied on changes: nothing stops by itself, its commander decides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.models import Plan
from deployments.readiness import readiness_of
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force import answers
from portal.force.attempts import keep
from portal.force.authority.forms import CommandForm, seen_now
from portal.force.authority.pages import not_now, show_plan
from portal.force.authority.reading import readiness_context
from portal.force.pages import address, people_named, plan_page
from portal.typed import posted


@plan_page
def running(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.COMMAND_DEPLOYMENTS, force)
    at = db_now()
    if not plan.is_live(at) or plan.affected_at is None:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="command")
        return not_now(request, plan, _("Nothing waits for a decision of the commander."))
    if plan.commander_id is not None and plan.commander_id != person.pk:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="command")
        name = people_named({plan.commander_id}).get(plan.commander_id, "")
        context: dict[str, Any] = {"commander": name}
        return show_plan(request, "commanded", plan, context, status=403)
    form = CommandForm(posted(request), initial=seen_now(plan))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.decide_live(plan, decision=said["decision"], reason=said["reason"], by=person, at=at)
        except Forbidden:
            raise
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="command")
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{address('decided', plan)}?live={said['decision']}")
    context = {
        "window": answers.window(plan),
        "form": form,
        **readiness_context(readiness_of(plan, at=at)),
    }
    return show_plan(request, "running", plan, context)
