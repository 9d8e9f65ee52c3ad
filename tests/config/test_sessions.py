"""What the last step of a request, saving its session, makes of an answer."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection

from directory.sessions import SEEN
from forces.tenancy import national_scope
from tests.deployments.recordings import reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def publishing(kent, kent_planner, kent_publisher, signed_in):
    """Somebody about to publish, whose session is to be saved again, and the deployment."""
    client = signed_in(kent_publisher)
    session = client.session
    session[SEEN] = int(time.time()) - 90
    session.save()
    client.raise_request_exception = False
    deployment = reviewed(kent, kent_planner, kent_publisher)

    def publish():
        return client.post(f"/portal/kent/deployments/{deployment.reference}/publish/", {"seen": "1.1"})

    return client, publish, deployment


def stage(deployment):
    with national_scope():
        deployment.refresh_from_db()
    return deployment.stage


def test_a_database_that_goes_away_at_the_last_moment_is_waited_for_and_nothing_is_called_refused(publishing):
    _client, publish, _deployment = publishing

    def gone(execute, sql, *rest):
        if sql.startswith('UPDATE "django_session"'):
            raise OperationalError("the server closed the connection unexpectedly")
        return execute(sql, *rest)

    with connection.execute_wrapper(gone):
        assert publish().status_code == 503


def test_what_is_done_is_said_although_another_window_signed_out_meanwhile(publishing):
    client, publish, deployment = publishing
    key = client.session.session_key

    def signed_out(execute, sql, *rest):
        if sql.startswith("INSERT") and "register_entry" in sql:
            Session.objects.filter(pk=key).delete()
        return execute(sql, *rest)

    with connection.execute_wrapper(signed_out):
        answer = publish()
    assert (answer.status_code, stage(deployment)) == (302, "published")
    assert answer["Location"].endswith(f"/{deployment.reference}/")
    assert "Cookie" in answer["Vary"]
    assert "session" not in answer.cookies
    assert not Session.objects.filter(pk=key).exists()
    assert client.get("/portal/kent/")["Location"].startswith("/sign-in/"), "it does not come back"
