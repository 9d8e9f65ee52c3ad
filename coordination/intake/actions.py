"""Taking in what forces published elsewhere: receive, stage, accept, resolve, undo, discard.

`by` None is the system: loading the figures that come with the project, and the command line, where whoever has a
shell has more than any capability gives.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.intake import documents, entering, events, matching, staging
from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import Limits
from coordination.intake.extract.reading import Extract, read
from coordination.intake.mapping import Source, map_rows
from coordination.intake.models import Batch, Finding, Line, Match, StagedRow
from coordination.intake.problems import ERROR, NotRecognised
from coordination.intake.profile import Profile, profiles
from coordination.intake.recognise import profile_for
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Person
from forces.permissions import require
from forces.refusals import Refusal

NEW, LEAVE, WITHDRAW = "new", "leave", "withdraw"
# One acceptance or undoing at a time: each compares with what the one before has done.
_TURN = 0x1FA4E


class NotAcceptable(Refusal):
    """The batch cannot be taken to the register as it is."""


class NotUndoable(Refusal):
    """The batch cannot be undone."""


class NotResolvable(Refusal):
    """The row does not wait for that decision."""


def receive(
    path: Path,
    *,
    name: str = "",
    profile: str = "",
    by: Person | None,
    at: datetime,
    limits: Limits | None = None,
) -> Batch:
    """Take a file into quarantine, unopened, as a batch to be staged. Raises Unreadable, Forbidden, NotRecognised."""
    _permit(by, Capability.IMPORT_RECORDS)
    _named_profile(profile)
    with transaction.atomic():
        document = documents.receive(path, name=name or path.name, at=at, limits=limits)
        return Batch.objects.create(
            document=document, asked_profile=profile, requested_by=by, requested_at=at
        )


def stage(
    batch: Batch,
    *,
    by: Person | None,
    at: datetime,
    limits: Limits | None = None,
    progress: Callable[[int], None] | None = None,
) -> Batch:
    """Read the document, put its rows beside the register, check and match them. Nothing is published.

    Raises Unreadable or NotRecognised once the batch has been marked as refused and the file let go.
    """
    _permit(by, Capability.IMPORT_RECORDS)
    if batch.state not in (Batch.State.RECEIVED, Batch.State.STAGED):
        raise NotAcceptable(_("This import is over; bring the document again."))
    try:
        with (
            documents.on_disk(batch.document) as path,
            read(path, name=batch.document.name, limits=limits) as extract,
        ):
            profile = _profile(batch, extract)
            _stage(batch, extract, profile, by=by, at=at, progress=progress)
            documents.keep(batch.document, kind=extract.kind)
    except (Unreadable, NotRecognised) as refusal:
        _refuse(batch, str(refusal), by=by, at=at)
        raise
    return batch


def accept(
    batch: Batch, *, by: Person | None, at: datetime, progress: Callable[[int], None] | None = None
) -> Batch:
    """Take the batch to the register in one transaction: new rows are entered, changed ones corrected.

    Rows that wait for a person are left until `resolve_match`. A batch with errors is refused whole.
    Raises Forbidden, NotAcceptable.
    """
    _permit(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        _take_turn()
        if batch.state == Batch.State.STAGED:
            _still_staged(batch)
            without_errors(batch)
        moved = Batch.objects.filter(pk=batch.pk, state=Batch.State.STAGED).update(
            state=Batch.State.ACCEPTED, accepted_by=by, accepted_at=at
        )
        if not moved:
            raise NotAcceptable(_("This import does not wait to be accepted."))
        batch.refresh_from_db()
        # Others may have been accepted since this one was read.
        matching.match(batch)
        staging.check(batch, profile=profiles().get(batch.profile), today=london_date(at))
        done = entering.enter_rows(batch, by=by, at=at, progress=progress)
        batch.counts = {**staging.counts(batch), **done}
        batch.save(update_fields=["counts"])
        record(
            events.ImportAccepted(
                batch=str(batch.uid),
                document=batch.document.sha256,
                entered=done["entered"],
                corrected=done["corrected"],
                unchanged=batch.counts["unchanged"],
                waiting=batch.counts["ambiguous"] + batch.counts["missing"],
            ),
            force=None,
            by=by,
            at=at,
            subject=str(batch.uid),
        )
    return batch


def resolve_match(batch: Batch, number: int, *, to: str, by: Person | None, at: datetime) -> StagedRow:
    """Say what an ambiguous or missing row is: a candidate's reference, `new`, `leave` or (missing) `withdraw`.

    In a batch that is accepted already it takes effect at once. Raises Forbidden, NotResolvable.
    """
    _permit(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        _take_turn()
        row = (
            StagedRow.objects.select_for_update()
            .filter(batch=batch, number=number, entered=False, match__in=[Match.AMBIGUOUS, Match.MISSING])
            .first()
        )
        if row is None:
            raise NotResolvable(_("That row does not wait for a decision."))
        _decide(row, to)
        row.decided = True
        row.save(update_fields=["match", "reference", "differs", "decided"])
        batch.refresh_from_db()
        if batch.state == Batch.State.ACCEPTED:
            done = entering.enter_rows(batch, by=by, at=at, numbers=[number])
            for name, count in done.items():
                batch.counts[name] = batch.counts.get(name, 0) + count
        batch.counts = {**batch.counts, **staging.counts(batch)}
        batch.save(update_fields=["counts"])
        record(
            events.MatchResolved(
                str(batch.uid), number, to if to in (NEW, LEAVE, WITHDRAW) else "is", row.reference
            ),
            force=None,
            by=by,
            at=at,
            subject=str(batch.uid),
        )
    return row


def undo(batch: Batch, *, by: Person | None, at: datetime, reason: str) -> dict[str, int]:
    """Withdraw what the batch entered and put back what it corrected. Nothing is deleted.

    What has changed since stays and is counted as kept. Returns the counts. Raises Forbidden, NotUndoable.
    """
    _permit(by, Capability.UNDO_IMPORTS)
    if not reason.strip():
        raise NotUndoable(_("Say why the import is undone: the reason is published."), pointer="reason")
    with transaction.atomic():
        _take_turn()
        moved = Batch.objects.filter(pk=batch.pk, state=Batch.State.ACCEPTED).update(
            state=Batch.State.UNDONE, undone_by=by, undone_at=at, undone_because=reason.strip()
        )
        if not moved:
            raise NotUndoable(_("This import is not accepted, so there is nothing to undo."))
        batch.refresh_from_db()
        done = entering.take_back(batch, by=by, at=at, reason=reason.strip())
        batch.counts = {**batch.counts, **done}
        batch.save(update_fields=["counts"])
        StagedRow.objects.filter(batch=batch).delete()
        record(
            events.ImportUndone(str(batch.uid), done["withdrawn"], done["restored"], done["kept"]),
            force=None,
            by=by,
            at=at,
            subject=str(batch.uid),
            reason=reason.strip(),
        )
    return done


def discard(batch: Batch, *, by: Person | None, at: datetime) -> None:
    """Leave a batch that was not accepted. Its staged rows go; its document and findings stay."""
    _permit(by, Capability.IMPORT_RECORDS)
    with transaction.atomic():
        moved = Batch.objects.filter(
            pk=batch.pk, state__in=[Batch.State.RECEIVED, Batch.State.STAGED]
        ).update(state=Batch.State.DISCARDED)
        if not moved:
            raise NotAcceptable(_("This import is over, so it cannot be discarded."))
        StagedRow.objects.filter(batch=batch).delete()
        record(events.ImportDiscarded(str(batch.uid)), force=None, by=by, at=at, subject=str(batch.uid))
    batch.refresh_from_db()


def changes_nothing(batch: Batch) -> bool:
    """Whether every row of a staged batch stands on the register already, under a print that is known."""
    counts = staging.counts(batch)
    if any(counts[name] for name in ("new", "correction", "ambiguous", "missing", "errors")):
        return False
    return not entering.unknown_prints(batch).exists()


# Parts ------------------------------------------------------------------------------------------------


def _permit(by: Person | None, capability: Capability) -> None:
    if by is not None:
        require(by, capability)


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def _named_profile(name: str) -> Profile | None:
    if not name:
        return None
    known = profiles()
    if name not in known:
        raise NotRecognised(
            _("There is no profile called %(name)s. There are: %(known)s.")
            % {"name": name, "known": ", ".join(sorted(known))},
            pointer="profile",
        )
    return known[name]


def _profile(batch: Batch, extract: Extract) -> Profile:
    asked = _named_profile(batch.asked_profile)
    candidates = [asked] if asked else list(profiles().values())
    return profile_for(extract.rows(), candidates, name=extract.name)


def _stage(
    batch: Batch,
    extract: Extract,
    profile: Profile,
    *,
    by: Person | None,
    at: datetime,
    progress: Callable[[int], None] | None,
) -> None:
    source = Source(extract.name, extract.sha256)
    batch.profile, batch.series, batch.tier = profile.name, profile.series, profile.tier
    batch.rows = staging.copy_rows(batch, map_rows(extract.rows(), profile, source), progress=progress)
    with transaction.atomic():
        staging.note(batch, extract.notes)
        check_staged(batch, profile, at=at)
        batch.state, batch.staged_at = Batch.State.STAGED, at
        batch.save()
        record(
            events.ImportStaged(
                batch=str(batch.uid),
                document=batch.document.sha256,
                profile=profile.name,
                rows=batch.rows,
                errors=batch.counts["errors"],
                warnings=batch.counts["warnings"],
            ),
            force=None,
            by=by,
            at=at,
            subject=str(batch.uid),
        )


def check_staged(batch: Batch, profile: Profile | None, *, at: datetime) -> None:
    """Match the staged rows and run the rules over them; counts go to the batch."""
    matching.match(batch)
    staging.check(batch, profile=profile, today=london_date(at))
    batch.counts = staging.counts(batch)


def _refuse(batch: Batch, why: str, *, by: Person | None, at: datetime) -> None:
    with transaction.atomic():
        StagedRow.objects.filter(batch=batch).delete()
        batch.state, batch.error = Batch.State.REFUSED, why
        batch.save()
        documents.refuse(batch.document)
        record(
            events.ImportRefused(str(batch.uid), batch.document.sha256, why[:500]),
            force=None,
            by=by,
            at=at,
            subject=str(batch.uid),
        )


def _still_staged(batch: Batch) -> None:
    # Rows beyond those of the document stand for what it no longer prints, whatever was decided of them.
    staged = StagedRow.objects.filter(batch=batch, number__lte=batch.rows).count()
    if staged != batch.rows:
        raise NotAcceptable(
            _(
                "The staged rows of this import are gone: the database server was restarted. Read the document again."
            )
        )


def without_errors(batch: Batch) -> None:
    """Raise NotAcceptable if anything in the batch is an error."""
    errors = Finding.objects.filter(batch=batch, severity=ERROR).count()
    if errors:
        raise NotAcceptable(
            ngettext(
                "There is %(count)s error. Nothing was taken in. Correct it in the document or its profile, then "
                "import it again.",
                "There are %(count)s errors. Nothing was taken in. Correct them in the document or its profile, then "
                "import it again.",
                errors,
            )
            % {"count": errors}
        )


def _decide(row: StagedRow, to: str) -> None:
    if row.match == Match.MISSING:
        if to == WITHDRAW:
            return
        if to == LEAVE:
            row.match = Match.UNCHANGED
            return
        raise NotResolvable(_("A row that is no longer printed can be left or withdrawn."))
    if to == LEAVE:
        row.match, row.reference, row.differs = Match.UNCHANGED, "", {}
    elif to == NEW:
        row.match, row.reference, row.differs = Match.NEW, "", {}
    elif to in {c["reference"] for c in row.candidates if c.get("why") != matching.BY_THE_FORCE}:
        row.differs = entering.changes_against(row, to)
        row.match, row.reference = (Match.CORRECTION if row.differs else Match.UNCHANGED), to
    else:
        raise NotResolvable(_("Choose one of the references offered, “new” or “leave”."))


def traced_to(reference: str) -> list[Line]:
    """Every printed row that says, or said, something of a reference, newest first."""
    return list(Line.objects.filter(reference=reference).select_related("batch__document").order_by("-id"))
