"""What a job's function is given: what was asked, how far an earlier worker came, and a place to say how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from forces.models import Force, Person
from jobs.lease import Lease, LeaseLost, scope_of


class Progress:
    """`payload` is what was asked, `data` the last checkpoint ({} at the first start), `done` and `total` counts.

    `by` is the person who asked, with the rights they hold at this start; `force` whose work it is, or None.
    """

    def __init__(self, lease: Lease, by: Person) -> None:
        job = lease.job
        self._lease = lease
        self.job_id: int = job.pk
        self.payload: dict[str, Any] = dict(job.payload)
        self.data: dict[str, Any] = dict(job.checkpoint)
        self.done: int = job.done
        self.total: int | None = job.total
        self.by: Person = by
        self.force: Force | None = job.force

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction in the scope of the job: the work in it and its checkpoint commit together or not at all.

        Raises LeaseLost before it begins if the job is no longer ours.
        """
        self.ask()
        with scope_of(self._lease.job, self.by):
            yield

    def checkpoint(self, data: dict[str, Any], *, done: int | None = None, total: int | None = None) -> None:
        """Say how far the work is: inside a step with the step's commit, otherwise at once. Raises LeaseLost."""
        self._lease.checkpoint(data, done, total)
        self.data = dict(data)
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total

    def ask(self) -> None:
        """Raise LeaseLost if it is known that somebody took over or cancelled. Costs nothing."""
        if self._lease.lost.is_set():
            raise LeaseLost(f"{self._lease.job} is no longer ours.")
