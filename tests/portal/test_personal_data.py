"""A text that seems to identify somebody is refused at every door; that it was tried is kept, its words nowhere."""

import pytest
from django.db import connection

from deployments.models import Deployment
from events.models import Event
from forces.tenancy import acting, national_scope
from register.models import RedactionRequest
from tests.deployments.recordings import published, recorded
from tests.portal.test_force import answers, text, url

pytestmark = pytest.mark.django_db

NAMED = "Outside the house of Jane Bloggs, 07700 900123"
WORDS = ("Bloggs", "07700")


def kept(force) -> list[Event]:
    with acting(force, None):
        return list(Event.objects.filter(name="text.refused.v1", force=force))


def assert_nowhere(force):
    """None of the words stands in any row that says what happened."""
    with national_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(payload::text || reason, ' '), '') FROM events_event")
        said = cursor.fetchone()[0]
    assert not [word for word in WORDS if word in said]


def test_a_result_that_names_somebody_is_shown_again_with_what_to_mend(signed_in, kent, kent_operator_lead):
    typed = answers(place=NAMED)
    page = signed_in(kent_operator_lead).post("/portal/kent/deployments/record/", typed)
    assert page.status_code == 422
    assert "Remove what looks like a telephone number and a person’s name." in text(page)
    with acting(kent, None):
        assert not Deployment.objects.owned_by(kent).exists()
    [event] = kept(kent)
    assert event.payload == {"found": "place: phone, name", "door": "/portal/kent/deployments/record/"}
    assert event.person_id == kent_operator_lead.pk
    assert_nowhere(kent)


def test_a_reason_that_names_somebody_moves_nothing(signed_in, kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner)
    said = {"reason": f"{NAMED} is wrong there.", "seen": "1.1"}
    page = signed_in(kent_publisher).post(url("send-back", deployment), said)
    assert page.status_code == 422
    assert "Remove what looks like" in text(page)
    assert len(kept(kent)) == 1
    assert_nowhere(kent)


def test_a_request_for_removal_does_not_repeat_what_slipped_in(
    signed_in, kent, kent_planner, kent_publisher, force_people
):
    deployment = published(kent, kent_planner, kent_publisher)
    officer = force_people(kent, "data_protection_officer")
    said = {"version": "1", "why": "It names a person.", "public_reason": "Mr Bloggs asked for it."}
    page = signed_in(officer).post(url("redact", deployment), said)
    assert page.status_code == 422
    assert "Write the role or rank instead of the name." in text(page)
    with acting(kent, None):
        assert not RedactionRequest.objects.filter(force=kent).exists()
    assert [event.payload["found"] for event in kept(kent)] == ["public_reason: name"]
    assert_nowhere(kent)
    history = text(signed_in(officer).get("/portal/kent/history/"))
    assert "Refused: a text seemed to hold personal data" in history
    assert "public_reason: name" in history


def test_whoever_may_not_write_is_told_that_and_nothing_is_searched(signed_in, kent, kent_auditor):
    page = signed_in(kent_auditor).post("/portal/kent/deployments/record/", answers(place=NAMED))
    assert page.status_code == 403
    assert kept(kent) == []
