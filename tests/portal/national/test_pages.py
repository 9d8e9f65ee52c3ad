"""The centre's pages: who gets in, what each shows, and that every change is one action with a reason."""

import re

import pytest
from django.urls import reverse

from directory import actions
from events.models import Delivery, Event
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Appointment, Force, LfrUse, Membership, Person
from forces.permissions import may
from forces.reference import load_forces
from forces.tenancy import national_scope
from tests.people import make_national

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(national_lead, signed_in):
    return signed_in(national_lead)


def path(name, *args):
    return reverse(f"admin:{name}", args=args)


def page(client, name, /, *args, status=200, **query):
    answer = client.get(path(name, *args), query)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:2000])
    return answer.content.decode()


def sent(client, name, /, *args, **data):
    return client.post(path(name, *args), data)


def held(person, role):
    with national_scope():
        return Membership.objects.get(person=person, role=role)


# The door -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["index", "records", "national-people", "forces_person_changelist", "national-audit"]
)
def test_a_stranger_is_asked_to_sign_in_and_comes_back(client, db, name):
    answer = client.get(path(name))
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={path(name).replace('/', '%2F')}"


def test_the_stock_sign_in_leads_to_the_one_way_in(client, lead):
    assert client.get(path("login"))["Location"].startswith("/sign-in/")
    assert lead.get(path("login"))["Location"] == path("index")


def test_somebody_of_a_force_is_refused_and_it_is_kept(kent_owner, signed_in):
    answer = signed_in(kent_owner).get(path("index"))
    assert answer.status_code == 403
    with national_scope():
        event = Event.objects.get(name="access.refused.v1")
    assert (event.person_id, event.payload["capability"]) == (kent_owner.pk, "read_all_forces")


@pytest.mark.parametrize("role", ["national_analyst", "testing_officer", "regulator", "training_manager"])
def test_every_national_role_gets_in_and_reads(role, signed_in):
    client = signed_in(make_national(role))
    page(client, "index")
    page(client, "records")
    page(client, "national-people")


def test_django_s_own_passwords_log_and_pop_ups_are_gone(lead):
    for address in (
        "password_change/",
        "autocomplete/",
        "logout/",
        "forces/force/add/",
        "forces/force/1/history/",
    ):
        assert lead.get(f"/admin/{address}").status_code == 404, address


# What needs me --------------------------------------------------------------------------------------


def test_the_first_page_says_that_nothing_waits(lead):
    assert "Nothing waits for you." in page(lead, "index")


def test_the_first_page_counts_what_waits_and_since_when(lead, kent, kent_planner, national_lead):
    told = page(lead, "index")
    assert "People invited who have not chosen a password" in told.split("Nothing waiting")[0]
    assert "Nothing waits for you." not in told


# People ---------------------------------------------------------------------------------------------


def test_people_are_found_by_name_force_and_role(lead, kent_planner, avon_planner):
    assert "Kent Police planner" in page(lead, "national-people", words="kent police PLAN")
    assert "Kent Police planner" not in page(lead, "national-people", words="avon")
    assert "Avon and Somerset Constabulary planner" not in page(lead, "national-people", force="kent")
    assert "National lead" in page(lead, "national-people", role="national_lead")
    assert "Nobody fits" in page(lead, "national-people", words="%%%")


def test_the_lead_invites_somebody_to_a_force(lead, kent):
    answer = sent(
        lead,
        "national-invite",
        name="Ada Byron",
        email="ada@kent.example",
        force="kent",
        role="planner",
        reason="New post",
    )
    assert answer["Location"] == path("national-people")
    with national_scope():
        ada = Person.objects.get(name="Ada Byron")
        assert Event.objects.get(name="role.granted.v1", payload__person=ada.pk).reason == "New post"
    assert may(ada, Capability.RECORD_RESULTS, kent)
    assert "Ada Byron is invited" in page(lead, "national-people")


def test_an_empty_form_says_what_is_missing_above_and_beside(lead):
    answer = sent(lead, "national-invite")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in said
    assert "<title>Error: " in said
    assert said.count("Enter full name") >= 2
    assert said.count("Enter why") >= 2


def test_a_refusal_stands_beside_its_field(lead, kent, kent_planner):
    taken = kent_planner.logins.get().email
    answer = sent(lead, "national-invite", name="X", email=taken, force="kent", role="planner", reason="x")
    assert answer.status_code == 422
    assert answer.content.decode().count("already has a login") >= 2


def test_the_lead_grants_and_ends_a_role(lead, kent, avon, kent_planner):
    answer = sent(
        lead, "national-grant", kent_planner.public_id, force="avon-and-somerset", role="auditor", reason="x"
    )
    assert answer.status_code == 302
    membership = held(kent_planner, "auditor")
    assert "End a role" in page(lead, "national-end-role", membership.pk)
    assert sent(lead, "national-end-role", membership.pk, reason="").status_code == 422
    assert sent(lead, "national-end-role", membership.pk, reason="Back to Kent").status_code == 302
    assert held(kent_planner, "auditor").until
    told = page(lead, "national-person", kent_planner.public_id)
    assert "Roles before" in told
    assert sent(lead, "national-end-role", membership.pk, reason="again").status_code == 422


