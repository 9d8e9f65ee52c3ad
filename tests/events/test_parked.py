"""Parked events: seen by who may, with their cause, and sent again for a reason."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from events import steps
from events.actions import NotParked, replay
from events.lag import lag
from events.models import Delivery, Event
from events.parked import parked
from events.store import PostgresStore
from forces.clock import db_now
from forces.refusals import Forbidden, Refusal
from forces.tenancy import national_scope
from tests.events.drain import drain
from tests.events.ripples import effects, throw
from tests.people import make_member, make_national

pytestmark = pytest.mark.commits


@pytest.fixture
def lead(pond):
    return make_national("national_lead")


def park(force, *stones: str) -> list[int]:
    thrown = throw(force, *stones)
    ids = list(
        Delivery.objects.filter(event_id__in=thrown, subscriber="ripples.note").values_list("pk", flat=True)
    )
    PostgresStore().park(ids, "ValueError: it was raining")
    return thrown


def test_the_national_lead_sees_cause_attempts_and_age(mill, lead):
    park(mill, "a", "b")
    found = parked(by=lead)
    assert [(one.subject, one.force, one.subscriber, one.cause) for one in found] == [
        ("a", "Mill Police", "ripples.note", "ValueError: it was raining"),
        ("b", "Mill Police", "ripples.note", "ValueError: it was raining"),
    ]
    assert timedelta(0) < found[0].age < timedelta(minutes=1)


def test_a_force_cannot_see_or_replay_parked_events(mill, lead):
    park(mill, "a")
    owner = make_member(mill, "force_owner")
    with pytest.raises(Forbidden):
        parked(by=owner)
    with pytest.raises(Forbidden):
        replay(Delivery.objects.get(state="parked"), by=owner, at=db_now(), reason="again")
    assert Delivery.objects.filter(state="parked").count() == 1


def test_a_replayed_event_has_its_effect_and_leaves_a_record_of_who_and_why(mill, lead):
    thrown = park(mill, "a")
    drain()
    assert effects() == []
    delivery = parked(by=lead)[0].delivery
    replay(delivery, by=lead, at=db_now(), reason="The rain has stopped.")
    drain()
    assert effects() == thrown
    assert parked(by=lead) == []
    with national_scope(lead):
        told = Event.objects.get(name="delivery.replayed.v1")
    assert (told.person_id, told.reason) == (lead.pk, "The rain has stopped.")
    assert told.payload == {
        "delivery": delivery.pk,
        "subscriber": "ripples.note",
        "event": thrown[0],
        "cause": "ValueError: it was raining",
    }
    with pytest.raises(NotParked):
        replay(delivery, by=lead, at=db_now(), reason="Once more.")


def test_replaying_needs_a_reason(mill, lead):
    park(mill, "a")
    with pytest.raises(Refusal):
        replay(parked(by=lead)[0].delivery, by=lead, at=db_now(), reason="  ")


def test_the_lag_tells_what_waits_and_for_how_long(mill):
    assert lag().oldest is None
    assert not lag().is_behind()
    park(mill, "a")
    throw(mill, "b")
    steps.relay(PostgresStore(), lambda message: None)
    throw(mill, "c")
    now = lag()
    assert (now.pending, now.sent, now.parked, now.unsequenced) == (2, 3, 1, 3)
    assert now.oldest > timedelta(0)
    assert now.is_behind(timedelta(0))
    assert not now.is_behind()


def test_the_command_tells_the_operator_what_waits(mill):
    park(mill, "a")
    said = StringIO()
    call_command("parked", stdout=said)
    first, line = said.getvalue().splitlines()
    assert "pending 1, sent 0, parked 1, unsequenced 1" in first
    assert line.endswith("ripple.spread.v1\ta\tripples.note\t0\tValueError: it was raining")
