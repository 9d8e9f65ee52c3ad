"""How far behind delivery is: three figures a monitor can ask for every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from events.store import rows

COUNTED = 10_000  # beyond this "at least" is all that matters

_LAG = """
SELECT (SELECT clock_timestamp() - min(recorded_at) FROM events_delivery WHERE state IN ('pending', 'sent')),
       (SELECT count(*) FROM (SELECT 1 FROM events_delivery WHERE state = 'pending' LIMIT %(most)s) AS waiting),
       (SELECT count(*) FROM (SELECT 1 FROM events_delivery WHERE state = 'sent' LIMIT %(most)s) AS sent),
       (SELECT count(*) FROM (SELECT 1 FROM events_delivery WHERE state = 'parked' LIMIT %(most)s) AS parked),
       (SELECT count(*) FROM (SELECT 1 FROM events_unsequenced LIMIT %(most)s) AS unsequenced)
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """`oldest` is the age of the oldest delivery that is not done (None: all done). Counts stop at COUNTED."""

    oldest: timedelta | None
    pending: int
    sent: int
    parked: int
    unsequenced: int

    def is_behind(self, bound: timedelta = timedelta(minutes=1)) -> bool:
        """Whether something has waited longer than `bound`: relay, worker or broker may be down."""
        return self.oldest is not None and self.oldest > bound


def lag() -> Lag:
    """Ids and counts only, so it needs no scope."""
    return Lag(*rows(_LAG, {"most": COUNTED})[0])
