"""What relay, worker and reconciler do, step by step, over a store and a broker that are handed in.

The store keeps the truth and the clock (`events.store`, PostgreSQL); the broker carries messages and may lose,
double or delay any of them (`events.broker`, Celery). Nothing here knows either, so the tests run the very same
steps over a store that crashes between any two of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from events.registry import Unreadable
from forces.refusals import Refusal

log = logging.getLogger("events")

LARGEST_BATCH = 1000
CLAIM = 4000  # deliveries the relay takes in hand at once
MOST_ATTEMPTS = 8  # tries before a delivery is parked; it travels alone from the sixth on
TRANSIENT_TRIES = 4  # within one attempt, for faults that are nobody's
SHORT_WAIT, LONGEST_WAIT = 1, 60  # seconds between two attempts


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery the relay has claimed: ids and counts, nothing of the event itself."""

    id: int
    subscriber: str
    lane: int
    attempts: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What the broker carries: delivery ids for one subscriber and lane."""

    subscriber: str
    lane: int
    ids: tuple[int, ...]


class Transient(Exception):
    """The database or a rival got in the way (deadlock, serialization, connection). Nobody's event is to blame."""


class Store(Protocol):
    def claim(self, limit: int) -> AbstractContextManager[list[Due]]:
        """Due deliveries, locked and marked sent in one transaction; undone if the block raises."""

    def park(self, ids: Sequence[int], cause: str) -> None: ...

    def begin(self, message: Message) -> dict[int, int]:
        """Count an attempt of each undone delivery of the message, and commit. Delivery id to attempts."""

    def effects(self, ids: Sequence[int]) -> AbstractContextManager[list[Any]]:
        """The events of those still undone, oldest first; done on leaving, untouched if the block raises.

        Raises Transient, from within or on leaving.
        """

    def postpone(self, ids: Sequence[int], seconds: int, cause: str, *, forgive: bool = False) -> None:
        """Due again after so long. `forgive`: this attempt does not count."""


def batch_size(attempts: int) -> int:
    """A batch that killed its worker shrinks to a quarter each time, until the poison is alone."""
    return max(1, LARGEST_BATCH >> 2 * attempts)


def wait_after(attempts: int) -> int:
    """Seconds before the next attempt."""
    return min(SHORT_WAIT * 2 ** max(0, attempts - 1), LONGEST_WAIT)


def batches(due: Iterable[Due]) -> Iterator[Message]:
    """Messages of one subscriber and lane each, small where earlier attempts failed, oldest first."""

    def kind(delivery: Due) -> tuple[str, int, int]:
        return delivery.subscriber, delivery.lane, batch_size(delivery.attempts)

    for (subscriber, lane, size), group in groupby(sorted(due, key=lambda d: (kind(d), d.id)), key=kind):
        ids = [delivery.id for delivery in group]
        for start in range(0, len(ids), size):
            yield Message(subscriber, lane, tuple(ids[start : start + size]))


def relay(store: Store, send: Callable[[Message], None], limit: int = CLAIM) -> int:
    """Hand what is due to the broker; returns how many. If `send` raises, nothing is marked as sent."""
    with store.claim(limit) as due:
        for delivery in due:
            if delivery.attempts >= MOST_ATTEMPTS:
                ended = f"The worker ended {delivery.attempts} times without a word."
                store.park([delivery.id], delivery.cause or ended)
        for message in batches(delivery for delivery in due if delivery.attempts < MOST_ATTEMPTS):
            send(message)
        return len(due)


def deliver(store: Store, message: Message, handle: Callable[[Sequence[Any]], None]) -> None:
    """Run the subscriber over the message's events. However often it comes, effects happen once."""
    attempts = store.begin(message)
    if attempts:
        _try(store, sorted(attempts), attempts, handle)


def _try(
    store: Store, ids: Sequence[int], attempts: dict[int, int], handle: Callable[[Sequence[Any]], None]
) -> None:
    try:
        _with_patience(store, ids, handle)
    except Transient as error:
        store.postpone(ids, SHORT_WAIT, cause_of(error), forgive=True)
    except Exception as error:
        if len(ids) > 1:
            middle = len(ids) // 2
            _try(store, ids[:middle], attempts, handle)
            _try(store, ids[middle:], attempts, handle)
            return
        (poison,) = ids
        log.warning(
            "delivery %s failed, attempt %s: %s", poison, attempts[poison], cause_of(error), exc_info=error
        )
        if attempts[poison] >= MOST_ATTEMPTS or isinstance(error, Refusal | Unreadable):
            store.park(ids, cause_of(error))
        else:
            store.postpone(ids, wait_after(attempts[poison]), cause_of(error))


def _with_patience(store: Store, ids: Sequence[int], handle: Callable[[Sequence[Any]], None]) -> None:
    for attempt in range(1, TRANSIENT_TRIES + 1):
        try:
            with store.effects(ids) as events:
                if events:
                    handle(events)
            return
        except Transient:
            if attempt == TRANSIENT_TRIES:
                raise


def cause_of(error: BaseException) -> str:
    """One line for the person who will look at a parked event: no values of other rows, no traceback."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}"[:500] if first else type(error).__name__
