"""What was tried about a plan and refused: kept in its history, by the door, once the refused work is undone."""

from __future__ import annotations

from datetime import datetime

from deployments.planning import events
from deployments.planning.actions.changing import tell
from deployments.planning.actions.drafting import Voids
from deployments.planning.actions.refusals import (
    Incomplete,
    NotReady,
    OwnPlan,
    StalePlan,
    TooLate,
    WrongState,
)
from deployments.planning.models import Plan
from forces.models import Person
from forces.refusals import Invalid, Refusal
from forces.tenancy import acting

WHY: dict[type[Refusal], str] = {
    OwnPlan: "own_plan",
    NotReady: "not_ready",
    StalePlan: "stale",
    TooLate: "too_late",
    WrongState: "wrong_state",
    Incomplete: "incomplete",
    Invalid: "invalid",
    Voids: "wrong_state",
}


def note_attempt(plan: Plan, refusal: Refusal, *, tried: str, by: Person, at: datetime) -> None:
    """Keep that `by` tried this and was refused. `tried` is a word of the action; what was typed is not kept.

    A right that somebody does not hold is kept elsewhere, as the attempt at any page is.
    """
    why = next((code for kind, code in WHY.items() if isinstance(refusal, kind)), "refused")
    with acting(plan.force, by):
        tell(events.AttemptRefused(plan.reference, tried, why), plan, by=by, at=at)
