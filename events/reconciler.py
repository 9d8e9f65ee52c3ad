"""Everything that is due and not done, found again. Each function may run at any time, any number of times."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from events.models import Subscription
from events.outbox import CHANNEL
from events.registry import SUBSCRIBERS, Subscriber
from events.steps import LONGEST_WAIT
from events.store import rows, run
from forces.tenancy import national_scope

AT_ONCE = 5000
SWEEP = 200_000  # event ids looked at in one sweep
# No transaction is open for so long: an event older than this has committed, or never will.
SETTLED = timedelta(hours=1)
KEPT = timedelta(days=90)  # how long a delivery that is done stays readable

# A worker that still works on a delivery holds its row: skipped, however long it takes. What was sent in the future was
# sent while the clock was ahead, and would otherwise wait until the clock is there again.
_LOST = """
WITH lost AS (
    UPDATE events_delivery SET state = 'pending', due_at = statement_timestamp()
     WHERE id IN (SELECT id FROM events_delivery
                   WHERE state = 'sent' AND (sent_at < statement_timestamp() - %(waited)s
                                             OR sent_at > statement_timestamp() + %(waited)s)
                   ORDER BY sent_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id
)
SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify(%(channel)s, '') END FROM lost
"""

# Nothing is ever put off for longer: what seems to be was written while the clock was ahead.
_AHEAD = """
WITH ahead AS (
    UPDATE events_delivery SET due_at = statement_timestamp()
     WHERE id IN (SELECT id FROM events_delivery
                   WHERE state = 'pending' AND due_at > statement_timestamp() + %(longest)s
                   ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id
)
SELECT count(*), CASE WHEN count(*) > 0 THEN pg_notify(%(channel)s, '') END FROM ahead
"""

_FIRST_SEEN = """
INSERT INTO events_subscription (subscriber, since, swept_to)
SELECT %(name)s, last, last
  FROM (SELECT CASE WHEN %(backfill)s THEN 0 ELSE coalesce(max(id), 0) END AS last FROM events_event) AS event
    ON CONFLICT DO NOTHING
"""

_MISSING = """
INSERT INTO events_delivery (event_id, subscriber, lane, state, attempts, cause)
SELECT e.id, %(subscriber)s, CASE WHEN %(per_force)s THEN coalesce(e.force_id, 0) ELSE 0 END, 'pending', 0, ''
  FROM events_event e
 WHERE e.name = %(event)s AND e.id > %(after)s AND e.id <= %(upto)s
   AND NOT EXISTS (SELECT 1 FROM events_delivery d WHERE d.event_id = e.id AND d.subscriber = %(subscriber)s)
    ON CONFLICT DO NOTHING
"""

_SETTLED = "SELECT max(id) FROM events_event WHERE id <= %s AND recorded_at < statement_timestamp() - %s"

_PRUNE = """
DELETE FROM events_delivery WHERE id IN (
    SELECT d.id FROM events_delivery d JOIN events_subscription s USING (subscriber)
     WHERE d.state = 'done' AND d.done_at < statement_timestamp() - %s AND d.event_id <= s.swept_to
     ORDER BY d.id LIMIT %s FOR UPDATE OF d SKIP LOCKED)
"""


def resend_lost(older_than: timedelta | None = None) -> int:
    """Sent so long ago and not done: the broker lost the message, or its worker died. Due again; how many."""
    waited = older_than if older_than is not None else timedelta(seconds=settings.EVENTS_RESEND_AFTER)
    return rows(_LOST, {"waited": waited, "most": AT_ONCE, "channel": CHANNEL})[0][0]


def recall_ahead() -> int:
    """Due further ahead than anything is put off: the database's clock was ahead for a while. Due now; how many."""
    longest = timedelta(seconds=LONGEST_WAIT)
    return rows(_AHEAD, {"longest": longest, "most": AT_ONCE, "channel": CHANNEL})[0][0]


def sweep() -> int:
    """Make the deliveries that are missing, since the program that recorded an event did not know the subscriber.

    Returns how many. What a subscriber was too late for is made up only if it asks for `backfill`.
    """
    return sum(_sweep_for(subscriber) for subscriber in list(SUBSCRIBERS.values()))


def _sweep_for(subscriber: Subscriber) -> int:
    with national_scope():
        run(_FIRST_SEEN, {"name": subscriber.name, "backfill": subscriber.backfill})
        subscription = Subscription.objects.select_for_update().get(pk=subscriber.name)
        upto = subscription.swept_to + SWEEP
        made = run(
            _MISSING,
            {
                "subscriber": subscriber.name,
                "per_force": subscriber.per_force,
                "event": subscriber.event.name,
                "after": subscription.swept_to,
                "upto": upto,
            },
        )
        settled = rows(_SETTLED, [upto, SETTLED])[0][0] or 0
        if settled > subscription.swept_to:
            subscription.swept_to = settled
            subscription.save(update_fields=["swept_to"])
        if made:
            run("SELECT pg_notify(%s, '')", [CHANNEL])
    return made


def prune(older_than: timedelta = KEPT, at_once: int = 10_000) -> int:
    """Forget deliveries done long ago. The events stay; what is parked stays."""
    with transaction.atomic():
        return run(_PRUNE, [older_than, at_once])
