"""Whether a plan meets what it must, live: each rule in force on its day, judged, in words.

Checks are pure functions of a `Subject`, so the same ones judge a plan and a published record. `readiness_of` reads
what they need in the caller's scope.
"""

from deployments.readiness.deadlines import (
    Deadlines,
    NoRule,
    confirmation_due,
    deadlines_of,
    notice_deadline,
)
from deployments.readiness.live import readiness_of, readiness_of_many, to_authorise_separately
from deployments.readiness.reading import Act
from deployments.readiness.subject import UNDER_18
from deployments.readiness.verdicts import Readiness, State, Verdict

__all__ = [
    "UNDER_18",
    "Act",
    "Deadlines",
    "NoRule",
    "Readiness",
    "State",
    "Verdict",
    "confirmation_due",
    "deadlines_of",
    "notice_deadline",
    "readiness_of",
    "readiness_of_many",
    "to_authorise_separately",
]
