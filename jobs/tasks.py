"""What Celery calls. A call may come twice, late or not at all; the row decides."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError, InterfaceError, connection

from jobs import runner, waking

log = logging.getLogger("jobs")


@shared_task(name=waking.TASK, time_limit=6 * 3600, ignore_result=True)
def run(job_id: object = None, *more: object, **other: object) -> None:
    """Work on one job, if it is due and free."""
    if type(job_id) is not int or not 0 < job_id < 2**63 or more or other:
        log.warning("dropped a message that names no job")
        return
    try:
        runner.run(job_id)
    except (DatabaseError, InterfaceError) as error:
        # The lease runs out by itself, and the reconciler calls again.
        log.warning("job %s was interrupted, the database is away: %s", job_id, error)
        connection.close_if_unusable_or_obsolete()


@shared_task(name="jobs.reconcile", time_limit=60, ignore_result=True)
def reconcile() -> None:
    """Every few seconds: call the jobs that wait, and those whose worker has been silent too long."""
    try:
        waking.wake_due()
    except (DatabaseError, InterfaceError) as error:
        log.warning("jobs were not called, the database is away: %s", error)
        connection.close_if_unusable_or_obsolete()
