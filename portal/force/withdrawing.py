"""Asking for a published result to be withdrawn, and saying no to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deployments import actions
from deployments.models import Deployment
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import require
from portal.force.pages import deployment_page
from portal.force.reasons import ask_why, not_now


@deployment_page
def ask(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    """For those who may not withdraw it themselves."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.ASK_WITHDRAWAL, force)
    if deployment.stage != Deployment.Stage.PUBLISHED or deployment.is_asked_for:
        return not_now(request, deployment, _("It is not published, or its withdrawal is asked for already."))
    return ask_why(
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
        return not_now(request, deployment, _("Nobody waits for a decision on withdrawing this."))
    return ask_why(
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
