"""Real relay, workers, beat and Valkey, and what is left when they are killed."""

from __future__ import annotations

import pytest
import redis

from events.models import Delivery
from events.steps import MOST_ATTEMPTS
from tests.chaos.processes import QUICK, Processes, own_valkey, until
from tests.events.ripples import effects, throw

pytestmark = [pytest.mark.commits, pytest.mark.processes]


@pytest.fixture
def valkey():
    with own_valkey() as server:
        yield server


@pytest.fixture
def processes(pond, valkey, tmp_path):
    running = Processes(pond.environment() | {"REDIS_URL": valkey.url(), **QUICK}, tmp_path)
    yield running
    running.kill_all()


def undone() -> int:
    return Delivery.objects.filter(state__in=["pending", "sent"]).count()


def test_events_reach_their_subscribers_through_flushall_and_death(processes, valkey, mill, weir):
    processes.start("relay1", "relay2", "worker1", "beat")
    thrown = throw(mill, *["a"] * 30)
    until(lambda: effects())
    with redis.Redis.from_url(valkey.url()) as client:
        for _ in range(5):
            thrown += throw(weir, *["b"] * 10)
            client.flushall()
    processes.kill("worker1")
    processes.kill("relay1")
    thrown += throw(mill, *["c"] * 30)
    valkey.stop()
    thrown += throw(mill, *["d"] * 10)
    valkey.start()
    processes.start("worker2")
    until(lambda: not undone())
    assert effects() == thrown
    assert effects("ripples.watch") == thrown


def test_an_event_that_kills_its_worker_is_parked_and_the_others_are_done(processes, mill):
    thrown = throw(mill, "a", "b", "killer", "c")
    # As after four deaths in larger company: the batch is of three, and the deaths from here on are real.
    Delivery.objects.filter(subscriber="ripples.note").update(attempts=4)
    processes.start("relay1", "worker1", "beat")
    until(lambda: not undone())
    killer = Delivery.objects.get(event_id=thrown[2], subscriber="ripples.note")
    assert (killer.state, killer.attempts) == ("parked", MOST_ATTEMPTS)
    assert killer.cause == f"The worker ended {MOST_ATTEMPTS} times without a word."
    assert effects() == [id for i, id in enumerate(thrown) if i != 2]
    assert effects("ripples.watch") == thrown
    assert not processes.dead(), "the worker's main process outlives its children"
