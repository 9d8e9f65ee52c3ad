"""One requirement of one plan: set aside by a chief officer, attested by its role, and by nobody else."""

import pytest

from deployments.models import Plan
from tests.portal.authority.desk import WHY, attempts, decision, text, url

pytestmark = pytest.mark.django_db
UNREVIEWED = {"reviewed": False}


def test_a_chief_officer_sets_a_condition_aside_and_the_public_reads_why(kents, signed_in):
    plan = kents.assessed(watchlist=UNREVIEWED)
    officer = signed_in(kents.officer)
    blocked = officer.get(url("authorise", plan))
    assert "1 requirement blocks it" in text(blocked)
    assert 'value="approve"' not in blocked.content.decode(), "what cannot be given is not offered"
    refused = officer.post(url("authorise", plan), decision(plan))
    assert refused.status_code == 422 and "It does not meet what it must" in text(refused)
    assert attempts(plan) == [("authorise", "not_ready")]

    chief = signed_in(kents.chief)
    page = url("override", plan, "watchlist-review")
    assert "The public reads in the notice" in text(chief.get(page))
    assert chief.post(page, {"seen": plan.content_hash, "reason": "No."}).status_code == 422
    assert chief.post(page, {"seen": plan.content_hash, "reason": WHY}).status_code == 302
    officer.post(url("authorise", plan), decision(plan))
    assert kents.now(plan).status == Plan.Status.AUTHORISED
    assert WHY in text(signed_in(kents.engagement).get(url("notice", plan)))


def test_only_a_chief_officer_of_the_force_sets_aside_and_only_what_fails(kents, avons, signed_in):
    plan = kents.assessed(watchlist=UNREVIEWED)
    page = url("override", plan, "watchlist-review")
    assert signed_in(kents.officer).get(page).status_code == 403
    assert signed_in(avons.chief).get(page).status_code == 404
    assert signed_in(kents.chief).get(url("override", plan, "policy")).status_code == 302
    assert signed_in(kents.chief).get(url("override", plan, "no-such-rule")).status_code == 302


def test_words_that_changed_are_not_set_aside(kents, signed_in):
    plan = kents.assessed(watchlist=UNREVIEWED)
    page = url("override", plan, "watchlist-review")
    told = signed_in(kents.chief).post(page, {"seen": "0" * 64, "reason": WHY})
    assert told.status_code == 409
    assert attempts(plan) == [("override", "stale")]


def test_a_requirement_is_attested_by_its_role_alone(kents, avons, signed_in):
    plan = kents.submitted()
    page = url("attest", plan, "logging")
    told = signed_in(kents.planner).get(page)
    assert told.status_code == 403 and "Another role attests this" in text(told)
    assert signed_in(avons.assessor).get(page).status_code == 404
    assert "You attest as: Data protection officer" in text(signed_in(kents.assessor).get(page))
    assert signed_in(kents.assessor).get(url("attest", plan, "policy")).status_code == 302
