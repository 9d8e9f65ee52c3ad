"""While the database is away or its disk is full, nobody is told that the service is broken: they are told to wait."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connections
from django.test import RequestFactory

from config import errors

PORT_OF_NOBODY = "1"


@contextmanager
def away():
    connection = connections["default"]
    before = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = PORT_OF_NOBODY
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = before


@pytest.fixture
def no_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), away():
        yield


@pytest.mark.parametrize("path", ["/deployments/", "/portal/", "/sign-in/", "/demonstration/"])
def test_pages_ask_to_come_back_while_the_database_is_away(client, no_database, path):
    client.raise_request_exception = False
    client.cookies["session"] = "somebody"
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"].isdigit()
    assert "no-store" in answer["Cache-Control"]
    assert b"check whether it was saved" in answer.content


def test_the_api_says_the_same_as_a_problem(client, no_database):
    client.raise_request_exception = False
    answer = client.get("/api/v1/deployments")
    assert answer.status_code == 503
    assert answer["Retry-After"].isdigit()
    assert answer.json()["type"].endswith("/api/problems/unavailable")


@pytest.mark.parametrize(
    ("kind", "cause", "status"),
    [
        (OperationalError, psycopg.errors.DiskFull, 503),
        (OperationalError, psycopg.errors.AdminShutdown, 503),
        (OperationalError, psycopg.errors.LockNotAvailable, 503),
        (IntegrityError, psycopg.errors.UniqueViolation, 500),
    ],
)
def test_a_full_disk_is_waited_for_and_a_fault_of_ours_is_not(kind, cause, status):
    request = RequestFactory().post("/portal/kent/deployments/record/")
    try:
        raise kind("it said no") from cause()
    except kind:
        assert errors.server_error(request).status_code == status
    assert errors.server_error(request).status_code == 500, "there is no cause to look at any more"


@pytest.mark.commits
def test_nobody_is_locked_out_by_attempts_that_were_never_looked_at(client, committed_db):
    client.raise_request_exception = False
    form = {"email": "somebody@kent.example", "password": "a password that is not theirs"}
    with away():
        for _ in range(8):
            assert client.post("/sign-in/", form).status_code == 503
    answer = client.post("/sign-in/", form)
    assert answer.status_code == 200
    assert b"is not right" in answer.content
