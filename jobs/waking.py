"""Telling Celery that a job waits. A call that gets lost costs seconds: the reconciler calls again."""

from __future__ import annotations

import logging

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerAway

from forces.tenancy import national_scope
from jobs.models import Job

log = logging.getLogger("jobs")

TASK = "jobs.run"
EXPIRES = 60  # seconds; a call nobody answered in time is repeated rather than kept


def wake(job_id: int) -> None:
    """Never raises for a broker that is away."""
    try:
        current_app.send_task(TASK, args=(job_id,), expires=EXPIRES, retry=False, ignore_result=True)
    except (BrokerAway, redis.RedisError, OSError) as error:
        log.warning("job %s is not called yet, the broker is away: %s", job_id, error)


def due(limit: int) -> list[int]:
    """Ids of jobs that wait, or whose worker has been silent too long; oldest first."""
    with national_scope():
        found = list(
            Job.objects.raw(
                "SELECT id FROM jobs_job"
                " WHERE state = 'queued' AND due_at <= statement_timestamp()"
                "    OR state = 'running' AND lease_until < statement_timestamp()"
                " ORDER BY id LIMIT %s",
                [limit],
            )
        )
    return [job.pk for job in found]


def wake_due() -> int:
    """Call as many due jobs as may run at once; how many."""
    waiting = due(settings.JOBS_AT_ONCE)
    for job_id in waiting:
        wake(job_id)
    return len(waiting)
