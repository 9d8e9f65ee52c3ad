"""Telling Celery that a job waits. A call that gets lost costs seconds: the reconciler calls again."""

from __future__ import annotations

import logging
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError as BrokerAway

from forces.tenancy import national_scope
from jobs.lease import LONGEST_WAIT, duration, scope_of
from jobs.models import Job

log = logging.getLogger("jobs")

TASK = "jobs.run"
RECALLED_AT_ONCE = 100
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


_AHEAD = """
SELECT id, force_id FROM jobs_job
 WHERE state = 'queued' AND due_at > statement_timestamp() + %(wait)s
    OR state = 'running' AND lease_until > statement_timestamp() + %(lease)s
 ORDER BY id LIMIT %(most)s
"""

# A holder that lives keeps its lease by its next heartbeat.
_RECALL = """
UPDATE jobs_job
   SET due_at = least(due_at, statement_timestamp() + %(wait)s),
       lease_until = CASE WHEN state = 'running' THEN least(lease_until, statement_timestamp() + %(lease)s) END
 WHERE id = %(id)s AND state IN ('queued', 'running')
"""


def recall_ahead() -> int:
    """Jobs put off or held for longer than any is: the database's clock was ahead for a while. How many."""
    limits: dict[str, Any] = {"wait": LONGEST_WAIT, "lease": duration(), "most": RECALLED_AT_ONCE}
    with national_scope():
        ahead = list(Job.objects.raw(_AHEAD, limits))
    for job in ahead:
        with scope_of(job), connection.cursor() as cursor:
            cursor.execute(_RECALL, {**limits, "id": job.pk})
    return len(ahead)


def wake_due() -> int:
    """Call as many due jobs as may run at once; how many."""
    if ahead := recall_ahead():
        log.warning("%s jobs were put off by a clock that was ahead; recalled", ahead)
    waiting = due(settings.JOBS_AT_ONCE)
    for job_id in waiting:
        wake(job_id)
    return len(waiting)
