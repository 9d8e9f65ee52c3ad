"""What was typed into a form whose session was over is shown to whoever typed it, once they have signed in again."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directory import actions as directory
from directory.sealing import seal
from forces.clock import db_now
from forces.models import User
from portal import typed
from tests.deployments.recordings import published
from tests.portal.test_force import answers, only, text, url
from tests.portal.test_second_step import code_of, enrol

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
RECORD = "/portal/kent/deployments/record/"
SAID = "You had been signed out"


@pytest.fixture(autouse=True)
def fast(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def login_of(person) -> User:
    user = person.logins.get()
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def ada(kent_planner) -> User:
    return login_of(kent_planner)


def signed_in_browser(user, **more) -> Client:
    client = Client(**more)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def word_in(page) -> str:
    return re.search(r'name="typed_by" value="([^"]+)"', page.content.decode())[1]


def opened_and_ended(user, address=RECORD, **more) -> tuple[Client, str]:
    """A browser that shows the form, and whose session somebody ended meanwhile; and the word in the form."""
    client = signed_in_browser(user, **more)
    word = word_in(client.get(address))
    User.objects.filter(pk=user.pk).update(sessions_ended=user.sessions_ended + 1)
    user.refresh_from_db()
    return client, word


def sign_in(client, user, answer=None):
    to = answer["Location"] if answer is not None else "/sign-in/"
    return client.post(to, {"email": user.email, "password": PASSWORD})


def test_a_form_is_shown_again_as_it_was_filled_in_and_sends_nothing_itself(ada, kent):
    client, word = opened_and_ended(ada)
    answer = client.post(RECORD, answers(place="Quay & Pier", alerts="three", typed_by=word))
    assert answer["Location"] == "/sign-in/?next=%2Fportal%2Fkent%2Fdeployments%2Frecord%2F"
    back = sign_in(client, ada, answer)
    assert back["Location"] == RECORD
    page = client.get(RECORD)
    body = page.content.decode()
    assert page.status_code == 200
    assert SAID in text(page)
    assert 'value="Quay &amp; Pier"' in body
    assert 'value="three"' in body
    assert "There is a problem" not in body, "it is judged when it is sent"
    assert 'value="9,764"' in body
    assert client.session.get_expire_at_browser_close()
    client.post(RECORD, answers(place="Quay & Pier", typed_by=word_in(page)))
    assert only(kent).current.place == "Quay & Pier"


def test_it_is_shown_once(ada):
    client, word = opened_and_ended(ada)
    sign_in(client, ada, client.post(RECORD, answers(place="Quay", typed_by=word)))
    assert 'value="Quay"' in client.get(RECORD).content.decode()
    again = client.get(RECORD)
    assert 'value="Quay"' not in again.content.decode()
    assert SAID not in text(again)


def test_another_person_sees_nothing_of_it_and_ends_it(ada, kent, force_people):
    other = login_of(force_people(kent, "operator_lead"))
    client, word = opened_and_ended(ada)
    answer = client.post(RECORD, answers(place="Quay", typed_by=word))
    sign_in(client, other, answer)
    page = client.get(RECORD)
    assert "Quay" not in page.content.decode()
    assert SAID not in text(page)
    assert typed.KEPT not in client.session
    client.post("/sign-in/out/")
    sign_in(client, ada, answer)
    assert "Quay" not in client.get(RECORD).content.decode()


def test_nothing_is_kept_in_clear(ada):
    client, word = opened_and_ended(ada)
    client.post(RECORD, answers(place="Quay", typed_by=word))
    assert typed.KEPT in client.session
    assert "Quay" not in str([each.get_decoded() for each in Session.objects.all()])


@pytest.mark.parametrize("word", ["", "x", "x" * 5000, "other person's seal"])
def test_nothing_is_kept_of_a_stranger(ada, word):
    word = seal(word) if "seal" in word else word
    client = Client()
    answer = client.post(RECORD, answers(place="Quay", typed_by=word))
    assert answer["Location"].startswith("/sign-in/")
    assert not Session.objects.exists()
    assert not client.cookies


def test_nothing_is_kept_at_another_address_of_too_much_or_of_files(ada):
    client, word = opened_and_ended(ada)
    client.post("/portal/kent/team/invite/", answers(typed_by=word))
    client.post(RECORD, answers(place="Quay" * 20_000, typed_by=word))
    client.post(RECORD, answers(typed_by=word, photo=SimpleUploadedFile("a.png", b"x")))
    assert typed.KEPT not in client.session


def test_only_a_few_are_kept_and_none_for_long(ada, kent, kent_planner, kent_publisher):
    client, word = opened_and_ended(ada)
    client.post(RECORD, answers(place="Quay", typed_by=word))
    for number in range(typed.MOST):
        address = f"/portal/kent/deployments/LFR-{number}/amend/"
        client.post(address, {"place": "x", "typed_by": typed.word(kent_planner, address)})
    assert len(client.session[typed.KEPT]) == typed.MOST
    assert RECORD not in client.session[typed.KEPT]
    client.post(RECORD, answers(place="Quay", typed_by=word))
    session = client.session
    session[typed.KEPT] = {
        at: each | {"at": each["at"] - typed.PATIENCE - 1} for at, each in session[typed.KEPT].items()
    }
    session.save()
    sign_in(client, ada)
    assert "Quay" not in client.get(RECORD).content.decode()


def test_it_goes_through_the_second_step(ada, settings):
    settings.TWO_STEPS = True
    client = Client()
    key, _codes = enrol(client, ada)
    word = word_in(client.get(RECORD))
    User.objects.filter(pk=ada.pk).update(sessions_ended=9)
    asked = sign_in(client, ada, client.post(RECORD, answers(place="Quay", typed_by=word)))
    assert asked["Location"] == "/sign-in/code/"
    assert client.post("/sign-in/code/", {"code": code_of(key)})["Location"] == RECORD
    assert 'value="Quay"' in client.get(RECORD).content.decode()


def test_without_the_token_against_forged_requests_nothing_is_looked_at(ada):
    client, word = opened_and_ended(ada, enforce_csrf_checks=True)
    assert client.post(RECORD, answers(place="Quay", typed_by=word)).status_code == 403
    assert typed.KEPT not in client.session


def test_a_correction_and_a_reason_are_shown_again_too(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    user = login_of(kent_publisher)
    for name, said in (
        ("correct", answers(place="Quay", seen="1.1", reason="The sign says Quay.")),
        ("withdraw", {"seen": "1.0", "reason": "The sign says Quay."}),
    ):
        client, word = opened_and_ended(user, url(name, deployment))
        sign_in(client, user, client.post(url(name, deployment), said | {"typed_by": word}))
        page = client.get(url(name, deployment))
        assert page.status_code == 200
        assert "The sign says Quay." in page.content.decode()
        assert f'value="{said["seen"]}"' in page.content.decode()


def test_forms_for_passwords_hold_no_word(client, ada):
    link = directory.issue_password_link(ada, by=None, at=db_now())
    for address in ("/sign-in/", link.path):
        page = client.get(address)
        assert page.status_code == 200
        assert "typed_by" not in page.content.decode()
