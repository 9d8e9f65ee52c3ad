"""Logins: links that work once, sessions that end at once, and one answer to "may they?" whoever asks."""

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from guardian.core import ObjectPermissionChecker

from directory import actions
from events.models import Event
from forces.capabilities import NATIONAL, Capability
from forces.clock import db_now
from forces.models import Membership, Person, User
from forces.permissions import may
from forces.refusals import Forbidden, Invalid
from forces.roles import FORCE_ROLES, NATIONAL_ROLES
from forces.tenancy import national_scope
from tests.people import make_member, make_national, make_person

pytestmark = pytest.mark.django_db

GOOD = "a long enough pass phrase"


def who_is_asking(client):
    """The login a new request of this browser has: what AuthenticationMiddleware works out."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request)


def login_of(person) -> User:
    return person.logins.get()


def issue(person, by, **more):
    return actions.issue_password_link(login_of(person), by=by, at=db_now(), **more)


# Links ----------------------------------------------------------------------------------------------


def test_a_link_lets_a_person_choose_their_password_once(kent, kent_owner, kent_planner):
    link = issue(kent_planner, kent_owner, force=kent)
    assert link.path.startswith("/sign-in/password/")
    assert actions.login_for(link.login, link.token) == login_of(kent_planner)
    chosen = actions.choose_password(link.login, link.token, password=GOOD, at=db_now())
    assert chosen.check_password(GOOD)
    with pytest.raises(actions.NotIssuable):
        actions.choose_password(link.login, link.token, password="another long pass phrase", at=db_now())
    assert login_of(kent_planner).check_password(GOOD)


def test_a_weak_password_is_refused_in_words_and_the_link_still_works(kent, kent_owner, kent_planner):
    link = issue(kent_planner, kent_owner, force=kent)
    with pytest.raises(Invalid) as refused:
        actions.choose_password(link.login, link.token, password="short", at=db_now())
    assert refused.value.pointer == "password"
    actions.choose_password(link.login, link.token, password=GOOD, at=db_now())


@pytest.mark.parametrize("login", ["", "x", "MQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "/../", "\x00"])
def test_a_made_up_link_is_nobodys(login):
    assert actions.login_for(login, "c0-ffee") is None


def test_a_link_stops_when_the_login_is_disabled(kent, kent_owner, kent_planner):
    link = issue(kent_planner, kent_owner, force=kent)
    actions.disable_login(login_of(kent_planner), force=kent, by=kent_owner, at=db_now(), reason="x")
    with pytest.raises(actions.NotIssuable):
        actions.choose_password(link.login, link.token, password=GOOD, at=db_now())


def test_an_owner_gives_no_link_for_a_login_in_use(kent, kent_owner, kent_planner, national_lead):
    link = issue(kent_planner, kent_owner, force=kent)
    actions.choose_password(link.login, link.token, password=GOOD, at=db_now())
    with pytest.raises(actions.NotIssuable, match="national centre"):
        issue(kent_planner, kent_owner, force=kent)
    issue(kent_planner, national_lead)


def test_a_link_is_for_colleagues_who_work_nowhere_else(kent, avon, kent_owner, avon_planner, national_lead):
    with pytest.raises(Forbidden):
        issue(avon_planner, kent_owner, force=kent)
    actions.grant(avon_planner, "planner", force=kent, by=national_lead, at=db_now())
    with pytest.raises(actions.NotDisabled, match="elsewhere"):
        issue(avon_planner, kent_owner, force=kent)


def test_nobody_gives_themselves_a_link(kent, kent_owner, national_lead):
    with pytest.raises(actions.NotIssuable):
        issue(kent_owner, kent_owner, force=kent)
    with pytest.raises(actions.NotIssuable):
        issue(national_lead, national_lead)


def test_every_link_is_in_the_history(kent, kent_owner, kent_planner):
    link = issue(kent_planner, kent_owner, force=kent)
    actions.choose_password(link.login, link.token, password=GOOD, at=db_now())
    with national_scope():
        issued = Event.objects.get(name="login.link_issued.v1")
        chosen = Event.objects.get(name="login.password_chosen.v1")
        assert link.token not in str(list(Event.objects.values()))
    assert (issued.person_id, issued.force_id) == (kent_owner.pk, kent.pk)
    assert chosen.person_id == kent_planner.pk


# Sessions -------------------------------------------------------------------------------------------


def test_a_disabled_login_is_a_stranger_at_the_next_request(kent, kent_owner, kent_planner, signed_in):
    browser = signed_in(kent_planner)
    assert who_is_asking(browser) == login_of(kent_planner)
    actions.disable_login(login_of(kent_planner), force=kent, by=kent_owner, at=db_now(), reason="Left")
    assert not who_is_asking(browser).is_authenticated


def test_no_session_comes_back_with_the_login(kent, kent_owner, kent_planner, national_lead, signed_in):
    browser = signed_in(kent_planner)
    actions.disable_login(login_of(kent_planner), force=kent, by=kent_owner, at=db_now())
    actions.enable_login(login_of(kent_planner), by=national_lead, at=db_now(), reason="A mistake")
    assert not who_is_asking(browser).is_authenticated
    assert not login_of(kent_planner).has_usable_password()


def test_a_disabled_login_cannot_sign_in(client, kent, kent_owner, kent_planner):
    user = login_of(kent_planner)
    User.objects.filter(pk=user.pk).update(password=make_password(GOOD))
    assert client.login(email=user.email, password=GOOD)
    client.logout()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not client.login(email=user.email, password=GOOD)


def test_a_revoked_role_ends_sessions_and_grants_nothing_at_the_next_request(
    kent, kent_owner, kent_planner, signed_in
):
    browser = signed_in(kent_planner)
    with national_scope():
        held = Membership.objects.select_related("force", "person").get(person=kent_planner)
    actions.revoke(held, by=kent_owner, at=db_now(), reason="Moved")
    assert not who_is_asking(browser).is_authenticated
    still = who_is_asking(signed_in(kent_planner))
    assert still.is_authenticated
    assert not may(Person(pk=still.person_id), Capability.READ_RECORDS, kent)
    assert not still.has_perm("read_records", kent)


def test_an_owner_disables_colleagues_who_work_nowhere_else(
    kent, avon, kent_owner, avon_planner, kent_planner
):
    with pytest.raises(Forbidden):
        actions.disable_login(login_of(avon_planner), force=kent, by=kent_owner, at=db_now())
    with pytest.raises(actions.NotDisabled, match="your own"):
        actions.disable_login(login_of(kent_owner), force=kent, by=kent_owner, at=db_now())
    stranger = make_person("Nobody", "nobody@nowhere.example")
    with pytest.raises(Forbidden):
        actions.disable_login(login_of(stranger), force=kent, by=kent_owner, at=db_now())
    with pytest.raises(Forbidden):
        actions.disable_login(login_of(kent_planner), by=kent_owner, at=db_now())


def test_only_the_lead_enables(kent, kent_owner, kent_planner, national_analyst):
    actions.disable_login(login_of(kent_planner), force=kent, by=kent_owner, at=db_now())
    for person in (kent_owner, national_analyst):
        with pytest.raises(Forbidden):
            actions.enable_login(login_of(kent_planner), by=person, at=db_now(), reason="x")


def test_no_login_is_ever_a_superuser(kent_planner):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(person=kent_planner).update(is_superuser=True)


# One answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(FORCE_ROLES))
def test_guardian_and_may_agree_for_a_role_in_a_force(kent, avon, role):
    person = make_member(kent, role)
    user = login_of(person)
    checker = ObjectPermissionChecker(user)
    for capability in Capability:
        expected = capability in FORCE_ROLES[role].capabilities
        assert may(person, capability, kent) is expected
        assert user.has_perm(capability.value, kent) is expected
        assert user.has_perm(f"forces.{capability.value}", kent) is expected
        assert checker.has_perm(capability.value, kent) is expected
        for elsewhere in (avon, None):
            assert not may(person, capability, elsewhere)
            assert not user.has_perm(capability.value, elsewhere)
        assert not checker.has_perm(capability.value, avon)


@pytest.mark.parametrize("role", sorted(NATIONAL_ROLES))
def test_django_and_may_agree_for_a_national_role(kent, role):
    person = make_national(role)
    user = login_of(person)
    for capability in Capability:
        expected = capability in NATIONAL_ROLES[role].capabilities
        assert may(person, capability) is expected
        assert may(person, capability, kent) is expected
        assert user.has_perm(f"forces.{capability.value}") is expected
        assert user.has_perm(f"forces.{capability.value}", kent) is expected


def test_a_right_about_the_nation_is_never_held_through_a_force(kent):
    """Even if guardian held such a row by mistake."""
    from django.contrib.auth.models import Group, Permission

    from forces.models import ForceGrant

    person = make_member(kent, "auditor")
    for capability in NATIONAL:
        ForceGrant.objects.create(
            group=Group.objects.get(name=f"{kent.code}:auditor"),
            permission=Permission.objects.get(codename=capability.value),
            content_object=kent,
        )
    person = Person(pk=person.pk)
    assert not any(may(person, capability, kent) for capability in NATIONAL)
    assert person.grants.readable_forces() == {kent.pk}


def test_an_unknown_right_is_held_by_nobody(kent, kent_owner):
    assert not login_of(kent_owner).has_perm("forces.fly", kent)
