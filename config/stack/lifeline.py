"""No process outlives the one that started it, even when that one is killed with -9.

Three means, because each alone has a hole:

* `die_with_parent`: the kernel sends a signal when the parent dies. It reaches children only, never
  grandchildren (granian's workers, Celery's pool), and it fires when the *thread* that forked ends:
  fork from the main thread.
* `adopt_orphans` and `end_descendants`: orphans are handed to the nearest ancestor that asked for them, which
  can therefore find and end the whole family. That ancestor must be alive.
* `guarded`: two processes that watch each other, so that such an ancestor is always alive.

Linux only: prctl and /proc.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for `subprocess.Popen`: the child gets `stop_signal` once its parent is dead.

    Popen changes user before it calls this, as it must: the kernel clears the setting when a process
    changes user.
    """
    parent = os.getpid()

    def in_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return in_child


def adopt_orphans() -> None:
    """From now on the descendants of this process become its children when their own parent dies."""
    if _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused to let this process adopt orphans")


def children_by_parent() -> dict[int, list[int]]:
    """Every process on the machine, by the id of its parent. Zombies are included."""
    families: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # it ended while we looked
            # "pid (name, which may hold anything) state ppid …"
            state_and_parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            families.setdefault(int(state_and_parent[1]), []).append(int(entry.name))
    return families


def descendants(of: int) -> list[int]:
    """Ids of all living and zombie descendants of process `of`, nearest first."""
    families = children_by_parent()
    found: list[int] = []
    waiting = [of]
    while waiting:
        below = families.get(waiting.pop(0), [])
        found += below
        waiting += below
    return found


def reap() -> Iterator[tuple[int, int]]:
    """Collect every dead child, adopted ones too: (process id, exit code; minus the signal if killed)."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def end_descendants(grace: float) -> None:
    """Ask the children of this process to stop; kill every descendant that lives after `grace` seconds.

    Only children are asked: PostgreSQL and Celery end their own processes in the right order. Whom they leave
    behind becomes a child and is asked in turn. Call `adopt_orphans` first, or grandchildren escape.
    """
    asked: set[int] = set()
    deadline = time.monotonic() + grace
    while True:
        for _ in reap():
            pass
        children = children_by_parent().get(os.getpid(), [])
        if not children:
            return
        late = time.monotonic() > deadline
        for pid in descendants(os.getpid()) if late else children:
            if late or pid not in asked:
                asked.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        time.sleep(0.02)


def guarded(run: Callable[[int], int], *, stop_with_parent: bool) -> int:
    """Run `run(watcher)` in a child process that this process watches, and that watches this process.

    `run` is given the id of the watching process and must return soon after `os.getppid()` is no longer that
    id. Signals to the watcher (Ctrl-C, SIGTERM, SIGHUP) reach `run` as SIGTERM. With `stop_with_parent`, so
    does the death of the process that started the watcher (`make`). Returns the exit code of `run`.

    The child sits in a session of its own, so that `kill -9` of a process group takes only one of the two.
    """
    watcher, parent = os.getpid(), os.getppid()
    adopt_orphans()
    sys.stdout.flush()
    sys.stderr.flush()
    worker = os.fork()
    if worker == 0:
        os.setsid()
        adopt_orphans()
        code = 1
        try:
            code = run(watcher)
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
            end_descendants(grace=1)
            os._exit(code)

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    ended: int | None = None
    while ended is None:
        if stop_with_parent and os.getppid() != parent:
            stop_with_parent = False
            pass_on(0, None)
        for pid, status in reap():
            if pid == worker:
                ended = status
        time.sleep(0.1)
    end_descendants(grace=3)
    return ended if ended >= 0 else 128 - ended
