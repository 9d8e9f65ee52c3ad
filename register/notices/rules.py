"""What the schema of a notice cannot say. Plain dates and documents; nothing here reads the database."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from forces.clock import LONDON

PLANNED, DEFERRED, UNDER_REVIEW, CANCELLED = "planned", "deferred", "under_review", "cancelled"

# One continuous window; results allow no longer one either.
LONGEST = timedelta(days=31)
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
# What would tell where, when or whom. Null while details are withheld; `documents` is empty then.
WITHHELD = (
    "ends_on",
    "starts_at",
    "ends_at",
    "place",
    "use_case",
    "summary",
    "watchlist",
    "algorithm",
    "threshold",
    "camera",
    "authority",
)
_NEEDED = ("starts_at", "ends_at", "place", "use_case", "watchlist", "authority")


def is_withheld(document: Mapping[str, Any]) -> bool:
    """Whether the public is told only of which force and in which month."""
    return bool(_MONTH.fullmatch(document["on"]))


def withheld(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same notice with its details withheld: the month alone, and nothing that tells where, when or whom."""
    return {**document, **dict.fromkeys(WITHHELD), "on": document["on"][:7], "documents": []}


def first_day(document: Mapping[str, Any]) -> date:
    """The day on which it starts; of a withheld one the first of its month."""
    on = document["on"]
    return date.fromisoformat(f"{on}-01" if is_withheld(document) else on)


def last_day(document: Mapping[str, Any]) -> date:
    """The day on which it ends; of a withheld one the last of its month."""
    first = first_day(document)
    if is_withheld(document):
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return date.fromisoformat(document["ends_on"]) if document["ends_on"] else first


def problems(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pointer and words for each thing wrong in a document that keeps to its schema."""
    try:
        if not 1900 <= first_day(document).year < 9990:
            raise ValueError(document["on"])
    except ValueError:
        yield "/on", _("There is no such day.")
        return
    yield from _standing(document)
    if is_withheld(document):
        yield from _nothing_told(document)
    else:
        yield from _all_told(document)
    deferral = document["deferral"]
    if deferral and deferral["review_on"] < deferral["decided_on"]:
        yield "/deferral/review_on", _("Must not be before `decided_on`.")


def _standing(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status = document["status"]
    if status == PLANNED and is_withheld(document):
        yield (
            "/on",
            _("A planned deployment says its day. Only one whose notice is deferred says the month alone."),
        )
    if status == DEFERRED and not is_withheld(document):
        yield "/on", _("A deferred notice says the month alone, as YYYY-MM.")
    if status == CANCELLED and document["cancelled_reason"] is None:
        yield "/cancelled_reason", _("Say why it was cancelled.")
    if status != CANCELLED and document["cancelled_reason"] is not None:
        yield "/cancelled_reason", _("It was not cancelled: use null.")


def _nothing_told(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if document["deferral"] is None:
        yield "/deferral", _("Details are withheld, so say on what ground, who decided so, and until when.")
    for field in WITHHELD:
        if document[field] is not None:
            yield f"/{field}", _("Must be null while the details are withheld.")
    if document["documents"]:
        yield "/documents", _("Must be empty while the details are withheld.")


def _all_told(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    missing = [field for field in _NEEDED if document[field] is None]
    for field in missing:
        yield f"/{field}", _("Missing. It may be null only while the details are withheld.")
    if "starts_at" in missing or "ends_at" in missing:
        return
    starts, ends = (datetime.fromisoformat(document[field]) for field in ("starts_at", "ends_at"))
    # Moments at the ends of the calendar have no day in London.
    if abs(starts.year - first_day(document).year) > 1:
        yield "/starts_at", _("Must fall on the date in `on`, in UK local time.")
        return
    if ends <= starts:
        yield "/ends_at", _("Must be after `starts_at`.")
        return
    if ends - starts > LONGEST:
        yield "/ends_at", _("Must be at most 31 days after `starts_at`.")
        return
    if starts.astimezone(LONDON).date() != first_day(document):
        yield "/starts_at", _("Must fall on the date in `on`, in UK local time.")
    last = ends.astimezone(LONDON).date().isoformat()
    if (document["ends_on"] or document["on"]) != last:
        yield (
            "/ends_on",
            _("Must be the day on which it ends, in UK local time; null if that is the day in `on`."),
        )
    authority = document["authority"]
    if authority and authority["kind"] == "urgent_oral" and authority["confirm_by"] is None:
        yield "/authority/confirm_by", _("Say by when an authority given by word of mouth must be confirmed.")
