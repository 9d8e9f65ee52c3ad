"""The readiness of plans as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from coordination.framework.rules import rules_for, rules_for_forces
from deployments.planning.models import Plan
from deployments.readiness.judging import judge_all
from deployments.readiness.reading import Act, subject_of, subjects_of
from deployments.readiness.subject import UNDER_18
from deployments.readiness.verdicts import Readiness
from forces.clock import london_date


def day_of(plan: Plan, at: datetime) -> date:
    """The day whose rules a plan is judged by: that of its start, or today while it has none."""
    return london_date(plan.starts_at or at)


def readiness_of(plan: Plan, *, at: datetime, act: Act | None = None) -> Readiness:
    """Every rule for the plan's force on the plan's day, judged as of `at`; in the caller's scope.

    `act` is an authority about to be given: rules about authority are judged by it, and only what comes before an
    authority is due.
    """
    return judge_all(rules_for(plan.force, day_of(plan, at)), subject_of(plan, at=at, act=act))


def readiness_of_many(plans: Sequence[Plan], *, at: datetime) -> list[Readiness]:
    """The same for many plans, in their order, in as many statements as for one."""
    rules = rules_for_forces({plan.force for plan in plans}, {day_of(plan, at) for plan in plans})
    return [
        judge_all(rules[plan.force_id, day_of(plan, at)], subject)
        for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True)
    ]


def to_authorise_separately(plan: Plan, *, at: datetime) -> tuple[str, ...]:
    """What an officer must authorise separately: codes of watchlist categories, and UNDER_18. Empty for most plans."""
    watchlist = plan.answers("watchlist")
    used = [each["code"] for each in watchlist.get("categories") or []]
    found: list[str] = []
    for rule in rules_for(plan.force, day_of(plan, at)):
        if rule.check == "categories_separately_authorised":
            found += [code for code in used if code in rule.parameters["categories"]]
        elif rule.check == "under_18_separately_authorised" and watchlist.get("under_18_expected"):
            found.append(UNDER_18)
    return tuple(dict.fromkeys(found))
