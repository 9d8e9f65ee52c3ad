"""What happened to results on the register, latest first: publications, corrections, withdrawals, removals. Public."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from forces.models import Force
from register.canonical import RESULTS
from register.models import Act, Entry, Redaction

MOST_REMOVALS = 200  # told on one page


class Happenings(NamedTuple):
    """One page. `entries` with their bodies and tombstones; `removed` are entries whose body went in the same time.

    `before` is where the next page begins, None on the last.
    """

    entries: list[Entry]
    removed: list[Entry]
    before: int | None


def happenings(
    realm: str,
    *,
    force: Force | None = None,
    before: int | None = None,
    size: int,
    only_changes: bool = False,
) -> Happenings:
    """What happened before the entry with that id, in four short queries at most; `only_changes` to what was published.

    A removal is told on the page of the time when it was made, however old its entry is: who follows the first
    page alone learns of each.
    """
    entries = Entry.objects.of_results().filter(realm=realm)
    removals = Redaction.objects.filter(entry__realm=realm, entry__schema__in=RESULTS)
    if force is not None:
        entries, removals = entries.filter(force=force), removals.filter(force=force)
    if only_changes:
        entries = entries.exclude(act=Act.ORIGINAL)
    if before is not None:
        removals = removals.filter(redacted_at__lt=_when(before))
        entries = entries.filter(pk__lt=before)
    found = list(
        entries.select_related("force", "redaction", "kept", "supersedes__kept").order_by("-pk")[: size + 1]
    )
    more, found = len(found) > size, found[:size]
    if more:
        removals = removals.filter(redacted_at__gte=found[-1].entered_at)
    shown = {entry.pk for entry in found}
    removed = [
        removal.entry
        for removal in removals.select_related("entry__force", "entry__redaction").order_by("-redacted_at")[
            :MOST_REMOVALS
        ]
        if removal.entry_id not in shown
    ]
    return Happenings(found, removed, found[-1].pk if more else None)


def _when(entry: int) -> datetime:
    """When an entry was made, or the next one if it is none of ours; the end of time after the last."""
    found = Entry.objects.filter(pk__gte=entry).order_by("pk").values_list("entered_at", flat=True).first()
    return found or datetime.max.replace(tzinfo=UTC)


def changed_at(entry: Entry) -> datetime:
    """When what is known of an entry last changed: when it was made, or its body removed."""
    redaction = getattr(entry, "redaction", None)
    return max(entry.entered_at, redaction.redacted_at) if redaction else entry.entered_at
