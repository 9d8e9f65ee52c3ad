"""Imports in words: where one stands, what was counted, and what a row says as printed and as read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.intake.fields import FIGURES
from coordination.intake.models import Batch, Match, StagedRow
from coordination.intake.profile import Column
from deployments.facts import label
from design.components import Row
from design.numbers import date_text, moment_text, number_text
from forces.models import Person
from forces.words import Words
from jobs.models import Job

LEFT_WAITING = gettext_lazy("Rows that wait for an answer are left out until you give it.")
COLOURS = {
    Batch.State.RECEIVED: "grey",
    Batch.State.STAGED: "yellow",
    Batch.State.ACCEPTED: "green",
    Batch.State.UNDONE: "orange",
    Batch.State.REFUSED: "red",
    Batch.State.DISCARDED: "grey",
}
MATCH_COLOURS = {
    Match.NEW: "green",
    Match.UNCHANGED: "grey",
    Match.CORRECTION: "purple",
    Match.AMBIGUOUS: "yellow",
    Match.MISSING: "orange",
}
GOING_ON = {
    "intake.import": gettext_lazy("Being read"),
    "intake.accept": gettext_lazy("Being accepted"),
    "intake.undo": gettext_lazy("Being undone"),
}
STATUSES = {"completed": gettext_lazy("Completed"), "aborted": gettext_lazy("Stopped")}
# A code of the government's shorthand for each reason why a figure is absent.
CODES = {"not_published": "x", "misleading": "x", "not_applicable": "z", "aborted": "z"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A few words and the colour of their tag."""

    text: Words
    colour: str


def standing(batch: Batch, job: Job | None) -> Standing:
    if job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING):
        return Standing(GOING_ON.get(job.kind, _("Being worked on")), "purple")
    if job is not None and job.state == Job.State.FAILED and batch.state == Batch.State.RECEIVED:
        return Standing(_("Failed"), "red")
    state = Batch.State(batch.state)
    return Standing(state.label, COLOURS[state])


def standing_of_row(row: StagedRow) -> Standing:
    if row.match == Match.MISSING and row.decided:
        return Standing(_("To withdraw") if not row.entered else _("Withdrawn"), "red")
    if row.match:
        match = Match(row.match)
        return Standing(match.label, MATCH_COLOURS[match])
    return Standing(_("Not read"), "red")


def brought(by: Person | None) -> str:
    return by.name if by is not None else _("the system")


def counted(batch: Batch) -> str:
    """`74 rows: 70 new, 4 corrections`; "" before it was read."""
    if batch.staged_at is None:
        return ""
    count, rows = batch.counts, batch.rows
    parts = [
        (count.get("new", 0), _("%(n)s new")),
        (count.get("correction", 0), _("%(n)s to correct")),
        (count.get("unchanged", 0), _("%(n)s unchanged")),
        (count.get("ambiguous", 0), _("%(n)s to answer")),
        (count.get("missing", 0), _("%(n)s no longer printed")),
        (count.get("errors", 0), ngettext("%(n)s error", "%(n)s errors", count.get("errors", 0))),
        (count.get("warnings", 0), ngettext("%(n)s warning", "%(n)s warnings", count.get("warnings", 0))),
    ]
    said = ", ".join(words % {"n": number_text(n)} for n, words in parts if n)
    total = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": number_text(rows)}
    return _("%(rows)s: %(parts)s") % {"rows": total, "parts": said} if said else total


def published(batch: Batch) -> list[Row]:
    """What has been done to the register."""
    words = (
        ("entered", _("New records published")),
        ("corrected", _("Records corrected")),
        ("withdrawn", _("Records withdrawn")),
        ("restored", _("Records put back as they were")),
        ("kept", _("Records that changed since, and stay")),
    )
    return [Row(text, number_text(batch.counts[name])) for name, text in words if batch.counts.get(name)]


def where(row: StagedRow) -> str:
    """`page 4, row 12`; its number in the document where it has no page."""
    if row.match == Match.MISSING:
        return _("Not in this document")
    if row.page and row.row:
        return _("page %(page)s, row %(row)s") % {"page": row.page, "row": row.row}
    if row.sheet and row.row:
        return _("sheet %(sheet)s, row %(row)s") % {"sheet": row.sheet, "row": row.row}
    return _("row %(row)s") % {"row": row.row or row.number}


# Values -----------------------------------------------------------------------------------------------


def name_of(field: str) -> str:
    if field == "status":
        return _("Status")
    return label(field)


def value_of(document: dict[str, Any], field: str) -> Any:
    """One field of a document as people read it; what is missing gives its code and the reason."""
    match field:
        case "place":
            found: Any = document["place"]["name"]
        case "use_case":
            found = document["use_case"]["label"] or document["use_case"]["code"]
        case _ if field in FIGURES:
            found = document["figures"][field]
        case _:
            found = document.get(field)
    if found is None:
        return _absence(document, field)
    return _plain(field, found)


def read_as(column: Column, row: StagedRow) -> Any:
    """What a cell of this column was read as; None where the column is not taken or the row could not be read."""
    field, document = column.field, row.mapped
    if field is None or document is None:
        return None
    source = document.get("provenance") or {}
    match field:
        case "place.name":
            return document["place"]["name"]
        case "place.area":
            return document["place"]["area"]
        case "force":
            return row.force_code
        case "publisher" | "document" | "url":
            return source.get(field)
        case "false_alert_rate":
            return None if row.false_alert_rate is None else f"{row.false_alert_rate}%"
        case "start_time" | "end_time":
            at = document["started_at" if field == "start_time" else "ended_at"]
            return moment_text(datetime.fromisoformat(at)) if at else None
        case "quality":
            return "; ".join(document["quality"])
        case "printed.date" | "printed.duration":
            return None
        case "ends_on":
            return _plain("on", document["ends_on"]) if document["ends_on"] else None
    return value_of(document, field)


def differs(printed: str | None, read: Any) -> bool:
    """Whether print and reading look different to a person; a comma among thousands does not."""
    return str(read or "").replace(",", "") != (printed or "").replace(",", "")


def _plain(field: str, found: Any) -> Any:
    match field:
        case "on":
            return date_text(date.fromisoformat(found))
        case "status":
            return str(STATUSES.get(found, found))
        case "duration_minutes":
            return _("%(hours)d h %(minutes)d min") % {"hours": found // 60, "minutes": found % 60}
    return number_text(found) if isinstance(found, int) else found


def _absence(document: dict[str, Any], field: str) -> Any:
    absent = document["absent"].get(field)
    if absent is None:
        return None
    return format_html("[{}] {}", CODES.get(absent["code"], "x"), absent["why"])
