"""What the tests that start processes share: waiting for something to become true, and looking for survivors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path


def eventually(is_so: Callable[[], object], *, within: float = 120.0, what: str = "it") -> None:
    """Fail unless `is_so()` becomes true within so many seconds: of patience with a busy machine, no promise."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def survivors(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if is_alive(pid)]


def mentioning(text: str) -> list[int]:
    """Processes whose command line or environment holds `text`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            try:
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if text.encode() in about:
                found.append(int(entry.name))
    return found
