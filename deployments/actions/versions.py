"""The parts that the actions share: taking a version under lock, writing, moving and telling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from deployments.actions.refusals import OwnWork, Seen, Stale, Standing, Unanswered, WrongStage
from deployments.facts import Facts, is_plain, one_line
from deployments.figures import NAMES
from deployments.models import WRITABLE, Deployment, DeploymentQuerySet, Result, Revision
from events.outbox import record as announce
from forces.capabilities import Capability
from forces.guard import ForceQuerySet
from forces.models import Person
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid, Refusal

SHORTEST_REASON, LONGEST_REASON = 10, 2000
# What a result holds that nobody has sent back.
NOT_SENT_BACK: dict[str, Any] = {"sent_back_by": None, "sent_back_at": None, "sent_back_reason": ""}


def rows_of(deployment: Deployment) -> DeploymentQuerySet:
    return Deployment.objects.owned_by(deployment.force).filter(pk=deployment.pk)


def rows_of_result(result: Result) -> ForceQuerySet:
    return Result.objects.owned_by(result.deployment.force).filter(pk=result.pk)


def taken(deployment: Deployment, seen: Seen) -> Result:
    """The version as it is now, under the lock of its deployment's row: everything about one queues there."""
    rows_of(deployment).select_for_update().get()
    result = (
        Result.objects.owned_by(deployment.force)
        .filter(deployment=deployment, number=seen.version)
        .select_related("algorithm")
        .first()
    )
    if result is None:
        raise WrongStage(_("There is no such version."))
    result.deployment = deployment
    if seen.revision and result.is_open and result.revision != seen.revision:
        raise why_not(result, seen=seen)
    return result


def as_it_stands(deployment: Deployment, seen: Standing) -> Deployment:
    """The deployment as it is now, under its lock. Raises Stale if what is published is not what was seen."""
    rows_of(deployment).select_for_update().get()
    now = rows_of(deployment).with_results().get()
    if now.stage == Deployment.Stage.PUBLISHED and Standing.of(now) != seen:
        raise Stale(_("Somebody decided about this after you opened it. Look at what it says now."))
    return now


def new_result(
    deployment: Deployment,
    facts: Facts,
    *,
    number: int,
    reason: str,
    by: Person,
    at: datetime,
    answers: dict[str, Any] | None = None,
) -> Result:
    result = Result.objects.create(
        force=deployment.force,
        deployment=deployment,
        number=number,
        reason=reason,
        answers=answers or {},
        authors=[by.pk],
        connectors=by.connected_by(),
        recorded_by=by,
        recorded_at=at,
        **columns(facts),
    )
    keep(result, by=by, at=at)
    return result


def columns(facts: Facts) -> dict[str, Any]:
    return {
        "on": facts.on,
        "place": facts.place,
        "area": facts.area,
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "duration_minutes": facts.duration_minutes,
        "technology": facts.technology,
        "use_case": facts.use_case,
        "algorithm": facts.algorithm,
        "threshold": facts.threshold,
        "watchlist_size": facts.watchlist_size,
        "is_aborted": facts.is_aborted,
        "abort_reason": facts.abort_reason,
        "absent": {name: str(code) for name, code in facts.absent.items()},
        "absent_reason": facts.absent_reason,
        "faces_method": facts.faces_method,
        **{name: facts.figures[name] for name in NAMES},
    }


def write(result: Result, values: dict[str, Any], *, seen: Seen, by: Person, at: datetime) -> None:
    """Change a result that waits for review, or was sent back, if it still is what was seen.

    It then waits for review. Who wrote is noted, and what it says is kept.
    """
    written = (
        rows_of_result(result)
        .filter(status__in=WRITABLE, revision=seen.revision)
        .update(
            **values,
            **NOT_SENT_BACK,
            status=Result.Status.RECORDED,
            authors=sorted({*result.authors, by.pk}),
            connectors=sorted({*result.connectors, *by.connected_by()}),
            revision=F("revision") + 1,
        )
    )
    if not written:
        raise why_not(result, seen=seen)
    reread(result)
    keep(result, by=by, at=at)


def keep(result: Result, *, by: Person, at: datetime) -> None:
    Revision.objects.create(
        force_id=result.force_id,
        result=result,
        number=result.revision,
        facts=result.facts.as_plain(),
        answers=result.answers,
        written_by=by,
        written_at=at,
    )


def ready(result: Result, by: Person) -> None:
    """Raise unless `by` may pass it on: it is open, not their own work, and no question is without an answer."""
    if not result.is_open:
        raise why_not(result)
    if result.wrote_some(by):
        raise OwnWork(
            _(
                "You wrote part of this, or connected the system that did, so somebody else must review and "
                "publish it. Ask a colleague who did not."
            )
        )
    if unanswered := result.open_questions():
        raise Unanswered(unanswered)


def move(result: Result, *, from_: str, to: str, seen: Seen, by: Person, **values: Any) -> None:
    moved = (
        rows_of_result(result)
        .filter(status=from_, revision=seen.revision)
        .exclude(Q(authors__contains=[by.pk]) | Q(connectors__contains=[by.pk]))
        .update(status=to, **values)
    )
    if not moved:
        raise why_not(result, seen=seen)
    reread(result)


def reread(result: Result) -> None:
    deployment = result.deployment
    result.refresh_from_db()
    result.deployment = deployment


def why_not(result: Result, *, seen: Seen | None = None) -> Refusal:
    """Why nothing moved."""
    if seen is not None and result.is_open and result.revision != seen.revision:
        return Stale(_("Somebody changed this after you opened it. Look at what it says now."))
    return WrongStage(
        {
            Result.Status.RECORDED: _("It waits for review first."),
            Result.Status.SENT_BACK: _(
                "It has been sent back. Whoever wrote it must change or explain it first."
            ),
            Result.Status.REVIEWED: _("It has been reviewed. Send it back before you change it."),
            Result.Status.PUBLISHED: _("It has been published already."),
            Result.Status.DISCARDED: _("It has been discarded."),
        }[Result.Status(result.status)]
    )


def writing(seen: Seen) -> Capability:
    return Capability.CORRECT_RESULTS if seen.version > 1 else Capability.RECORD_RESULTS


def checked_reason(text: str) -> str:
    reason = one_line(text)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            {
                "reason": [
                    _("Say why in %(least)d to %(most)d characters.")
                    % {"least": SHORTEST_REASON, "most": LONGEST_REASON}
                ]
            }
        )
    if not is_plain(reason):
        raise Invalid({"reason": [_("Remove characters that cannot be seen or printed.")]})
    refuse_personal_data({"reason": reason})
    return reason


def tell(happened: Any, deployment: Deployment, *, by: Person, at: datetime, reason: str = "") -> None:
    announce(happened, force=deployment.force, by=by, at=at, subject=deployment.reference, reason=reason)
