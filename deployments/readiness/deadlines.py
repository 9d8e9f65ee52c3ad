"""Moments that follow from the rules in force: the latest for a notice, and by when oral authority is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from coordination.framework.rules import Rule, rules_for, rules_for_forces
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
    return deadlines_of([plan], at=at)[plan.pk].notice


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What must be done by when: the notice before the start, the result after the end. None where no rule says."""

    notice: datetime | None = None
    result: datetime | None = None


def deadlines_of(plans: Sequence[Plan], *, at: datetime) -> dict[int, Deadlines]:
    """Both for many plans, by id, in as many statements as for one; none at all where no plan has a start."""
    dated = [plan for plan in plans if plan.starts_at is not None]
    found = {plan.pk: Deadlines() for plan in plans}
    if not dated:
        return found
    days = {plan.pk: london_date(plan.starts_at) for plan in dated}  # type: ignore[arg-type]
    rules = rules_for_forces({plan.force for plan in dated}, set(days.values()))
    for plan in dated:
        day = days[plan.pk]
        bare = Subject(plan.reference, plan.technology, day, at, plan.said)
        hours, days_after = [], []
        for rule in rules[plan.force_id, day]:
            if rule.check == "notice_before_start" and _may_apply(rule, bare):
                hours.append(rule.parameters["hours"])
            elif rule.check == "results_within" and _may_apply(rule, bare):
                days_after.append(rule.parameters["days"])
        starts_at: datetime = plan.starts_at  # type: ignore[assignment]
        found[plan.pk] = Deadlines(
            starts_at - timedelta(hours=max(hours)) if hours else None,
            plan.ends_at + timedelta(days=min(days_after)) if days_after and plan.ends_at else None,
        )
    return found


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
