"""An event of the tests' own and subscribers whose effects can be counted.

`ripple_effect` takes a row for each event handled and has no key, so that a doubled effect shows. Celery workers
load this module with `--include tests.events.ripples`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from django.db import connection

from events.outbox import record
from events.registry import Delivered, event, subscribe
from forces.clock import db_now
from forces.models import Force
from forces.tenancy import acting

TABLE = """
CREATE TABLE ripple_effect (subscriber text, event_id bigint, force_id bigint, stone text);
CREATE TABLE ripple_count (stone text PRIMARY KEY, times int NOT NULL);
GRANT SELECT, INSERT, UPDATE ON ripple_effect, ripple_count TO {app}, {national};
"""


@event("ripple.spread.v1", public=True)
@dataclass(frozen=True, slots=True)
class Rippled:
    """A stone fell into the tests' pond. `stone` tells the subscriber how to take it."""

    stone: str


@event("ripple.hidden.v1")
@dataclass(frozen=True, slots=True)
class Hidden:
    """A stone fell where only its force can see it."""

    stone: str


def _note(subscriber: str, batch: Sequence[Delivered]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ripple_effect VALUES (%s, %s, %s, %s)",
            [(subscriber, one.id, one.force_id, one.happened.stone) for one in batch],
        )
        for stone in sorted({one.happened.stone for one in batch}):
            times = sum(one.happened.stone == stone for one in batch)
            cursor.execute(
                "INSERT INTO ripple_count VALUES (%s, %s)"
                " ON CONFLICT (stone) DO UPDATE SET times = ripple_count.times + excluded.times",
                [f"{subscriber} {stone}", times],
            )


@subscribe(Rippled, name="ripples.note")
def note(batch: Sequence[Delivered]) -> None:
    """Takes everything, except what says it is poison; a killer takes the process along."""
    _note("ripples.note", batch)
    for one in batch:
        if one.happened.stone == "poison":
            raise ValueError("this stone is poison\nDETAIL: not for the page")
        if one.happened.stone == "killer":
            os.kill(os.getpid(), signal.SIGKILL)


@subscribe(Rippled, name="ripples.watch", per_force=False)
def watch(batch: Sequence[Delivered]) -> None:
    _note("ripples.watch", batch)


@subscribe(
    Hidden, name="ripples.listen", per_force=False, national=True, reason="the tests look at every force"
)
def listen(batch: Sequence[Delivered]) -> None:
    _note("ripples.listen", batch)


def make_pond(place) -> None:
    """The tables, made by the owner in the database of a TestStack."""
    app = psycopg.conninfo.conninfo_to_dict(place.app_url)["user"]
    with psycopg.connect(place.owner_url, autocommit=True) as owner:
        owner.execute(TABLE.format(app=app, national=f"{app}_national"))


def throw(force: Force, *stones: str, kind: type = Rippled) -> list[int]:
    """Record one event per stone, each in a transaction of its own; their ids."""
    thrown = []
    for stone in stones:
        with acting(force, None):
            thrown.append(record(kind(stone), force=force, by=None, at=db_now(), subject=stone).pk)
    return thrown


def effects(subscriber: str = "ripples.note") -> list[int]:
    """Ids of the events whose effect is there, once for each time it is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_id FROM ripple_effect WHERE subscriber = %s ORDER BY event_id", [subscriber]
        )
        return [row[0] for row in cursor.fetchall()]
