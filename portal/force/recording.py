"""Writing: a result, a change to it, a correction, answers to questions. Nothing typed is ever lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments import actions
from deployments.models import Deployment, Result
from deployments.planning.actions import WrongState
from deployments.planning.models import Plan
from deployments.twins import Twin
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Invalid
from portal.force import wording
from portal.force.attempts import keep
from portal.force.forms import AnswersForm, ResultForm, initial_of, seen_now
from portal.force.narrowing import parts
from portal.force.pages import address, deployment_page, force_page, show
from portal.force.reasons import ask_why, not_now
from portal.typed import FIELD, posted


@force_page
def record(request: HttpRequest, force: Force) -> HttpResponse:
    return write_down(request, force)


def write_down(request: HttpRequest, force: Force, plan: Plan | None = None, **initial: Any) -> HttpResponse:
    """The form of a new result, and what becomes of it; of a plan's, filled with what was planned."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.RECORD_RESULTS, force)
    form = ResultForm(posted(request), force=force, initial=initial)
    twins: list[Twin] = []
    if request.method == "POST" and form.is_valid():
        try:
            deployment = actions.record(
                force, form.facts(), by=person, at=db_now(), despite=form.despite, plan=plan
            )
        except Invalid as invalid:
            form.take(invalid)
        except actions.Twins as refusal:
            form.ask_about(refusal.twins)
            twins = refusal.twins
        except WrongState as refusal:
            if plan is not None:
                keep(request, plan, refusal, tried="record")
            form.add_error(None, str(refusal))
        else:
            return _written(request, deployment, deployment.shown)
    title = _("Record what happened") if plan is not None else _("Record a result")
    return _form(request, force, form, title=title, twins=twins, plan=plan)


