"""Deciding on what one wrote oneself, by any way round."""

from deployments.planning import actions
from deployments.planning.fields import TASKS
from forces.clock import db_now, london_date
from tests.api.systems import connect
from tests.deployments.planning.plans import later
from tests.portal.planning.desk import filled
from tests.portal.tricks.playing import WHY, decision, on, oral, trick, url

OFFICER = "authorising_officer"


@trick("authorise one's own plan, with a role granted after writing it", 403, "own_plan")
def after_writing(s):
    plan, me = s.plan("assessed"), s.gives(s.kents.planner, OFFICER)
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("authorise one's own plan by a second login of the same person", 403, "own_plan")
def second_login(s):
    plan, me = s.plan("assessed"), s.gives(s.kents.planner, OFFICER)
    client = s.client(me, s.second_login(me))
    yield
    yield client.post(url("authorise", plan), decision(plan))


@trick("authorise one's own plan with fields that say somebody else did", 403, "own_plan")
def with_fields(s):
    plan, me = s.plan("assessed"), s.gives(s.kents.planner, OFFICER)
    made_up = {
        "proposed_by": s.kents.officer.pk,
        "authorised_by": s.kents.officer.pk,
        "by": str(s.kents.officer.public_id),
        "authors": "[]",
        "status": "authorised",
        "rank": "chief_constable",
        "at": "2026-01-01T00:00:00Z",
    }
    yield
    yield s.sends(me, "authorise", plan, {**decision(plan), **made_up})


@trick("authorise what one saved a single task of", 403, "own_plan")
def one_task(s):
    me = s.gives(s.kents.commander, OFFICER)
    plan = s.plan("draft")
    said = {**plan.answers("notice"), "signage": "Boards at each way in, and leaflets in four languages."}
    plan = actions.save_task(plan, "notice", said, seen=1, by=me, at=db_now())
    plan = s.put_before_an_officer(plan)
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("authorise what one confirmed a single copied answer of", 403, "own_plan")
def one_copied_answer(s):
    me = s.gives(s.kents.commander, OFFICER)
    plan = actions.begin(s.kents.force, copy=s.authorised(), by=s.kents.planner, at=db_now())
    for task in TASKS:
        values, by = dict(plan.answers(task.code)), s.kents.planner
        if task.code == "place":
            values |= {
                "starts_at": later(days=20).isoformat(),
                "ends_at": later(days=20, hours=4).isoformat(),
            }
        if task.code == "notice":
            by = me
        plan = actions.save_task(plan, task.code, values, seen=0, by=by, at=db_now())
    plan = s.put_before_an_officer(plan)
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("authorise what one copied from a plan of somebody else", 403, "own_plan")
def copied(s):
    me = s.gives(s.kents.commander, OFFICER)
    plan = actions.begin(s.kents.force, copy=s.authorised(), by=me, at=db_now())
    for task in TASKS:
        values = dict(plan.answers(task.code))
        if task.code == "place":
            values |= {
                "starts_at": later(days=20).isoformat(),
                "ends_at": later(days=20, hours=4).isoformat(),
            }
        plan = actions.save_task(plan, task.code, values, seen=0, by=s.kents.planner, at=db_now())
    plan = s.put_before_an_officer(plan)
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("authorise what one submitted for somebody else", 403, "own_plan")
def submitted_for(s):
    me = s.gives(s.kents.commander, OFFICER)
    plan = s.plan("draft")
    plan = s.kents.assess(actions.submit(plan, seen=plan.revision, by=me, at=db_now()))
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("authorise what one changed back to the very same words", 403, "own_plan")
def changed_back(s):
    plan, me = s.plan("draft"), s.gives(s.kents.commander, OFFICER)
    first = plan.answers("notice")
    changed = {**first, "signage": "No boards at all, only leaflets."}
    plan = actions.save_task(plan, "notice", changed, seen=1, by=me, at=db_now())
    plan = actions.save_task(plan, "notice", first, seen=2, by=me, at=db_now())
    assert plan.content_hash == s.plans["draft"].content_hash
    plan = s.put_before_an_officer(plan)
    yield
    yield s.sends(me, "authorise", plan, decision(plan))


@trick("assess one's own plan", 403, "own_plan")
def assess(s):
    plan, me = s.plan("submitted"), s.gives(s.kents.planner, "engagement_lead")
    yield
    yield s.sends(me, "assess", plan, decision(plan, "assess"))


@trick("record oral authority for one's own urgent plan", 403, "own_plan")
def oral_authority(s):
    plan, me = s.plan("urgent"), s.gives(s.kents.planner, OFFICER)
    yield
    yield s.sends(me, "authorise", plan, {**oral(plan, -s.minute), "decision": "approve"})


@trick("confirm the urgent authority of one's own plan", 403, "own_plan")
def confirm(s):
    plan, me = s.oral(), s.gives(s.kents.planner, OFFICER)
    yield
    yield s.sends(me, "authorise", plan, decision(plan, "confirm"))


@trick("uphold one's own plan that is held", 403, "own_plan")
def uphold(s):
    plan, me = s.held(), s.gives(s.kents.planner, OFFICER)
    yield
    yield s.sends(me, "authorise", plan, decision(plan, "uphold"))


@trick("set a national condition aside for one's own plan", 403, "own_plan")
def override(s):
    plan, me = s.plan("unreviewed"), s.gives(s.kents.planner, "chief_officer", "chief_constable")
    yield
    yield s.sends(me, "override", plan, {"seen": plan.content_hash, "reason": WHY}, "watchlist-review")


@trick("withhold the notice of one's own plan", 403, "own_plan")
def withhold(s):
    plan, me = s.authorised(), s.gives(s.kents.planner, OFFICER)
    said = {"seen": plan.content_hash, "ground": "specific_person", "reason": WHY}
    yield
    yield s.sends(me, "defer", plan, {**said, **on("review_on", london_date(later(days=5)))})


@trick("plan, assess and authorise as one person of three roles", 403, "own_plan")
def three_roles(s):
    me = s.gives(s.gives(s.kents.planner, OFFICER), "engagement_lead")
    submitted, assessed = s.plan("submitted"), s.plan("assessed")
    client = s.client(me)
    yield
    yield client.post(url("assess", submitted), decision(submitted, "assess"))
    yield client.post(url("authorise", assessed), decision(assessed))


@trick("have a system one connected authorise by an address of the API", 404, "access")
def by_a_system(s):
    plan = s.plan("assessed")
    machine = connect(s.kents.force, s.kents.force._owner)
    assert machine.sign_in().status_code == 200
    yield
    yield machine.post(f"/api/v1/plans/{plan.reference}/authorise", decision(plan))
    yield machine.put(f"/api/v1/plans/{plan.reference}", {"status": "authorised"})


@trick("take up a plan that a colleague wrote on, as whoever edits and then decides", 403, "own_plan")
def edit_then_decide(s):
    me = s.gives(s.gives(s.kents.commander, OFFICER), "planner")
    plan = s.plan("assessed")
    client = s.client(me)
    said = filled(plan, "notice", signage="Boards at two of the four ways in.", voids="yes")
    assert client.post(url("task", plan, "notice"), said).status_code == 302
    plan = s.put_before_an_officer(s.kents.now(plan))
    yield
    yield client.post(url("authorise", plan), decision(plan))
