"""The process that opens the file. It holds no connection, no secret and no Django, and may be killed."""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import resource
import signal
import sys
from pathlib import Path
from typing import TextIO

from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.extract.lines import Lines
from coordination.intake.extract.stop import Stop

PR_SET_PDEATHSIG = 1
# One file for reading, one for writing, and what Python and its libraries hold open.
OPEN_FILES = 64


def main(path: str, out: str, limits_json: str) -> None:
    """Read `path` and write JSON lines to `out`. Exit status 0 means that the last line says how it ended."""
    _die_with_parent()
    limits = Limits(**json.loads(limits_json))
    logging.disable(logging.CRITICAL)
    _confine(limits)
    with Path(out).open("w", encoding="utf-8") as file:
        lines = Lines(file, limits)
        try:
            _read(Path(path), lines)
        except Stop as stop:
            lines.stop(stop)
        except MemoryError:
            _after_memory_error(file)
        except RecursionError:
            lines.stop(Stop("reader_failed", detail="nested too deeply"))


def _read(path: Path, lines: Lines) -> None:
    from coordination.intake.extract.kinds import kind_of

    kind = kind_of(path)
    if kind == "zip":
        from coordination.intake.extract.archive import spreadsheet_kind

        kind = spreadsheet_kind(path, lines.limits)
    lines.kind("csv" if kind == "text" else kind)
    # Each reader is imported only when it is needed: together they take a second to load.
    if kind == "pdf":
        from coordination.intake.extract.pdf import read_pdf as reader
    elif kind == "xlsx":
        from coordination.intake.extract.xlsx import read_xlsx as reader
    elif kind == "ods":
        from coordination.intake.extract.ods import read_ods as reader
    elif kind == "html":
        from coordination.intake.extract.html import read_html as reader
    else:
        from coordination.intake.extract.delimited import read_delimited as reader
    reader(path, lines)
    lines.end()


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    # `Lines` stops first and says so; this holds for whatever else might write.
    file_bytes = limits.output_bytes + MIB
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    # macOS has no working RLIMIT_AS; the other limits hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def _die_with_parent() -> None:
    """Linux: a worker killed with -9 takes its readers along."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _after_memory_error(file: TextIO) -> None:
    # json.dumps may itself fail now; these bytes need next to nothing.
    with contextlib.suppress(MemoryError, OSError):
        file.write('["stop","too_much_memory",{}]\n')
