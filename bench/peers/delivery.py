"""The same three subscribers, told of each event in three ways.

Every subscriber does the same: it adds one to a count of its own and writes down that it has heard of the event. The
instant at which that was committed is the database's own (`track_commit_timestamp`).

    product   an event of the outbox, relay, batches; exactly what the service runs
    naive     post_save and `.delay()`, one task per event and subscriber, Celery as it comes
    tuned     on_commit, one task per event and subscriber, sessions kept, fast serialisation, no results
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from events.registry import Delivered, event, subscribe

SUBSCRIBERS = ("first", "second", "third")

TABLES = """
CREATE TABLE bench_event (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE bench_heard (event_id bigint, subscriber text, PRIMARY KEY (event_id, subscriber));
CREATE TABLE bench_count (subscriber text PRIMARY KEY, heard bigint NOT NULL);
INSERT INTO bench_count VALUES ('first', 0), ('second', 0), ('third', 0);
GRANT SELECT, INSERT, UPDATE, DELETE ON bench_event, bench_heard, bench_count TO PUBLIC;
GRANT USAGE ON SEQUENCE bench_event_id_seq TO PUBLIC;
"""


@event("bench.marked.v1", public=True)
@dataclass(frozen=True, slots=True)
class Marked:
    """Something was marked, to see how long it takes until everybody knows."""

    number: int


def hear(subscriber: str, ids: Sequence[int]) -> None:
    """What each subscriber does, for one event or many. Twice changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH heard AS (INSERT INTO bench_heard SELECT unnest(%s::bigint[]), %s ON CONFLICT DO NOTHING RETURNING 1)"
            " UPDATE bench_count SET heard = heard + (SELECT count(*) FROM heard) WHERE subscriber = %s",
            [list(ids), subscriber, subscriber],
        )


@subscribe(Marked, name="bench.first", per_force=False)
def first(batch: Sequence[Delivered]) -> None:
    hear("first", [one.id for one in batch])


@subscribe(Marked, name="bench.second", per_force=False)
def second(batch: Sequence[Delivered]) -> None:
    hear("second", [one.id for one in batch])


@subscribe(Marked, name="bench.third", per_force=False)
def third(batch: Sequence[Delivered]) -> None:
    hear("third", [one.id for one in batch])
