"""What becomes of an event between its commit and its effects, on the real database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from events import steps
from events.models import Delivery, Event
from events.outbox import record
from events.store import PostgresStore
from events.tasks import deliver
from forces.clock import db_now
from forces.tenancy import acting
from tests.events.drain import drain
from tests.events.ripples import Hidden, Rippled, effects, throw

pytestmark = pytest.mark.commits


def claim() -> list[steps.Message]:
    messages: list[steps.Message] = []
    steps.relay(PostgresStore(), messages.append)
    return messages


def of(messages: list[steps.Message], subscriber: str) -> list[steps.Message]:
    return [message for message in messages if message.subscriber == subscriber]


def send(message: steps.Message) -> None:
    deliver(message.subscriber, message.lane, list(message.ids))


def in_threads(work, count: int) -> list[BaseException]:
    """Run `work(i)` in `count` threads that start together; what they raised."""
    start, raised = threading.Barrier(count), []

    def one(i: int) -> None:
        try:
            start.wait()
            work(i)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_an_event_reaches_every_subscriber_once(mill):
    thrown = throw(mill, "a", "b")
    drain()
    assert effects("ripples.note") == thrown
    assert effects("ripples.watch") == thrown
    assert states() == {"done": 4}


def test_an_event_undone_is_never_delivered(mill):
    with pytest.raises(ZeroDivisionError), acting(mill, None):
        record(Rippled("a"), force=mill, by=None, at=db_now())
        raise ZeroDivisionError
    drain()
    assert effects() == []


def test_an_event_that_commits_late_is_not_lost(mill):
    taken, go_on = threading.Event(), threading.Event()

    def slow(_):
        with acting(mill, None):
            record(Rippled("slow"), force=mill, by=None, at=db_now())
            taken.set()
            assert go_on.wait(10)

    thread = threading.Thread(target=in_threads, args=(slow, 1))
    thread.start()
    assert taken.wait(10)
    (quick,) = throw(mill, "quick")
    drain()
    assert effects() == [quick]
    go_on.set()
    thread.join()
    drain()
    found = effects()
    assert len(found) == 2
    assert min(found) < quick, "the late event has the lower id"


def test_a_message_that_comes_twice_changes_nothing(mill):
    thrown = throw(mill, "a", "b", "c")
    (message,) = of(claim(), "ripples.note")
    send(message)
    send(message)
    assert effects() == thrown


def test_24_deliveries_at_once_have_one_effect(mill):
    thrown = throw(mill, *"abcdefgh")
    (message,) = of(claim(), "ripples.note")
    assert in_threads(lambda _: send(message), 24) == []
    assert effects() == thrown


def test_a_message_that_overtakes_the_commit_of_the_relay_is_taken_all_the_same(mill):
    thrown = throw(mill, "a")
    sent, worker = [], []

    def send_before_commit(message):
        sent.append(message)
        if message.subscriber == "ripples.note":
            thread = threading.Thread(target=in_threads, args=(lambda _: send(message), 1))
            thread.start()
            thread.join(0.3)  # the relay's transaction is still open
            assert thread.is_alive(), "the worker waits for it"
            worker.append(thread)

    steps.relay(PostgresStore(), send_before_commit)
    worker[0].join(10)
    assert effects() == thrown


def test_a_relay_that_dies_after_sending_leaves_duplicates_only(mill):
    thrown = throw(mill, "a")
    sent = []

    def send_and_die(message):
        sent.append(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        steps.relay(PostgresStore(), send_and_die)
    for message in [*sent, *claim()]:
        send(message)
    drain()
    assert effects() == thrown


def test_a_broker_that_is_away_loses_nothing(mill):
    thrown = throw(mill, "a")

    def refuse(message):
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        steps.relay(PostgresStore(), refuse)
    assert states() == {"pending": 2}
    drain()
    assert effects() == thrown


def test_poison_is_found_by_bisection_and_the_others_are_done(mill):
    thrown = throw(mill, "a", "b", "poison", "c", "d")
    for message in claim():
        send(message)
    assert effects() == [id for i, id in enumerate(thrown) if i != 2]
    poison = Delivery.objects.get(event_id=thrown[2], subscriber="ripples.note")
    assert (poison.state, poison.attempts) == ("pending", 1)
    assert poison.due_at > db_now()


def test_poison_is_parked_with_its_cause_after_its_last_attempt(mill):
    (poison,) = throw(mill, "poison")
    for attempt in range(steps.MOST_ATTEMPTS):
        Delivery.objects.filter(state="pending").update(due_at=db_now())
        for message in claim():
            send(message)
        delivery = Delivery.objects.get(event_id=poison, subscriber="ripples.note")
        assert delivery.attempts == attempt + 1
    assert delivery.state == "parked"
    assert delivery.cause == "ValueError: this stone is poison"
    assert effects() == []
    (next_one,) = throw(mill, "next")
    drain()
    assert effects() == [next_one]


def test_an_event_that_kills_its_worker_travels_alone_in_the_end(mill):
    """The worker's death is told by its silence here; test_workers.py kills real ones."""
    throw(mill, *["a"] * 300)
    sizes = []
    for _ in range(steps.MOST_ATTEMPTS):
        messages = of(claim(), "ripples.note")
        sizes.append(max(len(message.ids) for message in messages))
        for message in messages:
            PostgresStore().begin(message)
        Delivery.objects.filter(state="sent").update(state="pending")
    assert sizes == [300, 250, 62, 15, 3, 1, 1, 1]
    assert of(claim(), "ripples.note") == []
    parked = Delivery.objects.filter(state="parked")
    assert parked.count() == 300
    assert parked.first().cause == "The worker ended 8 times without a word."


