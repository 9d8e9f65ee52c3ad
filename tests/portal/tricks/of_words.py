"""Deciding on other words than those that stand, by old pages, forms sent twice, and made-up fields."""

import json

from deployments.planning import actions
from forces.clock import db_now
from tests.deployments.planning.plans import answers
from tests.portal.planning.desk import filled
from tests.portal.tricks.playing import WHY, decision, trick, url


@trick("authorise by an old page, after the words were changed and put forward again", 409, "stale")
def old_page(s):
    plan = s.plan("assessed")
    old = decision(plan)
    plan = s.put_before_an_officer(s.kents.edited(plan))
    yield
    yield s.sends(s.kents.officer, "authorise", plan, old)


@trick("send an approval again, after what it approved was changed", 409, "stale")
def replay(s):
    plan, client = s.plan("assessed"), s.client(s.kents.officer)
    said = decision(plan)
    assert client.post(url("authorise", plan), said).status_code == 302
    plan = s.put_before_an_officer(s.kents.edited(s.kents.now(plan)))
    yield
    yield client.post(url("authorise", plan), said)
    yield client.post(url("authorise", plan), said)


@trick("send an approval twice", 302, "wrong_state")
def twice(s):
    plan, client = s.plan("assessed"), s.client(s.kents.officer)
    said = decision(plan)
    assert client.post(url("authorise", plan), said).status_code == 302
    yield
    yield client.post(url("authorise", plan), said)


@trick("approve in one tab and refuse in another", 302, "wrong_state")
def two_tabs(s):
    plan, client = s.plan("assessed"), s.client(s.kents.officer)
    assert client.get(url("authorise", plan)).status_code == 200
    assert client.post(url("authorise", plan), decision(plan)).status_code == 302
    yield
    yield client.post(url("authorise", plan), decision(plan, "refuse"))


@trick("assess by an old page", 409, "stale")
def assess_old(s):
    plan = s.plan("submitted")
    old = decision(plan, "assess")
    plan = s.kents.edited(plan)
    plan = actions.submit(plan, seen=plan.revision, by=s.kents.planner, at=db_now())
    yield
    yield s.sends(s.kents.assessor, "assess", plan, old)


@trick("send a hash that is none", 422, "invalid")
def no_hash(s):
    plan = s.plan("assessed")
    client = s.client(s.kents.officer)
    yield
    for made_up in ("", "0", plan.content_hash.upper(), plan.content_hash + "0", "' OR 1=1 --"):
        yield client.post(url("authorise", plan), {**decision(plan), "seen": made_up})


@trick("send the hash of another plan", 409, "stale")
def other_hash(s):
    plan = s.plan("assessed")
    yield
    yield s.sends(
        s.kents.officer, "authorise", plan, {**decision(plan), "seen": s.plan("unreviewed").content_hash}
    )


@trick("send a decision that the page does not offer", 422, "invalid")
def not_offered(s):
    plan = s.plan("assessed")
    client = s.client(s.kents.officer)
    yield
    for made_up in ("confirm", "uphold", "assess", "authorised"):
        yield client.post(url("authorise", plan), decision(plan, made_up))


@trick("authorise separately what may not be", 422, "invalid")
def separately(s):
    watchlist = {
        "under_18_expected": 2,
        "under_18_reason": "Two are wanted for stabbings and could not be found otherwise.",
    }
    plan = s.kents.assessed(watchlist=watchlist)
    yield
    yield s.sends(s.kents.officer, "authorise", plan, decision(plan, separately=["everybody"]))


@trick("authorise in JSON and in plain text", 422, "invalid")
def other_types(s):
    plan = s.plan("assessed")
    client = s.client(s.kents.officer)
    yield
    yield client.post(url("authorise", plan), json.dumps(decision(plan)), content_type="application/json")
    yield client.post(url("authorise", plan), "decision=approve", content_type="text/plain")


@trick("change an authorised plan without saying that its authority falls", 409, "wrong_state")
def without_saying(s):
    plan = s.authorised()
    said = filled(plan, "necessity", necessity="For another reason than the officer has read.")
    yield
    yield s.sends(s.kents.planner, "task", plan, said, "necessity")


