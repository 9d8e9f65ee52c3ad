"""What is due and not done is found again, however often one looks."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db.models import F

from events import steps
from events.models import Delivery, Subscription
from events.reconciler import prune, recall_ahead, resend_lost, sweep
from events.registry import SUBSCRIBERS, Subscriber
from events.store import PostgresStore
from forces.clock import db_now
from tests.events.drain import drain
from tests.events.ripples import effects, throw

pytestmark = pytest.mark.commits

AT_ONCE = timedelta(0)


def lose() -> None:
    """The relay hands everything to a broker that forgets it."""
    steps.relay(PostgresStore(), lambda message: None)


def test_what_the_broker_lost_is_sent_again(mill):
    thrown = throw(mill, "a", "b")
    lose()
    assert drain() == 0
    assert resend_lost() == 0, "not yet"
    assert resend_lost(AT_ONCE) == 4
    drain()
    assert effects() == thrown
    assert resend_lost(AT_ONCE) == 0


HOUR = timedelta(hours=1)


def put_off(**by: timedelta) -> None:
    """As if the database's clock had been ahead by so much when these were written."""
    for name, ahead in by.items():
        Delivery.objects.filter(**{f"{name}__isnull": False}).update(**{name: F(name) + ahead})


def test_what_was_due_by_a_clock_that_was_ahead_does_not_wait_for_it(mill):
    thrown = throw(mill, "a", "b")
    put_off(due_at=HOUR)
    assert drain() == 0
    assert recall_ahead() == 4
    drain()
    assert effects() == thrown
    assert recall_ahead() == 0


def test_what_was_sent_by_a_clock_that_was_ahead_does_not_wait_for_it(mill):
    thrown = throw(mill, "a", "b")
    lose()
    put_off(sent_at=HOUR)
    assert resend_lost() == 4
    drain()
    assert effects() == thrown


def test_what_is_put_off_for_as_long_as_anything_is_keeps_waiting(mill):
    throw(mill, "a")
    put_off(due_at=timedelta(seconds=steps.LONGEST_WAIT))
    assert recall_ahead() == 0


def test_a_delivery_that_is_being_worked_on_is_left_alone(mill):
    throw(mill, "a")
    messages: list[steps.Message] = []
    steps.relay(PostgresStore(), messages.append)
    (message,) = [message for message in messages if message.subscriber == "ripples.note"]
    note = SUBSCRIBERS["ripples.note"]
    seen = []

    def look(events):
        import threading

        from django.db import connection

        def resend():
            seen.append(resend_lost(AT_ONCE))
            connection.close()

        thread = threading.Thread(target=resend)
        thread.start()
        thread.join()

    steps.deliver(PostgresStore(note, message.lane), message, look)
    assert seen == [1], "the other subscriber's, not ours"


@pytest.fixture
def newcomer():
    """A subscriber that a newer program has and an older one did not know."""
    added = []

    def add(backfill: bool) -> Subscriber:
        known = SUBSCRIBERS["ripples.note"]
        new = Subscriber("ripples.newcomer", known.event, known.handle, per_force=True, backfill=backfill)
        SUBSCRIBERS[new.name] = new
        added.append(new.name)
        return new

    yield add
    for name in added:
        SUBSCRIBERS.pop(name, None)


@pytest.mark.parametrize("backfill", [True, False])
def test_a_new_subscriber_hears_of_the_past_only_if_it_asks(mill, newcomer, backfill):
    sweep()
    throw(mill, "a", "b")
    newcomer(backfill)
    assert sweep() == (2 if backfill else 0)
    assert sweep() == 0
    assert Delivery.objects.filter(subscriber="ripples.newcomer", lane=mill.pk).count() == (
        2 if backfill else 0
    )


def test_an_event_recorded_by_an_older_program_reaches_a_newer_subscriber(mill, newcomer):
    newcomer(backfill=False)
    sweep()
    del SUBSCRIBERS["ripples.newcomer"]
    throw(mill, "a")
    newcomer(backfill=False)
    assert sweep() == 1


def test_the_sweep_moves_on_once_nothing_can_be_missing(mill, as_owner):
    sweep()
    thrown = throw(mill, "a", "b")
    sweep()
    assert Subscription.objects.get(pk="ripples.note").swept_to == 0
    with as_owner() as owner:
        owner.execute("ALTER TABLE events_event DISABLE TRIGGER events_event_insert_only")
        owner.execute("ALTER TABLE events_event NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE events_event SET recorded_at = recorded_at - interval '2 hours'")
    sweep()
    assert Subscription.objects.get(pk="ripples.note").swept_to == thrown[-1]


def test_old_deliveries_are_forgotten_and_parked_ones_kept(mill):
    sweep()
    thrown = throw(mill, "a", "b")
    drain()
    sweep()
    Delivery.objects.filter(event_id=thrown[1]).update(state="parked", done_at=None)
    Delivery.objects.filter(state="done").update(done_at=db_now() - timedelta(days=100))
    assert prune() == 0, "the sweep could still take them for missing"
    Subscription.objects.update(swept_to=thrown[1])
    assert prune() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"parked"}


def test_a_lost_connection_does_not_stop_the_next_look(mill):
    from django.db import connection

    from events import tasks

    thrown = throw(mill, "a")
    lose()
    Delivery.objects.update(sent_at=db_now() - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(mill.place.admin_url) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    tasks.reconcile()
    tasks.reconcile()
    drain()
    assert effects() == thrown
