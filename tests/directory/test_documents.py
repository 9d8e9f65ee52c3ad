"""Documents and the contact of a force: who may say them, what is refused, and what stood on a day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from directory import actions
from events.models import Event
from forces.clock import db_now, london_date
from forces.documents import all_documents_of, contact_of, documents_of, documents_of_many, versions_of
from forces.models import ContactPoint, Document
from forces.personal_data import PersonalData
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting

pytestmark = pytest.mark.django_db

ADOPTED, REVIEW = date(2026, 3, 1), date(2027, 3, 1)


@pytest.fixture
def officer(kent, force_people):
    return force_people(kent, "data_protection_officer")


def said(**changes):
    return {
        "kind": "policy",
        "title": "Live facial recognition policy",
        "version": "1.0",
        "url": "https://www.kent.police.uk/policy-1.pdf",
        "adopted_on": ADOPTED,
        "review_on": REVIEW,
    } | changes


def publish(force, by, **changes):
    return actions.publish_document(force, **said(**changes), by=by, at=db_now())


def versions(standing):
    return {kind: document.version for kind, document in standing.items()}


def test_a_document_stands_from_the_day_it_was_adopted(kent, avon, officer):
    publish(kent, officer)
    assert documents_of(kent, ADOPTED - timedelta(days=1)) == {}
    assert versions(documents_of(kent, ADOPTED)) == {"policy": "1.0"}
    assert documents_of(avon, ADOPTED) == {}
    with acting(kent, None):
        event = Event.objects.get(name="document.published.v1")
    assert event.person_id == officer.pk
    assert event.payload["force"] == kent.code
    assert (event.payload["version"], event.payload["replaces"]) == ("1.0", None)


def test_a_new_version_stands_from_its_own_day_and_the_old_one_before(kent, officer):
    first = publish(kent, officer)
    second = publish(
        kent, officer, version="2.0", adopted_on=date(2026, 9, 1), review_on=date(2027, 9, 1), replaces=first
    )
    assert versions(documents_of(kent, date(2026, 8, 31))) == {"policy": "1.0"}
    assert versions(documents_of(kent, date(2026, 9, 1))) == {"policy": "2.0"}
    assert [each.version for each in versions_of(first)] == ["2.0", "1.0"]
    assert second.series == first.series


def test_of_a_withdrawn_document_no_version_stands_and_the_next_goes_on(kent, officer):
    first = publish(kent, officer)
    second = publish(kent, officer, version="2.0", replaces=first)
    actions.withdraw_document(second, reason="A mistake in section 4.", by=officer, at=db_now())
    today = london_date(db_now())
    assert documents_of(kent, today) == {}
    assert versions(documents_of(kent, today - timedelta(days=1))) == {"policy": "2.0"}
    third = publish(kent, officer, version="3.0", adopted_on=today)
    assert third.replaces_id == second.pk
    assert versions(documents_of(kent, today)) == {"policy": "3.0"}


def test_many_forces_and_days_are_asked_for_at_once(
    kent, avon, officer, force_people, django_assert_num_queries
):
    publish(kent, officer)
    publish(
        avon, force_people(avon, "chief_officer"), kind="dpia", url="https://www.avonandsomerset.police.uk/d"
    )
    with django_assert_num_queries(1):
        found = documents_of_many([(kent, ADOPTED), (avon, ADOPTED), (kent, date(2020, 1, 1))])
    assert {key: versions(each) for key, each in found.items()} == {
        (kent.pk, ADOPTED): {"policy": "1.0"},
        (avon.pk, ADOPTED): {"dpia": "1.0"},
        (kent.pk, date(2020, 1, 1)): {},
    }


def test_of_some_kinds_several_stand_in_a_fixed_order(kent, officer):
    publish(kent, officer, kind="training", title="Operators", review_on=None)
    publish(kent, officer, kind="training", title="Commanders", review_on=None)
    publish(kent, officer)
    assert [(each.kind, each.title) for each in all_documents_of(kent, ADOPTED)] == [
        ("policy", "Live facial recognition policy"),
        ("training", "Commanders"),
        ("training", "Operators"),
    ]


def test_a_document_is_overdue_after_its_day(kent, officer):
    document = publish(kent, officer)
    assert not document.is_overdue(REVIEW)
    assert document.is_overdue(REVIEW + timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "diary"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "Policy\u202e"}, "title"),
        ({"version": ""}, "version"),
        ({"url": "http://www.kent.police.uk/policy"}, "url"),
        ({"url": "https://police.uk.example.com/policy"}, "url"),
        ({"url": "https://user@www.kent.police.uk/policy"}, "url"),
        ({"url": "https://www.kent.police.uk:8443/policy"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://northmoor.example/policy"}, "url"),
        ({"url": "https://www.kent.police.uk/" + "x" * 500}, "url"),
        ({"adopted_on": date(1999, 1, 1)}, "adopted_on"),
        ({"review_on": None}, "review_on"),
        ({"review_on": ADOPTED}, "review_on"),
        ({"review_on": date(2099, 1, 1)}, "review_on"),
    ],
)
def test_what_is_malformed_is_refused_by_field(kent, officer, changes, field):
    with pytest.raises(Invalid) as refused:
        publish(kent, officer, **changes)
    assert list(refused.value.errors) == [field]
    assert not Document.objects.exists()


def test_a_title_that_names_somebody_is_refused(kent, officer):
    with pytest.raises(PersonalData):
        publish(kent, officer, title="Policy signed by Mr Bloggs")


def test_a_second_policy_is_a_version_of_the_first(kent, officer):
    first = publish(kent, officer)
    with pytest.raises(actions.NotKept, match="stands already"):
        publish(kent, officer)
    publish(kent, officer, version="2.0", replaces=first)
    with pytest.raises(actions.NotKept, match="meanwhile"):
        publish(kent, officer, version="2.1", replaces=first)
    with pytest.raises(actions.NotKept, match="newer version"):
        actions.withdraw_document(first, reason="Old.", by=officer, at=db_now())


def test_a_version_follows_the_one_before(kent, officer):
    first = publish(kent, officer)
    with pytest.raises(Invalid) as refused:
        publish(kent, officer, version="0.9", adopted_on=date(2025, 1, 1), replaces=first)
    assert list(refused.value.errors) == ["adopted_on"]
    with pytest.raises(Invalid) as refused:
        publish(kent, officer, replaces=first)
    assert list(refused.value.errors) == ["version"]


def test_withdrawing_happens_once_and_says_why(kent, officer):
    document = publish(kent, officer)
    for reason in (" ", "x" * 501):
        with pytest.raises(Invalid):
            actions.withdraw_document(document, reason=reason, by=officer, at=db_now())
    actions.withdraw_document(document, reason="Superseded.", by=officer, at=db_now())
    with pytest.raises(actions.NotKept, match="already"):
        actions.withdraw_document(document, reason="Superseded.", by=officer, at=db_now())


@pytest.mark.parametrize("role", ["planner", "data_publisher", "force_owner", "auditor"])
def test_documents_and_contact_are_for_who_keeps_them(kent, force_people, officer, role):
    document = publish(kent, officer)
    other = force_people(kent, role)
    with pytest.raises(Forbidden):
        publish(kent, other, kind="dpia")
    with pytest.raises(Forbidden):
        actions.withdraw_document(document, reason="No.", by=other, at=db_now())
    with pytest.raises(Forbidden):
        actions.set_contact(kent, phone="101", by=other, at=db_now())


def test_another_force_s_officer_keeps_nothing_here(kent, avon, force_people):
    with pytest.raises(Forbidden):
        publish(kent, force_people(avon, "data_protection_officer"))


def test_the_database_holds_what_the_actions_do(kent, avon, officer):
    first = publish(kent, officer)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting(kent, None):
        Document.objects.filter(pk=first.pk).update(title="Other")
    row = {
        name: getattr(first, name) for name in ("kind", "title", "version", "url", "adopted_on", "review_on")
    }
    more = {"published_by": officer, "published_at": db_now()}
    with (
        pytest.raises(IntegrityError, match="document_one_of_each"),
        transaction.atomic(),
        acting(kent, None),
    ):
        Document.objects.create(force=kent, **row, **more)
    with pytest.raises(IntegrityError, match="same_force"), transaction.atomic(), acting(avon, None):
        Document.objects.create(force=avon, replaces=first, **row, **more)
    with pytest.raises(IntegrityError, match="document_address"), transaction.atomic(), acting(avon, None):
        Document.objects.create(force=avon, **(row | {"url": "http://www.kent.police.uk/"}), **more)


def test_the_contact_is_the_one_said_last(kent, officer):
    assert contact_of(kent) is None
    actions.set_contact(kent, email="lfr@kent.police.uk", by=officer, at=db_now())
    actions.set_contact(
        kent, phone="01622 690 690", url="https://www.kent.police.uk/lfr", by=officer, at=db_now()
    )
    found = contact_of(kent)
    assert (found.email, found.phone) == ("", "01622 690 690")
    assert ContactPoint.objects.count() == 2
    with pytest.raises(actions.NotKept, match="already"):
        actions.set_contact(
            kent, phone="01622 690 690", url="https://www.kent.police.uk/lfr", by=officer, at=db_now()
        )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "lfr@example.com"}, "email"),
        ({"email": "john.bloggs@kent.police.uk"}, "email"),
        ({"phone": "07700 900123"}, "phone"),
        ({"phone": "ring us"}, "phone"),
        ({"url": "http://www.kent.police.uk/"}, "url"),
    ],
)
def test_a_contact_is_an_organisation_s(kent, officer, given, field):
    with pytest.raises(Invalid) as refused:
        actions.set_contact(kent, **given, by=officer, at=db_now())
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    "given",
    [
        {"email": "facial.recognition@kent.police.uk"},
        {"email": "LFR-team@kent.police.uk", "phone": "101"},
        {"phone": "+44 1622 690690"},
        {"url": "https://www.gov.uk/lfr"},
    ],
)
def test_an_organisation_s_contact_is_taken(kent, officer, given):
    actions.set_contact(kent, **given, by=officer, at=db_now())
    assert contact_of(kent) is not None


def test_made_up_forces_have_made_up_sites(northmoor, force_people):
    officer = force_people(northmoor, "chief_officer")
    publish(northmoor, officer, url="https://northmoor.example/policy")
    with pytest.raises(Invalid):
        publish(northmoor, officer, kind="dpia")
