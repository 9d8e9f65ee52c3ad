"""Connecting a force's own systems, changing them and disconnecting them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from directory import actions
from events.models import Event
from forces.capabilities import FOR_SYSTEMS, Capability
from forces.clock import db_now
from forces.models import Person, System, SystemLogin, User
from forces.permissions import grants_of, may
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting, national_scope, scope

pytestmark = pytest.mark.django_db


def connected(force, owner, **changes):
    at = db_now()
    wanted = {
        "name": "Kent results system",
        "capabilities": ["record_results", "read_records"],
        "until": at + timedelta(days=30),
    }
    return actions.connect_system(force, **(wanted | changes), by=owner, at=at)


def test_a_system_holds_what_it_was_given_and_nothing_else(kent, avon, kent_owner):
    made = connected(kent, kent_owner)
    person = Person.objects.none().model(pk=made.system.person_id)
    held = grants_of(person)
    assert (held.national, dict(held.by_force)) == (
        frozenset(),
        {kent.pk: frozenset({"read_records", "record_results"})},
    )
    assert may(person, Capability.RECORD_RESULTS, kent)
    assert not may(person, Capability.RECORD_RESULTS, avon)


def test_asked_for_twice_it_is_connected_once(kent, kent_owner):
    once = uuid4()
    connected(kent, kent_owner, once=once)
    with pytest.raises(actions.ConnectedAlready):
        connected(kent, kent_owner, once=once)
    assert SystemLogin.objects.count() == 1
    connected(kent, kent_owner, once=uuid4())
    assert SystemLogin.objects.count() == 2


def test_connecting_is_written_down_without_the_secret(kent, kent_owner):
    made = connected(kent, kent_owner)
    with scope(kent_owner):
        event = Event.objects.get(name="system.connected.v1")
        assert Person.objects.get(pk=made.system.person_id).name == "Kent results system"
    assert event.person_id == kent_owner.pk
    assert event.payload["capabilities"] == "read_records, record_results"
    assert made.secret not in str(event.payload)
    assert SystemLogin.objects.get().opens_with(made.secret)
    assert not SystemLogin.objects.get().opens_with(made.secret + "x")


@pytest.mark.parametrize("who", ["kent_planner", "kent_publisher", "avon_owner", "national_lead"])
def test_only_the_force_s_owner_connects_changes_and_disconnects(request, kent, kent_owner, who):
    made = connected(kent, kent_owner)
    by = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        connected(kent, by)
    with pytest.raises(Forbidden):
        actions.change_system(made.system, capabilities=["read_records"], by=by, at=db_now())
    with pytest.raises(Forbidden):
        actions.disconnect_system(made.system, reason="No.", by=by, at=db_now())


DECIDING = [each.value for each in Capability if each not in FOR_SYSTEMS]


@pytest.mark.parametrize("code", [*DECIDING, "everything", ""])
def test_no_system_may_hold_a_right_to_decide(kent, kent_owner, code):
    with pytest.raises(Invalid) as refused:
        connected(kent, kent_owner, capabilities=["read_records", code])
    assert list(refused.value.errors) == ["capabilities"]
    made = connected(kent, kent_owner)
    with (
        acting(kent, kent_owner),
        pytest.raises(IntegrityError, match="system_only_records"),
        transaction.atomic(),
    ):
        System.objects.filter(pk=made.system.pk).update(capabilities=["read_records", code])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"capabilities": []}, "capabilities"),
        ({"until": db_now}, "until"),
        ({"until": lambda: db_now() + timedelta(days=400)}, "until"),
    ],
)
def test_what_is_wrong_is_named(kent, kent_owner, changes, field):
    given = {name: value() if callable(value) else value for name, value in changes.items()}
    with pytest.raises(Invalid) as refused:
        connected(kent, kent_owner, **given)
    assert list(refused.value.errors) == [field]
    assert not System.objects.exists()


def test_what_it_may_do_changes_at_once(kent, kent_owner):
    made = connected(kent, kent_owner)
    actions.change_system(made.system, capabilities=["correct_results"], by=kent_owner, at=db_now())
    assert dict(grants_of(made.system.person).by_force) == {kent.pk: frozenset({"correct_results"})}


def test_disconnecting_ends_it_once(kent, kent_owner):
    made = connected(kent, kent_owner)
    with pytest.raises(Invalid):
        actions.disconnect_system(made.system, reason=" ", by=kent_owner, at=db_now())
    actions.disconnect_system(made.system, reason="The supplier changed.", by=kent_owner, at=db_now())
    assert grants_of(made.system.person).by_force == {}
    for again in (
        lambda: actions.disconnect_system(made.system, reason="Again.", by=kent_owner, at=db_now()),
        lambda: actions.change_system(made.system, capabilities=["read_records"], by=kent_owner, at=db_now()),
    ):
        with pytest.raises(actions.NotConnected):
            again()
    with national_scope():
        assert Event.objects.filter(name="system.disconnected.v1").count() == 1


def test_the_database_keeps_systems_and_people_apart(kent, kent_owner, kent_planner):
    made = connected(kent, kent_owner)
    system = made.system.person
    with pytest.raises(DatabaseError, match="same_kind"), transaction.atomic():
        User.objects.create_user("machine@kent.example", person=system)
    with pytest.raises(DatabaseError, match="same_kind"), transaction.atomic():
        SystemLogin.objects.create(person=kent_planner, client_secret="0" * 64)
    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic(), scope(system):
        Person.objects.filter(pk=system.pk).update(kind="human")
    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        SystemLogin.objects.update(client_secret="0" * 64)


def test_another_force_s_systems_are_not_seen(kent, avon, kent_owner, avon_owner):
    connected(kent, kent_owner)
    with scope(avon_owner):
        assert not System.objects.exists()
        assert not Person.objects.filter(kind="system").exists()
    with scope(kent_owner):
        assert System.objects.exists()
