"""The stored file of everything published: which state of the register it is of, keeping it, and giving it out.

What is in it is written by api.archive. Public; no scope is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any, NamedTuple

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Sum

from register import items
from register.models import Archive, ChangeCount, Entry, EntryQuerySet, Redaction

FOLDER = "archive"


class State(NamedTuple):
    """A state of the register: two states that differ in anything published have different versions.

    `redaction` is the id of the latest removal, 0 for none; `as_of` when the latest entry or removal was.
    """

    version: str
    redaction: int
    as_of: datetime | None


def state(realm: str) -> State:
    """The state of the results now, in three short queries. Ask before reading what is to be of this state, or in one
    snapshot. Notices change none of it: `with_notices()` adds them.
    """
    version = items.version(realm)
    # A version that no longer stands can be removed too, which changes no list.
    gone = Redaction.objects.filter(force__realm=realm).aggregate(last=Max("pk"), at=Max("redacted_at"))
    entered = _last_entered(Entry.objects.of_results(), realm)
    times = [at for at in (gone["at"], entered) if at is not None]
    return State(f"{version}-{gone['last'] or 0}", gone["last"] or 0, max(times, default=None))


def with_notices(realm: str) -> State:
    """The state of everything that is published, in two queries more."""
    results = state(realm)
    changes = ChangeCount.objects.filter(force__realm=realm).aggregate(n=Sum("notices"))["n"] or 0
    if not changes:
        return results
    entered = _last_entered(Entry.objects.of_notices(), realm)
    times = [at for at in (results.as_of, entered) if at is not None]
    return State(f"{results.version}-{changes}", results.redaction, max(times, default=None))


def _last_entered(entries: EntryQuerySet, realm: str) -> datetime | None:
    return entries.filter(realm=realm).order_by("-pk").values_list("entered_at", flat=True).first()


def latest(realm: str) -> Archive | None:
    """The file as it was last made, however old."""
    return Archive.objects.filter(realm=realm).first()


def holds_what_was_removed(archive: Archive) -> bool:
    """Whether a document was removed after this file was made: then it must not be given out."""
    return Redaction.objects.filter(force__realm=archive.realm, pk__gt=archive.redaction).exists()


def keep(
    file: IO[bytes],
    *,
    realm: str,
    version: str,
    of: State,
    sha256: str,
    members: Sequence[dict[str, Any]],
    at: datetime,
) -> Archive:
    """Store a new file and put it in place of the one before, which goes once the new one is in place.

    Only one process at a time may do this: see api.archive.making.
    """
    path = f"{FOLDER}/{realm}-{sha256}.zip"
    size = file.seek(0, 2)
    file.seek(0)
    if not default_storage.exists(path):
        path = default_storage.save(path, File(file))
    with transaction.atomic():
        archive, _made = Archive.objects.update_or_create(
            realm=realm,
            defaults={
                "version": version,
                "redaction": of.redaction,
                "path": path,
                "size": size,
                "sha256": sha256,
                "members": list(members),
                "as_of": of.as_of,
                "made_at": at,
            },
        )
        transaction.on_commit(lambda: sweep(realm))
    return archive


def sweep(realm: str) -> None:
    """Delete files of this realm that nobody is told of: the one before, and what a killed worker left behind."""
    if not default_storage.exists(FOLDER):
        return
    kept = set(Archive.objects.values_list("path", flat=True))
    for name in default_storage.listdir(FOLDER)[1]:
        if name.startswith(f"{realm}-") and f"{FOLDER}/{name}" not in kept:
            default_storage.delete(f"{FOLDER}/{name}")
