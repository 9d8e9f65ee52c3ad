"""Everything the plan says, to be checked and submitted; for everybody else, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.fields import TASKS
from deployments.planning.models import WRITABLE, Plan
from deployments.readiness import readiness_of
from design.components import Row
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may, require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force import answers
from portal.force.attempts import keep, keep_made_up
from portal.force.pages import address, plan_page, plans_of, show
from portal.force.planning import readiness
from portal.force.planning.forms import SubmitForm
from portal.force.planning.tasks import why_shut
from portal.typed import posted

S = Plan.Status


@plan_page
def check(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    may_write = may(person, Capability.PLAN_DEPLOYMENTS, force)
    if request.method == "POST":
        require(person, Capability.PLAN_DEPLOYMENTS, force)
    form = SubmitForm(posted(request), initial={"seen": str(plan.revision)})
    may_submit = may_write and plan.status in (S.DRAFT, S.RETURNED)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.submit(
                plan,
                seen=int(said["seen"]),
                urgency=said["urgency"] if said["urgent"] else "",
                by=person,
                at=db_now(),
            )
        except Forbidden:
            raise
        except Invalid as invalid:
            form.take(invalid)
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="submit")
            form.add_error(None, str(refusal))
            form.data = form.data.copy()
            form.data["seen"] = str(plan.revision)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="submit")
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(force)s: The plan is submitted.") % {"force": force.name})
            return redirect(address("plan", plan))
    elif request.method == "POST":
        keep_made_up(request, plan, form, tried="submit")
    verdicts = readiness_of(plan, at=db_now())
    copied = _copied_from(person, force, plan)
    context: dict[str, Any] = {
        "plan": plan,
        "where": answers.where_and_when(plan),
        "sections": sections(plan, changes=may_write and not why_shut(plan)),
        "form": form if may_submit else None,
        "may_submit": may_submit and plan.is_complete,
        "is_refused": plan.status == S.REFUSED,
        "is_writable": plan.status in WRITABLE,
        "wanting": [
            (each, f"{address('plan', plan)}tasks/{each.code}/?from=check")
            for each in TASKS
            if each.code in {*plan.missing(), *plan.to_confirm()}
        ],
        "differences": differences(force, copied.said, plan.said) if copied is not None else [],
        "copied": copied,
        "groups": readiness.groups_of(verdicts, force),
        "readiness_says": readiness.summary_of(verdicts),
        "is_ready": not verdicts.blocking,
        "is_complete": plan.is_complete,
    }
    return show(request, "planning/check", force, context)


def sections(plan: Plan, *, changes: bool) -> list[dict[str, Any]]:
    """Each task with its lines; with a Change link for whoever may write, which leads back here."""
    known = answers.known_of(plan.force, plan.said)
    found = []
    for asked in TASKS:
        values = plan.answers(asked.code)
        waiting = plan.to_confirm().get(asked.code, [])
        change = f"{address('plan', plan)}tasks/{asked.code}/?from=check" if changes else ""
        rows = [
            Row(
                str(each.label),
                answers.in_words(each, values.get(each.name), known),
                change=f"{change}#id_{anchor(each.name)}" if change else "",
            )
            for each in asked.fields
            if each.is_asked(values)
        ]
        found.append({"code": asked.code, "title": str(asked.title), "rows": rows, "waits": bool(waiting)})
    return found


def differences(force: Force, before: answers.Said, after: answers.Said) -> list[tuple[Any, Any, Any]]:
    """Each question that is answered differently, with both answers in words."""
    known = answers.known_of(force, before, after)
    return [
        (each.label, answers.in_words(each, old, known), answers.in_words(each, new, known))
        for _task, each, old, new in answers.differences(before, after)
    ]


def anchor(name: str) -> str:
    """The form's own name of a question."""
    return {"starts_at": "on-day", "ends_at": "end"}.get(name, name)


def _copied_from(person: Person, force: Force, plan: Plan) -> Plan | None:
    """The plan whose answers it began with, as it is now."""
    if not plan.copied_from:
        return None
    return plans_of(person, force).filter(reference=plan.copied_from).first()
