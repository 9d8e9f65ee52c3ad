"""Signing in and out: by e-mail and password, in a demonstration as somebody made up, never elsewhere."""

import pytest
from django.core.cache import cache
from django.test import Client

from directory import demonstration
from forces.models import User
from tests.people import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def forgotten_attempts():
    cache.clear()


@pytest.fixture
def ada(kent_planner) -> User:
    user = kent_planner.logins.get()
    user.set_password(PASSWORD)
    user.save()
    return user


def test_sign_in_leads_to_where_one_was_going(client, ada):
    said = {"email": ada.email.upper(), "password": PASSWORD, "next": "/portal/kent/deployments/"}
    response = client.post("/sign-in/", said)
    assert response["Location"] == "/portal/kent/deployments/"
    assert client.get("/portal/kent/deployments/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/sign-in/",
    ],
)
def test_sign_in_never_leads_to_another_site(client, ada, elsewhere):
    response = client.post("/sign-in/", {"email": ada.email, "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == "/portal/"


def test_the_session_gets_a_new_id(client, ada):
    client.get("/sign-in/")
    client.session.save()
    client.cookies["session"] = before = client.session.session_key or "planted"
    client.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert client.cookies["session"].value != before


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("x", "y"), ("a@b.example", "wrong"), ("a\x00@b.c", "\x00")]
)
def test_a_wrong_pair_is_one_clear_error(client, ada, email, password):
    page = client.post("/sign-in/", {"email": email, "password": password})
    body = page.content.decode()
    assert page.status_code == 200
    assert "There is a problem" in body
    assert "<title>Error: " in body
    assert f'value="{password}"' not in body or not password


def test_a_disabled_login_is_a_wrong_pair(client, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    page = client.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert "is not right" in page.content.decode()


def test_too_many_wrong_pairs_are_stopped(client, ada):
    answers = [
        client.post("/sign-in/", {"email": ada.email, "password": "wrong"}).status_code for _ in range(7)
    ]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429


def test_signing_out_takes_a_post(client, ada):
    client.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/sign-in/out/").status_code == 405
    assert client.post("/sign-in/out/")["Location"] == "/"
    assert client.get("/portal/").status_code == 302


def test_sign_in_needs_the_token_of_its_form(ada):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"email": ada.email, "password": PASSWORD}).status_code == 403


def test_the_page_is_never_stored(client, db):
    assert client.get("/sign-in/")["Cache-Control"] == "private, no-store"


def test_a_demonstration_offers_its_people(client, db):
    demonstration.load()
    page = client.get("/sign-in/").content.decode()
    assert "Northmoor Police" in page
    assert "National centre" in page
    response = client.post("/sign-in/persona/", {"persona": "northmoor-planner"})
    assert response["Location"] == "/portal/"
    assert client.get("/portal/", follow=True).status_code == 200


def test_the_centres_people_begin_in_the_national_pages(client, db):
    demonstration.load()
    assert client.post("/sign-in/persona/", {"persona": "centre-national-lead"})["Location"] == "/admin/"


def test_nobody_real_can_be_signed_in_as(client, db):
    demonstration.load()
    make_person("Real", "planner@kent.example")
    for key in ("", "kent-planner", "planner@kent.example", "1", "northmoor-nobody", "\x00"):
        assert client.post("/sign-in/persona/", {"persona": key}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_without_a_demonstration_there_are_no_made_up_people(client, db, settings):
    demonstration.load()
    settings.DEMONSTRATION = False
    assert "made up" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/persona/", {"persona": "northmoor-planner"}).status_code == 404


def test_choosing_a_password_is_checked(client, db):
    for link in ("/sign-in/password/MQ/x/", "/sign-in/password/%00/x/", "/sign-in/password/zzz/zz/"):
        assert client.get(link).status_code == 404
