"""The people of the tests: two real-named forces, two made-up ones, and the centre.

`kent_planner`, `avon_publisher`, `national_lead` … are `Person`s who hold exactly the role they are named after.
`force_people` builds any other. Use `signed_in(person)` for a browserless client with their session.
"""

from __future__ import annotations

import pytest
from django.test import Client

from directory import actions as directory
from forces.clock import db_now
from forces.groups import open_national_roles, open_roles
from forces.models import BodyType, Force, Person, Realm, User
from forces.tenancy import national_scope


def make_force(code: str, slug: str, name: str, realm: str = Realm.NATIONAL, **more) -> Force:
    force = Force.objects.create(
        code=code,
        slug=slug,
        name=name,
        realm=realm,
        body_type=more.pop("body_type", BodyType.TERRITORIAL),
        **more,
    )
    open_roles(force)
    return force


def make_person(name: str, email: str) -> Person:
    with national_scope():
        person = Person.objects.create(name=name)
        User.objects.create_user(email, person=person)
    return person


def make_member(force: Force, role: str, *, rank: str = "", name: str = "") -> Person:
    """A person holding `role` in `force`, granted by the force's owner (who is made first)."""
    if not hasattr(force, "_owner"):
        force._owner = make_person(f"{force.name} owner", f"owner@{force.slug}.example")
        directory.grant(force._owner, "force_owner", force=force, by=None, at=db_now())
        if role == "force_owner":
            return force._owner
    return directory.invite(
        force,
        name=name or f"{force.name} {role}",
        email=f"{role}-{db_now().timestamp()}@{force.slug}.example",
        role=role,
        rank=rank,
        by=force._owner,
        at=db_now(),
    ).person


def make_national(role: str) -> Person:
    """A person appointed to `role` by the national lead, who is made first."""
    open_national_roles()
    with national_scope():
        lead = Person.objects.filter(appointments__role="national_lead").first()
    if lead is None:
        lead = directory.appoint(
            role="national_lead", by=None, at=db_now(), name="National lead", email="lead@centre.example"
        ).person
    if role == "national_lead":
        return lead
    return directory.appoint(
        role=role,
        by=lead,
        at=db_now(),
        name=role.replace("_", " ").capitalize(),
        email=f"{role}@centre.example",
    ).person


@pytest.fixture
def signed_in():
    """A test client with this person's session; `secure` cookies are off in tests."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def force_people():
    """`force_people(force, "auditor")` makes a person with that role."""
    return make_member


@pytest.fixture
def kent(db) -> Force:
    return make_force("E23000032", "kent", "Kent Police", area_name="Kent", region="South East")


@pytest.fixture
def avon(db) -> Force:
    return make_force(
        "E23000036", "avon-and-somerset", "Avon and Somerset Constabulary", area_name="Avon and Somerset"
    )


@pytest.fixture
def northmoor(db) -> Force:
    return make_force("X-NORTHMOOR", "northmoor", "Northmoor Police", realm=Realm.DEMONSTRATION)


@pytest.fixture
def eastvale(db) -> Force:
    return make_force("X-EASTVALE", "eastvale", "Eastvale Police", realm=Realm.DEMONSTRATION)


def _member_fixture(force_name: str, role: str, rank: str = ""):
    @pytest.fixture
    def person(request) -> Person:
        return make_member(request.getfixturevalue(force_name), role, rank=rank)

    return person


kent_planner = _member_fixture("kent", "planner", "inspector")
kent_authorising_officer = _member_fixture("kent", "authorising_officer", "superintendent")
kent_operator_lead = _member_fixture("kent", "operator_lead", "sergeant")
kent_publisher = _member_fixture("kent", "data_publisher", "staff")
kent_auditor = _member_fixture("kent", "auditor", "staff")
kent_owner = _member_fixture("kent", "force_owner", "chief_superintendent")
avon_planner = _member_fixture("avon", "planner", "inspector")
avon_publisher = _member_fixture("avon", "data_publisher", "staff")
avon_owner = _member_fixture("avon", "force_owner", "chief_superintendent")
northmoor_operator_lead = _member_fixture("northmoor", "operator_lead", "sergeant")
northmoor_publisher = _member_fixture("northmoor", "data_publisher", "staff")


@pytest.fixture
def national_lead(db) -> Person:
    return make_national("national_lead")


@pytest.fixture
def national_analyst(db) -> Person:
    return make_national("national_analyst")


@pytest.fixture
def regulator(db) -> Person:
    return make_national("regulator")
