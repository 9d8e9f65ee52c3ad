"""Declaring events and subscribers: mistakes are refused when the program starts, not when it runs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from events.outbox import NotInTransaction, record, record_all
from events.registry import EVENTS, EventType, Unreadable, event, subscribe
from forces.clock import db_now
from forces.tenancy import acting, as_myself
from tests.events.ripples import Hidden, Rippled


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody told somebody."""

    who: str
    times: int
    loudly: bool
    of: str | None = None


TOLD = EventType("tale.told.v1", Told, public=False)


@pytest.mark.parametrize(
    "name", ["told", "Tale.told.v1", "tale.told", "tale.told.v0", "tale told.v1", "tale.told.v1\n"]
)
def test_a_name_says_subject_participle_and_version(name):
    with pytest.raises(ValueError, match="is not an event name"):
        event(name)


def test_a_payload_says_when_it_is_true():
    @dataclass(frozen=True)
    class Mute:
        who: str

    Mute.__doc__ = ""
    with pytest.raises(TypeError, match="docstring"):
        event("tale.muted.v1")(Mute)


def test_a_payload_holds_text_numbers_and_flags_alone():
    @dataclass(frozen=True)
    class Bag:
        """True."""

        things: list

    with pytest.raises(TypeError, match="things must be text"):
        event("tale.bagged.v1")(Bag)
    assert "tale.bagged.v1" not in EVENTS
    with pytest.raises(TypeError, match="who is list"):
        TOLD.encode(Told(["a"], 1, True))


def test_a_payload_comes_back_as_it_went():
    told = Told("a", 1, True, None)
    assert TOLD.decode(TOLD.encode(told)) == told


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"who": "a", "times": 1},
        {"who": "a", "times": 1, "loudly": True, "more": 1},
        {"who": "a", "times": "1", "loudly": True},
        {"who": "a", "times": True, "loudly": True},
        {"who": None, "times": 1, "loudly": True},
    ],
)
def test_a_payload_of_another_form_cannot_be_read(payload):
    with pytest.raises(Unreadable):
        TOLD.decode(payload)


def test_two_events_cannot_share_a_name():
    with pytest.raises(ValueError, match="Two events"):
        event("ripple.spread.v1")(Told)


def test_a_subscriber_of_private_events_says_how_it_may_read_them():
    with pytest.raises(ValueError, match="not public"):
        subscribe(Hidden, name="ripples.peep", per_force=False)
    with pytest.raises(ValueError, match="gives a reason"):
        subscribe(Hidden, name="ripples.peep", per_force=False, national=True)
    with pytest.raises(ValueError, match="gives a reason"):
        subscribe(Hidden, name="ripples.peep", national=True, reason="both")
    with pytest.raises(ValueError, match="not a subscriber's name"):
        subscribe(Rippled, name="Peep")


def test_two_subscribers_cannot_share_a_name():
    with pytest.raises(ValueError, match="Two subscribers"):
        subscribe(Rippled, name="ripples.note")(lambda batch: None)


@pytest.mark.commits
def test_recording_outside_a_transaction_is_refused(mill):
    with pytest.raises(NotInTransaction):
        record(Rippled("a"), force=mill, by=None, at=db_now())


@pytest.mark.django_db
def test_a_recorded_event_is_returned_as_it_is_stored(kent, kent_planner, django_assert_num_queries):
    at = db_now()
    with acting(kent, kent_planner):
        with django_assert_num_queries(1):
            told = record(
                Hidden("a"), force=kent, by=kent_planner, at=at, subject="LFR-1", reason="why", role="r"
            )
        stored = type(told).objects.get(pk=told.pk)
        for field in told._meta.fields:
            assert getattr(stored, field.attname) == getattr(told, field.attname), field.name
        assert (stored.happened_at, stored.person_id, stored.payload) == (at, kent_planner.pk, {"stone": "a"})


@pytest.mark.django_db
def test_many_events_are_recorded_in_one_statement_and_in_order(kent, django_assert_num_queries):
    at = db_now()
    with acting(kent, None), django_assert_num_queries(1):
        told = record_all(
            [(Hidden("a") if i % 2 else Rippled("b"), str(i)) for i in range(50)],
            force=kent,
            by=None,
            at=at,
        )
    assert [one.subject for one in told] == [str(i) for i in range(50)]
    assert [one.pk for one in told] == sorted(one.pk for one in told)
    assert [one.deliveries.count() for one in told[:2]] == [2, 1]
    assert record_all([], force=kent, by=None, at=db_now()) == []


@pytest.mark.django_db
def test_an_event_can_be_recorded_by_who_may_not_read_it(kent_planner):
    """A refused attempt belongs to the centre's history, whoever it was who tried."""
    with as_myself(kent_planner):
        assert record(Hidden("a"), force=None, by=None, at=db_now()).pk
