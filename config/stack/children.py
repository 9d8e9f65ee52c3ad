"""Processes that run side by side: started, heard, restarted when they crash, stopped in order.

One thread and one loop: the kernel's word that a parent died goes by thread (see lifeline.py).
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Protocol

from config.stack.ground import StackError
from config.stack.lifeline import die_with_parent, reap

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a crashed process is started again
SETTLED = 60.0  # seconds alive after which earlier crashes are forgotten


class Interrupted(Exception):
    """Told to stop, or the launcher is gone."""


class Running(Protocol):
    """What the family can look after: one of its own children, or an embedded server."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...


@dataclass
class Child:
    """A command, started with an environment of its own in a process group of its own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    grace: float = 8.0  # seconds between being asked to stop and being killed
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def signal_group(self, number: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class _Watch:
    """One process under watch."""

    running: Running
    name: str
    started: float
    crashes: int = 0
    again_at: float | None = None


@dataclass
class Family:
    """All processes of one launcher. `tick` is its heartbeat: call it until `Interrupted`."""

    watcher: int | None = None  # stop when this is no longer the parent process
    told_to_stop: bool = False
    _watched: list[_Watch] = field(default_factory=list)
    _exit_codes: dict[int, int] = field(default_factory=dict)
    _outputs: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def say(self, name: str, text: str) -> None:
        """One line on standard output, named. Nobody may be listening any more; that is no reason to stop."""
        with contextlib.suppress(OSError):
            print(f"{name:<9}| {text}", flush=True)

    # Starting and keeping ---------------------------------------------------------------------------

    def keep(self, name: str, running: Running) -> None:
        """Start it if it is not started yet, and start it again whenever it ends."""
        if running.process is None:
            self._start(running)
        self._watched.append(_Watch(running, name, started=time.monotonic()))

    def _start(self, running: Running) -> None:
        running.start()
        if running.process:  # the kernel may give a number out again
            self._exit_codes.pop(running.process.pid, None)
        if isinstance(running, Child) and running.process and running.process.stdout:
            os.set_blocking(running.process.stdout.fileno(), False)
            self._outputs.register(running.process.stdout, selectors.EVENT_READ, _Lines(running.name))

    def is_alive(self, name: str, *, for_seconds: float = 0.0) -> bool:
        """Whether the process of that name runs, and has run so long without a crash."""
        return any(
            watch.name == name
            and watch.again_at is None
            and self._code(watch.running) is None
            and time.monotonic() - watch.started >= for_seconds
            for watch in self._watched
        )

    def crashes(self) -> dict[str, int]:
        """How often in a row each process has ended by itself, where it has."""
        return {watch.name: watch.crashes for watch in self._watched if watch.crashes}

    def run_to_end(self, children: Iterable[Child]) -> None:
        """Run these side by side and wait for all. Raises StackError naming the one that failed."""
        children = list(children)
        for child in children:
            self._start(child)
        try:
            while any(self._code(child) is None for child in children):
                self.tick(0.05)
        except Interrupted:
            for child in children:
                child.signal_group(signal.SIGKILL)
            raise
        self._hear(0)
        for child in children:
            if self._code(child) != 0:
                raise StackError(
                    f"{child.name} failed (exit code {self._code(child)}); what it said stands above."
                )

    # The heartbeat ----------------------------------------------------------------------------------

    def tick(self, timeout: float = 0.2) -> None:
        """Pass on what the processes say, notice who died, start again who is due. Raises Interrupted."""
        if self.told_to_stop or (self.watcher is not None and os.getppid() != self.watcher):
            raise Interrupted
        self._hear(timeout)
        now = time.monotonic()
        for watch in self._watched:
            if watch.again_at is None:
                self._notice_death(watch, now)
            elif now >= watch.again_at:
                self._start_again(watch)

    def _notice_death(self, watch: _Watch, now: float) -> None:
        code = self._code(watch.running)
        if code is None:
            return
        if now - watch.started > SETTLED:
            watch.crashes = 0
        pause = min(FIRST_PAUSE * 2**watch.crashes, LONGEST_PAUSE)
        watch.crashes += 1
        watch.again_at = now + pause
        if isinstance(watch.running, Child):  # its workers must not go on without it
            watch.running.signal_group(signal.SIGKILL)
        cause = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        self.say(watch.name, f"ended ({cause}); starting it again in {pause:g} s")

    def _start_again(self, watch: _Watch) -> None:
        watch.again_at = None
        watch.started = time.monotonic()
        try:
            self._start(watch.running)
        except StackError as refusal:
            self.say(watch.name, str(refusal))

    def _code(self, running: Running) -> int | None:
        """Its exit code (minus the signal, if killed), or None while it runs."""
        process = running.process
        if process is None:
            return None
        self._exit_codes.update(reap())  # ours, and orphans adopted from them
        if process.returncode is None:
            process.returncode = self._exit_codes.get(process.pid)
        return process.returncode

    def _hear(self, timeout: float) -> None:
        for key, _ in self._outputs.select(timeout):
            for line in key.data.read(key.fileobj):
                self.say(key.data.name, line)
            if key.data.ended:
                self._outputs.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]

    # Stopping ---------------------------------------------------------------------------------------

    def stop(self, names: Sequence[str], *, grace: float | None = None) -> None:
        """Ask these children to stop, side by side, and wait; kill whoever outstays its grace."""
        leaving = [
            watch.running
            for watch in self._watched
            if watch.name in names and isinstance(watch.running, Child)
        ]
        self._watched = [watch for watch in self._watched if watch.name not in names]
        asked = time.monotonic()
        for child in leaving:
            if child.process and self._code(child) is None:
                child.process.terminate()
        killed = []
        while staying := [child for child in leaving if child.process and self._code(child) is None]:
            self._hear(0.05)
            for child in staying:
                is_late = time.monotonic() - asked > (child.grace if grace is None else grace)
                if is_late and child not in killed:
                    killed.append(child)
                    self.say(child.name, "did not stop in time and is killed")
                    child.signal_group(signal.SIGKILL)
        for child in leaving:
            child.signal_group(signal.SIGKILL)  # stragglers of a child that has ended
        self._hear(0)


@dataclass
class _Lines:
    """Whole lines out of a pipe that delivers pieces."""

    name: str
    rest: bytes = b""
    ended: bool = False

    def read(self, pipe: IO[bytes]) -> list[str]:
        piece = pipe.read(65536)
        if piece is None:
            return []
        self.ended = piece == b""
        *lines, self.rest = (self.rest + piece).split(b"\n")
        if self.rest and (self.ended or len(self.rest) > 65536):
            lines.append(self.rest)
            self.rest = b""
        return [line.decode(errors="replace").rstrip("\r") for line in lines]
