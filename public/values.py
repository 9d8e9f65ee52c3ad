"""What a document says in one field, in words: the record page and the list of revisions draw it alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.intake.quality import QUALITY
from design.numbers import date_text, moment_text, number_text
from public import wording
from register.differences import PRINTED, Path, said
from register.search import STATUSES, TECHNOLOGIES

Document = Mapping[str, Any]
Shown = str | SafeString

NAMES: dict[Path, str | Promise] = {
    ("schema",): gettext_lazy("Form of the document"),
    ("force",): gettext_lazy("Code of the force"),
    ("technology",): gettext_lazy("Technology"),
    ("status",): gettext_lazy("Status"),
    ("abort_reason",): gettext_lazy("Why it was aborted"),
    ("quality",): gettext_lazy("What to know about this record"),
    ("arithmetic",): gettext_lazy("Answers about figures that do not fit together"),
    ("reference",): gettext_lazy("Reference"),
    ("provenance", "publisher"): gettext_lazy("Publisher of the source"),
    ("provenance", "document"): gettext_lazy("Source document"),
    ("provenance", "url"): gettext_lazy("Address of the source"),
    ("provenance", "sha256"): gettext_lazy("SHA-256 of the file that was read"),
    ("provenance", "page"): gettext_lazy("Page of the source"),
    ("provenance", "row"): gettext_lazy("Row of the source"),
    ("provenance", "corrections"): gettext_lazy("Misprints in the source that were corrected"),
}


def name(path: Path) -> str:
    """What the field is called on pages."""
    if len(path) == 3 and path[1] == PRINTED:
        return _("Printed in the source under “%(label)s”") % {"label": path[2]}
    return str(NAMES[path]) if path in NAMES else wording.field_name(".".join(path))


def value(document: Document, *path: str) -> Shown:
    """What the document says there. A figure that is missing is its code, what that stands for and the reason."""
    found = said(document, path).value
    field = path[-1]
    if path[0] == "figures":
        return wording.absence(document, field) if found is None else number_text(found)
    if path[:2] == ("provenance", PRINTED):
        return f"“{found}”" if found else _("Nothing printed")
    if len(path) == 1 and field in WRITERS:
        return WRITERS[field](document)
    if path == ("provenance", "corrections"):
        return _several(
            [f"{each['field']}: “{each['printed']}” → “{each['corrected']}”" for each in found or []]
        )
    if found is None:
        return wording.absence(document, field) if field in document["absent"] else _("Not given")
    return number_text(found) if isinstance(found, int) else str(found)


def with_method(document: Document, path: Path) -> Shown:
    """The same, and for a figure how it was made: 5,460 (estimated)."""
    found = said(document, path)
    shown = value(document, *path)
    if found.method is None or found.value is None:
        return shown
    return format_html("{} ({})", shown, str(wording.METHODS[found.method]).lower())


def status(document: Document) -> str:
    if document["status"] != "aborted":
        return str(STATUSES[document["status"]])
    if document["abort_reason"]:
        return _("Aborted: %(reason)s") % {"reason": document["abort_reason"]}
    return _("Aborted. The source does not say why.")


# --- fields with words of their own ------------------------------------------------------------------------


def _several(lines: list[str]) -> Shown:
    return format_html_join("; ", "{}", [(line,) for line in lines]) if lines else _("None")


def _day(field: str) -> Any:
    return lambda document: date_text(wording.day(document[field])) if document[field] else _("No later day")


def _moment(field: str) -> Any:
    return lambda document: (
        moment_text(datetime.fromisoformat(document[field]))
        if document[field]
        else wording.absence(document, field)
    )


def _use_case(document: Document) -> Shown:
    use_case = document["use_case"]
    if use_case["label"] is None and use_case["code"] is None:
        return wording.absence(document, "use_case")
    if use_case["code"] is None:
        return str(use_case["label"])
    coded = (
        _("code %(code)s in the list %(scheme)s") % use_case
        if use_case["scheme"]
        else _("code %(code)s; the source does not say of which list") % use_case
    )
    return f"{use_case['label']} ({coded})" if use_case["label"] else coded[:1].upper() + coded[1:]


def _duration(document: Document) -> Shown:
    minutes = document["duration_minutes"]
    return wording.absence(document, "duration_minutes") if minutes is None else wording.duration(minutes)


def _watchlist(document: Document) -> Shown:
    size = document["watchlist_size"]
    if size is None:
        return wording.absence(document, "watchlist_size")
    return _("%(count)s entries") % {"count": number_text(size)}


def _algorithm(document: Document) -> Shown:
    found = document["algorithm"]
    if found is None:
        return wording.absence(document, "algorithm")
    return " ".join(filter(None, (found["vendor"], found["product"], found["version"])))


def _threshold(document: Document) -> Shown:
    return document["threshold"] or wording.absence(document, "threshold")


WRITERS: dict[str, Any] = {
    "on": _day("on"),
    "ends_on": _day("ends_on"),
    "started_at": _moment("started_at"),
    "ended_at": _moment("ended_at"),
    "technology": lambda document: str(TECHNOLOGIES.get(document["technology"], document["technology"])),
    "status": status,
    "use_case": _use_case,
    "duration_minutes": _duration,
    "watchlist_size": _watchlist,
    "algorithm": _algorithm,
    "threshold": _threshold,
    "quality": lambda document: _several([str(QUALITY.get(code, code)) for code in document["quality"]]),
    "arithmetic": lambda document: _several(
        [f"{each['check']}: {each['answer']}" for each in document["arithmetic"]]
    ),
}
