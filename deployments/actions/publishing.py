"""What goes to the national register: publications, corrections and withdrawals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from deployments import events
from deployments.actions.refusals import NoMatch, NothingChanged, OwnWork, Seen, Stale, Standing, WrongStage
from deployments.actions.versions import (
    as_it_stands,
    checked_reason,
    move,
    new_result,
    ready,
    rows_of,
    taken,
    tell,
    why_not,
)
from deployments.facts import Facts
from deployments.models import OPEN, Deployment, Result
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Force, Person
from forces.permissions import require
from forces.tenancy import acting
from register import actions as register
from register.models import Entry, Head, HeadQuerySet, Origin


def publish(deployment: Deployment, *, seen: Seen, matches: str = "", by: Person, at: datetime) -> Result:
    """Place a reviewed result on the national register: the first version, or a correction of it.

    Never by anybody who wrote part of it. `matches` names the national centre's transcription of the same
    deployment, if there is one: this then replaces it under its reference.
    Raises Forbidden, OwnWork, Stale, WrongStage, Unanswered, NoMatch, InvalidDocument, NotEnterable.
    """
    force = deployment.force
    require(by, Capability.PUBLISH_RESULTS, force)
    with acting(force, by):
        result = taken(deployment, seen)
        ready(result, by)
        if result.is_correction:
            moved = (
                rows_of(deployment)
                .filter(correction=result, stage=Deployment.Stage.PUBLISHED)
                .update(current=result, correction=None)
            )
        else:
            if matches:
                _hold(matches, force, result)
            moved = (
                rows_of(deployment)
                .filter(current=result, stage=Deployment.Stage.PREPARING)
                .update(stage=Deployment.Stage.PUBLISHED, matches=matches or None)
            )
        if not moved:
            raise why_not(result, seen=seen)
        entry = _enter(deployment, result, matches=matches, by=by, at=at)
        move(
            result,
            from_=Result.Status.REVIEWED,
            to=Result.Status.PUBLISHED,
            seen=seen,
            by=by,
            published_by=by,
            published_at=at,
            entry_id=entry.pk,
        )
        kind = events.DeploymentCorrected if result.is_correction else events.DeploymentPublished
        tell(
            kind(deployment.reference, result.number, entry.pk),
            deployment,
            by=by,
            at=at,
            reason=result.reason,
        )
    return result


def prepare_correction(
    deployment: Deployment, facts: Facts, *, version: int, reason: str, by: Person, at: datetime
) -> Result:
    """Propose other values for a published result. `version` is the one it was read from; `reason` is public.

    Somebody else reviews and publishes it; until then the published values stand.
    Raises Forbidden, Invalid, Stale, WrongStage, NothingChanged.
    """
    force = deployment.force
    require(by, Capability.CORRECT_RESULTS, force)
    facts = facts.tidy()
    facts.check(force, today=london_date(at))
    reason = checked_reason(reason)
    with acting(force, by):
        moved = (
            rows_of(deployment)
            .filter(stage=Deployment.Stage.PUBLISHED, correction=None)
            .update(versions=F("versions") + 1)
        )
        now = rows_of(deployment).select_related("current__algorithm").get()
        if not moved:
            raise WrongStage(
                _("A correction of %(reference)s is being prepared already.")
                % {"reference": now.public_reference}
                if now.stage == Deployment.Stage.PUBLISHED
                else _("%(reference)s is not published, so there is nothing to correct.")
                % {"reference": now.public_reference}
            )
        standing = now.current
        if standing.number != version:
            raise Stale(_("Somebody published another version meanwhile. Look at it before you correct it."))
        if not facts.changes_from(standing.facts):
            raise NothingChanged(_("The correction says what already stands. Change a value first."))
        result = new_result(
            deployment,
            facts,
            number=now.versions,
            reason=reason,
            by=by,
            at=at,
            answers=standing.answers,
        )
        rows_of(deployment).update(correction=result)
        tell(
            events.CorrectionPrepared(deployment.reference, result.number),
            deployment,
            by=by,
            at=at,
            reason=reason,
        )
    return result


def withdraw(
    deployment: Deployment,
    *,
    reason: str,
    seen: Standing,
    by: Person,
    at: datetime,
    discards: int | None = None,
) -> None:
    """Say on the register that a published result no longer stands. `reason` is public.

    A correction being prepared is given up with it: `discards` is the number of the one that `by` was told of, 0 if
    of none; None does not ask. Whoever asked for the withdrawal does not grant it.
    Raises Forbidden, Invalid, OwnWork, Stale, WrongStage, NotEnterable.
    """
    force = deployment.force
    require(by, Capability.WITHDRAW_RESULTS, force)
    reason = checked_reason(reason)
    with acting(force, by):
        before = as_it_stands(deployment, seen)
        in_work = before.correction.number if before.correction is not None else 0
        if discards is not None and discards != in_work:
            raise Stale(
                _(
                    "A correction was prepared after you opened this, and would be discarded with it. Look at it first."
                )
                if in_work
                else _("The correction in work has been published or discarded. Look at what it says now.")
            )
        moved = (
            rows_of(deployment)
            .filter(stage=Deployment.Stage.PUBLISHED)
            .exclude(askers__contains=[by.pk])
            .update(
                stage=Deployment.Stage.WITHDRAWN,
                correction=None,
                withdrawn_by=by,
                withdrawn_at=at,
                withdrawal_reason=reason,
            )
        )
        now = rows_of(deployment).get()
        if not moved:
            if now.is_asked_for and by.pk in now.askers:
                raise OwnWork(
                    _("You, or a system you connected, asked for this. Somebody else must decide on it.")
                )
            raise WrongStage(
                _("%(reference)s is not published, so it cannot be withdrawn.")
                % {"reference": now.public_reference}
            )
        Result.objects.owned_by(force).filter(deployment=deployment, status__in=OPEN).update(
            status=Result.Status.DISCARDED
        )
        entry = register.withdraw(now.public_reference, force=force, by=by, at=at, reason=reason)
        tell(
            events.DeploymentWithdrawn(deployment.reference, entry.pk),
            deployment,
            by=by,
            at=at,
            reason=reason,
        )


def document_of(deployment: Deployment, result: Result, *, matches: str = "") -> dict[str, Any]:
    """The public document this result is, or would be: for preview and publication alike."""
    return result.facts.document(
        reference=matches or deployment.public_reference,
        force=deployment.force,
        answers=result.standing_answers(),
    )


def transcriptions_of(force: Force, result: Result) -> HeadQuerySet:
    """What the national centre transcribed of this force for the same day, and still stands."""
    return Head.objects.standing().filter(force=force, origin=Origin.COLLATED, on=result.on)


def _hold(reference: str, force: Force, result: Result) -> None:
    """Lock the transcription that is to be replaced: whoever says the same of another result waits. Raises NoMatch."""
    found = transcriptions_of(force, result).filter(reference=reference).select_for_update()
    if found.first() is None:
        raise NoMatch(
            _("%(reference)s is not a transcription of this force's deployments on that day.")
            % {"reference": reference},
            pointer="matches",
        )


def _enter(deployment: Deployment, result: Result, *, matches: str, by: Person, at: datetime) -> Entry:
    force = deployment.force
    document = document_of(rows_of(deployment).get(), result, matches=matches)
    if result.is_correction:
        return register.correct(
            document, reason=result.reason, force=force, origin=Origin.SUBMITTED, by=by, at=at
        )
    if not matches:
        return register.enter(document, force=force, origin=Origin.SUBMITTED, by=by, at=at)
    return register.correct(
        document,
        reason=_("The force published its own result; it replaces the national centre's transcription."),
        force=force,
        origin=Origin.SUBMITTED,
        by=by,
        at=at,
    )
