"""What comes after writing: the record of what happened, the plan's past, and a session that ended meanwhile."""

from datetime import timedelta

import pytest

from deployments import actions as results
from deployments.models import Deployment, Plan
from deployments.planning.actions import WrongState
from forces.clock import LONDON, db_now
from forces.refusals import Invalid
from forces.tenancy import acting
from tests.deployments.recordings import facts
from tests.portal.planning.desk import filled, text, url
from tests.portal.test_force import answers as figures
from tests.portal.test_typed import login_of, opened_and_ended, sign_in

pytestmark = pytest.mark.django_db


def begun(team) -> Plan:
    """A notified plan whose window was yesterday: the clock cannot be turned forward for the database."""
    plan = team.notified()
    ends = db_now() - timedelta(hours=20)
    with acting(team.force, None):
        Plan.objects.owned_by(team.force).filter(pk=plan.pk).update(
            starts_at=ends - timedelta(hours=2), ends_at=ends
        )
    return team.now(plan)


def test_what_happened_is_recorded_from_the_plan_and_each_leads_to_the_other(kents, signed_in):
    plan = begun(kents)
    client = signed_in(kents.planner)
    assert "Next: Record what happened" in text(client.get(url("plan", plan)))
    page = client.get(url("record-plan", plan)).content.decode()
    assert 'value="Market Square"' in page and 'value="0.64"' in page
    on = plan.starts_at.astimezone(LONDON)
    day = {"on-day": on.day, "on-month": on.month, "on-year": on.year}
    told = client.post(url("record-plan", plan), figures(place="Market Square", **day))
    with acting(kents.force, None):
        made = Deployment.objects.owned_by(kents.force).get(plan=plan)
    assert told["Location"] == url("deployment", made)
    assert url("plan", plan) in client.get(told["Location"]).content.decode()
    assert made.reference in text(client.get(url("plan", plan)))
    assert client.get(url("record-plan", plan))["Location"] == url("deployment", made)


def test_only_a_plan_of_the_force_that_took_place_has_a_record_and_one(kents, avons):
    plan = begun(kents)
    told = {"by": kents.planner, "at": db_now()}
    with pytest.raises(WrongState, match="has not begun"):
        results.record(kents.force, facts(), plan=kents.drafted(), **told)
    with pytest.raises(Invalid):
        results.record(avons.force, facts(), plan=plan, by=avons.planner, at=db_now())
    results.record(kents.force, facts(), plan=plan, **told)
    with pytest.raises(WrongState, match="recorded already"):
        results.record(kents.force, facts(), plan=plan, **told)


def test_who_records_a_plan_s_result(kents, avons, signed_in):
    plan = begun(kents)
    assert signed_in(kents.officer).get(url("record-plan", plan)).status_code == 403
    assert signed_in(avons.planner).get(url("record-plan", plan)).status_code == 404
    ahead = kents.drafted()
    assert signed_in(kents.planner).get(url("record-plan", ahead))["Location"] == url("plan", ahead)


def test_the_past_tells_who_did_what_in_which_role_and_rank(kents, signed_in):
    plan = kents.authorised()
    said = text(signed_in(kents.planner).get(url("plan-history", plan)))
    for words in (
        "Plan begun",
        f"{kents.officer.name}, Authorising officer, Superintendent",
        f"{kents.planner.name}, Planner, Inspector",
        "Necessary and proportionate for the reasons that the plan gives.",
    ):
        assert words in said, words


def test_each_state_can_be_read_again_and_held_against_another(kents, signed_in):
    plan = kents.edited(kents.drafted(), "system", threshold="0.7")
    client = signed_in(kents.planner)
    assert "Threshold 0.64 0.70" in text(client.get(url("plan-revision", plan, plan.revision)))
    old = text(client.get(url("plan-revision", plan, plan.revision - 1) + f"?against={plan.revision}"))
    assert "Threshold 0.70 0.64" in old
    assert "The plan has been changed since" in old
    assert client.get(url("plan-revision", plan, 99)).status_code == 404


def test_what_was_typed_when_the_session_ended_comes_back(kents, signed_in, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plan = kents.drafted()
    user = login_of(kents.planner)
    where = url("task", plan, "necessity")
    client, word = opened_and_ended(user, where)
    typed = filled(plan, "necessity", necessity="Half an hour of typing.", typed_by=word)
    sign_in(client, user, client.post(where, typed))
    page = client.get(where)
    assert "Half an hour of typing." in page.content.decode()
    assert kents.now(plan).answers("necessity")["necessity"] != "Half an hour of typing."
