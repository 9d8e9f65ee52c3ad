"""A second person looks: reviewing, sending back; and what was sent back given to them again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from deployments import events
from deployments.actions.refusals import Seen, WrongStage
from deployments.actions.versions import (
    NOT_SENT_BACK,
    checked_reason,
    move,
    ready,
    reread,
    rows_of_result,
    taken,
    tell,
    why_not,
    writing,
)
from deployments.models import Deployment, Result
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.tenancy import acting


def review(deployment: Deployment, *, seen: Seen, by: Person, at: datetime) -> Result:
    """Say that this revision has been checked and may be published. Never by anybody who wrote part of it.

    Raises Forbidden, OwnWork, Stale, WrongStage, Unanswered.
    """
    force = deployment.force
    require(by, Capability.REVIEW_RESULTS, force)
    with acting(force, by):
        result = taken(deployment, seen)
        ready(result, by)
        move(
            result,
            from_=Result.Status.RECORDED,
            to=Result.Status.REVIEWED,
            seen=seen,
            by=by,
            reviewed_by=by,
            reviewed_at=at,
        )
        tell(
            events.DeploymentReviewed(deployment.reference, result.number, result.revision),
            deployment,
            by=by,
            at=at,
        )
    return result


def send_back(deployment: Deployment, *, reason: str, seen: Seen, by: Person, at: datetime) -> Result:
    """Ask for changes. It waits for whoever writes, who changes it or says why nothing has to change.

    Either puts it before a reviewer again.
    Raises Forbidden, Invalid, Stale, WrongStage.
    """
    force = deployment.force
    require(by, Capability.REVIEW_RESULTS, force)
    reason = checked_reason(reason)
    with acting(force, by):
        result = taken(deployment, seen)
        moved = (
            rows_of_result(result)
            .filter(revision=seen.revision, status__in=[Result.Status.RECORDED, Result.Status.REVIEWED])
            .update(
                status=Result.Status.SENT_BACK,
                sent_back_by=by,
                sent_back_at=at,
                sent_back_reason=reason,
                reviewed_by=None,
                reviewed_at=None,
            )
        )
        if not moved:
            raise why_not(result, seen=seen)
        reread(result)
        tell(
            events.DeploymentSentBack(deployment.reference, result.number, result.revision),
            deployment,
            by=by,
            at=at,
            reason=reason,
        )
    return result


def resubmit(deployment: Deployment, *, reason: str, seen: Seen, by: Person, at: datetime) -> Result:
    """Give what was sent back to a reviewer again as it is, and say why nothing has to change.

    Whoever says so has written none of it by that. Raises Forbidden, Invalid, Stale, WrongStage.
    """
    force = deployment.force
    require(by, writing(seen), force)
    reason = checked_reason(reason)
    with acting(force, by):
        result = taken(deployment, seen)
        moved = (
            rows_of_result(result)
            .filter(revision=seen.revision, status=Result.Status.SENT_BACK)
            .update(status=Result.Status.RECORDED, **NOT_SENT_BACK)
        )
        if not moved:
            if result.status == Result.Status.RECORDED:
                raise WrongStage(_("It waits for review already."))
            raise why_not(result, seen=seen)
        reread(result)
        tell(
            events.DeploymentResubmitted(deployment.reference, result.number, result.revision),
            deployment,
            by=by,
            at=at,
            reason=reason,
        )
    return result
