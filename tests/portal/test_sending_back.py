"""Whoever wrote what was sent back finds it first, with the reason; whoever reviews no longer has it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deployments import actions
from forces.clock import db_now
from tests.api.systems import connect, result
from tests.deployments.recordings import FIRST, REASON, facts, published, recorded
from tests.deployments.test_sending_back import WHY, sent_back
from tests.portal.test_force import answers, only, text, url

pytestmark = pytest.mark.django_db
HOME = "/portal/kent/"


def mine(client) -> str:
    """What waits for the person, as the dashboard says it."""
    page = text(client.get(HOME))
    return page.partition("Waiting for you")[2].partition("Waiting for colleagues")[0]


def test_its_author_finds_it_first_with_the_reason_and_who_sent_it(
    signed_in, kent, kent_planner, kent_publisher
):
    contradictory = recorded(kent, kent_planner, alerts=9)
    sent_back(kent, kent_planner, kent_publisher)
    said = mine(signed_in(kent_planner))
    assert said.index("Sent back: Market Square") < said.index("Answer questions")
    assert f"{kent_publisher.name}: “{WHY}”" in said
    assert contradictory.reference in said
    theirs = mine(signed_in(kent_publisher))
    assert "Review" not in theirs
    assert "Sent back" not in theirs


def test_what_a_system_wrote_waits_for_whoever_may_write(
    signed_in, kent, kent_owner, kent_planner, kent_publisher
):
    assert connect(kent, kent_owner).post("/api/v1/results", result()).status_code == 201
    actions.send_back(only(kent), reason=WHY, seen=FIRST, by=kent_publisher, at=db_now())
    assert "Sent back: Market Square" in mine(signed_in(kent_planner))
    assert "Sent back" not in mine(signed_in(kent_publisher)), "it was they who sent it back"


def test_the_pages_say_so_and_lead_on(signed_in, kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    client = signed_in(kent_planner)
    page = text(client.get(url("deployment", deployment)))
    assert WHY in page
    assert f"{kent_publisher.name} sent it back" in page
    theirs = signed_in(kent_publisher)
    for name in ("review", "publish", "send-back"):
        answer = theirs.get(url(name, deployment), follow=True)
        assert answer.redirect_chain[-1][0] == url("deployment", deployment), name
        assert WHY in text(answer)
    assert "1 deployment," in text(client.get(f"{HOME}deployments/?status=sent_back"))
    assert "0 deployments" in text(client.get(f"{HOME}deployments/?status=recorded"))


def test_it_is_changed_and_waits_for_review_again(signed_in, kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    signed_in(kent_planner).post(url("amend", deployment), answers(place="Quay", seen="1.1"))
    assert only(kent).current.status == "recorded"
    page = signed_in(kent_publisher).get(url("review", deployment))
    assert "It was sent back before" in text(page)
    assert WHY in text(page)


def test_it_is_given_back_unchanged_with_a_reason(signed_in, kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    client = signed_in(kent_planner)
    assert WHY in text(client.get(url("resubmit", deployment)))
    said = {"seen": "1.1", "reason": ""}
    assert client.post(url("resubmit", deployment), said).status_code == 422
    client.post(url("resubmit", deployment), said | {"reason": "The sign says so."})
    assert only(kent).current.status == "recorded"
    assert "The sign says so." in text(signed_in(kent_publisher).get(url("review", deployment)))
    again = client.post(url("resubmit", deployment), said | {"reason": "The sign says so."}, follow=True)
    assert "Nothing of this deployment was sent back" in text(again)


def test_who_may_not_write_does_not_give_it_back(signed_in, kent, kent_planner, kent_authorising_officer):
    deployment = sent_back(kent, kent_planner, kent_authorising_officer)
    said = {"seen": "1.1", "reason": "The sign says so."}
    assert signed_in(kent_authorising_officer).post(url("resubmit", deployment), said).status_code == 403


def test_a_correction_that_is_sent_back_says_so(signed_in, kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    at = db_now()
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=at
    )
    actions.send_back(deployment, reason=WHY, seen=actions.Seen(2, 1), by=other, at=db_now())
    page = text(signed_in(kent_publisher).get(url("deployment", deployment)))
    assert "Correction sent back" in page
    assert WHY in page
    assert "Sent back: Quay" in mine(signed_in(kent_publisher))


def test_what_needs_answers_is_not_counted_as_waiting_for_review(signed_in, kent, kent_planner):
    recorded(kent, kent_planner)
    recorded(kent, kent_planner, alerts=9)
    client = signed_in(kent_planner)
    page = text(client.get(HOME))
    assert "To review 1" in page
    assert "and 1 that needs answers first" in page
    listed = text(client.get(f"{HOME}deployments/?status=recorded"))
    assert "To answer" in listed
    assert "To review" in listed


def test_many_that_were_sent_back_ask_no_more_of_the_database(signed_in, kent, kent_planner, kent_publisher):
    client = signed_in(kent_planner)
    counts = []
    for _ in range(2):
        sent_back(kent, kent_planner, kent_publisher)
        sent_back(kent, kent_publisher, kent_publisher)
        client.get(HOME)
        with CaptureQueriesContext(connection) as asked:
            client.get(HOME)
        counts.append(len(asked))
    assert counts[0] == counts[1]
