"""Asking for an import as long work: each asks for one job, so that a page answers at once.

What can be refused at once is refused here, in words; the job asks again when it runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.intake import actions
from coordination.intake.models import Batch
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Refusal
from jobs.actions import request_job
from jobs.models import Job

UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


class InHand(Refusal):
    """Work on the batch is going on already."""


def ask_to_read(path: Path, *, name: str, profile: str = "", by: Person, at: datetime) -> Batch:
    """Receive a file and ask for it to be read. Raises Unreadable, Forbidden, NotRecognised."""
    with transaction.atomic():
        batch = actions.receive(path, name=name, profile=profile, by=by, at=at)
        _ask("intake.import", batch, by=by, at=at)
    return batch


def ask_to_read_again(batch: Batch, *, by: Person, at: datetime) -> Job:
    """Once more, where the work failed through no fault of the document. Raises Forbidden, NotAcceptable, InHand."""
    require(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        _lock(batch, Batch.State.RECEIVED, _("This import has been read, or is over."))
        return _ask("intake.import", batch, by=by, at=at)


def ask_to_accept(batch: Batch, *, by: Person, at: datetime) -> Job:
    """Raises Forbidden, NotAcceptable, InHand."""
    require(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        _lock(batch, Batch.State.STAGED, _("This import does not wait to be accepted."))
        actions.without_errors(batch)
        return _ask("intake.accept", batch, by=by, at=at)


def ask_to_undo(batch: Batch, *, by: Person, at: datetime, reason: str) -> Job:
    """Raises Forbidden, NotUndoable, NotAcceptable, InHand."""
    require(by, Capability.UNDO_IMPORTS)
    if not reason.strip():
        raise actions.NotUndoable(
            _("Say why the import is undone: the reason is published."), pointer="reason"
        )
    with transaction.atomic():
        _lock(batch, Batch.State.ACCEPTED, _("This import is not accepted, so there is nothing to undo."))
        return _ask("intake.undo", batch, by=by, at=at, reason=reason.strip())


def leave(batch: Batch, *, by: Person, at: datetime) -> None:
    """Discard a batch that nobody works on. Raises Forbidden, NotAcceptable, InHand."""
    require(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        _not_in_hand(batch)
        actions.discard(batch, by=by, at=at)


def last_jobs(batches: Iterable[Batch]) -> dict[str, Job]:
    """The newest job of each batch, by the batch's uid. Whoever asks must be reading nationally."""
    uids = [str(batch.uid) for batch in batches]
    jobs = Job.objects.filter(kind__startswith="intake.", payload__batch__in=uids).order_by("id")
    return {job.payload["batch"]: job for job in jobs}


def _lock(batch: Batch, state: str, otherwise: str) -> None:
    if not Batch.objects.select_for_update().filter(pk=batch.pk, state=state).exists():
        raise actions.NotAcceptable(otherwise)
    _not_in_hand(batch)


def _not_in_hand(batch: Batch) -> None:
    job = last_jobs([batch]).get(str(batch.uid))
    if job is not None and job.state in UNFINISHED:
        raise InHand(_("This import is being worked on. Wait until that has ended."))


def _ask(kind: str, batch: Batch, *, by: Person, at: datetime, **more: str) -> Job:
    return request_job(kind, {"batch": str(batch.uid), **more}, by=by, at=at)
