"""Counting with real commits: from the outbox to the cells, and many workers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from coordination.collation.models import Cell
from coordination.collation.recount import differences
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
