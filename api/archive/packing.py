"""A ZIP written as it comes. The same contents give the same bytes: no clock, no owner, one fixed order."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

# Names are our own words: nothing that anybody entered is ever part of one.
NAME = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9-]*(?:\.[a-z][a-z0-9-]*)*")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no time before
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive. `rows` are its records, None where it has none."""

    name: str
    size: int
    sha256: str
    rows: int | None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "size": self.size, "sha256": self.sha256, "rows": self.rows}


class Rows:
    """Chunks of a file, or rows before they are written, counted as they go by."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Any:
        for row in self._rows:
            self.count += 1
            yield row


class Package:
    """The archive while it is written to an open file. `stamp` is the time that each member is given, in UTC."""

    def __init__(self, file: IO[bytes], stamp: datetime | None) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        at = stamp.astimezone(UTC).timetuple()[:6] if stamp else EARLIEST
        self._stamp = max(at, EARLIEST)
        self.members: list[Member] = []

    def add(
        self, name: str, chunks: Iterable[bytes], *, rows: Rows | None = None, large: bool = False
    ) -> Member:
        """Write one member. `large` if it may pass 2 GB. `rows` counts while the chunks are made."""
        if not NAME.fullmatch(name) or any(name == member.name for member in self.members):
            raise ValueError(f"{name!r} cannot be a member's name here.")
        about = zipfile.ZipInfo(name, self._stamp)
        about.compress_type = zipfile.ZIP_DEFLATED
        about._compresslevel = LEVEL  # type: ignore[attr-defined]  # not settable in public before Python 3.13
        about.create_system = 3
        about.external_attr = 0o644 << 16
        size, digest = 0, hashlib.sha256()
        with self._zip.open(about, "w", force_zip64=large) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        made = Member(name, size, digest.hexdigest(), rows.count if rows else None)
        self.members.append(made)
        return made

    def close(self) -> None:
        self._zip.close()


def sha256_of(file: IO[bytes]) -> str:
    """Of a whole open file, which is left at its beginning."""
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found
