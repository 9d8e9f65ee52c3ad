"""Who works on a job: one holder at a time, for as long as its heart beats.

Every change of a running job is guarded by the holder's key. Whoever lost the lease finds no row to change.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from forces.models import Person
from forces.tenancy import acting, national_scope
from jobs.models import Job

log = logging.getLogger("jobs")

LOCK = 0x0B5_1EA5E  # advisory: takers count the running jobs one after the other
MOST_ATTEMPTS = 3  # starts without progress before a job is given up
LONGEST_WAIT = timedelta(seconds=2**MOST_ATTEMPTS)  # before the next start


class LeaseLost(Exception):
    """Somebody else took over, or the job was cancelled: stop, and leave everything as it is."""


_TAKE = """
UPDATE jobs_job
   SET state = 'running', leased_by = %(key)s, lease_until = clock_timestamp() + %(lease)s, attempts = attempts + 1
 WHERE id = %(id)s
   AND (state = 'queued' AND due_at <= statement_timestamp()
        OR state = 'running' AND lease_until < statement_timestamp())
   AND (SELECT count(*) FROM jobs_job WHERE state = 'running' AND lease_until >= statement_timestamp()) < %(most)s
"""

_BEAT = """
UPDATE jobs_job SET lease_until = clock_timestamp() + %(lease)s
 WHERE id = %(id)s AND leased_by = %(key)s AND state = 'running'
"""

# Attempts are counted between two steps forward: work that advances is not given up.
_CHECKPOINT = """
UPDATE jobs_job
   SET checkpoint = %(checkpoint)s, total = coalesce(%(total)s, total), lease_until = clock_timestamp() + %(lease)s,
       attempts = CASE WHEN coalesce(%(done)s, done) > done THEN 1 ELSE attempts END, done = coalesce(%(done)s, done)
 WHERE id = %(id)s AND leased_by = %(key)s AND state = 'running'
"""

_FINISH = """
UPDATE jobs_job
   SET state = %(state)s, result = %(result)s, error = %(error)s, finished_at = clock_timestamp(),
       leased_by = NULL, lease_until = NULL
 WHERE id = %(id)s AND leased_by = %(key)s AND state = 'running'
"""

_AGAIN = """
UPDATE jobs_job
   SET state = 'queued', due_at = clock_timestamp() + %(wait)s, leased_by = NULL, lease_until = NULL
 WHERE id = %(id)s AND leased_by = %(key)s AND state = 'running'
"""


def scope_of(job: Job, by: Person | None = None) -> AbstractContextManager[None]:
    """A transaction in which the job's row, and what it works on, may be read and written."""
    return acting(job.force, by) if job.force is not None else national_scope(by)


def duration() -> timedelta:
    return timedelta(seconds=settings.JOBS_LEASE)


@dataclass
class Lease:
    """The right to work on one job. `lost` is set once it is known to be over."""

    job: Job
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    lost: threading.Event = field(default_factory=threading.Event)

    def take(self) -> bool:
        """Whether the job was free, and there is room for one more to run."""
        with scope_of(self.job), national_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return bool(self._change(_TAKE, most=settings.JOBS_AT_ONCE))

    def checkpoint(self, data: dict[str, Any], done: int | None, total: int | None) -> None:
        self._or_lost(_CHECKPOINT, checkpoint=json.dumps(data), done=done, total=total)

    def finish(self, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
        self._or_lost(_FINISH, state=state, result=json.dumps(result or {}), error=error)

    def again(self, wait: timedelta) -> None:
        self._or_lost(_AGAIN, wait=wait)

    def _or_lost(self, statement: str, **values: Any) -> None:
        with scope_of(self.job):
            if self.lost.is_set() or not self._change(statement, **values):
                self.lost.set()
                raise LeaseLost(f"{self.job} is no longer ours.")

    def _change(self, statement: str, **values: Any) -> int:
        everything: dict[str, Any] = {"id": self.job.pk, "key": self.key, "lease": duration(), **values}
        with connection.cursor() as cursor:
            cursor.execute(statement, everything)
            return cursor.rowcount

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Keep the lease from a thread with a connection of its own, whatever the work is busy with."""
        stop = threading.Event()
        heart = threading.Thread(target=self._beat, args=(stop,), name=f"heart of {self.job}", daemon=True)
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join(10)

    def _beat(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(duration().total_seconds() / 3) and not self.lost.is_set():
                try:
                    with scope_of(self.job):
                        if not self._change(_BEAT):
                            self.lost.set()
                except (DatabaseError, InterfaceError) as error:
                    # A step may hold the row, or the database is away: the lease outlives two missed beats.
                    log.info("%s missed a heartbeat: %s", self.job, error)
                    connection.close_if_unusable_or_obsolete()
        finally:
            connection.close()
