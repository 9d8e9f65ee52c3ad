"""Recording what happened, in the transaction that makes it true."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from events.models import Event
from events.registry import EventType, subscribers_of, type_of
from forces.models import Force, Person

CHANNEL = "events"

# One statement: the event, a delivery for each subscriber, the sequencer's queue, the relay's bell.
# The id is taken first, because RETURNING would ask whether the writer may also read the event.
_RECORD = """
WITH given AS MATERIALIZED (
    SELECT nextval('events_event_id_seq') AS id, clock_timestamp() AS recorded_at, g.*
      FROM unnest(%(uid)s::uuid[], %(name)s::text[], %(subject)s::text[], %(payload)s::text[], %(public)s::bool[],
                  %(reason)s::text[])
           WITH ORDINALITY AS g (uid, name, subject, payload, is_public, reason, n)
), written AS (
    INSERT INTO events_event (id, uid, name, subject, force_id, person_id, role, reason, payload, is_public,
                              happened_at, recorded_at)
    SELECT id, uid, name, subject, %(force)s, %(person)s, %(role)s, reason, payload::jsonb, is_public,
           %(at)s, recorded_at FROM given
), deliveries AS (
    INSERT INTO events_delivery (event_id, subscriber, lane, state, attempts, recorded_at, due_at, cause)
    SELECT given.id, s.subscriber, s.lane, 'pending', 0, recorded_at, recorded_at, ''
      FROM given JOIN unnest(%(heard)s::text[], %(subscriber)s::text[], %(lane)s::bigint[])
                      AS s (name, subscriber, lane) USING (name)
), queued AS (
    INSERT INTO events_unsequenced (event_id) SELECT id FROM given
)
SELECT given.id, given.recorded_at
  FROM given, (SELECT pg_notify(%(channel)s, '') OFFSET 0) AS bell ORDER BY given.n
"""


class NotInTransaction(RuntimeError):
    """record() outside a transaction would announce a change that may never commit."""


def record(
    happened: Any,
    *,
    force: Force | None,
    by: Person | None,
    at: datetime,
    subject: str = "",
    reason: str = "",
    role: str = "",
) -> Event:
    """Write the event, one delivery per subscriber and its place in the sequencer's queue; wake the relay.

    `happened` is an instance of a registered payload. `force` is whose history it belongs to (None: the
    centre's). `by` is who did it (None: the system). `at` is the action's instant. `subject` is the reference
    it is about. All of it commits with the caller's transaction or not at all.
    """
    return record_all([(happened, subject)], force=force, by=by, at=at, reason=reason, role=role)[0]


def record_all(
    happenings: Iterable[tuple[Any, str]],
    *,
    force: Force | None,
    by: Person | None,
    at: datetime,
    reason: str = "",
    role: str = "",
    reasons: Sequence[str] | None = None,
) -> list[Event]:
    """record() for many (payload, subject) pairs of one force at one instant, in one statement.

    `reasons` gives each its own, in the order of the pairs, instead of one `reason` for all.
    """
    pairs = list(happenings)
    if not pairs:
        return []
    why = [reason] * len(pairs) if reasons is None else list(reasons)
    kinds = [type_of(happened) for happened, _ in pairs]
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{kinds[0].name} was recorded outside a transaction.")
    payloads = [kind.encode(happened) for kind, (happened, _) in zip(kinds, pairs, strict=True)]
    uids = [uuid.uuid4() for _ in pairs]
    heard = _listening(kinds, force)
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "uid": uids,
                "name": [kind.name for kind in kinds],
                "subject": [subject for _, subject in pairs],
                "payload": [json.dumps(payload) for payload in payloads],
                "public": [kind.public for kind in kinds],
                "force": force.pk if force is not None else None,
                "person": by.pk if by is not None else None,
                "role": role,
                "reason": why,
                "at": at,
                "heard": [name for name, _, _ in heard],
                "subscriber": [subscriber for _, subscriber, _ in heard],
                "lane": [lane for _, _, lane in heard],
                "channel": CHANNEL,
            },
        )
        rows = cursor.fetchall()
    return [
        Event.from_db(
            connection.alias,
            ["id", "uid", "name", "subject", "force_id", "person_id", "role", "reason", "payload", "is_public",
             "happened_at", "recorded_at"],
            [pk, uid, kind.name, subject, force.pk if force is not None else None,
             by.pk if by is not None else None, role, because, payload, kind.public, at, recorded_at],
        )
        for (pk, recorded_at), uid, kind, (_, subject), payload, because in zip(
            rows, uids, kinds, pairs, payloads, why, strict=True
        )
    ]  # fmt: skip


def _listening(kinds: Sequence[EventType], force: Force | None) -> list[tuple[str, str, int]]:
    """Event name, subscriber and lane, for everybody who listens to one of these kinds."""
    return [
        (kind.name, subscriber.name, force.pk if subscriber.per_force and force is not None else 0)
        for kind in dict.fromkeys(kinds)
        for subscriber in subscribers_of(kind)
    ]
