"""I6: the public order of events, as it is kept and as those who followed it saw it."""

from __future__ import annotations

from collections import Counter

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings

_POSITIONS = """
SELECT (SELECT count(*) FROM events_event), count(*), coalesce(min(position), 1), coalesce(max(position), 0),
       count(DISTINCT event_id), (SELECT count(*) FROM events_unsequenced) FROM events_position
"""
# Two events about one thing, the later one before the earlier.
_SWAPPED = """
SELECT e.subject, p.position FROM events_position p JOIN events_event e ON e.id = p.event_id
 WHERE e.name LIKE 'register.%' AND EXISTS (
   SELECT FROM events_position q JOIN events_event o ON o.id = q.event_id
    WHERE o.subject = e.subject AND o.name LIKE 'register.%' AND o.id < e.id AND q.position > p.position)
"""
_PUBLIC = """
SELECT p.position, coalesce(f.realm, 'national') FROM events_position p JOIN events_event e ON e.id = p.event_id
  LEFT JOIN forces_force f ON f.id = e.force_id WHERE e.is_public AND p.is_public ORDER BY p.position
"""


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    ((events, positions, first, last, distinct, waiting),) = database.execute(_POSITIONS).fetchall()
    if not events == positions == last == distinct or first != 1 or waiting:
        found.add(
            "I6",
            f"{events} events, {positions} positions from {first} to {last}, {waiting} without a position",
        )
    for subject, position in database.execute(_SWAPPED).fetchall():
        found.add("I6", f"position {position} tells of {subject} what came later")
    public: dict[str, list[int]] = {}
    for position, realm in database.execute(_PUBLIC).fetchall():
        public.setdefault(realm, []).append(position)
    for name, seen in evidence.followers.items():
        positions_seen = [position for _connection, position in seen]
        realm = name.rpartition("(")[2].rstrip(")")
        twice = [position for position, times in Counter(positions_seen).items() if times > 1]
        missed = sorted(set(public.get(realm, [])) - set(positions_seen))
        strange = sorted(set(positions_seen) - set(public.get(realm, [])))
        if twice:
            found.add("I6", f"{name} was told {len(twice)} positions twice, first {min(twice)}")
        if positions_seen != sorted(positions_seen):
            found.add("I6", f"{name} was told positions out of order")
        if missed or strange:
            found.add("I6", f"{name} missed {missed[:3]} and was told {strange[:3]} of others")
