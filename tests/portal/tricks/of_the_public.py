"""Telling the public what was not authorised, or keeping from it what was."""

from datetime import timedelta

from deployments.planning import actions
from forces.clock import db_now, london_date
from tests.portal.test_force import answers as result
from tests.portal.tricks.playing import WHY, decision, on, trick


def _publish(s, plan, **more):
    said = {"seen": plan.content_hash, "status": "authorised", "authorised_hash": plan.content_hash, **more}
    return s.sends(s.kents.engagement, "notice", plan, said)


@trick("publish the notice of a draft", 422, "wrong_state")
def draft(s):
    plan = s.plan("draft")
    yield
    yield _publish(s, plan)


@trick("publish the notice of what was only submitted", 422, "wrong_state")
def submitted(s):
    plan = s.plan("submitted")
    yield
    yield _publish(s, plan)


@trick("publish the notice of what was only assessed", 422, "wrong_state")
def assessed(s):
    plan = s.plan("assessed")
    yield
    yield _publish(s, plan)


@trick("publish the notice of what was sent back", 422, "wrong_state")
def returned(s):
    plan = s.plan("assessed")
    plan = actions.send_back(plan, question=WHY, seen=plan.revision, by=s.kents.officer, at=db_now())
    yield
    yield _publish(s, plan)


@trick("publish the notice of what was refused", 422, "wrong_state")
def refused(s):
    plan = s.plan("assessed")
    plan = actions.refuse(plan, reason=WHY, content_hash=plan.content_hash, by=s.kents.officer, at=db_now())
    yield
    yield _publish(s, plan)


@trick("publish the notice of what is held", 422, "wrong_state")
def held(s):
    plan = s.authorised()
    assert actions.hold(plan, why="The test of the algorithm was withdrawn.", at=db_now())
    plan = s.kents.now(plan)
    yield
    yield _publish(s, plan)


@trick("publish the notice of what was cancelled", 422, "wrong_state")
def cancelled(s):
    plan = s.plan("cancelled")
    yield
    yield _publish(s, plan)


@trick("publish by a page that shows other words", 409, "stale")
def other_words(s):
    plan = s.authorised()
    yield
    yield _publish(s, plan, seen=s.plan("unreviewed").content_hash)


@trick("publish what was authorised before it was changed", 409, "stale")
def after_an_edit(s):
    plan = s.authorised()
    s.kents.edited(plan)
    yield
    yield _publish(s, plan)


@trick("publish the changed words", 422, "wrong_state")
def the_edit(s):
    plan = s.kents.edited(s.authorised())
    yield
    yield _publish(s, plan)


@trick("publish a notice twice", 422, "wrong_state")
def twice(s):
    plan = s.notified()
    yield
    yield _publish(s, plan)


@trick("publish as whoever planned it", 403, "access")
def as_planner(s):
    plan = s.authorised()
    yield
    yield s.sends(s.kents.planner, "notice", plan, {"seen": plan.content_hash})


@trick("publish as whoever authorised it", 403, "access")
def as_officer(s):
    plan = s.authorised()
    yield
    yield s.sends(s.kents.officer, "notice", plan, {"seen": plan.content_hash})


@trick("publish another force's notice", 404, "access")
def theirs(s):
    plan = s.authorised()
    yield
    yield s.sends(s.avons.engagement, "notice", plan, {"seen": plan.content_hash})


@trick("publish what is withheld, as whoever planned it", 403, "access")
def withheld(s):
    plan = s.deferred()
    yield
    yield s.sends(s.kents.planner, "notice", plan, {"seen": plan.content_hash})


@trick("withhold what the public was told already", 302, "wrong_state")
def withhold_what_is_told(s):
    plan = s.notified()
    said = {"seen": plan.content_hash, "ground": "specific_person", "reason": WHY}
    yield
    yield s.sends(
        s.kents.officer, "defer", plan, {**said, **on("review_on", london_date(db_now()) + timedelta(days=9))}
    )


@trick("withhold the notice as whoever publishes notices", 403, "access")
def withhold_as_publisher(s):
    plan = s.authorised()
    said = {"seen": plan.content_hash, "ground": "specific_person", "reason": WHY}
    yield
    yield s.sends(s.kents.engagement, "defer", plan, said)


@trick("withhold on a ground there is not", 422, "invalid")
def made_up_ground(s):
    plan = s.authorised()
    said = {"seen": plan.content_hash, "ground": "embarrassing", "reason": WHY}
    yield
    yield s.sends(
        s.kents.officer, "defer", plan, {**said, **on("review_on", london_date(db_now()) + timedelta(days=9))}
    )


@trick("uphold what was sent back meanwhile", 302, "wrong_state")
def uphold_what_is_gone(s):
    plan = s.held()
    old = decision(plan, "uphold")
    actions.send_back(plan, question=WHY, seen=plan.revision, by=s.kents.officer, at=db_now())
    yield
    yield s.sends(s.kents.officer, "authorise", plan, old)


@trick("record a result for a plan that was never authorised", 422, "wrong_state")
def result_of_nothing(s):
    plan = s.timed(s.plan("assessed"), starts_at=-timedelta(hours=6), ends_at=-timedelta(hours=2))
    yield
    day = on("on", london_date(plan.starts_at))
    yield s.sends(s.kents.planner, "record-plan", plan, result() | day)
