"""Reading the register: documents by entry, histories by reference. Public; no scope is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from register.models import Entry, EntryBody, Head


def bodies(entries: Iterable[int]) -> dict[int, bytes]:
    """Stored bytes by entry id. Redacted entries are missing."""
    return {
        entry: bytes(body)
        for entry, body in EntryBody.objects.filter(entry__in=list(entries)).values_list("entry_id", "body")
    }


def documents(entries: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Documents by entry id. Redacted entries are missing."""
    return {entry: json.loads(body) for entry, body in bodies(entries).items()}


def history(reference: str) -> list[Entry]:
    """Every entry of a reference, newest first, with its redaction if there is one; empty if there is none."""
    return list(
        Entry.objects.filter(reference=reference).select_related("force", "redaction").order_by("-version")
    )


def standing_document(head: Head) -> dict[str, Any] | None:
    """What the reference's deployment result says now, or said last if it was withdrawn; None once redacted."""
    entry = head.entry_id
    if head.is_withdrawn:
        superseded = Entry.objects.values_list("supersedes_id", flat=True).get(pk=entry)
        entry = superseded
    return documents([entry]).get(entry)
