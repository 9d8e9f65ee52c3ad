"""The public order of events: committed rows get their position, one after the other, without a gap.

Ids are taken before commit, so a reader who remembers the highest id it saw would miss the event that commits
late. Feeds, streams and cursors read positions instead, which only ever grow at the end.
"""

from __future__ import annotations

from events.store import rows, run
from forces.tenancy import national_scope

LOCK = 0x5E90_0E2C  # advisory: one sequencer at a time, however many relays run
CHANNEL = "positions"
AT_ONCE = 5000

# Arrays and a LIMIT leave the planner one way, by the keys: the queue is empty or full and its statistics are wrong
# half of the time, and a plan that reads every event there ever was takes longer with each one.
_PLACE = """
WITH taken AS (
    DELETE FROM events_unsequenced
     WHERE event_id = ANY (ARRAY(SELECT event_id FROM events_unsequenced ORDER BY event_id LIMIT %(limit)s))
    RETURNING event_id
), placed AS (
    INSERT INTO events_position (position, event_id, force_id, is_public)
    SELECT (SELECT coalesce(max(position), 0) FROM events_position) + row_number() OVER (ORDER BY e.id),
           e.id, e.force_id, e.is_public
      FROM taken CROSS JOIN LATERAL
           (SELECT id, force_id, is_public FROM events_event WHERE id = taken.event_id LIMIT 1) e
    RETURNING position
), counted AS (
    SELECT count(*) AS placed, max(position) AS last FROM placed
)
SELECT placed, (SELECT count(*) FROM taken), CASE WHEN placed > 0 THEN pg_notify(%(channel)s, last::text) END
  FROM counted
"""


def sequence(limit: int = AT_ONCE) -> int:
    """Give up to `limit` committed events their position; returns how many. Rings `positions` with the last one."""
    if not rows("SELECT 1 FROM events_unsequenced LIMIT 1"):
        return 0
    with national_scope():
        # A statement of its own: the next one must see what the last holder of the lock committed.
        run("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        ((placed, taken, _bell),) = rows(_PLACE, {"limit": limit, "channel": CHANNEL})
        if placed != taken:
            raise RuntimeError(f"{taken - placed} events are hidden from the sequencer.")
    return placed
