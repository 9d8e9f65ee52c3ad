"""Everything that changes a plan. Each action asks for a right first, holds the plan's lock, and records one event."""

from deployments.planning.actions.attempts import note_attempt
from deployments.planning.actions.authorising import (
    SEPARATELY,
    attest,
    authorise,
    confirm,
    override,
    record_oral_authority,
    refuse,
    uphold,
)
from deployments.planning.actions.drafting import (
    Voids,
    begin,
    begin_operation,
    choose_operation,
    commanders_of,
    save_task,
)
from deployments.planning.actions.notifying import cancel, defer_notice, notify, preview
from deployments.planning.actions.overseeing import oversee
from deployments.planning.actions.refusals import (
    Incomplete,
    NotReady,
    OwnPlan,
    StalePlan,
    TooLate,
    WrongState,
)
from deployments.planning.actions.submitting import assess, send_back, submit
from deployments.planning.actions.unsettling import decide_live, hold

__all__ = [
    "SEPARATELY",
    "Incomplete",
    "NotReady",
    "OwnPlan",
    "StalePlan",
    "TooLate",
    "Voids",
    "WrongState",
    "assess",
    "attest",
    "authorise",
    "begin",
    "begin_operation",
    "cancel",
    "choose_operation",
    "commanders_of",
    "confirm",
    "decide_live",
    "defer_notice",
    "hold",
    "note_attempt",
    "notify",
    "override",
    "oversee",
    "preview",
    "record_oral_authority",
    "refuse",
    "save_task",
    "send_back",
    "submit",
    "uphold",
]
