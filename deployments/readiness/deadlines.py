"""Moments that follow from the rules in force: the latest for a notice, and by when oral authority is confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from coordination.framework.rules import Rule, rules_for
from deployments.planning.models import Plan
from deployments.readiness.judging import left_out
from deployments.readiness.subject import CannotTell, Subject
from forces.clock import london_date
from forces.models import Force
from forces.refusals import Refusal


class NoRule(Refusal):
    """The framework in force has no rule that the question needs."""


def notice_deadline(plan: Plan, *, at: datetime) -> datetime | None:
    """The latest moment at which the public can be told without giving a reason; None where nothing sets one.

    The start minus the hours of the rule for notice, as the force itself may have tightened it; of several rules the
    one that asks for most.
    """
    if plan.starts_at is None:
        return None
    day = london_date(plan.starts_at)
    bare = Subject(plan.reference, plan.technology, day, at, plan.said)
    hours = [
        rule.parameters["hours"]
        for rule in rules_for(plan.force, day)
        if rule.check == "notice_before_start" and _may_apply(rule, bare)
    ]
    return plan.starts_at - timedelta(hours=max(hours)) if hours else None


def confirmation_due(force: Force, given_at: datetime) -> datetime:
    """By when an authority given by word of mouth at that moment must be confirmed in writing. Raises NoRule."""
    hours = [
        rule.parameters["hours"]
        for rule in rules_for(force, london_date(given_at))
        if rule.check == "urgent_confirmed"
    ]
    if not hours:
        raise NoRule(_("The legal framework does not say by when oral authority is confirmed in writing."))
    return given_at + timedelta(hours=min(hours))


def _may_apply(rule: Rule, subject: Subject) -> bool:
    try:
        return rule.technology == subject.technology and not left_out(rule.applies_to, subject)
    except CannotTell:
        return True
