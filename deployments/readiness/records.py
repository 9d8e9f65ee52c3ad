"""A published record as a subject: which rules applied on its day, and what can be said of each from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from coordination.framework.rules import rules_for
from coordination.framework.vocabulary import Phase
from deployments.readiness.judging import judge_all
from deployments.readiness.subject import Subject
from deployments.readiness.verdicts import Readiness
from forces.models import Force

EVERY_PHASE = frozenset(str(phase) for phase in Phase)


def verdicts_of_record(
    document: Mapping[str, Any], force: Force | None, *, at: datetime, published_at: datetime | None = None
) -> Readiness:
    """Every rule in force for `force` on the day of a `deployment-result.v1`, judged from what it says.

    Most of them cannot be: a result tells what happened, not what was planned. `published_at` is when the force itself
    first placed it on the register; None where the national centre transcribed it.
    """
    subject = subject_of_record(document, at=at, published_at=published_at)
    return judge_all(rules_for(force, date.fromisoformat(document["on"])), subject)


def subject_of_record(
    document: Mapping[str, Any], *, at: datetime, published_at: datetime | None = None
) -> Subject:
    """What a published result says, in the words of a plan. Its use is in the force's own list, so it is left out."""
    return Subject(
        reference=document["reference"],
        technology=document["technology"],
        on=date.fromisoformat(document["on"]),
        at=at,
        is_record=True,
        said={
            "place": {"place": document["place"]["name"], "area": document["place"]["area"]},
            "watchlist": {"most": document["watchlist_size"]},
            "system": {"algorithm": document["algorithm"], "threshold": document["threshold"]},
        },
        starts_at=_moment(document["started_at"]),
        ends_at=_moment(document["ended_at"]),
        published_at=published_at,
        phases=EVERY_PHASE,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
