"""Saying that something was earlier or later than it was."""

from datetime import timedelta

from deployments.planning import actions
from forces.clock import LONDON, db_now, london_date
from tests.portal.planning.desk import filled
from tests.portal.tricks.playing import WHY, decision, on, oral, trick


@trick("say that oral authority is given in the future", 422, "invalid")
def future(s):
    plan = s.plan("urgent")
    yield
    yield s.sends(s.kents.officer, "authorise", plan, oral(plan, timedelta(hours=3)))


@trick("say that oral authority was given long before the plan", 422, "invalid")
def before_the_plan(s):
    plan = s.plan("urgent")
    yield
    yield s.sends(s.kents.officer, "authorise", plan, oral(plan, -timedelta(days=8)))
    yield s.sends(s.kents.officer, "authorise", plan, oral(plan, -timedelta(days=600)))


@trick("give oral authority after the start", 422, "invalid")
def after_the_start(s):
    plan = s.timed(s.plan("urgent"), starts_at=-timedelta(hours=2), ends_at=timedelta(hours=2))
    yield
    yield s.sends(s.kents.officer, "authorise", plan, oral(plan, -timedelta(hours=1)))


@trick("give written authority once it has begun", 422, "too_late")
def written_after_the_start(s):
    plan = s.timed(s.plan("assessed"), starts_at=-timedelta(minutes=5))
    yield
    yield s.sends(s.kents.officer, "authorise", plan, {**decision(plan), "at": "2026-01-01T09:00"})


@trick("submit a start that has passed, without urgency", 422, "too_late")
def past_start(s):
    plan = s.plan("draft")
    begun = (db_now() - timedelta(days=1)).astimezone(LONDON)
    told = {
        **plan.answers("place"),
        "starts_at": begun.isoformat(),
        "ends_at": (begun + timedelta(hours=3)).isoformat(),
    }
    plan = actions.save_task(plan, "place", told, seen=1, by=s.kents.planner, at=db_now())
    yield
    yield s.sends(s.kents.planner, "check-plan", plan, {"seen": plan.revision, "urgent": "no"})


@trick("move the start of an authorised plan without saying that its authority falls", 409, "wrong_state")
def move_the_start(s):
    plan = s.authorised()
    day = london_date(plan.starts_at) - timedelta(days=20)
    yield
    yield s.sends(s.kents.planner, "task", plan, filled(plan, "place", **on("on", day)), "place")


@trick("rewrite the plan of a deployment that has begun", 422, "too_late")
def rewrite_what_runs(s):
    plan = s.timed(s.authorised(), starts_at=-timedelta(hours=1), ends_at=timedelta(hours=2))
    said = filled(plan, "necessity", necessity="For a reason found afterwards, when it was asked for.")
    yield
    yield s.sends(s.kents.planner, "task", plan, {**said, "voids": "yes"}, "necessity")


@trick("tell the public late without saying why, with an earlier moment sent along", 422, "too_late")
def short_notice(s):
    plan = s.timed(s.authorised(), starts_at=timedelta(minutes=30), ends_at=timedelta(hours=3))
    said = {"seen": plan.content_hash, "latest": "2099-01-01T00:00", "at": "2026-01-01T00:00", "is_short": ""}
    yield
    yield s.sends(s.kents.engagement, "notice", plan, said)


@trick("tell the public of what is over", 422, "too_late")
def notice_after_the_end(s):
    plan = s.timed(s.authorised(), starts_at=-timedelta(hours=9), ends_at=-timedelta(hours=2))
    yield
    yield s.sends(s.kents.engagement, "notice", plan, {"seen": plan.content_hash, "reason": WHY})


@trick("cancel what is over", 422, "too_late")
def cancel_what_is_over(s):
    plan = s.timed(s.authorised(), starts_at=-timedelta(hours=9), ends_at=-timedelta(hours=2))
    yield
    yield s.sends(s.kents.planner, "cancel-plan", plan, {"seen": plan.content_hash, "reason": WHY})


@trick("withhold a notice until a day long gone, or for ever", 422, "invalid")
def withhold_for_ever(s):
    plan = s.authorised()
    said = {"seen": plan.content_hash, "ground": "specific_person", "reason": WHY}
    today = london_date(db_now())
    yield
    for day in (today - timedelta(days=30), today, today + timedelta(days=4000)):
        yield s.sends(s.kents.officer, "defer", plan, {**said, **on("review_on", day)})
