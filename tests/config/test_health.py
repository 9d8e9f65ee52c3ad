import os
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections
from django.test import RequestFactory
from psycopg.conninfo import conninfo_to_dict

from config import health
from tests.stack import STACK

# Roles are the server's, which test workers share.
LONE = f"lone_app_{os.getpid()}"


@pytest.fixture
def signed_in(django_db_setup, django_db_blocker):
    """Use the `default` connection under another role, or with another database, for a while."""

    @contextmanager
    def as_told(url=STACK.app_url, **otherwise):
        parts = conninfo_to_dict(url)
        connection = connections["default"]
        before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD", "NAME")}
        connection.close()
        connection.settings_dict.update({"USER": parts["user"], "PASSWORD": parts["password"], **otherwise})
        try:
            with django_db_blocker.unblock():
                yield connection
        finally:
            connection.close()
            connection.settings_dict.update(before)

    return as_told


@pytest.fixture
def asked():
    """Ask a view as a load balancer would."""

    def ask(view):
        return view(RequestFactory().get("/"))

    return ask


def test_the_applications_role_is_accepted(db):
    health.check_role(connections["default"])


def test_a_superuser_is_refused_and_told_the_way_out(signed_in):
    with signed_in(STACK.admin_url) as connection, pytest.raises(health.WrongRole) as refused:
        health.check_role(connection)
    assert "signs in as postgres, and it is a superuser" in str(refused.value)
    assert "python -m config.stack.provision" in str(refused.value)


def test_the_owner_of_the_tables_is_refused(signed_in):
    with signed_in(STACK.owner_url) as connection, pytest.raises(health.WrongRole, match="it owns tables"):
        health.check_role(connection)


@pytest.fixture
def changed_role():
    """Change roles for one test and change them back: roles belong to the server, not to a database."""
    undo = []
    with psycopg.connect(STACK.admin_url, autocommit=True) as admin:

        def change(do, back):
            undo.append(back)
            admin.execute(do)

        yield change
        for back in reversed(undo):
            admin.execute(back)


@pytest.fixture
def lone_app(changed_role, signed_in):
    """Signs in as a role like the application's, to be given too much; other tests need the real one."""
    name = connections["default"].settings_dict["NAME"]
    changed_role(f"CREATE ROLE {LONE} LOGIN PASSWORD 'x'", f"DROP ROLE {LONE}")
    changed_role(f"GRANT CONNECT ON DATABASE {name} TO {LONE}", f"REVOKE ALL ON DATABASE {name} FROM {LONE}")
    with signed_in(f"postgresql://{LONE}:x@/") as connection:
        health.check_role(connection)  # nothing to object to yet
        yield connection


@pytest.mark.parametrize(
    ("given", "taken_back", "danger"),
    [
        (
            f"ALTER ROLE {LONE} BYPASSRLS",
            f"ALTER ROLE {LONE} NOBYPASSRLS",
            "it bypasses row-level security",
        ),
        (f"ALTER ROLE {LONE} CREATEROLE", f"ALTER ROLE {LONE} NOCREATEROLE", "it may create roles"),
        (
            f"GRANT lfr_test_owner TO {LONE}",
            f"REVOKE lfr_test_owner FROM {LONE}",
            "it owns tables, or belongs to the role that does",
        ),
        (
            f"GRANT lfr_test_app_national TO {LONE} WITH INHERIT TRUE",
            f"REVOKE lfr_test_app_national FROM {LONE}",
            "it inherits the rights of the national role",
        ),
    ],
    ids=["bypassing", "granting", "owning", "inheriting"],
)
def test_a_role_with_too_much_power_is_refused(lone_app, changed_role, given, taken_back, danger):
    changed_role(given, taken_back)
    with pytest.raises(health.WrongRole, match=danger):
        health.check_role(lone_app)


def test_a_role_that_may_only_take_on_the_national_role_is_accepted(lone_app, changed_role):
    changed_role(
        f"GRANT lfr_test_app_national TO {LONE} WITH INHERIT FALSE, SET TRUE",
        f"REVOKE lfr_test_app_national FROM {LONE}",
    )
    health.check_role(lone_app)


def test_the_system_check_fails_for_a_wrong_role(signed_in):
    with signed_in():
        call_command("check", databases=["default"], tags=["database"])
    with signed_in(STACK.owner_url), pytest.raises(SystemCheckError, match=r"config\.E001"):
        call_command("check", databases=["default"], tags=["database"])


def test_a_process_that_serves_does_not_start_under_a_wrong_role(signed_in):
    with signed_in():
        health.refuse_wrong_role()
    with signed_in(STACK.owner_url), pytest.raises(health.WrongRole):
        health.refuse_wrong_role()


def test_a_process_that_serves_starts_without_a_database_and_waits_for_it(signed_in):
    with signed_in(NAME="nowhere"):
        health.refuse_wrong_role()


def test_healthz_answers_without_a_database(asked):
    """No `db` fixture: a query would raise."""
    response = asked(health.healthz)
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_readyz_answers_when_database_and_broker_do(db, asked):
    assert asked(health.readyz).status_code == 200


def test_readyz_names_a_broker_that_does_not_answer(db, asked, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    response = asked(health.readyz)
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert b'"missing": ["broker"]' in response.content
    assert b"secret" not in response.content


def test_readyz_names_a_database_that_does_not_answer(signed_in, asked):
    with signed_in(NAME="nowhere"):
        response = asked(health.readyz)
    assert response.status_code == 503
    assert b'"missing": ["database"]' in response.content


def test_readyz_waits_for_migrations(committed_db, as_owner, asked):
    with as_owner() as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = asked(health.readyz)
    assert response.status_code == 503
    assert b"Migrations have not been applied." in response.content


def test_readyz_refuses_a_wrong_role(signed_in, asked):
    with signed_in(STACK.owner_url):
        response = asked(health.readyz)
    assert response.status_code == 503
    assert "The database role is not the application" in response.content.decode()
