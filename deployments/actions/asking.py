"""Asking for a published result to be withdrawn, for those who may not withdraw it; and saying no."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from deployments import events
from deployments.actions.refusals import OwnWork, Standing, WrongStage
from deployments.actions.versions import as_it_stands, checked_reason, rows_of, tell
from deployments.models import Deployment
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.tenancy import acting


def ask_withdrawal(
    deployment: Deployment, *, reason: str, seen: Standing, by: Person, at: datetime
) -> Deployment:
    """Ask for a published result to be withdrawn. It stands until somebody else withdraws it or declines.

    Raises Forbidden, Invalid, Stale, WrongStage.
    """
    force = deployment.force
    require(by, Capability.ASK_WITHDRAWAL, force)
    reason = checked_reason(reason)
    with acting(force, by):
        as_it_stands(deployment, seen)
        moved = (
            rows_of(deployment)
            .filter(stage=Deployment.Stage.PUBLISHED, asked_by=None)
            .update(
                asked_by=by,
                asked_at=at,
                asked_reason=reason,
                askers=sorted({by.pk, *by.connected_by()}),
                turns=F("turns") + 1,
            )
        )
        now = rows_of(deployment).with_results().get()
        if not moved:
            raise WrongStage(
                _("Withdrawal of %(reference)s has been asked for already.")
                % {"reference": now.public_reference}
                if now.is_asked_for
                else _("%(reference)s is not published, so it cannot be withdrawn.")
                % {"reference": now.public_reference}
            )
        tell(events.WithdrawalAsked(deployment.reference), deployment, by=by, at=at, reason=reason)
    return now


def decline_withdrawal(
    deployment: Deployment, *, reason: str, seen: Standing, by: Person, at: datetime
) -> None:
    """Decide that a result stands although somebody asked for its withdrawal. Never by whoever asked.

    Raises Forbidden, Invalid, OwnWork, Stale, WrongStage.
    """
    force = deployment.force
    require(by, Capability.WITHDRAW_RESULTS, force)
    reason = checked_reason(reason)
    with acting(force, by):
        as_it_stands(deployment, seen)
        moved = (
            rows_of(deployment)
            .filter(stage=Deployment.Stage.PUBLISHED, asked_by__isnull=False)
            .exclude(askers__contains=[by.pk])
            .update(asked_by=None, asked_at=None, asked_reason="", askers=[], turns=F("turns") + 1)
        )
        if not moved:
            if rows_of(deployment).filter(askers__contains=[by.pk]).exists():
                raise OwnWork(
                    _("You, or a system you connected, asked for this. Somebody else must decide on it.")
                )
            raise WrongStage(_("Nobody waits for a decision on withdrawing this."))
        tell(events.WithdrawalDeclined(deployment.reference), deployment, by=by, at=at, reason=reason)
