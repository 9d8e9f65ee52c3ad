"""Recording, reviewing, publishing, correcting and withdrawing the results of deployments.

Nobody reviews or publishes a version of which they wrote any part. Whoever amends, reviews or publishes names
the revision they looked at (`Seen`), and whoever decides about a published one what stood (`Standing`); if somebody
changed it meanwhile, they are told (`Stale`) and nothing moves.
Every action takes the deployment's row first, then the result's.
"""

from deployments.actions.asking import ask_withdrawal, decline_withdrawal
from deployments.actions.checking import resubmit, review, send_back
from deployments.actions.publishing import (
    document_of,
    prepare_correction,
    publish,
    transcriptions_of,
    withdraw,
)
from deployments.actions.recording import amend, answer, discard, record
from deployments.actions.refusals import (
    NoMatch,
    NothingChanged,
    OwnWork,
    Seen,
    Stale,
    Standing,
    Twins,
    Unanswered,
    WrongStage,
)

__all__ = [
    "NoMatch",
    "NothingChanged",
    "OwnWork",
    "Seen",
    "Stale",
    "Standing",
    "Twins",
    "Unanswered",
    "WrongStage",
    "amend",
    "answer",
    "ask_withdrawal",
    "decline_withdrawal",
    "discard",
    "document_of",
    "prepare_correction",
    "publish",
    "record",
    "resubmit",
    "review",
    "send_back",
    "transcriptions_of",
    "withdraw",
]
