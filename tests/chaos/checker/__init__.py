"""Holds what is in the database, and what was answered, against the invariants. Shares no code with the product.

`check(database, evidence)` returns findings by the invariant's name; none is good. It asks with SQL of its own, as
the administrator, who sees everything; what statistics should say it works out anew from the published bytes.
"""

from __future__ import annotations

import psycopg

from tests.chaos.checker import deliveries, keys, order, privacy, publications, statistics, workflow
from tests.chaos.checker.evidence import Evidence, Findings

INVARIANTS = {
    "I1": "nobody is shown another force's private text; the public is shown none",
    "I2": "each publication and its event were written in one transaction; neither is without the other",
    "I3": "what was acknowledged is there; what was refused is not; what nobody knows is there once or not at all",
    "I4": "each publication had its effects once",
    "I5": "statistics are exactly what the published bytes add up to",
    "I6": "positions have no gap, and followers of the stream saw each once, in order",
    "I8": "no published row has changed or gone",
    "I9": "each event's delivery to each subscriber is done; none is missing, stuck or parked",
    "I11": "nobody reviewed or published what they wrote, or without the right at that instant",
    "I12": "states moved along the workflow only, and each move stands in the history once",
    "I13": "a key has one effect, whatever was sent again under it, and one answer; other bytes are refused",
    "I18": "public lists show exactly what stands on the register",
}
NOT_BUILT = {
    "I7": "there is no transparency log yet: positions stand in for it (I6)",
    "I10": "there are no webhooks yet",
}
CHECKS = (
    privacy.check,
    publications.check,
    statistics.check,
    order.check,
    deliveries.check,
    workflow.check_people,
    workflow.check_moves,
    keys.check,
)


def check(database: psycopg.Connection, evidence: Evidence) -> Findings:
    found = Findings()
    for look in CHECKS:
        look(database, evidence, found)
    return found


__all__ = ["INVARIANTS", "NOT_BUILT", "Evidence", "Findings", "check"]
