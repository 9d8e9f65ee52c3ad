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

_PLACE = """
WITH taken AS (
    DELETE FROM events_unsequenced
     WHERE event_id IN (SELECT event_id FROM events_unsequenced ORDER BY event_id LIMIT %s)
    RETURNING event_id
), placed AS (
    INSERT INTO events_position (position, event_id, force_id, is_public)
    SELECT (SELECT coalesce(max(position), 0) FROM events_position) + row_number() OVER (ORDER BY e.id),
           e.id, e.force_id, e.is_public
      FROM taken JOIN events_event e ON e.id = taken.event_id
    RETURNING position
)
SELECT count(*), max(position), (SELECT count(*) FROM taken) FROM placed
"""


def sequence(limit: int = AT_ONCE) -> int:
    """Give up to `limit` committed events their position; returns how many. Rings `positions` with the last one."""
    if not rows("SELECT 1 FROM events_unsequenced LIMIT 1"):
        return 0
    with national_scope():
        # A statement of its own: the next one must see what the last holder of the lock committed.
        run("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        ((placed, last, taken),) = rows(_PLACE, [limit])
        if placed != taken:
            raise RuntimeError(f"{taken - placed} events are hidden from the sequencer.")
        if placed:
            run("SELECT pg_notify(%s, %s)", [CHANNEL, str(last)])
    return placed
