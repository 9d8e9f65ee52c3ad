"""How a system signs in, and that neither its secret nor its token is kept anywhere."""

import base64
import logging

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from api import limits
from api.systems.tokens import prune
from directory import actions as directory
from forces.clock import db_now
from forces.models import SystemLogin, SystemToken
from forces.models.systems import digest
from tests.api.checks import assert_problem
from tests.api.systems import RESULTS, TOKEN, connect
from tests.people import make_force, make_member

FORM = "application/x-www-form-urlencoded"


def basic(name, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


@pytest.mark.django_db
def test_a_secret_is_exchanged_for_a_token_that_lives_ten_minutes(kent_system):
    answer = kent_system.sign_in()
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert told["scope"].split() == ["read_records", "record_results", "correct_results", "ask_withdrawal"]
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
    assert answer["Cache-Control"] == "no-store"
    kept = SystemToken.objects.get()
    assert kept.token_checksum == digest(told["access_token"])
    assert 595 < (kept.expires - db_now()).total_seconds() <= 600


@pytest.mark.django_db
def test_the_secret_may_be_sent_in_the_form(kent_system):
    form = (
        f"grant_type=client_credentials&client_id={kent_system.client_id}&client_secret={kent_system.secret}"
    )
    assert kent_system.client.post(TOKEN, form, content_type=FORM).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "error", "status"),
    [
        ("", "invalid_request", 400),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type", 400),
        ("grant_type=authorization_code&code=a", "unsupported_grant_type", 400),
        ("grant_type=refresh_token&refresh_token=a", "unsupported_grant_type", 400),
        ("grant_type=client_credentials&scope=publish_results", "invalid_scope", 400),
        ("grant_type=client_credentials&" + "x" * 5000, None, 413),
    ],
)
def test_nothing_else_of_oauth_is_answered(kent_system, form, error, status):
    headers = basic(kent_system.client_id, kent_system.secret)
    answer = kent_system.client.post(TOKEN, form, content_type=FORM, headers=headers)
    assert answer.status_code == status, answer.content
    if error:
        assert assert_problem(answer, 400, "bad-request")["error"] == error


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
        basic("nobody", "lfr_secret_x"),
        basic("a\0b", "x"),
        basic("é", "x"),
    ],
)
def test_a_wrong_name_or_secret_tells_nothing(kent_system, headers):
    form = "grant_type=client_credentials"
    wrong = kent_system.client.post(TOKEN, form, content_type=FORM, headers=basic(kent_system.client_id, "x"))
    answer = kent_system.client.post(TOKEN, form, content_type=FORM, headers=headers)
    assert assert_problem(answer, 401, "unauthorised")["error"] == "invalid_client"
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert answer.content == wrong.content


@pytest.mark.django_db
def test_a_token_is_no_secret_and_a_secret_no_token(kent_system):
    kent_system.sign_in()
    for wrong in (kent_system.secret, kent_system.client_id, digest(kent_system.token)):
        assert_problem(
            kent_system.client.get(RESULTS, headers={"Authorization": f"Bearer {wrong}"}), 401, "unauthorised"
        )
    hashed = SystemLogin.objects.get().client_secret
    headers = basic(kent_system.client_id, hashed)
    answer = kent_system.client.post(
        TOKEN, "grant_type=client_credentials", content_type=FORM, headers=headers
    )
    assert answer.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["query", "form"])
def test_a_token_in_an_address_or_a_form_opens_nothing(kent_system, where):
    kent_system.sign_in()
    name = f"access_token={kent_system.token}"
    answer = (
        kent_system.client.get(f"{RESULTS}?{name}")
        if where == "query"
        else kent_system.client.post(RESULTS, name, content_type=FORM)
    )
    assert_problem(answer, 401, "unauthorised")


@pytest.mark.django_db
def test_an_expired_token_opens_nothing(kent_system):
    kent_system.sign_in()
    # Tokens are never changed, so one that has expired is written.
    SystemToken.objects.create(
        application=SystemLogin.objects.get(), token_checksum=digest("old"), expires=db_now()
    )
    answer = kent_system.client.get(RESULTS, headers={"Authorization": "Bearer old"})
    assert_problem(answer, 401, "unauthorised")
    assert prune() == 1


@pytest.mark.django_db
def test_too_many_tries_are_stopped(client, kent, settings, monkeypatch):
    counter = limits.Counter(settings.REDIS_URL, {"reader": 3, "machine": 3})
    monkeypatch.setattr(limits, "counter", lambda: counter)
    answers = [
        client.get(RESULTS, headers={"Authorization": f"Bearer {n}"}, REMOTE_ADDR="192.0.2.77")
        for n in range(5)
    ]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert_problem(answers[-1], 429, "too-many-requests")


@pytest.mark.commits
def test_no_live_secret_is_in_the_database_valkey_or_the_log(committed_db, caplog, capfd):
    """A dump of everything, the broker's memory, and every line that was logged while a system worked."""
    caplog.set_level(logging.DEBUG)
    force = make_force("E23000032", "kent", "Kent Police")
    owner = make_member(force, "force_owner")
    system = connect(force, owner)
    system.record()
    system.client.post(
        TOKEN, "grant_type=client_credentials", content_type=FORM, headers=basic("x", system.secret)
    )
    system.get(f"{RESULTS}/LFR-0000-0000")
    directory.disconnect_system(system.system, reason="Done.", by=owner, at=db_now())
    system.get(RESULTS)
    secrets = [system.secret, system.secret.removeprefix("lfr_secret_"), system.token]
    everything = [dumped(committed_db), *valkey(), caplog.text, *capfd.readouterr()]
    assert system.client_id in everything[0]
    for secret in secrets:
        for text in (secret, base64.b64encode(secret.encode()).decode().rstrip("=")):
            for place in everything:
                at = place.find(text)
                assert at < 0, place[max(0, at - 200) : at + 100]


def dumped(place) -> str:
    """Every row of every table, as a superuser reads it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    with psycopg.connect(place.admin_url, dbname=name) as admin:
        tables = [
            row[0]
            for row in admin.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ]
        return "\n".join(
            str(row[0]) for table in tables for row in admin.execute(f"SELECT t::text FROM {table} t")
        )


def valkey():
    store = redis.Redis.from_url(settings.REDIS_URL)
    for key in store.scan_iter():
        yield key.decode("utf-8", "replace")
        yield (store.dump(key) or b"").decode("utf-8", "replace")
