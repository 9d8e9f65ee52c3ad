"""What happened to a force's working papers: its own history. The public hears of it from the register."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.planning import events as planning  # noqa: F401 - what happens to plans is registered with these
from events.registry import event


@event("deployment.recorded.v1")
@dataclass(frozen=True, slots=True)
class DeploymentRecorded:
    """Somebody has written down the result of a deployment; nobody else has looked at it yet."""

    reference: str
    version: int


@event("deployment.amended.v1")
@dataclass(frozen=True, slots=True)
class DeploymentAmended:
    """What was written down has been changed before publication. `changed` names the fields."""

    reference: str
    version: int
    revision: int
    changed: str


@event("deployment.questions_answered.v1")
@dataclass(frozen=True, slots=True)
class QuestionsAnswered:
    """Somebody has explained figures that contradict each other. `checks` names the questions."""

    reference: str
    version: int
    revision: int
    checks: str


@event("deployment.reviewed.v1")
@dataclass(frozen=True, slots=True)
class DeploymentReviewed:
    """Somebody who wrote none of it has checked this revision; it waits to be published."""

    reference: str
    version: int
    revision: int


@event("deployment.sent_back.v1")
@dataclass(frozen=True, slots=True)
class DeploymentSentBack:
    """It has gone back to be changed; the reason says why. It waits for review again once it is changed."""

    reference: str
    version: int
    revision: int


@event("deployment.resubmitted.v1")
@dataclass(frozen=True, slots=True)
class DeploymentResubmitted:
    """What was sent back has been given back for review as it is; the reason says why nothing had to change."""

    reference: str
    version: int
    revision: int


@event("deployment.discarded.v1")
@dataclass(frozen=True, slots=True)
class DeploymentDiscarded:
    """A recording, or a correction that was being prepared, has been given up before publication."""

    reference: str
    version: int


@event("deployment.published.v1")
@dataclass(frozen=True, slots=True)
class DeploymentPublished:
    """The force has placed the first version of a result on the national register."""

    reference: str
    version: int
    entry: int


@event("deployment.correction_prepared.v1")
@dataclass(frozen=True, slots=True)
class CorrectionPrepared:
    """Somebody has proposed other values for a published result; the published ones still stand."""

    reference: str
    version: int


@event("deployment.corrected.v1")
@dataclass(frozen=True, slots=True)
class DeploymentCorrected:
    """The force has placed a corrected version of a result on the national register."""

    reference: str
    version: int
    entry: int


@event("deployment.withdrawal_asked.v1")
@dataclass(frozen=True, slots=True)
class WithdrawalAsked:
    """Somebody has asked for a published result to be withdrawn; it stands until somebody else decides."""

    reference: str


@event("deployment.withdrawal_declined.v1")
@dataclass(frozen=True, slots=True)
class WithdrawalDeclined:
    """Somebody has decided that a published result stands although its withdrawal was asked for."""

    reference: str


@event("deployment.withdrawn.v1")
@dataclass(frozen=True, slots=True)
class DeploymentWithdrawn:
    """The force has said on the national register that a published result no longer stands."""

    reference: str
    entry: int
