"""The relay process: wakes on a bell and by a poll behind it, hands deliveries to Celery, gives events their place.

Several may run. Nothing is remembered between two rounds: each asks the database what is due and not done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError, connection

from events import broker, steps
from events.outbox import CHANNEL
from events.sequencer import AT_ONCE, sequence
from events.store import PostgresStore, listen, wait_for_notification

log = logging.getLogger("events.relay")

POLL = 1.0  # seconds; what a lost notification can cost
SHORTEST_PAUSE, LONGEST_HOLD = 0.004, 0.016  # seconds between two looks at a broker that has enough
BETWEEN_PLACES = 0.02  # seconds; while events pour in, places are given to many at once
LONGEST_PAUSE = 5.0  # seconds between two tries while the broker or the database is away


@dataclass
class Pause:
    """Waits twice as long after each failure, up to `longest`. `now` is a monotonic clock in seconds."""

    shortest: float = 0.1
    longest: float = LONGEST_PAUSE
    now: Callable[[], float] = time.monotonic
    seconds: float = 0.0
    until: float = 0.0

    def is_over(self) -> bool:
        return self.now() >= self.until

    def left(self) -> float:
        return max(0.001, self.until - self.now())

    def lengthen(self) -> None:
        self.seconds = min(max(self.shortest, self.seconds * 2), self.longest)
        self.until = self.now() + self.seconds

    def end(self) -> None:
        self.seconds = self.until = 0.0


@dataclass
class Relay:
    """`run()` until `stopping` is set."""

    stopping: bool = False
    store: PostgresStore = field(default_factory=PostgresStore)
    without_broker: Pause = field(default_factory=Pause)
    without_database: Pause = field(default_factory=Pause)
    held_back: Pause = field(default_factory=lambda: Pause(SHORTEST_PAUSE, LONGEST_HOLD))
    just_placed: Pause = field(default_factory=lambda: Pause(BETWEEN_PLACES, BETWEEN_PLACES))

    def run(self) -> None:
        while not self.stopping:
            try:
                listen(CHANNEL)
                self.without_database.end()
                while not self.stopping:
                    if patience := self.round():
                        wait_for_notification(patience)
            except (DatabaseError, InterfaceError) as error:
                self.without_database.lengthen()
                log.warning(
                    "the database is away, trying again in %.1f s: %s", self.without_database.seconds, error
                )
                connection.close()
                time.sleep(self.without_database.seconds)
        connection.close()

    def round(self) -> float:
        """One pass; returns for how many seconds it may sleep unless somebody rings."""
        return min(self._hand_over(), self._give_places())

    def _give_places(self) -> float:
        if not self.just_placed.is_over():
            return self.just_placed.left()
        placed = sequence()
        if placed >= AT_ONCE:
            return 0
        if placed:
            self.just_placed.lengthen()
        return POLL

    def _hand_over(self) -> float:
        for pause in (self.without_broker, self.held_back):
            if not pause.is_over():
                return min(POLL, pause.left())
        try:
            if broker.is_full():
                self.held_back.lengthen()
                return self.held_back.seconds
            self.held_back.end()
            claimed = steps.relay(self.store, broker.send)
        except broker.LOST as error:
            self.without_broker.lengthen()
            log.warning("the broker is away, trying again in %.1f s: %s", self.without_broker.seconds, error)
            return min(POLL, self.without_broker.seconds)
        self.without_broker.end()
        return 0 if claimed >= steps.CLAIM else POLL
