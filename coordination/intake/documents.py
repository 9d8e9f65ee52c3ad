"""Bytes of documents on the private volume: quarantine first, then under their hash. Pictures never stay."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.extract.reading import sha256_of
from coordination.intake.models import Document

QUARANTINE = "imports/quarantine"
KEPT = "imports/documents"


def receive(path: Path, *, name: str, at: datetime, limits: Limits | None = None) -> Document:
    """Put a file into quarantine, unopened. Raises Unreadable for one that is empty or too large.

    The same bytes are the same document, however often and under whatever name they come.
    """
    limits = limits or Limits()
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable("missing", name=name) from error
    if not size or not path.is_file():
        raise Unreadable("empty" if path.is_file() else "missing", name=name)
    if size > limits.file_bytes:
        raise Unreadable(
            "too_large", name=name, size=f"{size / MIB:.0f} MB", limit=f"{limits.file_bytes / MIB:.0f} MB"
        )
    sha256 = sha256_of(path)
    known = Document.objects.filter(sha256=sha256).first()
    if known is not None and known.state in (Document.State.QUARANTINED, Document.State.KEPT):
        return known
    place = f"{QUARANTINE}/{sha256}"
    if not default_storage.exists(place):
        with path.open("rb") as file:
            default_storage.save(place, File(file))
    if known is None:
        return Document.objects.create(sha256=sha256, name=name[:300], size=size, path=place, received_at=at)
    Document.objects.filter(pk=known.pk).update(
        state=Document.State.QUARANTINED, path=place, size=size, name=name[:300]
    )
    known.refresh_from_db()
    return known


@contextlib.contextmanager
def on_disk(document: Document) -> Iterator[Path]:
    """A path at which the document's bytes can be read."""
    try:
        yield Path(default_storage.path(document.path))
    except NotImplementedError:
        # A storage that is not a file system: a copy for as long as it is needed.
        with tempfile.TemporaryDirectory(prefix="lfr-document-") as folder:
            copy = Path(folder) / document.sha256
            with default_storage.open(document.path) as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
            yield copy


def keep(document: Document, *, kind: str) -> None:
    """It was read: move it out of quarantine."""
    if document.state != Document.State.QUARANTINED:
        return
    place = f"{KEPT}/{document.sha256[:2]}/{document.sha256}"
    if not default_storage.exists(place):
        with default_storage.open(document.path) as file:
            default_storage.save(place, file)
    left = document.path
    document.state, document.path, document.kind = Document.State.KEPT, place, kind
    document.save(update_fields=["state", "path", "kind"])
    default_storage.delete(left)


def refuse(document: Document) -> None:
    """It cannot be read, or is a picture: its bytes go. One that was kept before stays."""
    if document.state != Document.State.QUARANTINED:
        return
    default_storage.delete(document.path)
    document.state, document.path = Document.State.REFUSED, ""
    document.save(update_fields=["state", "path"])