def test_the_lead_appoints_and_dismisses(lead, kent_planner):
    assert (
        sent(lead, "national-appoint", kent_planner.public_id, role="regulator", reason="x").status_code
        == 302
    )
    with national_scope():
        appointment = Appointment.objects.get(person=kent_planner)
    assert sent(lead, "national-dismiss", appointment.pk, reason="x").status_code == 302
    assert not may(Person(pk=kent_planner.pk), Capability.READ_ALL_FORCES)


def test_the_lead_appoints_somebody_new(lead):
    data = {"name": "Grace", "email": "grace@centre.example", "role": "national_analyst", "reason": "x"}
    assert sent(lead, "national-appoint-new", **data).status_code == 302
    with national_scope():
        grace = Person.objects.get(name="Grace")
    assert may(grace, Capability.IMPORT_RECORDS)


def test_nobody_changes_what_they_hold_themselves(lead, national_lead, kent):
    told = page(lead, "national-person", national_lead.public_id)
    assert "This is you" in told
    answer = sent(lead, "national-grant", national_lead.public_id, force="kent", role="planner", reason="x")
    assert answer.status_code == 422
    assert "cannot grant a role to yourself" in answer.content.decode()


def test_a_link_is_shown_once_and_lets_the_person_in(lead, client, kent_planner):
    login = kent_planner.logins.get()
    answer = sent(lead, "national-login-link", login.pk, reason="Lost the first")
    told = answer.content.decode()
    assert answer.status_code == 200
    link = re.search(r"/sign-in/password/[^<]+", told).group()
    assert client.get(link).status_code == 200
    assert link not in page(lead, "national-person", kent_planner.public_id)


def test_a_login_is_disabled_and_enabled(lead, kent_planner, signed_in):
    login = kent_planner.logins.get()
    assert sent(lead, "national-login-disable", login.pk, reason="Left").status_code == 302
    login.refresh_from_db()
    assert not login.is_active
    assert sent(lead, "national-login-enable", login.pk, reason="Came back").status_code == 302
    login.refresh_from_db()
    assert login.is_active


@pytest.mark.parametrize("role", ["national_analyst", "regulator", "testing_officer"])
def test_others_read_people_and_change_nothing(role, signed_in, kent_planner):
    client = signed_in(make_national(role))
    told = page(client, "national-person", kent_planner.public_id)
    assert "Grant a role" not in told
    membership = held(kent_planner, "planner")
    login = kent_planner.logins.get()
    for name, args in (
        ("national-invite", []),
        ("national-appoint-new", []),
        ("national-grant", [kent_planner.public_id]),
        ("national-appoint", [kent_planner.public_id]),
        ("national-end-role", [membership.pk]),
        ("national-login-link", [login.pk]),
        ("national-login-disable", [login.pk]),
        ("national-force-add", []),
        ("national-successor", ["kent"]),
    ):
        assert client.get(path(name, *args)).status_code == 403, name
        assert client.post(path(name, *args), {"reason": "x"}).status_code == 403, name
    assert held(kent_planner, "planner").until is None


# Forces ---------------------------------------------------------------------------------------------


def test_the_list_of_forces_counts_43_and_tells_what_is_not_known(lead):
    load_forces()
    told = page(lead, "national-forces")
    assert "43 territorial forces" in told
    assert "Not known" in told
    assert "Own equipment" in told


