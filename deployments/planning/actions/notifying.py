"""Telling the public, deferring it, and telling it that a deployment will not take place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from deployments.planning import events
from deployments.planning.actions.changing import (
    UNDECIDED,
    checked_reason,
    move,
    must_be,
    not_own,
    rows_of,
    standing_of,
    taken,
    tell,
    void,
)
from deployments.planning.actions.refusals import StalePlan, TooLate, WrongState
from deployments.planning.choices import DeferralGround
from deployments.planning.models import BINDING, Plan
from deployments.planning.notice import (
    deferred,
    document_of,
    overridden,
    place_on_register,
    reached_at,
    relied_on,
    told_of_cancellation,
)
from deployments.readiness import notice_deadline, readiness_of
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Person
from forces.permissions import may, require
from forces.refusals import Invalid
from forces.tenancy import acting

S = Plan.Status
LONGEST_DEFERRAL = timedelta(days=92)


def preview(plan: Plan, *, short_notice_reason: str = "", at: datetime) -> dict[str, Any]:
    """The document of the notice as it would be published now, whatever state the plan is in.

    In a scope in which the plan can be read. Nothing is written.
    """
    readiness = readiness_of(plan, at=at)
    titles = {verdict.rule.code: str(verdict.rule.title) for verdict in readiness.verdicts}
    return document_of(
        plan,
        latest=notice_deadline(plan, at=at),
        at=at,
        short_notice_reason=short_notice_reason,
        overrides=overridden(plan, titles),
        contact=reached_at(plan.force),
        papers=relied_on(plan),
    )


def notify(plan: Plan, *, content_hash: str, short_notice_reason: str = "", by: Person, at: datetime) -> Plan:
    """Publish the notice of an authorised deployment on the national register.

    After the latest lawful moment it needs a reason, which is published. Raises Forbidden, Invalid, StalePlan, TooLate,
    WrongState, and what the register refuses.
    """
    force = plan.force
    require(by, Capability.NOTIFY_PUBLIC, force)
    reason = (
        checked_reason(short_notice_reason, "short_notice_reason", force=force)
        if short_notice_reason.strip()
        else ""
    )
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.AUTHORISED)
        if now.is_over(at) and not now.is_urgent:
            raise TooLate(_("The deployment is over. Record what happened instead."))
        latest = notice_deadline(now, at=at)
        is_short = latest is not None and at > latest
        if is_short and not reason:
            raise Invalid(
                {"short_notice_reason": [_("Say why notice is given this late. The reason is published.")]}
            )
        kept = reason if is_short else ""
        document = preview(now, short_notice_reason=kept, at=at)
        entry = place_on_register(
            now, document, reason=_("The deployment is authorised as it is told here."), by=by, at=at
        )
        move(
            now,
            to=S.NOTIFIED,
            notice_entry=entry.pk,
            notified_by=by,
            notified_at=at,
            short_notice_reason=kept,
        )
        tell(events.PlanNotified(now.reference, entry.pk, is_short), now, by=by, at=at, reason=kept)
    return now


def defer_notice(
    plan: Plan,
    *,
    ground: str,
    reason: str,
    review_on: date,
    content_hash: str,
    by: Person,
    at: datetime,
) -> Plan:
    """Decide that the public is told later. That there is such a deployment, on what ground, is published at once.

    As the authorising officer, never of one's own plan; looked at again on `review_on` at the latest.
    Raises Forbidden, Invalid, OwnPlan, StalePlan, WrongState.
    """
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    _check_deferral(ground, review_on, london_date(at))
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.AUTHORISED)
        not_own(now, by)
        if now.notice_entry is not None and not now.is_deferred:
            raise WrongState(_("The public was told already, so it cannot be withheld now."))
        rank, roles = standing_of(by, force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
        rows_of(now).update(
            deferral_ground=ground,
            deferral_reason=reason,
            deferral_review_on=review_on,
            deferral_rank=rank,
            deferred_by=by,
            deferred_at=at,
        )
        now.read_again()
        document = deferred(preview(now, at=at))
        entry = place_on_register(
            now, document, reason=_("The decision to withhold the details was looked at again."), by=by, at=at
        )
        rows_of(now).update(notice_entry=entry.pk)
        now.read_again()
        tell(
            events.NoticeDeferred(now.reference, ground, review_on.isoformat(), entry.pk),
            now,
            by=by,
            at=at,
            reason=reason,
            role=roles[0] if roles else "",
        )
    return now


def cancel(plan: Plan, *, reason: str, by: Person, at: datetime) -> Plan:
    """Say that it will not take place, from any state. Where the public was told, it is told this and the reason.

    Whoever plans, authorises or commands may. Raises Forbidden, Invalid, TooLate, WrongState.
    """
    force = plan.force
    if not any(
        may(by, each, force) for each in (Capability.AUTHORISE_DEPLOYMENTS, Capability.COMMAND_DEPLOYMENTS)
    ):
        require(by, Capability.PLAN_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = taken(plan, None)
        must_be(now, *(state for state in S.values if state != S.CANCELLED))
        if now.status in BINDING and now.is_over(at):
            raise TooLate(
                _("It is over, so it cannot be cancelled. Record what happened, or that it was aborted.")
            )
        entry = told_of_cancellation(now, reason=reason, by=by, at=at)
        void(now, reason=reason, by=by, at=at)
        move(
            now,
            to=S.CANCELLED,
            **UNDECIDED,
            cancelled_by=by,
            cancelled_at=at,
            cancelled_reason=reason,
        )
        tell(events.PlanCancelled(now.reference, entry), now, by=by, at=at, reason=reason)
    return now


def _looked_at(plan: Plan, content_hash: str) -> Plan:
    now = taken(plan, None)
    if now.content_hash != content_hash:
        raise StalePlan(
            _("%(reference)s was changed after you opened it. Look at what it says now.")
            % {"reference": now.reference}
        )
    return now


def _check_deferral(ground: str, review_on: date, today: date) -> None:
    errors: dict[str, list[str]] = {}
    if ground not in DeferralGround.values:
        errors["ground"] = [_("Choose why the public is not told beforehand.")]
    if not today < review_on <= today + LONGEST_DEFERRAL:
        errors["review_on"] = [
            _("Enter a day after today and within %(days)d days.") % {"days": LONGEST_DEFERRAL.days}
        ]
    if errors:
        raise Invalid(errors)
