"""How long a session lasts, what ends it at once, and what is kept of coming and going."""

import re
import time

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from config.cache import key
from directory import actions
from events.models import Event
from forces.clock import db_now
from forces.models import Appointment, Membership, User
from forces.tenancy import national_scope, scope
from tests.people import make_national

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fast(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def ada(kent_planner) -> User:
    user = kent_planner.logins.get()
    user.set_password(PASSWORD)
    user.save()
    return user


def give(client, email, password=PASSWORD):
    return client.post("/sign-in/", {"email": email, "password": password})


def kept(**filters):
    with national_scope():
        return list(Event.objects.filter(name__startswith="login.", **filters).order_by("pk"))


def membership_of(person):
    with national_scope():
        return Membership.objects.select_related("force", "person").get(person=person)


# How long -------------------------------------------------------------------------------------------


def moved(client, **seconds):
    """The same session, with its moments so many seconds earlier."""
    session = client.session
    for name, back in seconds.items():
        session[name] -= back
    session.save()


def test_an_hour_without_a_request_ends_a_session_and_any_request_puts_it_off(ada):
    client = Client()
    give(client, ada.email)
    moved(client, seen=settings.SESSION_IDLE - 5)
    assert client.get("/portal/kent/deployments/").status_code == 200
    moved(client, seen=settings.SESSION_IDLE - 5)
    assert client.get("/portal/kent/deployments/").status_code == 200
    moved(client, seen=settings.SESSION_IDLE + 5)
    answer = client.get("/portal/kent/deployments/")
    assert answer["Location"] == "/sign-in/?next=%2Fportal%2Fkent%2Fdeployments%2F"
    assert client.get("/portal/kent/deployments/").status_code == 302


def test_a_shift_ends_a_session_whatever_is_done_in_it(ada):
    client = Client()
    give(client, ada.email)
    moved(client, began=settings.SESSION_COOKIE_AGE + 5)
    assert client.get("/portal/kent/deployments/").status_code == 302


def test_signing_in_again_starts_anew(ada):
    client = Client()
    give(client, ada.email)
    moved(client, began=settings.SESSION_COOKIE_AGE - 60)
    give(client, ada.email)
    assert abs(client.session["began"] - time.time()) < 30


def test_the_lengths_are_said_where_one_signs_in(client):
    page = client.get("/sign-in/").content.decode()
    assert "60 minutes" in page
    assert "8 hours" in page


def test_a_session_ends_with_the_browser(ada):
    client = Client()
    give(client, ada.email)
    assert not client.cookies[settings.SESSION_COOKIE_NAME]["max-age"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


# At once --------------------------------------------------------------------------------------------


def open_two(user):
    clients = [Client(), Client()]
    for client in clients:
        give(client, user.email)
        assert client.get("/portal/kent/deployments/").status_code == 200
    return clients


def test_a_disabled_login_is_out_at_its_next_request_in_every_browser(ada, kent, kent_owner):
    clients = open_two(ada)
    actions.disable_login(ada, force=kent, by=kent_owner, at=db_now())
    for client in clients:
        assert client.get("/portal/kent/deployments/").status_code == 302
    User.objects.filter(pk=ada.pk).update(is_active=True)
    for client in clients:
        assert client.get("/portal/kent/deployments/").status_code == 302, "no session comes back"


def test_a_role_that_ends_ends_the_sessions_of_its_holder_and_of_nobody_else(ada, kent, kent_owner):
    clients = open_two(ada)
    owner = Client()
    owner.force_login(kent_owner.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    actions.revoke(membership_of(ada.person), by=kent_owner, at=db_now(), reason="Moved")
    for client in clients:
        assert client.get("/portal/kent/deployments/").status_code == 302
        assert "_auth_user_id" not in client.session
    assert owner.get("/portal/kent/team/").status_code == 200


def test_an_appointment_that_ends_ends_sessions(national_analyst):
    lead = make_national("national_lead")
    client = Client()
    client.force_login(
        national_analyst.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.get("/admin/").status_code == 200
    with national_scope():
        held = Appointment.objects.select_related("person").get(person=national_analyst)
    actions.dismiss(held, by=lead, at=db_now(), reason="Left")
    assert client.get("/admin/").status_code == 302


def test_a_new_role_gives_the_session_a_new_id(ada, kent, kent_owner):
    client = Client()
    give(client, ada.email)
    client.get("/portal/kent/deployments/")
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/portal/kent/deployments/").status_code == 200
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == before
    actions.grant(ada.person, "data_publisher", force=kent, by=kent_owner, at=db_now())
    assert client.get("/portal/kent/deployments/").status_code == 200
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = before
    assert stolen.get("/portal/kent/deployments/").status_code == 302


# What is kept ---------------------------------------------------------------------------------------


def test_coming_and_going_is_in_the_history_of_the_force(ada, kent, kent_owner, avon_owner):
    client = Client()
    give(client, ada.email, "wrong")
    give(client, ada.email)
    client.post("/sign-in/out/")
    found = kept(force=kent)
    assert [event.name for event in found] == ["login.failed.v1", "login.signed_in.v1", "login.signed_out.v1"]
    assert {event.payload["person"] for event in found} == {ada.person_id}
    assert {event.subject for event in found} == {str(ada.person.public_id)}
    with scope(kent_owner):
        assert Event.objects.filter(name="login.signed_in.v1").count() == 1
    with scope(avon_owner):
        assert not Event.objects.filter(name__startswith="login.").exists()


def test_the_owner_reads_it_in_words(ada, kent_owner, signed_in):
    give(Client(), ada.email)
    page = signed_in(kent_owner).get("/portal/kent/history/").content.decode()
    assert "Signed in" in page


def test_the_centre_s_own_are_in_the_centre_s_history(national_lead):
    user = national_lead.logins.get()
    user.set_password(PASSWORD)
    user.save()
    give(Client(), user.email)
    assert [(event.name, event.force_id) for event in kept(person_id=national_lead.pk)] == [
        ("login.signed_in.v1", None)
    ]


def keys_of_ours() -> list[bytes]:
    """What stands in the cache for this database: other tests, and those beside us, use the same server."""
    own = key("", cache.key_prefix, cache.version)
    return list(cache._cache.get_client().scan_iter(match=f"{own}*"))


@pytest.mark.parametrize("typed", ["my-secret-password-typed-as-a-name@x.example", "hunter2@kent.example"])
def test_what_a_stranger_typed_is_kept_nowhere(ada, typed, caplog):
    client = Client()
    for _ in range(7):
        give(client, typed, "sesame open")
    found = kept(payload__person=None)
    assert [event.name for event in found] == ["login.failed.v1"] * 5 + ["login.locked.v1"]
    told = " ".join(f"{event.payload} {event.subject} {event.reason}" for event in found) + caplog.text
    for secret in (typed, "sesame open", "hunter2", "my-secret"):
        assert secret not in told
    counted = keys_of_ours()
    assert counted
    assert not any(b"secret" in name or b"hunter2" in name for name in counted)


def test_a_known_and_an_unknown_address_get_the_same_answers(ada):
    """Byte for byte but for the form's own token, through to being locked out."""
    told = {}
    for email in (ada.email, "nobody@kent.example"):
        client, told[email] = Client(), []
        for _ in range(7):
            answer = give(client, email, "wrong")
            body = answer.content.decode().replace(email, "<email>")
            told[email].append(
                (answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body))
            )
        cache.clear()
    first, second = told.values()
    assert [status for status, _ in first] == [status for status, _ in second] == [200] * 5 + [429] * 2
    assert first == second


def test_being_locked_out_is_kept_once_and_counts_in_every_process(ada, kent):
    for _ in range(9):
        give(Client(), ada.email, "wrong")
    assert [event.name for event in kept(force=kent)] == ["login.failed.v1"] * 5 + ["login.locked.v1"]
    assert give(Client(), ada.email).status_code == 429, "not even with the right password"
    with national_scope():
        assert not Event.objects.filter(name="login.signed_in.v1").exists()
    assert any(b"login_failed" in name for name in keys_of_ours())


def test_the_limit_of_a_login_holds_whatever_name_the_service_is_asked_by(ada, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    answers = [
        Client(headers={"host": host})
        .post("/sign-in/", {"email": ada.email, "password": "wrong"})
        .status_code
        for host in ("one.example", "two.example") * 4
    ]
    assert answers.count(200) == 5


def test_one_address_cannot_try_every_login(ada):
    answers = [give(Client(), f"guess-{number}@kent.example", "wrong").status_code for number in range(32)]
    assert answers.count(200) == 30
    assert answers[-1] == 429
