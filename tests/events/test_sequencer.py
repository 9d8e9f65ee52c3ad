"""Positions: given after the commit, one after the other, without a gap, and never changed."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from events.feed import feed, newest, public_feed
from events.models import Event, Position, Unsequenced
from events.outbox import record_all
from events.sequencer import sequence
from events.store import listen
from forces.clock import db_now
from forces.tenancy import acting, national_scope
from tests.events.ripples import Hidden, Rippled, throw
from tests.people import make_member

pytestmark = pytest.mark.commits


def positions() -> list[tuple[int, int]]:
    with national_scope():
        return list(Position.objects.order_by("position").values_list("position", "event_id"))


def test_positions_are_gapless_while_writers_and_sequencers_race(mill, weir):
    done = threading.Event()
    start = threading.Barrier(7)
    raised: list[BaseException] = []

    def guard(work):
        def run():
            try:
                start.wait()
                work()
            except BaseException as error:
                raised.append(error)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def write(force):
        for i in range(40):
            try:
                with acting(force, None):
                    record_all([(Rippled("a"), ""), (Hidden("b"), "")], force=force, by=None, at=db_now())
                    if i % 5 == 0:
                        raise ZeroDivisionError  # ids are taken and never used
            except ZeroDivisionError:
                pass

    def place():
        while not done.is_set():
            sequence(limit=7)

    writers = [guard(lambda force=force: write(force)) for force in (mill, weir, mill, weir)]
    sequencers = [guard(place) for _ in range(3)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sequencers:
        thread.join()
    while sequence():
        pass
    assert raised == []
    found = positions()
    assert [position for position, _ in found] == list(range(1, 4 * 32 * 2 + 1))
    with national_scope():
        assert {event for _, event in found} == set(Event.objects.values_list("pk", flat=True))
    assert not Unsequenced.objects.exists()


def test_an_event_that_commits_late_stands_behind_what_was_seen_before(mill):
    with acting(mill, None):
        (late,) = record_all([(Rippled("late"), "")], force=mill, by=None, at=db_now())
        thread = threading.Thread(target=lambda: (throw(mill, "early"), sequence(), connection.close()))
        thread.start()
        thread.join()
    sequence()
    (first, early), (second, last) = positions()
    assert (first, second) == (1, 2)
    assert last == late.pk < early


def test_a_position_never_changes(mill):
    throw(mill, "a")
    sequence()
    for statement in ("UPDATE events_position SET position = 9", "DELETE FROM events_position"):
        with pytest.raises(DatabaseError), national_scope(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_position VALUES (7, 1, true, NULL)")
    assert positions() == [(1, positions()[0][1])]


def test_streams_hear_of_new_positions(mill):
    listen("positions")
    throw(mill, "a", "b")
    sequence()
    (heard,) = connection.connection.notifies(timeout=2, stop_after=1)
    assert (heard.channel, heard.payload) == ("positions", "2")


def test_the_public_feed_holds_public_events_alone_and_is_read_by_cursor(mill, weir):
    throw(mill, "a")
    throw(mill, "secret", kind=Hidden)
    throw(weir, "b", "c")
    sequence()
    assert newest() == 4
    first = public_feed(limit=2)
    assert [(one.position, one.subject) for one in first] == [(1, "a"), (3, "b")]
    assert [one.subject for one in public_feed(after=first[-1].position)] == ["c"]
    assert first[0].payload == {"stone": "a"}
    assert first[0].name == "ripple.spread.v1"
    assert len(public_feed(limit=10**9)) == 3
    assert len(public_feed(limit=-1)) == 1


def test_a_person_reads_their_own_forces_private_events_and_no_others(mill, weir):
    planner = make_member(mill, "planner")
    throw(mill, "ours", kind=Hidden)
    throw(weir, "theirs", kind=Hidden)
    throw(weir, "open")
    sequence()
    assert [one.subject for one in feed(planner, limit=1000) if one.name.startswith("ripple")] == [
        "ours",
        "open",
    ]
