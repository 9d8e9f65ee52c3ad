"""The second person's pages: review, send back, publish; and withdrawing what was published."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments import actions
from deployments.figures import NAMES
from deployments.models import Deployment, Result
from deployments.twins import twins_of
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may, require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force import history, wording
from portal.force.colleagues import steps_left
from portal.force.deployments import said
from portal.force.forms import (
    PublishForm,
    SeenForm,
    WithdrawalForm,
    seen_now,
    stands_now,
)
from portal.force.pages import address, deployment_page, show
from portal.force.reasons import ask_why, not_now
from portal.typed import posted


@deployment_page
def review(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """Look at everything and say that it is right, or send it back with a reason."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.REVIEW_RESULTS, force)
    result = deployment.in_work
    if result is not None and result.is_sent_back:
        return not_now(request, deployment, _("It has been sent back. It waits to be changed or explained."))
    if result is None or result.status != Result.Status.RECORDED:
        return not_now(request, deployment, _("Nothing of this deployment waits for review."))
    if result.wrote_some(person):
        return _own_work(request, deployment)
    if unanswered := result.open_questions():
        return not_now(request, deployment, str(actions.Unanswered(unanswered)))
    form = SeenForm(request.POST if request.method == "POST" else None, initial=seen_now(result))
    if request.method == "POST" and form.is_valid():
        done = _("Reviewed. It waits to be published.")
        return _try(
            request,
            deployment,
            done,
            lambda: actions.review(deployment, seen=form.what_was_seen, by=person, at=db_now()),
        )
    context = _context(deployment, result, form)
    context["twins"] = twins_of(force, result.facts, besides=deployment)
    context["sendings"] = history.of_review(deployment, result.number)
    return show(request, "review", force, context)


@deployment_page
def send_back(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.REVIEW_RESULTS, force)
    result = deployment.in_work
    if result is None or result.is_sent_back:
        return not_now(request, deployment, _("Nothing of this deployment waits for review."))
    return ask_why(
        request,
        deployment,
        actions.send_back,
        result=result,
        done=_("Sent back to be changed."),
        label=_("What must be changed?"),
        hint=_("Whoever recorded it reads this. It is not published."),
        context={
            "title": _("Send it back"),
            "text": _(
                "It waits for whoever wrote it, at the top of their list, and is not to be reviewed until they have "
                "changed it or said why it is right."
            ),
            "button": _("Send back"),
        },
    )


@deployment_page
def publish(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """The page the public will see, and the button that makes it so."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.PUBLISH_RESULTS, force)
    result = deployment.in_work
    if result is None or result.status != Result.Status.REVIEWED:
        return not_now(request, deployment, _("Nothing of this deployment waits to be published."))
    if result.wrote_some(person):
        return _own_work(request, deployment)
    heads = [] if result.is_correction else actions.transcriptions_of(force, result)
    choices = [(head.reference, f"{head.place} ({head.reference})") for head in heads]  # type: ignore[attr-defined]
    form = PublishForm(posted(request), transcriptions=choices, initial=seen_now(result))
    if request.method == "POST" and form.is_valid():
        done = (
            _("The correction is published on the national register.")
            if result.is_correction
            else _("Published on the national register.")
        )
        return _try(
            request,
            deployment,
            done,
            lambda: actions.publish(
                deployment, seen=form.what_was_seen, matches=form.matches, by=person, at=db_now()
            ),
        )
    context = _context(deployment, result, form)
    for name, fields in (
        ("place_rows", wording.PLACE),
        ("system_rows", wording.SYSTEM),
        ("figure_rows", NAMES),
    ):
        context[name] = wording.published_rows(result.facts, fields)
    return show(request, "publish", force, context)


@deployment_page
def withdraw(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.WITHDRAW_RESULTS, force)
    if deployment.stage != Deployment.Stage.PUBLISHED:
        return not_now(request, deployment, _("It is not published, so it cannot be withdrawn."))
    correction = deployment.correction
    form = WithdrawalForm(
        posted(request),
        label=_("Why is it withdrawn?"),
        hint=_("The reason is published. Name no person."),
        initial=stands_now(deployment) | {"discards": correction.number if correction else 0},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(
                deployment,
                reason=form.cleaned_data["reason"],
                seen=form.what_stood,
                discards=form.cleaned_data["discards"],
                by=person,
                at=db_now(),
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error("reason" if isinstance(refusal, Invalid) else None, str(refusal))
            if isinstance(refusal, actions.Stale):
                form.look_again(correction)
        else:
            messages.success(
                request, f"{force.name}: " + _("Withdrawn. The register says so, with your reason.")
            )
            return redirect(address("deployment", deployment))
    context = {
        "form": form,
        "deployment": deployment,
        "discarded": correction,
        "title": _("Withdraw the published result"),
        "text": _(
            "It stays readable on the register, marked as withdrawn, and no longer counts in any statistic. "
            "A wrong figure is better corrected. This cannot be undone."
        ),
        "button": _("Withdraw and discard the correction") if correction else _("Withdraw"),
        "is_warning": True,
    }
    return show(request, "reason", force, context)


def _context(deployment: Deployment, result: Result, form: SeenForm) -> dict:
    facts = result.facts
    context = {
        "deployment": deployment,
        "result": result,
        "form": form,
        "where": wording.where_and_when(result),
        **said(result),
    }
    if result.is_correction:
        context["differences"] = wording.differences(deployment.shown.facts, facts)
    return context


def _try(
    request: HttpRequest, deployment: Deployment, done: str, action: Callable[[], object]
) -> HttpResponse:
    """Do it, and say on the deployment's page what came of it."""
    try:
        action()
    except Forbidden:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{deployment.force.name}: {done}")
    return redirect(address("deployment", deployment))


def _own_work(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    context = {
        "deployment": deployment,
        "steps_left": steps_left(deployment.force, deployment),
        "may_manage_team": may(person, Capability.MANAGE_TEAM, deployment.force),
    }
    return show(request, "own_work", deployment.force, context, status=403)
