"""What waits: counted, late first, found by its key, and no older than the moment it is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coordination.deciding import queue
from forces.clock import db_now
from tests.coordination.deciding.conftest import reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(kind, national_lead):
    """Added 40, 20 and 50 days ago; 30 are allowed."""
    now = db_now()
    made = [reported(national_lead, product) for product in ("Forty", "Twenty", "Fifty")]
    for algorithm, days in zip(made, (40, 20, 50), strict=True):
        kind.waiting().filter(pk=algorithm.pk).update(added_at=now - timedelta(days=days))
    return [str(algorithm.pk) for algorithm in made]


def test_what_waits_is_counted_with_the_late_and_the_oldest(kind, three):
    now = db_now()
    found = queue.count(kind, now, only_real=True)
    assert (found.count, found.late, (now - found.oldest).days) == (3, 2, 50)
    assert queue.count(replace(kind, due=None), now).late == 0


def test_the_late_come_first_and_then_the_oldest(kind, three):
    forty, twenty, fifty = three
    now = db_now()
    assert [line.key for line in queue.lines([kind], now)] == [fifty, forty, twenty]
    by_field = replace(kind, due="added_at")
    assert [line.is_late(now) for line in queue.lines([by_field], now)] == [True, True, True]
    assert [line.due for line in queue.lines([replace(kind, due=None)], now)] == [None, None, None]


def test_one_is_found_by_its_key_and_nonsense_by_none(kind, three):
    now = db_now()
    assert queue.find(kind, three[0], now).row.product == "Forty"
    for nonsense in ("", "x", "0x1", "9" * 40, "\x00", "-1", str(int(three[2]) + 1000)):
        assert queue.find(kind, nonsense, now) is None
    assert queue.find(kind, f"00{three[0]}", now).line.key == three[0]


def test_what_stopped_waiting_between_two_looks_is_left_out(kind, three):
    now = db_now()
    found = queue.lines([kind], now)
    kind.waiting().filter(pk=three[0]).update(is_verified=True)
    assert [item.line.key for item in queue.items(found, now)] == [three[2], three[1]]


def test_everybody_sees_the_kinds_they_may_decide(kind, national_lead, national_analyst, regulator):
    assert kind in queue.kinds_for(national_lead)
    assert kind not in queue.kinds_for(national_analyst)
    assert queue.kinds_for(regulator) == []
    assert queue.kinds_for(None) == []
