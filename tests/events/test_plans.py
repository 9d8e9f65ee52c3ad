"""Queues are empty or full, so their statistics are wrong half of the time: no plan may then read a whole table."""

from __future__ import annotations

import pytest
from django.db import transaction

from events import sequencer, store
from events.outbox import record_all
from events.store import rows
from forces.clock import db_now
from forces.tenancy import acting, national_scope
from tests.events.drain import drain
from tests.events.ripples import Rippled

pytestmark = pytest.mark.commits

MANY = 4_000


@pytest.fixture
def flooded(mill, as_owner):
    """Many events that were delivered, and as many that wait, when the statistics were taken."""
    _record(mill, MANY)
    drain()
    _record(mill, MANY)
    with as_owner() as owner:
        owner.execute("ANALYZE events_event, events_delivery, events_unsequenced, events_position")
    return mill


def _record(force, many: int) -> None:
    with acting(force, None):
        record_all([(Rippled("a"), "")] * many, force=force, by=None, at=db_now())


def _plan(statement: str, values) -> str:
    return "\n".join(line for (line,) in rows(f"EXPLAIN {statement}", values))


def test_claiming_finds_what_is_due_by_the_key(flooded):
    with transaction.atomic():
        plan = _plan(store._CLAIM, [4000])
    assert "Seq Scan" not in plan, plan
    assert "events_delivery_pkey" in plan


def test_giving_places_reads_only_the_events_that_get_one(flooded):
    with national_scope():
        plan = _plan(sequencer._PLACE, {"limit": 5000, "channel": "positions"})
    assert "Seq Scan on events_event" not in plan, plan
