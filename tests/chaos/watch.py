"""Looks on while things break: how long anything waits, how long each fault is felt, and what has been published.

Time is measured here, never taken from the database, whose clock is among the things that are broken.
"""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.chaos.nemesis import Fault
from tests.chaos.rig import Rig

_WAITING = """
SELECT (SELECT min(event_id) FROM events_delivery WHERE state IN ('pending', 'sent')),
       (SELECT min(event_id) FROM events_unsequenced), (SELECT coalesce(max(id), 0) FROM events_event),
       (SELECT count(*) FROM events_delivery WHERE state = 'parked')
"""
PUBLISHED = """
SELECT 'entry ' || id, md5(e::text) FROM register_entry e
UNION ALL SELECT 'body ' || entry_id, md5(b::text) FROM register_entrybody b
"""


@dataclass
class Felt:
    """One fault: seconds from the strike until nothing from before it waits and its own part answers again."""

    fault: Fault
    at: float
    newest: int
    mended: float | None = None
    recovered: float | None = None
    longest_wait: float = 0.0


@dataclass
class Watch:
    """A thread of its own: `start`, `strike` for each fault, `stop`."""

    rig: Rig
    every: float
    every_snapshot: float
    longest_wait: float = 0.0
    steady_wait: float = 0.0
    felt: list[Felt] = field(default_factory=list)
    snapshots: dict[str, str] = field(default_factory=dict)  # what was first seen of each published row
    changed: list[str] = field(default_factory=list)
    snapshots_taken: int = 0
    is_quiet: bool = False

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._samples: list[tuple[int, float]] = [(0, time.monotonic())]  # newest event, first seen then
        self._thread = threading.Thread(target=self._run, daemon=True, name="watch")
        self._quiet_from = time.monotonic()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def strike(self, fault: Fault) -> Callable[[], None]:
        felt = Felt(fault, time.monotonic(), self._samples[-1][0])
        self.felt.append(felt)

        def mended() -> None:
            felt.mended = time.monotonic()

        return mended

    def has_recovered(self) -> bool:
        return all(felt.recovered is not None for felt in self.felt)

    def _run(self) -> None:
        database: psycopg.Connection | None = None
        snapshot_due = 0.0
        while not self._stop.wait(self.every):
            try:
                if database is None:
                    database = psycopg.connect(
                        self.rig.admin_url,
                        autocommit=True,
                        connect_timeout=2,
                        options="-c statement_timeout=5s",
                    )
                self._look(database)
                if time.monotonic() >= snapshot_due:
                    self._snapshot(database)
                    snapshot_due = time.monotonic() + self.every_snapshot
            except psycopg.Error:
                if database is not None:
                    database.close()
                database = None
                self.is_quiet = False
        if database is not None:
            database.close()

    def _look(self, database: psycopg.Connection) -> None:
        row = database.execute(_WAITING).fetchone()
        if row is None:
            return
        now = time.monotonic()
        waiting = [each for each in row[:2] if each is not None]
        newest = row[2]
        if newest > self._samples[-1][0]:
            self._samples.append((newest, now))
        oldest = min(waiting) if waiting else None
        # A row that waits came with the first look that knew an event as new as its own.
        waited = (
            0.0
            if oldest is None
            else now
            - self._samples[min(bisect.bisect_left(self._samples, (oldest, 0.0)), len(self._samples) - 1)][1]
        )
        self.longest_wait = max(self.longest_wait, waited)
        self.is_quiet = oldest is None
        open_ = [felt for felt in self.felt if felt.recovered is None]
        if not open_ and now - self._quiet_from > 1.0:
            self.steady_wait = max(self.steady_wait, waited)
        if open_:
            self._quiet_from = now
        for felt in open_:
            felt.longest_wait = max(felt.longest_wait, waited)
            if (oldest is None or oldest > felt.newest) and self._answers(felt):
                felt.recovered = time.monotonic() - felt.at

    def _answers(self, felt: Felt) -> bool:
        """Whether the part that was struck does its work again; for the rest, that nothing waits says it."""
        if felt.mended is None:
            return False
        target = felt.fault.target
        if target in ("postgres", "valkey", "servers"):
            return any(
                self.rig.answers(name)
                for name in self.rig.names
                if name.startswith("web") and name not in self.rig.stopped
            )
        return self.rig.answers(target) if target.startswith(("web", "stream")) else True

    def _snapshot(self, database: psycopg.Connection) -> None:
        self.compare(dict(database.execute(PUBLISHED).fetchall()))
        self.snapshots_taken += 1

    def compare(self, now: dict[str, str]) -> None:
        """What was published stays as it was: note each row that is gone or another."""
        for name, told in self.snapshots.items():
            if now.get(name) != told:
                self.changed.append(f"{name} {'has changed' if name in now else 'is gone'}")
        self.snapshots = now | self.snapshots