@trick("change what the public was told without saying that its authority falls", 409, "wrong_state")
def without_saying_of_notified(s):
    plan = s.notified()
    said = filled(plan, "place", place="Cathedral Close", status="draft", authorised_hash="")
    yield
    yield s.sends(s.kents.planner, "task", plan, said, "place")


@trick("submit a plan that is not complete, past its page", 422, "incomplete")
def incomplete(s):
    plan = s.plan("draft")
    empty = {**plan.answers("necessity"), "alternatives": ""}
    plan = actions.save_task(plan, "necessity", empty, seen=1, by=s.kents.planner, at=db_now())
    yield
    yield s.sends(s.kents.planner, "check-plan", plan, {"seen": plan.revision, "urgent": "no"})


@trick("submit a copy whose answers nobody confirmed", 422, "incomplete")
def unconfirmed(s):
    plan = actions.begin(s.kents.force, copy=s.authorised(), by=s.kents.planner, at=db_now())
    place = answers(s.kents.force, s.kents.commander)["place"]
    plan = actions.save_task(plan, "place", place, seen=0, by=s.kents.planner, at=db_now())
    yield
    yield s.sends(s.kents.planner, "check-plan", plan, {"seen": plan.revision, "urgent": "no"})


@trick("write down a commander, a document or an algorithm that is another force's", 422, "invalid")
def of_another_force(s):
    plan = s.plan("draft")
    client = s.client(s.kents.planner)
    yield
    for task, field, value in (
        ("people", "commander", str(s.avons.commander.public_id)),
        ("people", "commander", str(s.kents.officer.public_id)),
        ("protection", "dpia", str(s.avons.papers["dpia"])),
        ("system", "algorithm", "999999999"),
    ):
        yield client.post(url("task", plan, task), filled(plan, task, **{field: value}))


@trick("move a plan into an operation of another force", 422, "invalid")
def their_operation(s):
    plan = s.authorised()
    theirs = actions.begin_operation(s.avons.force, name="Quay", by=s.avons.planner, at=db_now())
    yield
    yield s.sends(s.kents.planner, "plan-operation", plan, {"operation": theirs.reference})


@trick("begin with the answers of another force's plan", 422, "access")
def copy_theirs(s):
    client = s.client(s.kents.planner)
    said = {"start": "copy", "copy": s.plan("theirs").reference, "operation": "none"}
    yield
    yield client.post("/portal/kent/plans/begin/", said)


@trick("move a cancelled plan into an operation", 422, "wrong_state")
def operation_of_cancelled(s):
    plan = s.plan("cancelled")
    mine = actions.begin_operation(s.kents.force, name="Quay", by=s.kents.planner, at=db_now())
    yield
    yield s.sends(s.kents.planner, "plan-operation", plan, {"operation": mine.reference})


@trick("take up a cancelled plan again", 422, "wrong_state")
def cancelled(s):
    plan = s.plan("cancelled")
    said = filled(plan, "necessity", necessity="It is needed after all, for the same reason as before.")
    yield
    yield s.sends(s.kents.planner, "task", plan, {**said, "voids": "yes"}, "necessity")


@trick("name a person in the reasons of an authority", 422, "text")
def a_person(s):
    plan = s.plan("assessed")
    words = "Needed to find the man who lives at 14 Quay Street, telephone 07700 900123."
    yield
    yield s.sends(s.kents.officer, "authorise", plan, {**decision(plan), "reason": words})


@trick("write about a person instead of an intelligence reference", 422, "text")
def a_person_in_a_task(s):
    plan = s.plan("draft")
    said = filled(plan, "purpose", objective="Find the man on 07700 900123 who was seen at the quay.")
    yield
    yield s.sends(s.kents.planner, "task", plan, said, "purpose")


@trick("cancel twice", 302, "wrong_state")
def cancel_twice(s):
    plan = s.plan("cancelled")
    yield
    yield s.sends(s.kents.officer, "cancel-plan", plan, {"seen": plan.content_hash, "reason": WHY})