@deployment_page
def amend(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    result = deployment.in_work or deployment.shown
    require(person, _writing(result), force)
    # What was typed is never thrown away: a POST that comes too late is told so by the action.
    sent = posted(request)
    if sent is None and not result.is_writable:
        return not_now(request, deployment, _("It cannot be changed now. Somebody must send it back first."))
    with_reason = result.is_correction
    title = _("Change the correction") if with_reason else _("Change the result")
    if sent is not None:
        form = ResultForm(sent, force=force, with_reason=with_reason, initial={"seen": ""})
        if request.method == "POST" and form.is_valid():
            seen = form.what_was_seen
            try:
                written = actions.amend(
                    deployment,
                    form.facts(),
                    seen=seen,
                    reason=form.cleaned_data.get("reason", ""),
                    by=person,
                    at=db_now(),
                )
            except Invalid as invalid:
                form.take(invalid)
            except (actions.Stale, actions.WrongStage):
                return _conflict(request, deployment, form)
            except actions.NothingChanged:
                return redirect(address("deployment", deployment))
            else:
                return _written(request, deployment, written)
    else:
        initial = initial_of(result.facts) | seen_now(result)
        form = ResultForm(
            force=force,
            with_reason=with_reason,
            initial=initial | ({"reason": result.reason} if with_reason else {}),
        )
    return _form(request, force, form, title=title, deployment=deployment)


@deployment_page
def correct(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.CORRECT_RESULTS, force)
    is_open = deployment.stage == Deployment.Stage.PUBLISHED and deployment.correction is None
    sent = posted(request)
    if sent is None and not is_open:
        return not_now(
            request, deployment, _("There is nothing to correct, or a correction is in work already.")
        )
    if sent is not None:
        form = ResultForm(sent, force=force, with_reason=True, initial={"seen": ""})
        if request.method == "POST" and form.is_valid():
            try:
                correction = actions.prepare_correction(
                    deployment,
                    form.facts(),
                    version=form.what_was_seen.version,
                    reason=form.cleaned_data["reason"],
                    by=person,
                    at=db_now(),
                )
            except Invalid as invalid:
                form.take(invalid)
            except (actions.Stale, actions.WrongStage):
                return _conflict(request, deployment, form)
            except actions.NothingChanged as refusal:
                form.add_error(None, str(refusal))
            else:
                return _written(request, deployment, correction)
    else:
        standing = deployment.shown
        initial = initial_of(standing.facts) | seen_now(standing)
        form = ResultForm(force=force, with_reason=True, initial=initial)
    title = _("Correct the published result")
    return _form(request, force, form, title=title, deployment=deployment, is_correction=True)


@deployment_page
def questions(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    result = deployment.in_work
    require(person, _writing(result), force)
    asked = result.facts.questions() if result is not None else []
    if result is None or not asked or not result.is_writable:
        return redirect(address("deployment", deployment))
    form = AnswersForm(
        posted(request),
        questions=asked,
        answers=result.standing_answers(),
        initial=seen_now(result),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(deployment, form.answers(), seen=form.what_was_seen, by=person, at=db_now())
        except Invalid as invalid:
            for name, told in invalid.errors.items():
                form.add_error(name if name in form.fields else None, told)
        except (actions.Stale, actions.WrongStage):
            return _conflict(request, deployment, form)
        except actions.NothingChanged:
            return redirect(address("deployment", deployment))
        else:
            _say(request, _("Your answers are saved. The result waits for review."), force)
            return redirect(address("deployment", deployment))
    context = {"form": form, "deployment": deployment, "figure_rows": wording.figure_rows(result.facts)}
    return show(request, "questions", force, context)


@deployment_page
def resubmit(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """Give back for review what was sent back, as it is, with the reason why nothing has to change."""
    person: Person = request.person  # type: ignore[attr-defined]
    result = deployment.in_work
    require(person, _writing(result), force)
    if result is None or not result.is_sent_back:
        return not_now(request, deployment, _("Nothing of this deployment was sent back."))
    return ask_why(
        request,
        deployment,
        actions.resubmit,
        result=result,
        done=_("Given back. It waits for review again."),
        label=_("Why does nothing have to change?"),
        hint=_("Whoever reviews it reads this. It is not published."),
        context={
            "title": _("Give it back unchanged"),
            "text": _("It was sent back because: %(reason)s") % {"reason": result.sent_back_reason},
            "button": _("Give it back for review"),
        },
    )


@deployment_page
def discard(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    result = deployment.in_work
    require(person, _writing(result), force)
    if result is None:
        return not_now(request, deployment, _("There is nothing to discard."))
    is_correction = result.is_correction
    stands = _("The correction is discarded; what was published stands.")
    return ask_why(
        request,
        deployment,
        actions.discard,
        result=result,
        done=stands if is_correction else _("The recording is discarded."),
        label=_("Why is it discarded?"),
        hint=_("Kept in your force's history. It is not published."),
        context={
            "title": _("Discard the correction") if is_correction else _("Discard the recording"),
            "text": _("It will never be published. It stays readable in your force's history."),
            "button": _("Discard"),
            "is_warning": True,
        },
    )


def _form(request: HttpRequest, force: Force, form: ResultForm, **context: Any) -> HttpResponse:
    """The form of a result; with `?field=` in the address, that field first and the others folded away."""
    asked = parts(form, request.GET.get("field", ""))
    return show(request, "result_form", force, {"form": form, "parts": asked, **context})


def _written(request: HttpRequest, deployment: Deployment, result: Result) -> HttpResponse:
    """On to the questions, if the figures contradict each other; otherwise to the answers to check."""
    if result.open_questions():
        return redirect(address("questions", deployment))
    _say(request, _("Saved. Somebody who wrote none of it must now review it."), deployment.force)
    return redirect(address("deployment", deployment))


def _say(request: HttpRequest, words: str, force: Force) -> None:
    messages.success(request, f"{force.name}: {words}")


def _conflict(request: HttpRequest, deployment: Deployment, form) -> HttpResponse:
    """Somebody else changed it meanwhile: show both, keep what was typed, and let the person decide."""
    now = (
        Deployment.objects.owned_by(deployment.force)
        .select_related("current__algorithm", "correction__algorithm")
        .get(pk=deployment.pk)
    )
    now.force = deployment.force
    result = now.in_work or now.current
    # What is in work is changed; where a correction was published meanwhile, what stands now is corrected.
    is_next = isinstance(form, ResultForm) and "reason" in form.fields and now.in_work is None
    may_go_on = result.is_writable or (is_next and now.stage == Deployment.Stage.PUBLISHED)
    again = "questions" if isinstance(form, AnswersForm) else "correct" if is_next else "amend"
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "seen", FIELD}
        for value in values
    ]
    context = {
        "deployment": now,
        "standing": wording.standing(now),
        "differences": _differences(result, form) if isinstance(form, ResultForm) else [],
        "typed": typed if may_go_on else [],
        "again": address(again, now),
        **seen_now(result),
    }
    return show(request, "conflict", deployment.force, context, status=409)


def _differences(result: Result, form: ResultForm) -> list[tuple[Any, Any, Any]]:
    reason = form.cleaned_data.get("reason", "")
    said = [(_("Reason"), result.reason, reason)] if result.is_correction and result.reason != reason else []
    return [*wording.differences(result.facts, form.facts().tidy()), *said]


def _writing(result: Result | None) -> Capability:
    is_correction = result is not None and result.is_correction
    return Capability.CORRECT_RESULTS if is_correction else Capability.RECORD_RESULTS
