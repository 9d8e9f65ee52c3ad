"""A complete plan is submitted, and somebody who wrote none of it assesses it, or sends it back with a question."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from deployments.planning import events
from deployments.planning.actions.changing import (
    UNDECIDED,
    checked_reason,
    move,
    must_be,
    not_own,
    taken,
    tell,
    void,
)
from deployments.planning.actions.refusals import Incomplete, TooLate
from deployments.planning.fields import BY_CODE
from deployments.planning.models import Plan
from deployments.planning.notice import told_of_change
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import may, require
from forces.refusals import Forbidden
from forces.tenancy import acting

S = Plan.Status


def submit(plan: Plan, *, seen: int, urgency: str = "", by: Person, at: datetime) -> Plan:
    """Put a complete plan before whoever assesses it; an urgent one straight before an authorising officer.

    `urgency` says why it cannot wait for written authority: it may then have begun already.
    Raises Forbidden, Incomplete, Invalid, StalePlan, TooLate, WrongState.
    """
    force = plan.force
    require(by, Capability.PLAN_DEPLOYMENTS, force)
    urgency = checked_reason(urgency, "urgency", force=force) if urgency.strip() else ""
    with acting(force, by):
        now = taken(plan, seen)
        must_be(now, S.DRAFT, S.RETURNED)
        complete(now)
        if now.has_begun(at) and not urgency:
            raise TooLate(_("The start has passed. Change it, or say why it could not wait."))
        move(
            now,
            to=S.SUBMITTED,
            submitted_by=by,
            submitted_at=at,
            urgency=urgency,
            question="",
            authors=sorted({*now.authors, by.pk}),
        )
        tell(
            events.PlanSubmitted(now.reference, now.revision, bool(urgency)),
            now,
            by=by,
            at=at,
            reason=urgency,
        )
    return now


def assess(plan: Plan, *, words: str, seen: int, by: Person, at: datetime) -> Plan:
    """Say what effect it has on rights and on the community, and that an officer may decide on it.

    Never by whoever wrote part of it. Raises Forbidden, Invalid, OwnPlan, StalePlan, TooLate, WrongState.
    """
    force = plan.force
    require(by, Capability.ASSESS_PLANS, force)
    words = checked_reason(words, "assessment", force=force)
    with acting(force, by):
        now = taken(plan, seen)
        must_be(now, S.SUBMITTED)
        not_own(now, by)
        move(now, to=S.ASSESSED, assessed_by=by, assessed_at=at, assessment=words)
        tell(events.PlanAssessed(now.reference, now.revision), now, by=by, at=at, reason=words)
    return now


def send_back(plan: Plan, *, question: str, seen: int, by: Person, at: datetime) -> Plan:
    """Ask whoever writes it. What was assessed or authorised before is void.

    Whoever assesses may ask about what was submitted, whoever authorises about anything before the public is told, and
    about what is held. Raises Forbidden, Invalid, StalePlan, WrongState.
    """
    force = plan.force
    if not may(by, Capability.ASSESS_PLANS, force):
        require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    question = checked_reason(question, "question", force=force)
    with acting(force, by):
        now = taken(plan, seen)
        must_be(now, S.SUBMITTED, S.ASSESSED, S.HELD)
        if now.status != S.SUBMITTED and not may(by, Capability.AUTHORISE_DEPLOYMENTS, force):
            raise Forbidden(by, Capability.AUTHORISE_DEPLOYMENTS, force)
        was_told = now.status == S.HELD and now.notice_entry is not None
        void(now, reason=question, by=by, at=at)
        move(now, to=S.RETURNED, question=question, **UNDECIDED)
        if was_told:
            told_of_change(now, by=by, at=at)
        tell(events.PlanReturned(now.reference, now.revision), now, by=by, at=at, reason=question)
    return now


def complete(plan: Plan) -> None:
    """Raise Incomplete unless every question has an answer and every copied one was confirmed."""
    wanting = sorted({*plan.missing(), *plan.to_confirm()}, key=list(BY_CODE).index)
    if wanting:
        raise Incomplete(wanting, [str(BY_CODE[code].title) for code in wanting])
