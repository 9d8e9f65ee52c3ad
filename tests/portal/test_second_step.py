"""The second step through the real doors, with real codes: nobody gets in by password alone."""

import base64
import hashlib
import hmac
import re
import struct
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from directory import actions, demonstration
from directory.sealing import Unsealable, seal, unseal
from events.models import Event
from forces.clock import db_now
from forces.models import Membership, User
from forces.refusals import Forbidden
from forces.tenancy import national_scope
from tests.people import make_national
from tests.site.walker import addresses

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def code_of(key, when=0):
    """RFC 6238, written out: the code an app shows `when` seconds from now."""
    moment = struct.pack(">Q", int(time.time() + when) // 30)
    digest = hmac.new(base64.b32decode(key), moment, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_the_codes_of_these_tests_are_those_of_the_standard(monkeypatch):
    """RFC 6238, appendix B: at 59 seconds, the last six digits of 94287082."""
    monkeypatch.setattr(time, "time", lambda: 59)
    assert code_of(base64.b32encode(b"12345678901234567890")) == "287082"


@pytest.fixture(autouse=True)
def two_steps(settings):
    settings.TWO_STEPS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def ada(kent_planner) -> User:
    user = kent_planner.logins.get()
    user.set_password(PASSWORD)
    user.save()
    return user


def give_password(client, user, **more):
    return client.post("/sign-in/", {"email": user.email, "password": PASSWORD, **more})


def enrol(client, user):
    """Sign in for the first time; returns the key and the recovery codes."""
    assert give_password(client, user)["Location"] == "/sign-in/set-up/"
    page = client.get("/sign-in/set-up/").content.decode()
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    told = client.post("/sign-in/set-up/", {"code": code_of(key, -30)}).content.decode()
    return key, re.findall(r"<code>(\d{5} \d{5})</code>", told)


def names_of(person):
    with national_scope():
        return list(
            Event.objects.filter(payload__person=person.pk, name__startswith="login.").values_list(
                "name", flat=True
            )
        )


def test_the_first_sign_in_leads_through_setting_up_and_nowhere_else(ada):
    client = Client()
    _, codes = enrol(client, ada)
    assert len(codes) == 10
    assert client.get("/portal/kent/deployments/").status_code == 200
    assert client.get("/sign-in/set-up/")["Location"] == "/sign-in/recovery-codes/"
    assert names_of(ada.person)[-2:] == ["login.second_step_set.v1", "login.signed_in.v1"]


def test_the_page_shows_the_key_as_text_and_as_a_drawing_of_its_own(ada):
    client = Client()
    give_password(client, ada)
    page = client.get("/sign-in/set-up/").content.decode()
    assert "<svg" in page
    assert "<?xml" not in page
    assert "style=" not in page
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert set(re.findall(r"https?://[^\"]+", drawing)) <= {"http://www.w3.org/2000/svg"}


def test_every_later_sign_in_takes_a_code_and_goes_where_one_was_going(ada):
    key, _ = enrol(Client(), ada)
    client = Client()
    assert give_password(client, ada, next="/portal/kent/team/")["Location"] == "/sign-in/code/"
    assert client.post("/sign-in/code/", {"code": code_of(key)})["Location"] == "/portal/kent/team/"
    assert client.get("/portal/kent/team/").status_code == 200


def test_a_code_works_once(ada):
    key, _ = enrol(Client(), ada)
    first, second = Client(), Client()
    code = code_of(key)
    give_password(first, ada)
    give_password(second, ada)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert "is not right" in second.post("/sign-in/code/", {"code": code}).content.decode()
    cache.clear()
    assert second.post("/sign-in/code/", {"code": code}).status_code == 200
    assert second.get("/portal/").status_code == 302


def test_a_recovery_code_works_once_and_spaces_do_no_harm(ada):
    _, codes = enrol(Client(), ada)
    for code, status in ((codes[3], 302), (codes[3], 200), (codes[0].replace(" ", ""), 302)):
        client = Client()
        give_password(client, ada)
        assert client.post("/sign-in/code/", {"code": code}).status_code == status
    assert actions.recovery_codes_left(ada) == 8


@pytest.mark.parametrize("code", ["", "000000", "12345", "x" * 39, "٣٤٥٦٧٨", "\x00", "0000000000"])
def test_a_wrong_code_opens_nothing(ada, code):
    enrol(Client(), ada)
    client = Client()
    give_password(client, ada)
    assert client.post("/sign-in/code/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_codes_is_stopped_and_kept(ada):
    key, _ = enrol(Client(), ada)
    client = Client()
    give_password(client, ada)
    answers = [client.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert client.post("/sign-in/code/", {"code": code_of(key)}).status_code == 429, "not even a right one"
    assert names_of(ada.person).count("login.locked.v1") == 1
    assert "login.failed.v1" in names_of(ada.person)


@pytest.mark.parametrize("page", ["code", "set-up", "recovery-codes"])
def test_a_code_that_nobody_could_look_at_counts_against_nobody(ada, page):
    """The database goes away between the page's first question to it and the look at the code."""
    client, key = Client(raise_request_exception=False), ""
    if page != "set-up":
        key, _codes = enrol(client, ada)
    if page != "recovery-codes":
        client = Client(raise_request_exception=False)
        give_password(client, ada)
        client.get(f"/sign-in/{page}/")

    def gone(execute, sql, *rest):
        if "mfa_authenticator" in sql and ("FOR UPDATE" in sql or "DELETE" in sql or "INSERT" in sql):
            raise OperationalError("the server closed the connection unexpectedly")
        return execute(sql, *rest)

    with connection.execute_wrapper(gone):
        for _ in range(8):
            answer = client.post(f"/sign-in/{page}/", {"code": code_of(key or key_on(client))})
            assert answer.status_code == 503, answer.content
    assert client.post(f"/sign-in/{page}/", {"code": "000000"}).status_code == 200


def key_on(client):
    page = client.get("/sign-in/set-up/").content.decode()
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")


def test_half_a_sign_in_lasts_ten_minutes_and_ends_with_the_password(ada):
    key, _ = enrol(Client(), ada)
    client = Client()
    give_password(client, ada)
    ada.refresh_from_db()
    ada.set_password("another long pass phrase")
    ada.save()
    assert client.post("/sign-in/code/", {"code": code_of(key)})["Location"] == "/sign-in/"
    late = Client()
    late.post("/sign-in/", {"email": ada.email, "password": "another long pass phrase"})
    session = late.session
    session["half_open"] = {**session["half_open"], "at": time.time() - 601}
    session.save()
    assert late.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_nothing_opens_for_one_who_has_given_a_password_alone(ada, kent_owner):
    """Before setting up, after setting up and with a session from before two steps were asked for."""
    fresh = Client()
    give_password(fresh, ada)
    enrol(Client(), ada)
    waiting = Client()
    give_password(waiting, ada)
    planted = Client()
    planted.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = 0
    for address in addresses():
        if str(address).startswith(("portal:", "admin:")) and not set(address.parameters) - {"slug"}:
            where = "/" + address.route.replace("<slug:slug>", "kent")
            for client in (fresh, waiting, planted):
                for method in ("get", "post"):
                    answer = getattr(client, method)(where)
                    assert answer.status_code in {302, 403, 405}, (str(address), method)
                    assert answer.status_code != 302 or answer["Location"].startswith("/sign-in/"), str(
                        address
                    )
                    asked += 1
    assert asked > 100
    for client in (fresh, waiting, planted):
        assert client.get("/sign-in/recovery-codes/")["Location"].startswith("/sign-in/")
        assert "_auth_user_id" not in client.session


def test_a_link_to_choose_a_password_is_no_way_round(ada, kent, kent_owner):
    key, _ = enrol(Client(), ada)
    lead = make_national("national_lead")
    link = actions.issue_password_link(ada, by=lead, at=db_now(), reason="Forgotten")
    client = Client()
    client.post(link.path, {"password": "a new long pass phrase"})
    assert client.get("/portal/").status_code == 302
    client.post("/sign-in/", {"email": ada.email, "password": "a new long pass phrase"})
    assert client.get("/portal/").status_code == 302
    assert client.post("/sign-in/code/", {"code": code_of(key)}).status_code == 302


def test_new_recovery_codes_take_a_code_and_end_the_old_ones(ada):
    client = Client()
    key, old = enrol(client, ada)
    assert "not right" in client.post("/sign-in/recovery-codes/", {"code": "000000"}).content.decode()
    page = client.post("/sign-in/recovery-codes/", {"code": code_of(key)}).content.decode()
    new = re.findall(r"<code>(\d{5} \d{5})</code>", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert not actions.use_code(ada, old[0])
    assert actions.use_code(ada, new[0]) == "recovery_code"


# Removing one ---------------------------------------------------------------------------------------


def test_the_lead_removes_a_second_step_and_sessions_end(ada, signed_in):
    mine = Client()
    enrol(mine, ada)
    lead = make_national("national_lead")
    actions.remove_second_step(ada, by=lead, at=db_now(), reason="Lost the phone; spoke to her")
    assert mine.get("/portal/").status_code == 302
    assert give_password(Client(), ada)["Location"] == "/sign-in/set-up/"
    assert "login.second_step_removed.v1" in names_of(ada.person)


def test_nobody_else_removes_one_and_nobody_their_own(ada, kent_owner, national_analyst):
    enrol(Client(), ada)
    for by in (kent_owner, national_analyst, ada.person):
        with pytest.raises(Forbidden):
            actions.remove_second_step(ada, by=by, at=db_now(), reason="x")
    lead = make_national("national_lead")
    with pytest.raises(actions.NotSet, match="your own"):
        actions.remove_second_step(lead.logins.get(), by=lead, at=db_now(), reason="x")
    assert actions.has_second_step(ada)


def test_the_page_of_the_centre_removes_one(ada, settings):
    enrol(Client(), ada)
    lead = make_national("national_lead")
    settings.TWO_STEPS = False
    browser = Client()
    browser.force_login(lead.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Remove second step" in browser.get(f"/admin/people/{ada.person.public_id}/").content.decode()
    there = f"/admin/people/logins/{ada.pk}/second-step/"
    assert browser.post(there, {"reason": ""}).status_code == 422
    assert browser.post(there, {"reason": "Lost the phone"}).status_code == 302
    assert not actions.has_second_step(ada)


def test_whoever_holds_the_server_removes_one_where_nobody_else_is_left(ada):
    enrol(Client(), ada)
    call_command("remove_second_step", ada.email, reason="The only lead lost the phone", stdout=StringIO())
    assert not actions.has_second_step(ada)


# What is stored -------------------------------------------------------------------------------------


def test_nothing_in_the_database_shows_a_key_or_a_code(ada):
    client = Client()
    give_password(client, ada)
    page = client.get("/sign-in/set-up/").content.decode()
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert key not in str(client.session.items()), "not while it is being set up either"
    told = client.post("/sign-in/set-up/", {"code": code_of(key)}).content.decode()
    codes = [code.replace(" ", "") for code in re.findall(r"<code>(\d{5} \d{5})</code>", told)]
    with connection.cursor() as cursor, national_scope():
        cursor.execute(
            "SELECT data::text FROM mfa_authenticator UNION ALL SELECT payload::text FROM events_event"
        )
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert not any(secret in stored for secret in [key, *codes])


def test_a_new_secret_key_reads_what_the_one_before_sealed(settings):
    sealed = seal("x")
    old, settings.SECRET_KEY = (
        settings.SECRET_KEY,
        "a key that came later and is just as long as it should be",
    )
    with pytest.raises(Unsealable, match="SECRET_KEY_FALLBACKS"):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "x"


def test_a_key_that_cannot_be_read_is_said_and_not_a_fault(ada):
    key, _ = enrol(Client(), ada)
    Authenticator.objects.filter(user=ada, type="totp").update(data={"secret": "gAAAA", "used": 0})
    client = Client()
    give_password(client, ada)
    assert "cannot be read any more" in client.post("/sign-in/code/", {"code": code_of(key)}).content.decode()


# A demonstration ------------------------------------------------------------------------------------


def test_two_steps_are_asked_for_wherever_it_is_not_a_demonstration(monkeypatch):
    source = (django_settings.BASE_DIR / "config" / "settings.py").read_text()
    assert "\nTWO_STEPS = not DEMONSTRATION\n" in source


def test_in_a_demonstration_it_is_there_for_those_who_want_it(ada, settings):
    settings.TWO_STEPS = False
    client = Client()
    assert give_password(client, ada)["Location"] == "/portal/"
    page = client.get("/sign-in/set-up/").content.decode()
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    client.post("/sign-in/set-up/", {"code": code_of(key)})
    assert give_password(Client(), ada)["Location"] == "/sign-in/code/"


def test_nobody_can_lock_others_out_of_somebody_made_up(db, settings):
    settings.TWO_STEPS = False
    demonstration.load()
    client = Client()
    client.post("/sign-in/persona/", {"persona": "northmoor-planner"})
    assert client.get("/sign-in/set-up/").status_code == 404
    assert client.get("/sign-in/recovery-codes/").status_code == 404
    with national_scope():
        assert Membership.objects.exists()
