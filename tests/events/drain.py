"""Everything that is due, delivered now, in this process: for tests of what subscribers do."""

from __future__ import annotations

from events import steps
from events.sequencer import sequence
from events.store import PostgresStore
from events.tasks import deliver

ROUNDS = 20


def drain() -> int:
    """Hand over and deliver until nothing is due, then give positions; how many deliveries were handed over.

    Events recorded by subscribers are delivered too. More rounds than anyone needs is an endless loop: an error.
    """
    total = 0
    for _ in range(ROUNDS):
        messages: list[steps.Message] = []
        claimed = steps.relay(PostgresStore(), messages.append)
        for message in messages:
            deliver(message.subscriber, message.lane, list(message.ids))
        total += claimed
        if not claimed:
            while sequence():
                pass
            return total
    raise AssertionError(f"Events were still due after {ROUNDS} rounds.")
