"""I9: whoever listens has heard. A delivery that is neither done nor visibly parked would be a lost one."""

from __future__ import annotations

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings

_STATES = (
    "SELECT state, subscriber, count(*) FROM events_delivery WHERE state <> 'done' GROUP BY state, subscriber"
)
# Whoever was ever delivered an event of this name, and was known by then, has a delivery of each.
_MISSING = """
SELECT l.subscriber, e.id FROM events_event e
  JOIN (SELECT d.subscriber, v.name, min(v.id) AS first FROM events_delivery d JOIN events_event v ON v.id = d.event_id
         GROUP BY d.subscriber, v.name) l ON l.name = e.name AND e.id >= l.first
 WHERE NOT EXISTS (SELECT FROM events_delivery d WHERE d.event_id = e.id AND d.subscriber = l.subscriber)
"""


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    for state, subscriber, number in database.execute(_STATES).fetchall():
        found.add("I9", f"{number} deliveries to {subscriber} are {state}")
    for subscriber, event in database.execute(_MISSING).fetchall():
        found.add("I9", f"event {event} has no delivery to {subscriber}")
