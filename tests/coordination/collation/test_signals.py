"""Signs of change: raised once however often figures are counted, ended when they are gone, decided by one person."""

from datetime import date

import pytest
from django.db import IntegrityError

from coordination.collation.actions import NotDecidable, decide_signal
from coordination.collation.counting import count_again
from coordination.collation.rebuilding import rebuild, stir_all
from coordination.collation.signals.looking import look_at_all
from coordination.collation.signals.models import Signal, Stirred
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden, Refusal
from forces.tenancy import acting, national_scope
from register import actions as register
from tests.records import enter

pytestmark = pytest.mark.django_db
# Out of 1,000 alerts, no two alike: none lies on the median.
SHIFT = (11, 33, 22, 12, 34, 23, 13, 24, 35, 14, 91, 82, 93, 84, 95, 86, 97, 88, 99, 80)


def publish(force, false=SHIFT, *, alerts=1000):
    """So many false alerts in each month from January 2024 on; faces seen so that only the one rate shifts."""
    return [
        enter(
            force,
            on=f"{2024 + number // 12}-{number % 12 + 1:02}-05",
            figures={"alerts": alerts, "false_alerts": each, "faces_seen": 1000 * each + number % 2},
        )["reference"]
        for number, each in enumerate(false)
    ]


def signals(**which):
    with national_scope():
        found = Signal.objects.across_forces(reason="a test").filter(**which).select_related("force")
        return list(found.order_by("first", "pk"))


def happened(name):
    with national_scope():
        return Event.objects.filter(name=name).count()


def test_a_shift_is_raised_once_however_often_the_figures_are_counted(kent):
    publish(kent)
    assert look_at_all() == 2
    found = signals()
    assert [(str(one.first), str(one.last), one.run) for one in found] == [
        ("2024-01-01", "2024-10-01", 10),
        ("2024-11-01", "2025-08-01", 10),
    ]
    assert {one.measure for one in found} == {"far_alerts"}
    for _again in range(2):
        rebuild(kent)
        assert Stirred.objects.count() == 1
        assert look_at_all() == 0
    assert Stirred.objects.count() == 0
    assert [one.pk for one in signals()] == [one.pk for one in found]
    assert happened("signal.raised.v1") == 2


def test_another_month_of_the_same_is_the_same_signal(kent):
    publish(kent)
    look_at_all()
    enter(kent, on="2025-09-05", figures={"alerts": 1000, "false_alerts": 90, "faces_seen": 90_000})
    assert look_at_all() == 0
    assert str(signals()[1].last) == "2025-09-01"
    assert happened("signal.raised.v1") == 2


def test_figures_that_no_longer_show_it_end_it_and_a_new_shift_is_a_new_signal(kent):
    references = publish(kent)
    look_at_all()
    for reference in references:
        register.withdraw(reference, force=kent, by=None, at=db_now(), reason="It was published by mistake.")
    count_again(kent, references)
    assert look_at_all() == 2
    assert [one.ended_at is not None for one in signals()] == [True, True]
    assert happened("signal.ended.v1") == 2
    publish(kent)
    assert look_at_all() == 2
    assert len(signals()) == 4


def test_what_nobody_stirred_is_looked_at_after_an_upgrade(kent):
    publish(kent)
    look_at_all()
    assert Stirred.objects.count() == 0
    assert stir_all() == 1
    assert look_at_all() == 0


def test_the_centre_decides_once_and_the_reason_stands_in_the_force_s_history(kent, national_lead):
    publish(kent)
    look_at_all()
    first = signals()[0]
    decide_signal(first, decision="explained", reason=" A new watchlist. ", by=national_lead, at=db_now())
    decided = signals()[0]
    assert (decided.decision, decided.reason) == ("explained", "A new watchlist.")
    assert decided.decided_by_id == national_lead.pk
    with national_scope():
        told = Event.objects.get(name="signal.decided.v1")
    assert (told.force_id, told.reason, told.payload["decision"]) == (
        kent.pk,
        "A new watchlist.",
        "explained",
    )
    with pytest.raises(NotDecidable):
        decide_signal(first, decision="asked", reason="Again.", by=national_lead, at=db_now())
    assert look_at_all() == 0


def test_only_the_centre_decides_and_never_without_a_reason(kent, kent_owner, regulator, national_lead):
    publish(kent)
    look_at_all()
    first = signals()[0]
    for person in (kent_owner, regulator):
        with pytest.raises(Forbidden):
            decide_signal(first, decision="asked", reason="Why not.", by=person, at=db_now())
    for decision, reason in (("asked", "  "), ("forgotten", "A reason.")):
        with pytest.raises(Refusal):
            decide_signal(first, decision=decision, reason=reason, by=national_lead, at=db_now())
    assert signals()[0].decision == ""


def test_what_was_said_of_a_signal_stays_whatever_the_program_does(kent, national_lead):
    publish(kent)
    look_at_all()
    first = signals()[0]
    decide_signal(first, decision="explained", reason="A new watchlist.", by=national_lead, at=db_now())
    with acting(kent, None):
        Signal.objects.owned_by(kent).update(ended_at=db_now())
    for change in (
        {"measure": "arrests"},
        {"raised_at": db_now()},
        {"ended_at": None},
        {"first": date(2019, 1, 1)},
        {"decision": "asked"},
        {"reason": "Another."},
        {"decision": "", "reason": "", "decided_by": None, "decided_at": None},
    ):
        with pytest.raises(IntegrityError, match="cannot change"), acting(kent, None):
            Signal.objects.owned_by(kent).filter(pk=first.pk).update(**change)


def test_made_up_figures_raise_signals_of_their_own_force_alone(northmoor, kent):
    publish(northmoor)
    look_at_all()
    assert {one.force.slug for one in signals()} == {"northmoor"}
