"""The assessment: by somebody who wrote none of it, of exactly what they read."""

import pytest

from deployments.models import Plan
from directory import actions as directory
from forces.clock import db_now
from tests.portal.authority.desk import WHY, attempts, decision, text, url

pytestmark = pytest.mark.django_db


def test_an_assessor_reads_everything_on_one_page_and_passes_it_on(kents, signed_in):
    plan = kents.submitted()
    kents.officer  # noqa: B018 - whom it then waits for
    client = signed_in(kents.assessor)
    said = text(client.get(url("assess", plan)))
    for words in ("INT/26-00731", "Market traders and the neighbourhood forum", "0.64", "What the rules say"):
        assert words in said, words
    answer = client.post(url("assess", plan), decision(plan, "assess"))
    now = kents.now(plan)
    assert (now.status, now.assessment, now.assessed_by_id) == (Plan.Status.ASSESSED, WHY, kents.assessor.pk)
    assert f"Who may authorise it: {kents.officer.name}" in text(client.get(answer["Location"]))


def test_an_engagement_lead_sends_it_back_with_a_question(kents, signed_in):
    plan = kents.submitted()
    signed_in(kents.engagement).post(url("assess", plan), decision(plan, "ask"))
    now = kents.now(plan)
    assert (now.status, now.question) == (Plan.Status.RETURNED, WHY)


def test_only_an_assessor_of_the_force_finds_it(kents, avons, signed_in):
    plan = kents.submitted()
    assert signed_in(kents.officer).get(url("assess", plan)).status_code == 403
    assert signed_in(avons.assessor).get(url("assess", plan)).status_code == 404


def test_nobody_assesses_their_own_plan(kents, signed_in):
    plan = kents.submitted()
    directory.grant(
        kents.planner, "engagement_lead", force=kents.force, rank="", by=kents.force._owner, at=db_now()
    )
    told = signed_in(kents.planner).post(url("assess", plan), decision(plan, "assess"))
    assert told.status_code == 403 and "You cannot assess your own plan" in text(told)
    assert attempts(plan) == [("assess", "own_plan")]


def test_what_changed_meanwhile_is_not_assessed(kents, signed_in):
    plan = kents.submitted()
    kents.edited(plan, "system", threshold="0.7")
    told = signed_in(kents.assessor).post(url("assess", plan), decision(plan, "assess"))
    assert told.status_code == 409 and "Threshold 0.64 0.7" in text(told)


def test_an_assessment_needs_words(kents, signed_in):
    plan = kents.submitted()
    told = signed_in(kents.assessor).post(url("assess", plan), {**decision(plan, "assess"), "reason": ""})
    assert told.status_code == 422 and "Write your assessment, or your question" in text(told)
