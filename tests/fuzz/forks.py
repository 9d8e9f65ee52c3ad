"""Reads many files, each in a child process of its own: the real reader, forked where the service would start it.

Starting Python for every file costs a third of a second, forking a thousandth. The server answers each line
`["path", "out", "limits"]` on its input with `{"status", "cpu", "memory"}` of the child that read it.
Run: `python -m tests.fuzz.forks`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVE = "import sys; sys.path.insert(0, sys.argv[1]); from tests.fuzz.forks import serve; serve()"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one child ended: its exit status (negative for a signal), CPU seconds and most resident bytes."""

    status: int
    cpu: float
    memory: int


class Readers:
    """The parent's side of the server."""

    def __init__(self, server: subprocess.Popen):
        self.server = server

    def read(self, path: Path, out: Path, limits_json: str) -> Reading:
        assert self.server.stdin is not None and self.server.stdout is not None
        self.server.stdin.write(json.dumps([str(path), str(out), limits_json]) + "\n")
        self.server.stdin.flush()
        return Reading(**json.loads(self.server.stdout.readline()))


@contextmanager
def readers() -> Iterator[Readers]:
    server = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", SERVE, str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"LANG": "C.UTF-8", "PATH": os.defpath},
    )
    try:
        yield Readers(server)
    finally:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.close()
        server.wait(timeout=20)
        server.stdout.close()


def serve() -> None:
    """Fork for every line. Whatever the child does, the server goes on."""
    import coordination.intake.extract.archive
    import coordination.intake.extract.delimited
    import coordination.intake.extract.html
    import coordination.intake.extract.ods
    import coordination.intake.extract.pdf
    import coordination.intake.extract.xlsx  # noqa: F401 - loaded once, before the first fork
    from coordination.intake.extract.child import main

    for line in sys.stdin:
        child = os.fork()
        if not child:
            status = 1
            with suppress(BaseException), open(os.devnull, "w") as nothing:  # noqa: PTH123
                os.dup2(nothing.fileno(), 1)
                main(*json.loads(line))
                status = 0
            os._exit(status)
        _, status, used = os.wait4(child, 0)
        said = {
            "status": os.waitstatus_to_exitcode(status),
            "cpu": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss * 1024,
        }
        print(json.dumps(said), flush=True)
