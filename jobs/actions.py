"""Asking for long work, and calling it off."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Refusal
from jobs.lease import scope_of
from jobs.models import Job
from jobs.registry import KINDS
from jobs.waking import wake

LARGEST_PAYLOAD = 100_000  # characters; files travel by their id


class NotRunning(Refusal):
    """It has ended already."""


def request_job(
    kind: str, payload: dict[str, Any], *, by: Person, force: Force | None = None, at: datetime
) -> Job:
    """Queue work of a registered kind, for a force or (None) for the centre. It begins after the commit.

    Raises Forbidden; LookupError for a kind nobody registered; ValueError for a payload over LARGEST_PAYLOAD.
    """
    if kind not in KINDS:
        raise LookupError(f"No job is called {kind!r}.")
    require(by, KINDS[kind].capability, force)
    if len(json.dumps(payload)) > LARGEST_PAYLOAD:
        raise ValueError(f"{kind}: the payload is larger than {LARGEST_PAYLOAD} characters.")
    job = Job(kind=kind, force=force, requested_by=by, requested_at=at, payload=payload)
    with scope_of(job, by):
        job.save(force_insert=True)
        transaction.on_commit(partial(wake, job.pk))
    return job


def cancel_job(job: Job, *, by: Person, at: datetime) -> None:
    """Call off a job that waits or runs. What it has committed stays. Raises Forbidden, NotRunning."""
    if by.pk != job.requested_by_id:
        require(by, KINDS[job.kind].capability, job.force)
    with scope_of(job, by):
        unfinished = Job.objects.filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING])
        if not unfinished.update(state=Job.State.CANCELLED, finished_at=at, leased_by=None, lease_until=None):
            raise NotRunning(_("That work has already ended."))
