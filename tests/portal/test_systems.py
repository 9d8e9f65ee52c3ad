"""The page on which a force's owner connects systems; and asking for a withdrawal."""

import re
from datetime import timedelta

import pytest

from deployments.models import Deployment
from forces.clock import db_now, london_date
from forces.models import System, SystemLogin
from forces.tenancy import acting, national_scope
from tests.deployments.recordings import published
from tests.portal.test_force import text

pytestmark = pytest.mark.django_db
PAGE = "/portal/kent/systems/"


def filled(**changes):
    day = london_date(db_now() + timedelta(days=90))
    return {
        "name": "Kent results system",
        "capabilities": ["record_results", "read_records"],
        "last_day-day": str(day.day),
        "last_day-month": str(day.month),
        "last_day-year": str(day.year),
    } | changes


def connect(client, **changes):
    """Open the form and send it."""
    once = re.search(r'name="once" value="([^"]+)"', client.get(f"{PAGE}connect/").content.decode())[1]
    return client.post(f"{PAGE}connect/", filled(once=once, **changes))


def test_a_system_is_connected_and_its_secret_shown_once(kent_owner, signed_in):
    client = signed_in(kent_owner)
    answer = connect(client)
    login = SystemLogin.objects.get()
    secret = re.search(r'id="secret">([^<]+)<', answer.content.decode())[1]
    assert login.opens_with(secret)
    assert f'user = "{login.client_id}:{secret}"' in answer.content.decode()
    assert login.client_id in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for page in (PAGE, f"{PAGE}{login_system().person.public_id}/", "/portal/kent/history/"):
        shown = client.get(page)
        assert shown.status_code == 200
        assert secret not in shown.content.decode()
    assert "Kent results system" in text(client.get(PAGE))
    told = text(client.get("/portal/kent/history/"))
    assert "System connected" in told
    assert "record the result of a deployment" in told


def test_reloading_the_page_with_the_secret_connects_no_second_system(kent_owner, signed_in):
    client = signed_in(kent_owner)
    connect(client)
    sent = filled(once=client.get(f"{PAGE}connect/").context["once"], name="Another system")
    assert client.post(f"{PAGE}connect/", sent).status_code == 200
    for _press in range(2):
        again = client.post(f"{PAGE}connect/", sent, follow=True)
        assert again.redirect_chain == [(PAGE, 302)]
        assert "connected already, and its secret was shown then" in text(again)
    assert SystemLogin.objects.count() == 2
    with national_scope():
        assert System.objects.count() == 2


def test_a_form_of_nobody_s_or_somebody_else_s_connects_nothing(kent_owner, avon, avon_owner, signed_in):
    page = f"/portal/{avon.slug}/systems/connect/"
    theirs = signed_in(avon_owner).get(page).context["once"]
    client = signed_in(kent_owner)
    for once in ("", "x", theirs, theirs[:-1]):
        answer = client.post(f"{PAGE}connect/", filled(once=once))
        assert answer.status_code == 422
        assert "This page was open too long" in text(answer)
    assert not SystemLogin.objects.exists()


