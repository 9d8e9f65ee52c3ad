"""Inviting, granting and ending: who may, who may not, and what is kept of it."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from directory import actions
from events.models import Event
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Membership, Person, User
from forces.permissions import may
from forces.refusals import Forbidden
from forces.roles import FORCE_ROLES
from forces.tenancy import acting, national_scope

pytestmark = pytest.mark.django_db


def happened(name):
    with national_scope():
        return list(Event.objects.filter(name=name).order_by("id"))


def membership_of(person, role):
    with national_scope():
        return Membership.objects.select_related("force", "person").get(person=person, role=role)


def test_invite_makes_a_person_with_a_login_and_a_role(kent, kent_owner):
    made = actions.invite(
        kent, name="Ada Byron", email="Ada@Kent.Example", role="planner", by=kent_owner, at=db_now()
    )
    assert may(made.person, Capability.RECORD_RESULTS, kent)
    login = User.objects.get(email="ada@kent.example")
    assert not login.has_usable_password()
    assert [event.person_id for event in happened("person.invited.v1")] == [kent_owner.pk]


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        ("", "a@b.example", "name"),
        ("n" * 121, "a@b.example", "name"),
        ("Ada", "ada", "email"),
        ("Ada", "", "email"),
    ],
)
def test_invite_says_what_is_missing(kent, kent_owner, name, email, field):
    with pytest.raises(actions.NotGrantable) as refused:
        actions.invite(kent, name=name, email=email, role="planner", by=kent_owner, at=db_now())
    assert refused.value.pointer == field
    assert not happened("person.invited.v1")


def test_invite_refuses_an_address_that_has_a_login_and_leaves_nothing_behind(kent, kent_owner, avon_planner):
    before = Person.objects.count()
    with pytest.raises(actions.EmailTaken):
        actions.invite(
            kent,
            name="Somebody",
            email=avon_planner.logins.get().email.upper(),
            role="planner",
            by=kent_owner,
            at=db_now(),
        )
    with national_scope():
        assert not Person.objects.filter(name="Somebody").exists()
    assert Person.objects.count() == before


def test_invite_with_an_unknown_role_leaves_no_person_behind(kent, kent_owner):
    with pytest.raises(actions.NotGrantable):
        actions.invite(kent, name="Ada", email="ada@kent.example", role="king", by=kent_owner, at=db_now())
    assert not User.objects.filter(email="ada@kent.example").exists()


@pytest.mark.parametrize("role", sorted(set(FORCE_ROLES) - {"force_owner"}))
def test_only_an_owner_manages_the_team(kent, force_people, role):
    person = force_people(kent, role)
    with pytest.raises(Forbidden):
        actions.invite(kent, name="Ada", email="ada@kent.example", role="planner", by=person, at=db_now())


def test_an_owner_manages_their_own_force_alone(avon, kent_owner, avon_planner):
    with pytest.raises(Forbidden):
        actions.grant(avon_planner, "auditor", force=avon, by=kent_owner, at=db_now())
    with pytest.raises(Forbidden):
        actions.revoke(membership_of(avon_planner, "planner"), by=kent_owner, at=db_now(), reason="mischief")


def test_an_owner_cannot_reach_for_somebody_of_another_force(kent, kent_owner, avon_planner):
    with pytest.raises(actions.NotGrantable, match="does not belong"):
        actions.grant(avon_planner, "planner", force=kent, by=kent_owner, at=db_now())


def test_the_centre_may_give_somebody_a_role_in_a_second_force(kent, national_lead, avon_planner, avon):
    actions.grant(avon_planner, "planner", force=kent, by=national_lead, at=db_now())
    assert may(avon_planner, Capability.RECORD_RESULTS, kent)
    assert may(avon_planner, Capability.RECORD_RESULTS, avon)


def test_nobody_grants_to_themselves(kent, kent_owner, national_lead):
    for person in (kent_owner, national_lead):
        with pytest.raises(actions.NotGrantable, match="yourself"):
            actions.grant(person, "data_publisher", force=kent, by=person, at=db_now())


def test_nobody_ends_their_own_role(kent_owner):
    with pytest.raises(actions.NotRevocable, match="yourself"):
        actions.revoke(membership_of(kent_owner, "force_owner"), by=kent_owner, at=db_now(), reason="tired")


def test_a_role_is_held_once(kent, kent_owner, kent_planner):
    with pytest.raises(actions.NotGrantable, match="already"):
        actions.grant(kent_planner, "planner", force=kent, by=kent_owner, at=db_now())


def test_revoke_ends_the_role_keeps_the_row_and_says_why(kent, kent_owner, kent_planner):
    actions.revoke(membership_of(kent_planner, "planner"), by=kent_owner, at=db_now(), reason="Moved to CID")
    assert not may(Person(pk=kent_planner.pk), Capability.RECORD_RESULTS, kent)
    ended = membership_of(kent_planner, "planner")
    assert ended.until is not None
    (event,) = happened("role.revoked.v1")
    assert (event.reason, event.person_id, event.force_id) == ("Moved to CID", kent_owner.pk, kent.pk)


def test_revoke_needs_a_reason_and_works_once(kent_owner, kent_planner):
    held = membership_of(kent_planner, "planner")
    with pytest.raises(actions.NotRevocable, match="why"):
        actions.revoke(held, by=kent_owner, at=db_now(), reason="  ")
    actions.revoke(held, by=kent_owner, at=db_now(), reason="x")
    with pytest.raises(actions.NotRevocable, match="already ended"):
        actions.revoke(held, by=kent_owner, at=db_now(), reason="x")


def test_a_role_ended_can_be_granted_again(kent, kent_owner, kent_planner):
    actions.revoke(membership_of(kent_planner, "planner"), by=kent_owner, at=db_now(), reason="x")
    actions.grant(kent_planner, "planner", force=kent, by=kent_owner, at=db_now())
    assert may(kent_planner, Capability.RECORD_RESULTS, kent)


def test_a_role_begins_and_ends_to_the_instant(kent, kent_planner):
    """The statement's own clock decides: a role that begins later grants nothing yet, one that ended grants nothing."""
    now = db_now()

    def with_period(lower, upper):
        with acting(kent, None):
            Membership.objects.filter(person=kent_planner).update(period=DateTimeTZRange(lower, upper))
        return may(Person(pk=kent_planner.pk), Capability.RECORD_RESULTS, kent)

    hour = timedelta(hours=1)
    moment = timedelta(milliseconds=1)
    assert with_period(now - hour, None)
    assert with_period(now - hour, now + hour)
    assert not with_period(now - hour, now)
    assert not with_period(now - hour, now - moment)
    assert not with_period(now + hour, None)
    assert not with_period(now + hour, now + 2 * hour)


def test_a_role_that_runs_out_needs_nobody_to_end_it(kent, kent_owner, kent_planner):
    soon = db_now() + timedelta(milliseconds=300)
    actions.grant(kent_planner, "auditor", force=kent, by=kent_owner, at=db_now(), until=soon)
    assert may(Person(pk=kent_planner.pk), Capability.READ_AUDIT, kent)
    while db_now() < soon:
        pass
    assert not may(Person(pk=kent_planner.pk), Capability.READ_AUDIT, kent)
    assert not kent_planner.logins.get().has_perm("read_audit", kent), (
        "guardian's groups lag; the answer does not"
    )


def test_a_role_must_end_after_it_begins(kent, kent_owner, kent_planner):
    now = db_now()
    with pytest.raises(actions.NotGrantable) as refused:
        actions.grant(kent_planner, "auditor", force=kent, by=kent_owner, at=now, until=now)
    assert refused.value.pointer == "until"


def test_setting_up_a_force_without_anybody_works_once(kent, kent_owner, kent_planner):
    with pytest.raises(Forbidden):
        actions.grant(kent_planner, "force_owner", force=kent, by=None, at=db_now())
