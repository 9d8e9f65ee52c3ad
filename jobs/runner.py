"""Running one job: take the lease, check the rights, do the work, say how it ended."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from forces.permissions import require
from forces.refusals import Refusal
from forces.tenancy import national_scope
from jobs.lease import MOST_ATTEMPTS, Lease, LeaseLost
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import KINDS
from jobs.waking import wake_due

log = logging.getLogger("jobs")


def run(job_id: int) -> bool:
    """Work on this job if it is due and free; whether it was. However often it is called, one at a time works."""
    job = _read(job_id)
    if job is None or job.state not in (Job.State.QUEUED, Job.State.RUNNING):
        return False
    lease = Lease(job)
    if not lease.take():
        return False
    try:
        with lease.beating():
            _work(lease)
    except LeaseLost as lost:
        log.info("%s", lost)
    finally:
        wake_due()
    return True


def _read(job_id: int) -> Job | None:
    with national_scope():
        return Job.objects.select_related("force", "requested_by").filter(pk=job_id).first()


def _work(lease: Lease) -> None:
    job = lease.job = _read(lease.job.pk) or lease.job  # the checkpoint as the last holder left it
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise LookupError("its worker ended each time without a word")
        kind = KINDS.get(job.kind)
        if kind is None:
            raise LookupError(f"nothing here knows how to do {job.kind}")
        by = job.requested_by
        if by is None:
            raise LookupError("nobody asked for it")
        require(by, kind.capability, job.force)
        result = dict(kind.work(Progress(lease, by)) or {})
        json.dumps(result)
        lease.finish(Job.State.SUCCEEDED, result=result)
    except LeaseLost:
        raise
    except Refusal as refusal:
        lease.finish(Job.State.FAILED, error=str(refusal))
    except Exception as error:
        log.exception("%s failed, attempt %s", job, job.attempts)
        if isinstance(error, DatabaseError | InterfaceError):
            connection.close_if_unusable_or_obsolete()
        _failed(lease)


def _failed(lease: Lease) -> None:
    """Try again in a while; after the last attempt say so, with a number that finds the cause in the log."""
    attempts = (_read(lease.job.pk) or lease.job).attempts
    if attempts < MOST_ATTEMPTS:
        lease.again(timedelta(seconds=2**attempts))
        return
    lease.finish(
        Job.State.FAILED,
        error=_(
            "Something went wrong on our side, and trying again did not help. "
            "Tell the national centre this number: %(number)s."
        )
        % {"number": lease.job.uid},
    )
