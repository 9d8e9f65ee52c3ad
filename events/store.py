"""The truth about deliveries, in PostgreSQL: what `events.steps` reads and marks.

A delivery's row lock is its lease: relay and workers skip rows that another holds, and a lock dies with its
holder. Everything that must survive a killed process is committed before the next step begins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from events.registry import Delivered, Subscriber, Unreadable
from events.steps import Due, Message, Transient
from forces.models import Force
from forces.tenancy import acting, national_scope

# An array leaves the planner one way, by the key: what waits is nothing or very much, its statistics are wrong half of
# the time, and a join may then read every delivery there ever was.
_CLAIM = """
UPDATE events_delivery d SET state = 'sent', sent_at = clock_timestamp()
 WHERE d.id = ANY (ARRAY(
        SELECT id FROM events_delivery
         WHERE state = 'pending' AND due_at <= statement_timestamp()
         ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING d.id, d.subscriber, d.lane, d.attempts, d.cause
"""

_BEGIN = """
UPDATE events_delivery d SET attempts = d.attempts + 1
  FROM (SELECT id FROM events_delivery
         WHERE id = ANY (%(ids)s) AND subscriber = %(subscriber)s AND lane = %(lane)s
           AND state IN ('pending', 'sent')
         ORDER BY id FOR UPDATE SKIP LOCKED) mine
 WHERE d.id = mine.id
RETURNING d.id, d.attempts
"""

# The state is asked outside the locking query, which would ask again after the wait and find it changed.
_WAIT = """
WITH waiting AS MATERIALIZED (
    SELECT id FROM events_delivery
     WHERE id = ANY (%(ids)s) AND subscriber = %(subscriber)s AND lane = %(lane)s AND state = 'pending'
)
SELECT d.id FROM events_delivery d JOIN waiting USING (id) ORDER BY d.id FOR UPDATE OF d
"""

_EFFECTS = """
SELECT d.id, e.id, e.uid, e.name, e.payload::text, e.force_id, e.recorded_at, e.happened_at, e.subject
  FROM events_delivery d LEFT JOIN events_event e ON e.id = d.event_id
 WHERE d.id = ANY (%s) AND d.state IN ('pending', 'sent')
 ORDER BY d.event_id FOR UPDATE OF d SKIP LOCKED
"""

_DONE = (
    "UPDATE events_delivery SET state = 'done', done_at = clock_timestamp(), cause = '' WHERE id = ANY (%s)"
)

_POSTPONE = """
UPDATE events_delivery
   SET state = 'pending', due_at = clock_timestamp() + %s, cause = %s, attempts = greatest(attempts - %s, 0)
 WHERE id = ANY (%s) AND state IN ('pending', 'sent')
"""

_PARK = "UPDATE events_delivery SET state = 'parked', cause = %s WHERE id = ANY (%s) AND state IN ('pending', 'sent')"

# A rollback because of others, a lost or refused connection, a full disk: nobody's event is to blame.
_TRANSIENT_CLASSES = ("08", "40", "53")
_TRANSIENT_STATES = {"55P03", "57P01", "57P02", "57P03", "57P05"}


def is_transient(error: BaseException | None) -> bool:
    """Whether the database failed for reasons that will pass: nothing that was asked of it is to blame."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state.startswith(_TRANSIENT_CLASSES) or state in _TRANSIENT_STATES


@contextmanager
def told_transient() -> Iterator[None]:
    """Raise Transient where the database failed for reasons that will pass; drop a connection that is broken."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if not is_transient(error):
            raise
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        raise Transient(str(error)) from error


def run(statement: str, values: Any = None) -> int:
    """Execute one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def rows(statement: str, values: Any = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


class PostgresStore:
    """The relay's store, and with a `subscriber` the worker's."""

    def __init__(self, subscriber: Subscriber | None = None, lane: int = 0) -> None:
        self.subscriber, self.lane = subscriber, lane

    # The relay's ------------------------------------------------------------------------------------

    @contextmanager
    def claim(self, limit: int) -> Iterator[list[Due]]:
        with transaction.atomic():
            yield [Due(*row) for row in rows(_CLAIM, [limit])]

    def park(self, ids: Sequence[int], cause: str) -> None:
        run(_PARK, [cause, list(ids)])

    # The worker's -----------------------------------------------------------------------------------

    def begin(self, message: Message) -> dict[int, int]:
        values = {"ids": list(message.ids), "subscriber": message.subscriber, "lane": message.lane}
        with told_transient():
            begun = dict(rows(_BEGIN, values))
            if len(begun) < len(message.ids):
                # The relay commits just after it has sent: the message may be here first. Wait for it. It may
                # also have committed between the two statements, and then there is nothing left to wait for.
                values["ids"] = [id for id in message.ids if id not in begun]
                rows(_WAIT, values)
                begun |= dict(rows(_BEGIN, values))
        return begun

    @contextmanager
    def effects(self, ids: Sequence[int]) -> Iterator[list[Delivered]]:
        with told_transient(), transaction.atomic(), self._scope():
            found = rows(_EFFECTS, [list(ids)])
            yield [self._delivered(*row) for row in found]
            if found:
                run(_DONE, [[row[0] for row in found]])

    def postpone(self, ids: Sequence[int], seconds: int, cause: str, *, forgive: bool = False) -> None:
        with told_transient():
            run(_POSTPONE, [timedelta(seconds=seconds), cause, int(forgive), list(ids)])

    def _scope(self) -> AbstractContextManager[None]:
        if self.subscriber is None:
            raise LookupError("Only a worker's store has a subscriber.")
        if self.subscriber.national:
            return national_scope()
        if self.subscriber.per_force and self.lane:
            return acting(Force(pk=self.lane), by=None)
        return nullcontext()

    def _delivered(
        self, delivery, event, uid, name, payload, force, recorded_at, happened_at, subject
    ) -> Delivered:
        if self.subscriber is None or name != self.subscriber.event.name:
            raise Unreadable(
                "The event is hidden from its subscriber."
                if event is None
                else f"{name} came to a subscriber that does not listen to it."
            )
        happened = self.subscriber.event.decode(json.loads(payload))
        return Delivered(event, str(uid), name, happened, force, recorded_at, happened_at, subject)


def listen(*channels: str) -> None:
    """Hear notifications on this process's connection from now on."""
    for channel in channels:
        run(f"LISTEN {channel}")


def wait_for_notification(seconds: float) -> bool:
    """Sleep until somebody rings or the time is over. Raises OperationalError if the connection is lost."""
    connection.ensure_connection()
    try:
        return any(True for _ in connection.connection.notifies(timeout=seconds, stop_after=1))
    except psycopg.Error as error:
        raise OperationalError(str(error)) from error
