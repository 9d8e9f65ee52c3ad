"""Real processes of the service, for tests that kill them: relay, workers, beat, Valkey of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.stack.ground import Ground
from config.stack.lifeline import die_with_parent
from config.stack.valkey import EmbeddedValkey

ROOT = Path(__file__).resolve().parent.parent.parent

# Recover in a second rather than ten: waiting is all that the tests would do otherwise.
QUICK = {"LFR_RESEND_AFTER": "2", "LFR_RECONCILE_EVERY": "1"}


@dataclass
class Processes:
    """`start` them by name, `kill` them with -9, read what they said in `folder`."""

    environment: dict[str, str]
    folder: Path
    include: str = "tests.events.ripples"
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def command(self, name: str) -> list[str]:
        kind = name.rstrip("0123456789")
        celery = [sys.executable, "-m", "celery", "--app", "config", "--quiet"]
        commands = {
            "relay": [sys.executable, "manage.py", "relay", "--skip-checks"],
            "worker": [
                *(*celery, "worker", "--hostname", f"{name}@localhost", "--concurrency", "2"),
                *("--without-mingle", "--without-gossip", "--loglevel", "INFO", "--include", self.include),
            ],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--loglevel", "WARNING"],
        }
        return commands[kind]

    def environment_of(self, name: str) -> dict[str, str]:
        return self.environment

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    self.command(name),
                    cwd=ROOT,
                    # The suite has run the checks once; each process would take a second more for them.
                    env={**os.environ, **self.environment_of(name), "CELERY_SKIP_CHECKS": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                )

    def kill(self, name: str) -> None:
        """With -9, and its children with it."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the process and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def kill_all(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def said(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def dead(self) -> list[str]:
        return [name for name, process in self.running.items() if process.poll() is not None]


@contextmanager
def own_valkey() -> Iterator[EmbeddedValkey]:
    """A Valkey that the test may flush and kill."""
    folder = Path(tempfile.mkdtemp(prefix="lfr-valkey-"))
    folder.chmod(0o711)
    ground = Ground(folder)
    valkey = EmbeddedValkey(ground, "secret", fast=True)
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.stop()
        ground.discard()


def until(true: Callable[[], object], *, seconds: float = 240, every: float = 0.05) -> None:
    """Wait until `true()`, with a busy machine's patience; AssertionError with its last answer when that is over."""
    end = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < end, f"not within {seconds:g} s: {answer!r}"
        time.sleep(every)