def test_the_lead_adds_a_force_and_names_it_successor(lead, kent):
    data = {
        "name": "Wessex Police",
        "code": "E23000099",
        "slug": "wessex",
        "body_type": "territorial",
        "source": "An order",
        "reason": "Merger",
    }
    assert sent(lead, "national-force-add", **data).status_code == 302
    answer = sent(
        lead,
        "national-successor",
        "kent",
        **{"successor": "wessex", "on-day": "1", "on-month": "4", "on-year": "2030", "source": "SI 2029/1"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert "Wessex Police" in page(lead, "national-force", "kent")
    assert Force.objects.get(slug="kent").valid_until.isoformat() == "2030-04-01"


def test_an_analyst_records_how_a_force_stands(kent, national_analyst, signed_in):
    client = signed_in(national_analyst)
    data = {"status": "own", "starts_on-day": "1", "starts_on-month": "3", "starts_on-year": "2025"}
    assert sent(client, "national-use", "kent", **data).status_code == 422
    answer = sent(client, "national-use", "kent", **data, source="The force's page")
    assert answer.status_code == 302, answer.content.decode()
    assert LfrUse.objects.get(force=kent).status == "own"
    assert "Own equipment" in page(client, "national-force", "kent")


# Events and audit -----------------------------------------------------------------------------------


def test_a_parked_event_is_shown_with_its_cause_and_tried_again(lead, kent, kent_planner):
    with national_scope():
        event = Event.objects.filter(force=kent).first()
        delivery = Delivery.objects.create(
            event=event, subscriber="site.test", state="parked", attempts=7, cause="KeyError: faces"
        )
    assert "KeyError: faces" in page(lead, "national-events")
    assert "Parked events" in page(lead, "index").split("Nothing waiting")[0]
    assert "KeyError: faces" in page(lead, "national-decide-item", "parked", delivery.pk)
    item = ("national-decide-item", "parked", delivery.pk)
    assert sent(lead, *item, choice="replay", reason="").status_code == 422
    assert sent(lead, *item, choice="replay", reason="Mended").status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == "pending"
    assert sent(lead, *item, choice="replay", reason="Twice").status_code == 409
    assert "KeyError: faces" in page(lead, "national-audit", kind="delivery.replayed.v1")


def test_the_audit_says_who_what_when_and_why(lead, kent, kent_owner, kent_planner):
    actions.revoke(held(kent_planner, "planner"), by=kent_owner, at=db_now(), reason="Moved to CID")
    told = page(lead, "national-audit", kind="role.revoked.v1")
    for word in ("Role ended", "Kent Police planner", "Kent Police owner", "Moved to CID", "Kent Police"):
        assert word in told, word


def test_the_audit_is_filtered_and_paged_by_its_address(lead, kent, avon, kent_planner, avon_planner):
    assert "Avon and Somerset Constabulary planner" not in page(lead, "national-audit", force="kent")
    assert "Kent Police planner" in page(lead, "national-audit", who="kent police owner")
    assert "Nothing fits" in page(lead, "national-audit", who="nobody at all")
    today = {"since-day": "1", "since-month": "1", "since-year": "2100"}
    assert "Nothing fits" in page(lead, "national-audit", **today)
    assert "There is a problem" in page(
        lead, "national-audit", **{"since-day": "41", "since-month": "1", "since-year": "2024"}
    )


def test_the_audit_is_for_those_who_hold_that_right(signed_in):
    page(signed_in(make_national("regulator")), "national-audit")
    page(signed_in(make_national("testing_officer")), "national-audit", status=403)


# Records --------------------------------------------------------------------------------------------


RECORDS = [
    *("forces_force", "forces_person", "forces_membership", "forces_appointment", "forces_lfruse"),
    *("events_event", "events_delivery", "jobs_job", "evaluations_algorithmversion"),
]


@pytest.mark.parametrize("name", RECORDS)
def test_records_are_listed_searched_and_shown_and_nothing_more(lead, kent_planner, name):
    load_forces()
    page(lead, f"{name}_changelist")
    told = page(lead, f"{name}_changelist", q="kent")
    assert "addlink" not in told
    app, model = name.split("_")
    from django.apps import apps

    from portal.national.records import rows_of

    with national_scope():
        row = rows_of(apps.get_model(app, model)).first()
    if row is None:
        return
    shown = page(lead, f"{name}_change", row.pk)
    assert 'type="submit"' not in shown.split('id="content"')[1]
    answer = lead.post(path(f"{name}_change", row.pk), {"name": "Changed"})
    assert answer.status_code == 403


def test_no_record_is_shown_that_others_registered():
    from django.contrib import admin

    from portal.national.records import NationalAdmin

    shown = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert shown == set(RECORDS)
    assert all(isinstance(each, NationalAdmin) for each in admin.site._registry.values())


def test_a_record_list_never_shows_a_password(lead, kent_planner):
    for query in ({"logins__password__startswith": "!"}, {"logins__password": "!"}):
        answer = lead.get(path("forces_person_changelist"), query)
        assert answer.status_code in {302, 400}


def test_no_page_of_the_centre_holds_a_script_or_style_of_its_own(lead, kent_planner):
    names = [
        "index",
        "records",
        "national-people",
        "national-invite",
        "national-forces",
        "national-force-add",
    ]
    names += [
        "national-decide",
        "national-events",
        "national-redactions",
        "national-audit",
        "forces_person_changelist",
    ]
    for name in names:
        told = page(lead, name)
        assert " style=" not in told, name
        assert "<style" not in told, name
        assert not [part for part in told.split("<script")[1:] if "src=" not in part.split(">")[0]], name


def test_a_right_that_ends_ends_at_the_next_request(national_lead, national_analyst, signed_in):
    client = signed_in(national_analyst)
    page(client, "index")
    with national_scope():
        appointment = Appointment.objects.select_related("person").get(person=national_analyst)
    actions.dismiss(appointment, by=national_lead, at=db_now(), reason="End of secondment")
    page(client, "index", status=302)
    page(signed_in(national_analyst), "index", status=403)


def test_a_login_that_is_disabled_is_a_stranger_s_at_the_next_request(
    national_lead, national_analyst, signed_in
):
    client = signed_in(national_analyst)
    page(client, "index")
    actions.disable_login(
        national_analyst.logins.get(), by=national_lead, at=db_now(), reason="Lost a laptop"
    )
    assert client.get(path("index"))["Location"].startswith("/sign-in/")