def test_a_payload_that_does_not_fit_is_parked_at_once(mill, as_owner):
    with as_owner() as owner:
        owner.execute("ALTER TABLE events_event DISABLE TRIGGER events_event_insert_only")
        (broken, sound) = throw(mill, "a", "b")
        owner.execute("ALTER TABLE events_event NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE events_event SET payload = '{\"pebble\": 1}' WHERE id = %s", [broken])
    drain()
    assert effects() == [sound]
    delivery = Delivery.objects.get(event_id=broken, subscriber="ripples.note")
    assert (delivery.state, delivery.attempts) == ("parked", 1)
    assert "ripple.spread.v1: the payload does not fit" in delivery.cause


def test_a_subscriber_that_is_gone_gets_its_deliveries_parked(mill):
    throw(mill, "a")
    Delivery.objects.filter(subscriber="ripples.note").update(subscriber="ripples.gone")
    for _ in range(steps.MOST_ATTEMPTS + 1):
        Delivery.objects.filter(state="pending").update(due_at=db_now())
        for message in claim():
            send(message)
    delivery = Delivery.objects.get(subscriber="ripples.gone")
    assert delivery.state == "parked"
    assert delivery.cause == "No subscriber of that name in this version of the program."


GARBLED = [
    (),
    ("ripples.note",),
    ("ripples.note", 0, []),
    ("ripples.note", 0, "1"),
    ("ripples.note", 0, [True]),
    ("ripples.note", 0, [2**70]),
    ("ripples.note", -1, [1]),
    ("ripples.note", 0, [1.5]),
    ("ripples.note", 0, {"1": 1}),
    ("ripples.note", 0, list(range(10_001))),
    (["ripples.note"], 0, [1]),
    ("ripples.note\n; DROP TABLE", 0, [1]),
    ("ripples.note", 0, [1], "more"),
    (None, None, None),
]


def test_a_garbled_message_has_no_effect(mill):
    throw(mill, "a")
    claim()
    for arguments in GARBLED:
        deliver(*arguments)
        deliver(*arguments, unasked="for")
    assert effects() == []
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 0)}


def test_a_forged_message_cannot_move_a_delivery_to_another_lane_or_subscriber(mill, weir):
    throw(mill, "a")
    (message,) = of(claim(), "ripples.note")
    deliver("ripples.note", weir.pk, list(message.ids))
    deliver("ripples.watch", message.lane, list(message.ids))
    deliver("ripples.note", message.lane, [id + 1000 for id in message.ids])
    assert effects() == effects("ripples.watch") == []


def test_batches_never_mix_forces_where_the_subscriber_works_by_force(mill, weir):
    throw(mill, "a", "b")
    throw(weir, "c")
    messages = claim()
    assert sorted(len(message.ids) for message in of(messages, "ripples.note")) == [1, 2]
    assert {message.lane for message in of(messages, "ripples.note")} == {mill.pk, weir.pk}
    assert [len(message.ids) for message in of(messages, "ripples.watch")] == [3]


def test_a_national_subscriber_reads_the_private_events_of_every_force(mill, weir):
    thrown = throw(mill, "a", kind=Hidden) + throw(weir, "b", kind=Hidden)
    drain()
    assert effects("ripples.listen") == thrown


def test_nobody_reads_another_forces_private_events(mill, weir):
    throw(mill, "secret", kind=Hidden)
    (open_one,) = throw(mill, "open")
    assert list(Event.objects.values_list("pk", flat=True)) == [open_one]
    with acting(weir, None):
        assert list(Event.objects.values_list("pk", flat=True)) == [open_one]
    with acting(mill, None):
        assert Event.objects.count() == 2


def test_a_deadlock_is_tried_again_and_not_counted(mill):
    class Unlucky(PostgresStore):
        tries = 0

        def effects(self, ids):
            type(self).tries += 1
            if self.tries <= steps.TRANSIENT_TRIES:
                raise steps.Transient("deadlock")
            return super().effects(ids)

    thrown = throw(mill, "a")
    from events.registry import SUBSCRIBERS

    note = SUBSCRIBERS["ripples.note"]
    (message,) = of(claim(), "ripples.note")
    steps.deliver(Unlucky(note, message.lane), message, note.handle)
    delivery = Delivery.objects.get(pk=message.ids[0])
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    Delivery.objects.filter(state="pending").update(due_at=db_now())
    (message,) = of(claim(), "ripples.note")
    steps.deliver(Unlucky(note, message.lane), message, note.handle)
    assert effects() == thrown


def test_a_real_deadlock_and_a_lost_connection_count_as_nobodys_fault(mill):
    from events.store import told_transient

    def cross(i: int) -> None:
        with told_transient(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [i])
            meet.wait(5)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [1 - i])

    meet = threading.Barrier(2)
    raised = in_threads(cross, 2)
    assert [type(error) for error in raised] == [steps.Transient]

    with pytest.raises(steps.Transient), told_transient(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
