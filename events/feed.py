"""Reading what happened, in the order in which it became visible. A cursor is a position; 0 is the beginning."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.store import rows
from forces.models import Person
from forces.tenancy import scope

AT_MOST = 1000
LAST = 2**63 - 1  # no position is greater

_READ = """
SELECT p.position, e.uid, e.name, e.subject, e.force_id, e.happened_at, e.recorded_at, e.is_public, e.payload::text
  FROM events_position p JOIN events_event e ON e.id = p.event_id
 WHERE p.position > %(after)s AND p.position <= %(upto)s {condition}
 ORDER BY p.position LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as its readers see it. Who did it is not for them."""

    position: int
    uid: str
    name: str
    subject: str
    force_id: int | None
    happened_at: datetime
    recorded_at: datetime
    is_public: bool
    payload: dict[str, Any]


def public_feed(after: int = 0, limit: int = 100, *, upto: int = LAST) -> list[Happening]:
    """Public events of every force after a position and up to another, at most AT_MOST of them."""
    return _read("AND p.is_public AND e.is_public", after, upto, limit)


def feed(
    person: Person,
    after: int = 0,
    limit: int = 100,
    *,
    upto: int = LAST,
    forces: Collection[int] | None = None,
) -> list[Happening]:
    """Public events, and all those of the forces this person may read; the database decides which.

    `forces` leaves out what is about any other.
    """
    own = "" if forces is None else "AND p.force_id = ANY (%(forces)s)"
    with scope(person):
        return _read(own, after, upto, limit, forces=list(forces or ()))


def newest() -> int:
    """The last position that a reader in this scope may see; 0 if there is none."""
    return rows("SELECT coalesce(max(position), 0) FROM events_position")[0][0]


def _read(condition: str, after: int, upto: int, limit: int, **more: Any) -> list[Happening]:
    values = {"after": after, "upto": upto, "limit": max(1, min(limit, AT_MOST)), **more}
    found = rows(_READ.format(condition=condition), values)
    return [
        Happening(position, str(uid), name, subject, force, happened, recorded, public, json.loads(payload))
        for position, uid, name, subject, force, happened, recorded, public, payload in found
    ]
