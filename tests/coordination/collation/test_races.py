"""Counting with real commits: from the outbox to the cells, and many workers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from coordination.collation.models import Cell
from coordination.collation.recount import differences
from coordination.collation.signals.looking import look_at_all
from coordination.collation.signals.models import Signal
from events.models import Event
from forces.tenancy import national_scope
from tests.coordination.collation.histories import correct, deliver, happened, publish, withdraw
from tests.events.drain import drain
from tests.people import make_force

pytestmark = pytest.mark.commits
WORKERS = 6


@pytest.fixture
def two_forces(committed_db):
    return [make_force("E23000032", "kent", "Kent Police"), make_force("E23000036", "avon", "Avon Police")]


def test_what_the_register_announces_is_counted(two_forces):
    kent, avon = two_forces
    entry = publish(kent, figures={"alerts": 9})
    withdraw(publish(avon))
    drain()
    assert differences() == []
    correct(entry, figures={"alerts": 4})
    assert len(differences()) > 0
    drain()
    assert differences() == []
    assert Cell.objects.get(force=kent, measure="alerts", span="year").total == 4


def test_many_workers_with_the_same_batches_count_once_and_never_deadlock(two_forces):
    for number in range(12):
        entry = publish(two_forces[number % 2], on=f"2024-0{number % 6 + 1}-01", figures={"alerts": number})
        if number % 3 == 0:
            correct(entry, on="2023-12-31", figures={"alerts": 1})
        if number % 5 == 0:
            withdraw(entry)
    events = happened()
    together = Barrier(WORKERS)

    def work(number: int) -> None:
        try:
            together.wait()
            deliver(events if number % 2 else events[::-1], largest=1 + number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    assert differences() == []


def test_two_workers_that_look_at_the_same_figures_raise_each_signal_once(two_forces):
    kent, _avon = two_forces
    for number, false in enumerate((1, 3, 2, 1, 3, 2, 1, 2, 3, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8)):
        on = f"{2024 + number // 12}-{number % 12 + 1:02}-05"
        publish(kent, on=on, figures={"alerts": 100, "false_alerts": false, "faces_seen": 1000 * false})
    drain()
    together = Barrier(WORKERS)

    def look(_number: int) -> int:
        try:
            together.wait()
            return look_at_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        assert sum(workers.map(look, range(WORKERS))) == 2
    with national_scope():
        assert Signal.objects.across_forces(reason="a test").count() == 2
        assert Event.objects.filter(name="signal.raised.v1").count() == 2
