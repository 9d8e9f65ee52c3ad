"""Asking for a published result to be withdrawn, and saying no to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments import actions
from deployments.models import Deployment
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.forms import StandingReasonForm, stands_now
from portal.force.pages import address, deployment_page, show
from portal.typed import posted


@deployment_page
def ask(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """For those who may not withdraw it themselves."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.ASK_WITHDRAWAL, force)
    if deployment.stage != Deployment.Stage.PUBLISHED or deployment.is_asked_for:
        return _not_now(
            request, deployment, _("It is not published, or its withdrawal is asked for already.")
        )
    return _decided(
        request,
        deployment,
        actions.ask_withdrawal,
        done=_("You asked for it to be withdrawn. Somebody else decides."),
        label=_("Why should it be withdrawn?"),
        hint=_("Whoever decides reads this. Name no person."),
        context={
            "title": _("Ask for withdrawal"),
            "text": _("It stands until somebody else withdraws it. A wrong figure is better corrected."),
            "button": _("Ask"),
        },
    )


@deployment_page
def decline(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.WITHDRAW_RESULTS, force)
    if not deployment.is_asked_for:
        return _not_now(request, deployment, _("Nobody waits for a decision on withdrawing this."))
    return _decided(
        request,
        deployment,
        actions.decline_withdrawal,
        done=_("Declined. The published result stands."),
        label=_("Why does it stand?"),
        hint=_("Kept in your force's history. It is not published."),
        context={
            "title": _("Decline the withdrawal"),
            "text": _("The published result stands, and counts."),
            "button": _("Decline"),
        },
    )


def _decided(
    request: HttpRequest,
    deployment: Deployment,
    action: Callable[..., object],
    *,
    done: str,
    label: str,
    hint: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Ask why, do it, and say on the deployment's page what came of it."""
    form = StandingReasonForm(
        posted(request),
        label=label,
        hint=hint,
        initial=stands_now(deployment),
    )
    if request.method == "POST" and form.is_valid():
        try:
            action(
                deployment,
                reason=form.cleaned_data["reason"],
                seen=form.what_stood,
                by=request.person,  # type: ignore[attr-defined]
                at=db_now(),
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error("reason" if isinstance(refusal, Invalid) else None, str(refusal))
        else:
            messages.success(request, f"{deployment.force.name}: {done}")
            return redirect(address("deployment", deployment))
    return show(request, "reason", deployment.force, {"form": form, "deployment": deployment, **context})


def _not_now(request: HttpRequest, deployment: Deployment, words: str) -> HttpResponse:
    messages.warning(request, words)
    return redirect(address("deployment", deployment))
