"""One task of a plan: its questions, saved by themselves; what somebody else saved meanwhile; what an edit undoes."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.fields import BY_CODE, Task
from deployments.planning.models import BINDING, REOPENED, Plan
from design.numbers import moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force import answers
from portal.force.attempts import keep, keep_made_up
from portal.force.pages import address, people_named, plan_page, show
from portal.force.planning.forms import TaskForm, seen_of
from portal.typed import FIELD, posted

S = Plan.Status
# What a page sends beside the answers.
OWN = frozenset({"csrfmiddlewaretoken", FIELD, "seen", "voids", "again", "from"})


@plan_page
def task(request: HttpRequest, force: Force, plan: Plan, task: str) -> HttpResponse:
    """Show the task's questions and keep the answers. Nothing typed is ever lost."""
    person: Person = request.person  # type: ignore[attr-defined]
    asked = BY_CODE.get(task)
    if asked is None:
        raise Http404
    require(person, Capability.PLAN_DEPLOYMENTS, force)
    sent = posted(request)
    if sent is None and (words := why_shut(plan)):
        messages.warning(request, words)
        return redirect(address("plan", plan))
    form = TaskForm(sent, plan=plan, task=asked)
    # Whoever chose to go on writing after somebody else saved it only wants the form again.
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        try:
            actions.save_task(
                plan,
                asked.code,
                form.values,
                seen=form.what_was_seen,
                by=person,
                at=db_now(),
                voids="voids" in request.POST,
            )
        except Forbidden:
            raise
        except Invalid as invalid:
            form.take(invalid)
        except actions.StalePlan:
            return _conflict(request, plan, asked, form)
        except actions.Voids as refusal:
            if refusal.plan.is_binding:
                keep(request, plan, refusal, tried="change")
            return _interruption(request, refusal.plan, asked)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="change")
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(force)s: “%(task)s” is saved.") % {"force": force.name, "task": asked.title}
            )
            return redirect(_leads_to(request, plan, asked))
    elif request.method == "POST" and "again" not in request.POST:
        keep_made_up(request, plan, form, tried="change")
    return _form(request, plan, asked, form)


def why_shut(plan: Plan) -> str:
    """Why no answer of the plan can be changed any more; "" while it can."""
    if plan.status == S.CANCELLED:
        return _("The plan is cancelled, so its answers stay as they are. Copy it to plan another.")
    if plan.status in BINDING and plan.has_begun(db_now()):
        return _("The deployment has begun, so its plan no longer changes.")
    return ""


def _form(request: HttpRequest, plan: Plan, asked: Task, form: TaskForm) -> HttpResponse:
    waiting = plan.progress.get(asked.code, {}).get("to_confirm", [])
    context = {
        "form": form,
        "plan": plan,
        "task": asked,
        "where": answers.where_and_when(plan),
        "copied": [str(each.label) for each in asked.fields if each.name in waiting],
        "is_binding": plan.status in BINDING,
        "is_reopened": plan.status in REOPENED,
        "from_check": _is_from_check(request),
        "back": address("check-plan" if _is_from_check(request) else "plan", plan),
    }
    return show(request, "planning/task", plan.force, context)


def _conflict(request: HttpRequest, plan: Plan, asked: Task, form: TaskForm) -> HttpResponse:
    """Somebody else saved the same task: what it says now beside what was typed, and the choice between them."""
    plan.read_again()
    now = plan.answers(asked.code)
    found = list(answers.differences({asked.code: now}, {asked.code: form.values}))
    if not found:
        messages.info(request, _("Somebody else saved the same answers. Nothing of yours is missing."))
        return redirect(_leads_to(request, plan, asked))
    known = answers.known_of(plan.force, {asked.code: now}, {asked.code: form.values})
    saved = plan.progress[asked.code]
    context = {
        "plan": plan,
        "task": asked,
        "by": people_named({saved["by"]}).get(saved["by"], _("somebody outside the force")),
        "at": moment_text(datetime.fromisoformat(saved["at"])),
        "differences": [
            (each.label, answers.in_words(each, old, known), answers.in_words(each, new, known))
            for _task, each, old, new in found
        ],
        "typed": _typed(request),
        "seen": seen_of(plan, asked),
        "again": request.path,
        "from_check": _is_from_check(request),
    }
    return show(request, "planning/conflict", plan.force, context, status=409)


def _interruption(request: HttpRequest, plan: Plan, asked: Task) -> HttpResponse:
    """What saving would undo, asked before it does."""
    authority = plan.authority
    context = {
        "plan": plan,
        "task": asked,
        "where": answers.where_and_when(plan),
        "is_binding": plan.status in BINDING,
        "is_told": plan.notice_entry is not None,
        "authority": authority,
        "given_by": people_named({authority.decided_by_id}).get(authority.decided_by_id, "")
        if authority is not None
        else "",
        "typed": _typed(request),
        "seen": seen_of(plan, asked),
        "again": request.path,
        "from_check": _is_from_check(request),
    }
    return show(request, "planning/interruption", plan.force, context, status=409)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.POST.lists() if name not in OWN for value in values]


def _is_from_check(request: HttpRequest) -> bool:
    return "check" in (request.GET.get("from"), request.POST.get("from"))


def _leads_to(request: HttpRequest, plan: Plan, asked: Task) -> str:
    """Back to where the task was opened from."""
    if _is_from_check(request):
        return f"{address('check-plan', plan)}#{asked.code}"
    return address("plan", plan)
