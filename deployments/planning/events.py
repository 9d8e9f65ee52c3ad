"""What happened to a force's plans: its own history. The public hears of a deployment by its notice on the register.

Payloads hold references, codes and ids; what was written stays in the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("operation.begun.v1")
@dataclass(frozen=True, slots=True)
class OperationBegun:
    """Somebody has opened an operation, to which deployments can belong."""

    reference: str


@event("plan.drafted.v1")
@dataclass(frozen=True, slots=True)
class PlanDrafted:
    """Somebody has begun a plan. `copied_from` is the plan whose answers it starts with, or empty."""

    reference: str
    copied_from: str


@event("plan.task_saved.v1")
@dataclass(frozen=True, slots=True)
class TaskSaved:
    """The answers of one task have been written or changed. `changed` names the questions."""

    reference: str
    revision: int
    task: str
    changed: str


@event("plan.answers_confirmed.v1")
@dataclass(frozen=True, slots=True)
class AnswersConfirmed:
    """Somebody has said that answers copied from an earlier plan are right for this one."""

    reference: str
    task: str
    confirmed: str


@event("plan.operation_chosen.v1")
@dataclass(frozen=True, slots=True)
class OperationChosen:
    """A plan belongs to another operation, or to none (empty)."""

    reference: str
    operation: str


@event("plan.submitted.v1")
@dataclass(frozen=True, slots=True)
class PlanSubmitted:
    """A plan is complete and waits for its assessment; if urgent, for an authorising officer."""

    reference: str
    revision: int
    urgent: bool


@event("plan.assessed.v1")
@dataclass(frozen=True, slots=True)
class PlanAssessed:
    """Somebody who wrote none of it has assessed its effect on rights and on the community."""

    reference: str
    revision: int


@event("plan.returned.v1")
@dataclass(frozen=True, slots=True)
class PlanReturned:
    """A plan has been sent back with a question. What was assessed or authorised before is void."""

    reference: str
    revision: int


@event("plan.refused.v1")
@dataclass(frozen=True, slots=True)
class PlanRefused:
    """An authorising officer has refused the plan as it is."""

    reference: str
    revision: int
    rank: str


@event("plan.authorised.v1")
@dataclass(frozen=True, slots=True)
class PlanAuthorised:
    """An authorising officer has authorised exactly these words. `given_at` is told of urgent authority alone."""

    reference: str
    revision: int
    kind: str
    rank: str
    roles: str
    content_hash: str
    given_at: str


@event("plan.authority_confirmed.v1")
@dataclass(frozen=True, slots=True)
class AuthorityConfirmed:
    """An urgent authority, given by word of mouth, has been confirmed in writing. `late`: after it was due."""

    reference: str
    rank: str
    late: bool


@event("plan.authority_voided.v1")
@dataclass(frozen=True, slots=True)
class AuthorityVoided:
    """An authority no longer stands: the plan was changed, sent back or cancelled after it was given."""

    reference: str
    revision: int


@event("plan.condition_overridden.v1")
@dataclass(frozen=True, slots=True)
class ConditionOverridden:
    """A chief officer lets the plan go on although it does not meet a national condition."""

    reference: str
    requirement: str
    rank: str


@event("plan.attested.v1")
@dataclass(frozen=True, slots=True)
class RequirementAttested:
    """Somebody whose role it is has said that the plan meets a requirement."""

    reference: str
    requirement: str


@event("plan.notified.v1")
@dataclass(frozen=True, slots=True)
class PlanNotified:
    """The notice of the deployment stands on the national register. `short`: after the latest lawful moment."""

    reference: str
    entry: int
    short: bool


@event("plan.notice_deferred.v1")
@dataclass(frozen=True, slots=True)
class NoticeDeferred:
    """An authorising officer has decided that the public is told later; that much stands on the register."""

    reference: str
    ground: str
    review_on: str
    entry: int


@event("plan.held.v1")
@dataclass(frozen=True, slots=True)
class PlanHeld:
    """Something the plan relied on has changed, so that whoever authorised it must look at it again."""

    reference: str


@event("plan.upheld.v1")
@dataclass(frozen=True, slots=True)
class PlanUpheld:
    """An authorising officer has looked at the plan again and lets the authority stand."""

    reference: str
    rank: str


@event("plan.commander_alerted.v1")
@dataclass(frozen=True, slots=True)
class CommanderAlerted:
    """Something a running deployment relied on has changed. Nothing stops by itself: its commander decides."""

    reference: str


@event("plan.commander_decided.v1")
@dataclass(frozen=True, slots=True)
class CommanderDecided:
    """The commander of a running deployment has decided what follows from a change."""

    reference: str
    decision: str


@event("plan.cancelled.v1")
@dataclass(frozen=True, slots=True)
class PlanCancelled:
    """The deployment will not take place as planned. Where the public was told, it is told this too."""

    reference: str
    entry: int


@event("plan.attempt_refused.v1")
@dataclass(frozen=True, slots=True)
class AttemptRefused:
    """Somebody tried to decide what they may not: their own plan, words that had changed, a state long past.

    `tried` is a word of what was tried, such as authorise; `why` is own_plan, stale, wrong_state, not_ready, too_late,
    incomplete or invalid. What was typed is kept nowhere.
    """

    reference: str
    tried: str
    why: str


@event("plan.overseen.v1")
@dataclass(frozen=True, slots=True)
class PlanOverseen:
    """The national centre has looked at something about a plan. It decides nothing there: the plan is the force's.

    `about` is authority, override or deferral; `answer` is seen or asked; the reason is what it tells the force.
    """

    reference: str
    about: str
    answer: str
