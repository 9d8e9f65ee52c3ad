"""What Celery carries and rings. Every task here may come twice, late, garbled or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from events import broker, reconciler, steps
from events.registry import SUBSCRIBERS
from events.steps import Message, Transient
from events.store import PostgresStore, told_transient

log = logging.getLogger("events")

LARGEST_ID = 2**63 - 1
LARGEST_MESSAGE = 10_000  # ids


@shared_task(name=broker.TASK, time_limit=120, ignore_result=True)
def deliver(
    subscriber: object = None, lane: object = None, ids: object = None, *more: object, **other: object
) -> None:
    """Run a subscriber over a batch of deliveries. What does not fit its rows has no effect but a line in the log."""
    message = _message(subscriber, lane, ids)
    if message is None or more or other:
        log.warning("dropped a message that is not a batch of deliveries")
        return
    listener = SUBSCRIBERS.get(message.subscriber)
    try:
        if listener is None:
            _nobody(message)
        else:
            steps.deliver(PostgresStore(listener, message.lane), message, listener.handle)
    except Transient as error:
        # Nothing is lost: what was sent and not done is found again.
        log.warning("%s: the database is away: %s", message.subscriber, error)


def _message(subscriber: object, lane: object, ids: object) -> Message | None:
    """The message if its parts are of the right kind. Whether they belong together, the rows say."""

    def is_id(value: object) -> bool:
        return type(value) is int and 0 <= value <= LARGEST_ID

    if not (isinstance(subscriber, str) and is_id(lane) and isinstance(ids, list)):
        return None
    if not 0 < len(ids) <= LARGEST_MESSAGE or not all(map(is_id, ids)):
        return None
    return Message(subscriber, lane, tuple(dict.fromkeys(ids)))  # type: ignore[arg-type]


def _nobody(message: Message) -> None:
    """A newer program's subscriber, or one that was removed: tried a few times, then parked by the relay."""
    store = PostgresStore()
    for id, attempts in store.begin(message).items():
        wait = steps.wait_after(attempts)
        store.postpone([id], wait, "No subscriber of that name in this version of the program.")
    log.warning("no subscriber is called %r", message.subscriber[:80])


@shared_task(name="events.reconcile", expires=10, time_limit=60, ignore_result=True)
def reconcile() -> None:
    """Every few seconds: what was sent and not done is due again, and what a wrong clock put off is due now."""
    if lost := _looked(reconciler.resend_lost):
        log.warning("%s deliveries were sent and not done; sent again", lost)
    if ahead := _looked(reconciler.recall_ahead):
        log.warning("%s deliveries were due when no delivery can be, the clock was ahead; due now", ahead)


@shared_task(name="events.sweep", expires=60, time_limit=120, ignore_result=True)
def sweep() -> None:
    """Every minute: deliveries that nobody made."""
    if made := _looked(reconciler.sweep):
        log.info("%s deliveries were missing and are made", made)


@shared_task(name="events.prune", expires=3600, time_limit=600, ignore_result=True)
def prune() -> None:
    """Every hour: deliveries done long ago."""
    while _looked(reconciler.prune):
        pass


def _looked(look: Callable[[], int]) -> int:
    """What the look found; nothing while the database is away, for the next ring looks again."""
    try:
        with told_transient():
            return look()
    except Transient as error:
        log.warning("the database is away: %s", error)
        return 0
