"""From staged rows to entries, and back. Called by `actions` inside its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from coordination.intake.fields import FIGURES
from coordination.intake.matching import COMPARED
from coordination.intake.models import Batch, Line, Match, StagedRow
from forces.models import Force, Person
from register import actions as register
from register.models import Entry, Head, Origin
from register.queries import documents
from register.references import new_reference

AT_ONCE = 500
# Reasons are published and permanent; they are written in the language of the register.
LANGUAGE = "en-gb"


def enter_rows(
    batch: Batch,
    *,
    by: Person | None,
    at: datetime,
    numbers: Iterable[int] | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Act on the batch's rows that are decided: enter, correct, withdraw; write down what was found unchanged.

    Returns how many were entered, corrected and withdrawn.
    """
    done = {"entered": 0, "corrected": 0, "withdrawn": 0}
    waiting = StagedRow.objects.filter(batch=batch, entered=False).exclude(match="")
    if numbers is not None:
        waiting = waiting.filter(number__in=list(numbers))
    forces = {force.code: force for force in Force.objects.filter(code__in=waiting.values("force_code"))}
    acted = 0
    for rows in _in_chunks(waiting):
        lines: list[Line] = []
        heads = Head.objects.in_bulk([row.reference for row in rows if row.reference])
        known = set(
            unknown_prints(batch).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        for code, new in _by_force(rows, Match.NEW):
            entries = _enter(new, forces[code], batch, by=by, at=at)
            done["entered"] += len(entries)
            lines.extend(_line(batch, row, entry.pk, None) for row, entry in zip(new, entries, strict=True))
        for code, changed in _by_force(rows, Match.CORRECTION):
            replaced = [heads[row.reference].entry_id for row in changed]
            entries = _correct(changed, forces[code], batch, by=by, at=at)
            done["corrected"] += len(entries)
            lines.extend(
                _line(batch, row, entry.pk, before)
                for row, entry, before in zip(changed, entries, replaced, strict=True)
            )
        for row in rows:
            if row.match == Match.MISSING and row.decided:
                with translation.override(LANGUAGE):
                    reason = _("The source no longer prints this deployment.")
                register.withdraw(row.reference, force=forces[row.force_code], by=by, at=at, reason=reason)
                done["withdrawn"] += 1
            elif row.match == Match.UNCHANGED and row.pk in known:
                lines.append(_line(batch, row, heads[row.reference].entry_id, None))
        Line.objects.bulk_create(lines)
        acted += len(rows)
        if progress is not None:
            progress(acted)
    waiting.exclude(match=Match.AMBIGUOUS).exclude(match=Match.MISSING, decided=False).update(entered=True)
    return done


def take_back(batch: Batch, *, by: Person | None, at: datetime, reason: str) -> dict[str, int]:
    """Withdraw what the batch entered, put back what it corrected. What changed since is kept."""
    done = {"withdrawn": 0, "restored": 0, "kept": 0}
    with translation.override(LANGUAGE):
        because = _("The import was undone: %(reason)s") % {"reason": reason}
    lines = Line.objects.filter(batch=batch, match__in=[Match.NEW, Match.CORRECTION]).select_related(
        "entry__force", "replaced"
    )
    for line in lines.order_by("-number").iterator(AT_ONCE):
        head = Head.objects.filter(pk=line.reference).first()
        if head is None or head.entry_id != line.entry_id or head.is_withdrawn or head.is_redacted:
            done["kept"] += 1
        elif line.match == Match.NEW:
            register.withdraw(line.reference, force=line.entry.force, by=by, at=at, reason=because)
            done["withdrawn"] += 1
        else:
            replaced = line.replaced
            before = documents([replaced.pk]).get(replaced.pk) if replaced is not None else None
            if replaced is None or before is None:
                done["kept"] += 1
                continue
            register.correct(
                before,
                force=line.entry.force,
                origin=replaced.origin,
                tier=replaced.tier,
                by=by,
                at=at,
                reason=because,
            )
            done["restored"] += 1
    return done


def unknown_prints(batch: Batch) -> QuerySet[StagedRow]:
    """Unchanged rows whose print no accepted batch has shown for their reference yet."""
    shown = Line.objects.filter(
        reference=OuterRef("reference"),
        fingerprint=OuterRef("fingerprint"),
        batch__state=Batch.State.ACCEPTED,
    )
    return StagedRow.objects.filter(
        ~Exists(shown), batch=batch, match=Match.UNCHANGED, mapped__isnull=False
    ).exclude(reference="")


def changes_against(row: StagedRow, reference: str) -> dict[str, list[Any]]:
    """What the row would change of a reference: field, from, to."""
    head = Head.objects.get(pk=reference)
    document = documents([head.entry_id])[head.entry_id]
    changes = {}
    for name in COMPARED:
        before, now = _value(document, name), _value(row.mapped or {}, name)
        if before != now:
            changes[name] = [None if value is None else str(value) for value in (before, now)]
    return changes


def _value(document: dict[str, Any], name: str) -> Any:
    if name in FIGURES:
        return document["figures"][name]
    if name == "place":
        return document["place"]["name"]
    if name == "use_case":
        return document["use_case"]["code"] or document["use_case"]["label"]
    return document[name]


def _in_chunks(waiting: QuerySet[StagedRow]) -> Iterable[list[StagedRow]]:
    """By number, a chunk at a time: a cursor kept open would see its own rows change."""
    last = 0
    while rows := list(waiting.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        yield rows
        last = rows[-1].number


def _document(row: StagedRow, force: Force, reference: str) -> dict[str, Any]:
    mapped = row.mapped or {"provenance": {}}
    return {
        **mapped,
        "provenance": {**mapped["provenance"], "printed": row.printed},
        "reference": reference,
        "force": force.code,
        "arithmetic": [],
    }


def _by_force(rows: Iterable[StagedRow], match: str) -> Iterable[tuple[str, list[StagedRow]]]:
    """The rows of that match, those of one force together: they are placed on the register as one set."""
    chosen = sorted((row for row in rows if row.match == match), key=attrgetter("force_code", "number"))
    for code, of_force in groupby(chosen, key=attrgetter("force_code")):
        yield code, list(of_force)


def _enter(
    rows: list[StagedRow], force: Force, batch: Batch, *, by: Person | None, at: datetime
) -> list[Entry]:
    for row in rows:
        row.reference = new_reference()
    return register.enter_all(
        [_document(row, force, row.reference) for row in rows],
        force=force,
        origin=Origin.COLLATED,
        tier=batch.tier,
        by=by,
        at=at,
    )


def _correct(
    rows: list[StagedRow], force: Force, batch: Batch, *, by: Person | None, at: datetime
) -> list[Entry]:
    with translation.override(LANGUAGE):
        corrections = [(_document(row, force, row.reference), _why(row)) for row in rows]
    return register.correct_all(
        corrections, force=force, origin=Origin.COLLATED, tier=batch.tier, by=by, at=at
    )


def _why(row: StagedRow) -> str:
    changes = ", ".join(
        f"{name.replace('_', ' ')} {_shown(before)} → {_shown(now)}"
        for name, (before, now) in sorted(row.differs.items())
    )
    return _("A later print of the source differs: %(changes)s.") % {"changes": changes}


def _shown(value: str | None) -> str:
    return _("nothing") if value is None else value


def _line(batch: Batch, row: StagedRow, entry: int, replaced: int | None) -> Line:
    return Line(
        batch=batch,
        number=row.number,
        page=row.page,
        row=row.row,
        fingerprint=row.fingerprint,
        match=row.match,
        reference=row.reference,
        entry_id=entry,
        replaced_id=replaced,
    )
