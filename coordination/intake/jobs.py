"""Imports as long work: each may be begun again after its worker died, and changes nothing twice."""

from __future__ import annotations

from typing import Any

from coordination.intake import actions, reporting
from coordination.intake.models import Batch
from forces.capabilities import Capability
from forces.clock import db_now
from jobs.progress import Progress
from jobs.registry import job


@job("intake.import", Capability.IMPORT_RECORDS)
def import_document(progress: Progress) -> dict[str, Any]:
    """Stage a received batch and, with `accept`, take it to the register if it has no errors.

    Payload: {"batch": uid, "accept": bool}. Result: the counts and the last line.
    """
    batch = _batch(progress)

    def reading(rows: int) -> None:
        progress.checkpoint({"reading": rows}, done=rows)

    if batch.state == Batch.State.RECEIVED:
        actions.stage(batch, by=progress.by, at=db_now(), progress=reading)
        progress.checkpoint({"staged": True}, done=batch.rows, total=batch.rows)
    if progress.payload.get("accept") and batch.state == Batch.State.STAGED and not batch.counts["errors"]:
        if actions.changes_nothing(batch):
            actions.discard(batch, by=progress.by, at=db_now())
        else:
            _accept(batch, progress)
    return _result(batch)


@job("intake.accept", Capability.IMPORT_RECORDS)
def accept_batch(progress: Progress) -> dict[str, Any]:
    """Take a staged batch to the register. Payload: {"batch": uid}."""
    batch = _batch(progress)
    if batch.state != Batch.State.ACCEPTED:
        _accept(batch, progress)
    return _result(batch)


@job("intake.undo", Capability.UNDO_IMPORTS)
def undo_batch(progress: Progress) -> dict[str, Any]:
    """Take an accepted batch back. Payload: {"batch": uid, "reason": text}."""
    batch = _batch(progress)
    if batch.state != Batch.State.UNDONE:
        with progress.step():
            actions.undo(batch, by=progress.by, at=db_now(), reason=str(progress.payload.get("reason", "")))
    return _result(batch)


def _accept(batch: Batch, progress: Progress) -> None:
    # One transaction: all of it or none. The lease is asked after each chunk, so a job that was called off stops.
    with progress.step():
        actions.accept(batch, by=progress.by, at=db_now(), progress=lambda _rows: progress.ask())
        progress.checkpoint({"accepted": True}, done=batch.rows, total=batch.rows)


def _batch(progress: Progress) -> Batch:
    return Batch.objects.select_related("document").get(uid=progress.payload["batch"])


def _result(batch: Batch) -> dict[str, Any]:
    batch.refresh_from_db()
    return {
        "batch": str(batch.uid),
        "state": batch.state,
        "counts": batch.counts,
        "line": reporting.last_line(batch),
    }
