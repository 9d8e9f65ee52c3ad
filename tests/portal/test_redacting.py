"""Asking for the removal of personal data: who may, about what, and what is said when it cannot be."""

import pytest

from deployments import actions
from events.models import Event
from forces.clock import db_now
from forces.tenancy import acting
from register.models import Entry, RedactionRequest
from tests.deployments.recordings import REASON, STANDS, facts, published, recorded
from tests.portal.test_force import text, url
from tests.records import redact

pytestmark = pytest.mark.django_db

SAID = {"version": "1", "why": "The place names a person.", "public_reason": "A name stood in the place."}


@pytest.fixture
def officer(kent, force_people):
    return force_people(kent, "data_protection_officer")


@pytest.fixture
def deployment(kent, kent_planner, kent_publisher):
    return published(kent, kent_planner, kent_publisher)


def requests_of(force) -> list[RedactionRequest]:
    with acting(force, None):
        return list(RedactionRequest.objects.filter(force=force).select_related("entry"))


def corrected(deployment, by, second):
    """The deployment with a second version on the register."""
    correction = actions.prepare_correction(
        deployment, facts(watchlist_size=9765), version=1, reason=REASON, by=by, at=db_now()
    )
    seen = actions.Seen(correction.number, correction.revision)
    actions.review(deployment, seen=seen, by=second, at=db_now())
    actions.publish(deployment, seen=seen, by=second, at=db_now())


def test_the_data_protection_officer_asks_and_the_centre_is_said_to_decide(
    signed_in, kent, deployment, officer
):
    client = signed_in(officer)
    assert url("redact", deployment) in client.get(url("deployment", deployment)).content.decode()
    page = client.get(url("redact", deployment))
    assert page.status_code == 200
    assert "ask for each of them too" in text(page)
    assert "style=" not in page.content.decode()
    answer = client.post(url("redact", deployment), SAID, follow=True)
    assert "Kent Police: You asked for version 1 to be removed. The national centre decides." in text(answer)
    assert "waits for the centre" in text(answer)
    [request] = requests_of(kent)
    assert (request.state, request.proposed_by_id) == ("proposed", officer.pk)
    assert (request.why, request.public_reason) == (SAID["why"], SAID["public_reason"])
    assert request.entry.reference == deployment.reference
    with acting(kent, None):
        event = Event.objects.get(name="redaction.proposed.v1", force=kent)
    assert (event.subject, event.person_id) == (deployment.reference, officer.pk)


def test_a_planner_may_not_ask_and_sees_no_link(signed_in, kent, deployment, kent_planner):
    client = signed_in(kent_planner)
    assert url("redact", deployment) not in client.get(url("deployment", deployment)).content.decode()
    for answer in (client.get(url("redact", deployment)), client.post(url("redact", deployment), SAID)):
        assert answer.status_code == 403
        assert "ask for personal data to be removed" in text(answer)
    assert requests_of(kent) == []


def test_another_forces_deployment_is_as_if_it_were_not(
    signed_in, kent, avon, avon_planner, avon_publisher, officer
):
    theirs = published(avon, avon_planner, avon_publisher)
    client = signed_in(officer)
    nothing = client.post("/portal/kent/deployments/LFR-0000-0000/redact/", SAID)
    assert nothing.status_code == 404
    for address in (f"/portal/kent/deployments/{theirs.reference}/redact/", url("redact", theirs)):
        for answer in (client.get(address), client.post(address, SAID)):
            assert answer.status_code == 404
            assert answer.content == nothing.content
    assert requests_of(avon) == []


def test_an_empty_form_says_what_is_missing(signed_in, kent, deployment, officer):
    page = signed_in(officer).post(url("redact", deployment), {"version": "1", "why": " "})
    assert page.status_code == 422
    said = page.content.decode()
    assert "There is a problem" in said
    assert 'href="#id_why"' in said
    assert 'href="#id_public_reason"' in said
    assert requests_of(kent) == []


def test_nonsense_is_an_error_and_keeps_what_was_typed(signed_in, kent, deployment, officer):
    client = signed_in(officer)
    for changes in ({"version": "2"}, {"version": ""}, {"public_reason": "x" * 301}, {"why": "a\x00b"}):
        page = client.post(url("redact", deployment), SAID | changes)
        assert page.status_code == 422, changes
        assert "There is a problem" in text(page), changes
    assert SAID["public_reason"] in text(page)
    assert requests_of(kent) == []


def test_a_second_open_request_for_the_same_version_is_refused_in_words(signed_in, kent, deployment, officer):
    client = signed_in(officer)
    client.post(url("redact", deployment), SAID)
    page = client.post(url("redact", deployment), SAID)
    assert page.status_code == 422
    assert "A request for this entry already waits for a decision." in text(page)
    assert "There is a problem" in text(page)
    assert len(requests_of(kent)) == 1


def test_each_version_is_asked_for_alone_and_the_standing_one_is_chosen_first(
    signed_in, kent, deployment, officer, kent_publisher, force_people
):
    corrected(deployment, kent_publisher, force_people(kent, "data_publisher"))
    client = signed_in(officer)
    page = client.get(url("redact", deployment))
    assert page.context["form"]["version"].value() == "2"
    assert "Version 2, which stands now: Corrected" in text(page)
    assert "Version 1: First published" in text(page)
    client.post(url("redact", deployment), SAID)
    assert [request.entry.version for request in requests_of(kent)] == [1]


def test_a_withdrawn_deployment_can_be_asked_about(signed_in, kent, deployment, officer, kent_publisher):
    actions.withdraw(
        deployment, seen=STANDS, reason="It was recorded twice by mistake.", by=kent_publisher, at=db_now()
    )
    signed_in(officer).post(url("redact", deployment), SAID)
    assert [request.entry.version for request in requests_of(kent)] == [1]


def test_a_removed_version_is_not_offered_again(signed_in, kent, deployment, officer, national_lead):
    redact(kent, deployment.reference, by=national_lead)
    answer = signed_in(officer).get(url("redact", deployment), follow=True)
    assert "Every version of it has already been removed." in text(answer)
    assert not Entry.objects.filter(reference=deployment.reference, kept__isnull=False).exists()


def test_what_was_never_published_cannot_be_asked_about(signed_in, kent, kent_planner, officer):
    waiting = recorded(kent, kent_planner)
    client = signed_in(officer)
    assert url("redact", waiting) not in client.get(url("deployment", waiting)).content.decode()
    answer = client.post(url("redact", waiting), SAID, follow=True)
    assert "It was never published" in text(answer)
    assert requests_of(kent) == []