def login_system():
    with national_scope():
        return System.objects.select_related("person").get()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Enter a name for the system"),
        ({"capabilities": []}, "Select what the system may do"),
        ({"last_day-year": "2020"}, "It must end in the future"),
        ({"last_day-year": "2999"}, "a year from now at the latest"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(kent_owner, signed_in, changes, words):
    answer = connect(signed_in(kent_owner), **changes)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not SystemLogin.objects.exists()


def test_a_right_to_publish_cannot_be_smuggled_in(kent_owner, signed_in):
    answer = connect(signed_in(kent_owner), capabilities=["publish_results"])
    assert answer.status_code == 422
    assert not SystemLogin.objects.exists()


@pytest.mark.parametrize("who", ["kent_planner", "kent_publisher", "kent_auditor"])
def test_only_the_owner_sees_the_pages(request, kent_owner, who, signed_in):
    connect(signed_in(kent_owner))
    client = signed_in(request.getfixturevalue(who))
    for page in (PAGE, f"{PAGE}connect/", f"{PAGE}{login_system().person.public_id}/"):
        assert client.get(page).status_code == 403
        assert client.post(page, filled()).status_code == 403
    assert "Systems" not in text(client.get("/portal/kent/"))


def test_rights_are_changed_and_the_system_disconnected(kent_owner, signed_in):
    client = signed_in(kent_owner)
    connect(client)
    page = f"{PAGE}{login_system().person.public_id}/"
    client.post(page, {"capabilities": ["read_records"]})
    assert login_system().capabilities == ["read_records"]
    silent = client.post(page, {"disconnect": "1", "reason": " "})
    assert (silent.status_code, silent.content.decode().count("Say why it is disconnected")) == (422, 2)
    assert '<a href="#end_reason">Say why it is disconnected</a>' in silent.content.decode()
    client.post(page, {"disconnect": "1", "reason": "The supplier changed."})
    assert login_system().until <= db_now()
    assert "No longer connected" in text(client.get(PAGE))
    told = text(client.get("/portal/kent/history/"))
    assert "System disconnected" in told
    assert "The supplier changed." in told


def test_a_withdrawal_is_asked_for_and_declined_in_the_portal(kent, kent_planner, kent_publisher, signed_in):
    deployment = published(kent, kent_planner, kent_publisher)
    page = f"/portal/kent/deployments/{deployment.reference}/"
    planner, publisher = signed_in(kent_planner), signed_in(kent_publisher)
    assert "Ask for withdrawal" in text(planner.get(page))
    ask = {"seen": "1.0", "reason": "It was an exercise, no deployment."}
    planner.post(f"{page}ask-withdrawal/", ask)
    assert "It was an exercise" in text(publisher.get(page))
    decline = {"seen": "1.1", "reason": "It was a deployment, as the log shows."}
    assert planner.post(f"{page}decline-withdrawal/", decline).status_code == 403
    publisher.post(f"{page}decline-withdrawal/", decline)
    with acting(kent, kent_publisher):
        now = Deployment.objects.owned_by(kent).get(pk=deployment.pk)
    assert (now.stage, now.asked_by, now.askers) == ("published", None, [])
    assert "Withdrawal declined" in text(publisher.get(page))


@pytest.mark.parametrize("name", ["decline-withdrawal", "withdraw"])
def test_a_decision_about_a_withdrawal_is_about_what_was_seen(
    kent, kent_planner, kent_publisher, signed_in, name
):
    deployment = published(kent, kent_planner, kent_publisher)
    page = f"/portal/kent/deployments/{deployment.reference}/"
    planner, publisher = signed_in(kent_planner), signed_in(kent_publisher)
    ask = {"reason": "It was an exercise, no deployment."}
    assert 'name="seen" value="1.0"' in planner.get(f"{page}ask-withdrawal/").content.decode()
    planner.post(f"{page}ask-withdrawal/", {**ask, "seen": "1.0"})
    assert 'name="seen" value="1.1"' in publisher.get(f"{page}{name}/").content.decode()
    decline = {"seen": "1.1", "reason": "It was a deployment, as the log shows."}
    publisher.post(f"{page}decline-withdrawal/", decline)
    planner.post(f"{page}ask-withdrawal/", {**ask, "seen": "1.2"})
    for seen, words in (("1.1", "Somebody decided about this after you opened it"), ("", "")):
        answer = publisher.post(f"{page}{name}/", {**decline, "seen": seen})
        assert answer.status_code == 422
        assert words in text(answer)
    with acting(kent, kent_publisher):
        assert Deployment.objects.owned_by(kent).get(pk=deployment.pk).is_asked_for


def test_the_centre_s_list_of_people_holds_people(kent_owner, national_lead, signed_in):
    connect(signed_in(kent_owner))
    told = text(signed_in(national_lead).get("/admin/people/"))
    assert "Kent Police owner" in told
    assert "Kent results system" not in told
