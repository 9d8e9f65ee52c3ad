"""National roles: the first lead, and who appoints after that."""

import pytest

from directory import actions
from events.models import Event
from forces.capabilities import Capability
from forces.clock import db_now
from forces.groups import open_national_roles
from forces.models import Appointment, Person
from forces.permissions import may
from forces.refusals import Forbidden
from forces.tenancy import acting, national_scope
from tests.people import make_national

pytestmark = pytest.mark.django_db


def test_the_first_lead_is_appointed_by_nobody_and_only_once(national_lead):
    assert may(national_lead, Capability.APPOINT)
    with pytest.raises(Forbidden):
        actions.appoint(role="national_lead", by=None, at=db_now(), name="Another", email="x@centre.example")


def test_nobody_else_is_appointed_by_nobody():
    open_national_roles()
    with pytest.raises(Forbidden):
        actions.appoint(role="national_analyst", by=None, at=db_now(), name="X", email="x@centre.example")


@pytest.mark.parametrize(
    "role", ["national_analyst", "testing_officer", "training_manager", "procurement_manager", "regulator"]
)
def test_only_the_lead_appoints_and_dismisses(role, national_lead):
    person = make_national(role)
    with pytest.raises(Forbidden):
        actions.appoint(role="regulator", by=person, at=db_now(), name="X", email="x@centre.example")
    with national_scope():
        held = Appointment.objects.select_related("person").get(person=national_lead)
    with pytest.raises(Forbidden):
        actions.dismiss(held, by=person, at=db_now(), reason="coup")


def test_an_owner_of_a_force_appoints_nobody(kent_owner):
    open_national_roles()
    with pytest.raises(Forbidden):
        actions.appoint(role="national_lead", by=kent_owner, at=db_now(), person=kent_owner)


def test_the_lead_neither_appoints_nor_dismisses_themselves(national_lead):
    with pytest.raises(actions.NotGrantable, match="yourself"):
        actions.appoint(role="regulator", by=national_lead, at=db_now(), person=national_lead)
    with national_scope():
        held = Appointment.objects.get(person=national_lead)
    with pytest.raises(actions.NotRevocable, match="your own"):
        actions.dismiss(held, by=national_lead, at=db_now(), reason="x")


def test_dismiss_ends_the_right_and_keeps_the_row(national_lead, national_analyst):
    with national_scope():
        held = Appointment.objects.select_related("person").get(person=national_analyst)
    actions.dismiss(held, by=national_lead, at=db_now(), reason="End of secondment")
    assert not may(Person(pk=national_analyst.pk), Capability.IMPORT_RECORDS)
    with national_scope():
        assert Appointment.objects.get(pk=held.pk).until is not None
        event = Event.objects.get(name="appointment.ended.v1")
    assert (event.reason, event.force_id) == ("End of secondment", None)


def test_a_force_cannot_write_an_appointment_with_sql_of_its_own(kent, kent_owner, national_lead):
    from django.db import DatabaseError, transaction

    with national_scope():
        group = Appointment.objects.get().group_id
    with pytest.raises(DatabaseError), acting(kent, kent_owner), transaction.atomic():
        Appointment.objects.create(
            person=kent_owner, role="national_lead", group_id=group, period=("2026-01-01T00:00Z", None)
        )
