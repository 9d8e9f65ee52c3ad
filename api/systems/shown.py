"""A force's working result as its own systems read it, and the tag that names exactly this state of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deployments.facts import Facts, decimal_text
from deployments.figures import NAMES
from deployments.models import Deployment, Result
from deployments.twins import Twin
from forces.clock import LONDON

# Part of every tag: raise it when the same state is answered in another shape.
SHAPE = 2


def tag(deployment: Deployment, twins: Sequence[Twin] = ()) -> str:
    """Strong: it changes whenever anything that is shown, or that decides what may be done, does."""
    parts = [deployment.stage, _state(deployment.shown)]
    if deployment.correction is not None:
        parts.append(_state(deployment.correction))
    if deployment.is_asked_for:
        parts.append("asked")
    if deployment.turns:  # asked for again is not asked for still
        parts.append(f"turn{deployment.turns}")
    if twins:
        told = " ".join(f"{twin.reference}{'=' if twin.is_identical else '~'}" for twin in twins)
        parts.append(hashlib.sha256(told.encode()).hexdigest()[:12])
    return f'"{SHAPE}-{"-".join(parts)}"'


def shown(deployment: Deployment, twins: Sequence[Twin] = ()) -> dict[str, Any]:
    """As the schema WorkingResult says. `current`, `correction`, their algorithms and authors must be loaded.

    `twins` are other results of the same day and place, while somebody must still decide on this one.
    """
    return {
        "reference": deployment.reference,
        "public_reference": deployment.public_reference,
        "state": state(deployment),
        "result": _version(deployment.shown),
        "correction": _version(deployment.correction) if deployment.correction else None,
        "withdrawal": {"reason": deployment.asked_reason, "asked_at": moment(deployment.asked_at)}
        if deployment.asked_at
        else None,
        "missing": missing(deployment),
        "warnings": [_warning(twin) for twin in twins],
    }


def state(deployment: Deployment) -> str:
    if deployment.stage == Deployment.Stage.PREPARING:
        return str(deployment.shown.status)
    if deployment.stage == Deployment.Stage.PUBLISHED and deployment.correction is not None:
        return "correcting"
    return str(deployment.stage)


def missing(deployment: Deployment) -> list[dict[str, str]]:
    """What people must still do. A system does none of it: explaining, checking and deciding are theirs."""
    steps = []
    work = deployment.in_work
    if work is not None:
        if work.is_sent_back:
            steps.append(("change", _("Somebody must change it, or say why it is right.")))
        steps += [("answer", question.words) for question in work.open_questions()]
        if work.is_writable:
            steps.append(("review", _("Somebody who wrote none of it must review it.")))
        steps.append(("publish", _("Somebody must then publish it.")))
    if deployment.is_asked_for:
        steps.append(("decide_withdrawal", _("Somebody must decide whether it is withdrawn.")))
    return [{"code": code, "detail": detail} for code, detail in steps]


def _warning(twin: Twin) -> dict[str, str]:
    if twin.is_identical:
        words = _("%(reference)s has the same day, place, times and figures. Was it recorded twice?")
        return {
            "code": "same_as_another",
            "reference": twin.reference,
            "detail": words % {"reference": twin.reference},
        }
    words = _("%(reference)s has the same day and place. If it is the same deployment, discard one of them.")
    return {
        "code": "same_day_and_place",
        "reference": twin.reference,
        "detail": words % {"reference": twin.reference},
    }


def _state(result: Result) -> str:
    state = f"{result.number}.{result.revision}.{result.status}"
    # Sent back twice with different reasons is two states.
    return f"{state}.{result.sent_back_at:%Y%m%dT%H%M%S.%f}" if result.sent_back_at else state


def _version(result: Result) -> dict[str, Any]:
    return {
        "number": result.number,
        "revision": result.revision,
        "status": result.status,
        "reason": result.reason or None,
        "recorded_by": "system" if result.recorded_by.is_system else "person",
        "recorded_at": moment(result.recorded_at),
        "reviewed_at": moment(result.reviewed_at),
        "published_at": moment(result.published_at),
        "sent_back": {"reason": result.sent_back_reason, "sent_back_at": moment(result.sent_back_at)}
        if result.is_sent_back
        else None,
        "said": said(result.facts),
    }


def said(facts: Facts) -> dict[str, Any]:
    """In the words in which it can be sent again."""
    return {
        "on": facts.on.isoformat(),
        "place": facts.place,
        "area": facts.area,
        "started_at": facts.started_at and facts.started_at.astimezone(LONDON).isoformat(),
        "ended_at": facts.ended_at and facts.ended_at.astimezone(LONDON).isoformat(),
        "duration_minutes": facts.duration_minutes,
        "technology": facts.technology,
        "use_case": facts.use_case,
        "algorithm": facts.algorithm.as_document() if facts.algorithm else None,
        "threshold": None if facts.threshold is None else decimal_text(facts.threshold),
        "watchlist_size": facts.watchlist_size,
        "is_aborted": facts.is_aborted,
        "abort_reason": facts.abort_reason,
        "figures": {name: facts.figures[name] for name in NAMES},
        "absent": dict(facts.absent),
        "absent_reason": facts.absent_reason,
        "faces_method": facts.faces_method,
    }


def moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
