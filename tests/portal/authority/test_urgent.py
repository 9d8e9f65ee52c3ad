"""Urgent authority: given by word of mouth, written down, confirmed; and a plan that must be looked at again."""

from datetime import timedelta

import pytest

from deployments.models import Plan
from deployments.planning import actions
from forces.clock import LONDON, db_now
from tests.portal.authority.desk import WHY, attempts, decision, text, url

pytestmark = pytest.mark.django_db
URGENCY = "A dangerous person is thought to be in the town centre this evening."


def oral(plan, at, **more):
    local = at.astimezone(LONDON)
    typed = {
        "given_on-day": local.day,
        "given_on-month": local.month,
        "given_on-year": local.year,
        "given_time": f"{local:%H:%M}",
    }
    return decision(plan, **{**typed, **more})


def test_oral_authority_is_recorded_and_its_confirmation_falls_due(kents, signed_in):
    plan = kents.submitted(urgency=URGENCY)
    client = signed_in(kents.inspector)
    shown = text(client.get(url("authorise", plan)))
    assert (
        URGENCY in shown
        and "that would be due by" in shown
        and "I gave urgent authority by word of mouth" in shown
    )
    answer = client.post(url("authorise", plan), oral(plan, db_now() - timedelta(hours=1)))
    assert answer.status_code == 302, text(answer)
    assert kents.now(plan).authority.kind == "urgent_oral"
    assert "Written confirmation is due by" in text(client.get(answer["Location"]))


def test_authority_is_not_dated_into_the_future_and_the_attempt_is_kept(kents, signed_in):
    plan = kents.submitted(urgency=URGENCY)
    told = signed_in(kents.inspector).post(url("authorise", plan), oral(plan, db_now() + timedelta(hours=2)))
    assert told.status_code == 422
    assert "The time at which you gave it is in the future" in text(told)
    assert attempts(plan) == [("record_oral_authority", "invalid")]


def test_oral_authority_needs_its_day_and_time(kents, signed_in):
    plan = kents.submitted(urgency=URGENCY)
    told = signed_in(kents.inspector).post(url("authorise", plan), decision(plan))
    assert told.status_code == 422
    assert "Enter the day on which you gave it" in text(
        told
    ) and "Enter the time at which you gave it" in text(told)


def test_an_officer_confirms_urgent_authority_in_writing(kents, signed_in):
    plan = kents.submitted(urgency=URGENCY)
    at = db_now()
    plan = actions.record_oral_authority(
        plan, given_at=at, reason=WHY, content_hash=plan.content_hash, by=kents.inspector, at=at
    )
    client = signed_in(kents.officer)
    shown = text(client.get(url("authorise", plan)))
    assert "Urgent authority, to be confirmed in writing" in shown and kents.inspector.name in shown
    answer = client.post(url("authorise", plan), decision(plan, "confirm"))
    assert "Confirmed in writing" in text(client.get(answer["Location"]))
    authority = kents.now(plan).authority
    assert (authority.confirmed_by_id, authority.confirmed_reason) == (kents.officer.pk, WHY)


def test_a_held_plan_is_upheld_or_sent_back(kents, signed_in):
    held, asked = kents.notified(), kents.notified()
    for plan in (held, asked):
        assert actions.hold(plan, why="The threshold is no longer within what was tested.", at=db_now())
    client = signed_in(kents.officer)
    shown = text(client.get(url("authorise", held)))
    assert "What it relied on has changed" in shown and "no longer within what was tested" in shown
    answer = client.post(url("authorise", held), decision(held, "uphold"))
    assert "The authority stands" in text(client.get(answer["Location"]))
    assert kents.now(held).status == Plan.Status.NOTIFIED
    client.post(url("authorise", asked), decision(asked, "ask"))
    assert kents.now(asked).status == Plan.Status.RETURNED
