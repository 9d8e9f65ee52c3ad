"""The parent side: run a reader under limits and hand back its rows, one at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import coordination
from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import MIB, Limits

ROOT = Path(coordination.__file__).resolve().parent.parent
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from coordination.intake.extract.child import main; main(*sys.argv[1:])"
)
LAST_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row. `line` counts from 1 on its page, sheet or file, headings included."""

    table: int
    page: int | None
    sheet: str | None
    line: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file that a person should know, such as a hidden sheet that was left out."""

    code: str
    values: dict[str, str | int]


@dataclass(slots=True)
class Extract:
    """What a file holds. `rows()` may be asked again and again; it reads from disk, never into memory."""

    lines: Path
    name: str
    sha256: str
    size: int
    kind: str
    row_count: int
    notes: list[Note] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        table, page, sheet = 0, None, None
        with self.lines.open(encoding="utf-8") as file:
            for line in file:
                what, *rest = json.loads(line)
                if what == "row":
                    yield Row(table, page, sheet, rest[0], tuple(rest[1]))
                elif what == "table":
                    table, page, sheet = rest


@contextlib.contextmanager
def read(path: Path, *, name: str = "", limits: Limits | None = None) -> Iterator[Extract]:
    """Read a file in a child process. Raises `Unreadable`, once, with what to do about it.

    The file's size is looked at first; its kind is judged by content. What was read is deleted on leaving.
    """
    limits = limits or Limits()
    name = name or path.name
    size = _size(path, name, limits)
    with tempfile.TemporaryDirectory(prefix="lfr-read-") as folder:
        out = Path(folder) / "lines"
        status = _run(path.resolve(), out, Path(folder), limits, name)
        ending = last_line(out)
        if ending and ending[0] == "stop":
            raise Unreadable(ending[1], name=name, **ending[2])
        if status != 0 or not ending or ending[0] != "end":
            raise _death(status, name, limits)
        kind, notes = _head_and_notes(out)
        yield Extract(out, name, sha256_of(path), size, kind, ending[1], notes)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path, name: str, limits: Limits) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable("missing", name=name) from error
    if not path.is_file():
        raise Unreadable("missing", name=name)
    if size == 0:
        raise Unreadable("empty", name=name)
    if size > limits.file_bytes:
        raise Unreadable("too_large", name=name, size=_megabytes(size), limit=_megabytes(limits.file_bytes))
    return size


def _run(path: Path, out: Path, folder: Path, limits: Limits, name: str) -> int:
    """Start the child and wait. Returns its exit status: negative for the signal that ended it."""
    command = [sys.executable, "-I", "-B", "-c", START]
    arguments = [str(ROOT), str(path), str(out), json.dumps(limits.as_dict())]
    child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own arguments
        command + arguments,
        cwd=folder,
        # None of the parent's variables: they hold database addresses and keys.
        env={"LANG": "C.UTF-8", "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable("too_slow", name=name, limit=round(limits.seconds)) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _death(status: int, name: str, limits: Limits) -> Unreadable:
    if status == -signal.SIGXCPU or status == -signal.SIGKILL:
        return Unreadable("too_slow", name=name, limit=limits.cpu_seconds)
    if status in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS):
        return Unreadable("too_much_memory", name=name)
    return Unreadable("reader_failed", name=name, detail=f"reader status {status}")


def last_line(out: Path) -> list | None:
    try:
        with out.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LAST_LINE))
            tail = file.read()
    except OSError:
        return None
    if not tail.endswith(b"\n"):
        return None
    try:
        return json.loads(tail.rstrip(b"\n").rsplit(b"\n", 1)[-1])
    except ValueError:
        return None


def _head_and_notes(out: Path) -> tuple[str, list[Note]]:
    kind, notes = "", []
    with out.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith('["kind"'):
                kind = json.loads(line)[1]
            elif line.startswith('["note"'):
                _, code, values = json.loads(line)
                notes.append(Note(code, values))
    return kind, notes


def _megabytes(size: int) -> str:
    return f"{size / MIB:.1f} MB" if size % MIB else f"{size // MIB} MB"
