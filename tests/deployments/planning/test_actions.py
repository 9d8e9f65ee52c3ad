"""From draft to notice: who may take each step, what each step binds, and what undoes it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from coordination.framework.reference import load_framework
from deployments.models import Authority, Plan, PlanRevision
from deployments.planning import actions
from forces.clock import db_now, london_date
from forces.permissions import grants_of
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting
from register.models import Entry, EntryBody, NoticeHead
from register.queries import documents
from tests.deployments.planning.plans import REASON, Team, answers, happened, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def kents(kent) -> Team:
    load_framework(at=db_now())
    return Team(kent)


def test_a_plan_goes_from_draft_to_notice(kents):
    plan = kents.notified()
    assert plan.status == Plan.Status.NOTIFIED
    assert plan.authorised_hash == plan.content_hash
    head = NoticeHead.objects.get(reference=plan.reference)
    assert (head.status, head.place) == ("planned", "Market Square")
    told = documents([plan.notice_entry])[plan.notice_entry]
    assert told["authorised_hash"] == plan.content_hash
    assert told["authority"]["rank"] == "Superintendent"
    assert told["short_notice"] is None
    assert happened(plan)[-4:] == [
        "plan.assessed.v1",
        "plan.authorised.v1",
        "register.notice_entered.v1",
        "plan.notified.v1",
    ]


def test_an_authority_keeps_rank_roles_and_readiness_of_its_moment(kents):
    plan = kents.authorised()
    authority = plan.authority
    assert (authority.rank, authority.roles) == ("superintendent", ["authorising_officer"])
    assert authority.content_hash == plan.content_hash
    assert {line["code"] for line in authority.readiness}
    assert authority.authors == plan.authors


def test_nobody_assesses_or_authorises_what_they_wrote(kent, kents):
    from directory import actions as directory

    for role in ("authorising_officer", "data_protection_officer"):
        directory.grant(kents.planner, role, force=kent, rank="superintendent", by=kent._owner, at=db_now())
    kents.planner.__dict__.pop("grants", None)
    assert grants_of(kents.planner)
    plan = kents.submitted()
    with pytest.raises(actions.OwnPlan):
        actions.assess(plan, words=REASON, seen=plan.revision, by=kents.planner, at=db_now())
    plan = kents.assess(plan)
    with pytest.raises(actions.OwnPlan):
        kents.authorise(plan, by=kents.planner)


@pytest.mark.parametrize("step", ["draft", "submitted", "returned"])
def test_authority_needs_an_assessed_plan(kents, step):
    plan = kents.drafted() if step == "draft" else kents.submitted()
    if step == "returned":
        plan = actions.send_back(
            plan,
            question="Which patrols were tried first?",
            seen=plan.revision,
            by=kents.officer,
            at=db_now(),
        )
    with pytest.raises(actions.WrongState):
        kents.authorise(plan)


def test_an_edit_voids_the_authority_and_says_so(kents):
    plan = kents.notified()
    with pytest.raises(actions.Voids):
        actions.save_task(
            plan, "necessity", {**plan.answers("necessity"), "necessity": "Another reason than before it was."},
            seen=1, by=kents.planner, at=db_now(),
        )  # fmt: skip
    after = kents.edited(plan)
    assert (after.status, after.authority, after.authorised_hash) == (Plan.Status.DRAFT, None, "")
    with acting(kents.force, None):
        voided = Authority.objects.owned_by(kents.force).get()
    assert voided.voided_by_id == kents.planner.pk
    assert NoticeHead.objects.get(reference=plan.reference).status == "under_review"
    assert "plan.authority_voided.v1" in happened(plan)


def test_what_was_voided_is_authorised_and_told_again(kents):
    plan = kents.edited(kents.notified())
    plan = actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now())
    plan = kents.notify(kents.authorise(kents.assess(plan)))
    assert NoticeHead.objects.get(reference=plan.reference).version == 3
    assert plan.status == Plan.Status.NOTIFIED


def test_saving_the_same_again_voids_nothing(kents):
    plan = kents.authorised()
    after = actions.save_task(
        plan, "necessity", plan.answers("necessity"), seen=1, by=kents.planner, at=db_now()
    )
    assert after.status == Plan.Status.AUTHORISED


def test_two_people_may_write_two_tasks_but_not_one_over_the_other(kents):
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    said = answers(kents.force, kents.commander)
    actions.save_task(plan, "necessity", said["necessity"], seen=0, by=kents.planner, at=db_now())
    after = actions.save_task(plan, "notice", said["notice"], seen=0, by=kents.commander, at=db_now())
    assert sorted(after.authors) == sorted([kents.planner.pk, kents.commander.pk])
    with pytest.raises(actions.StalePlan):
        actions.save_task(
            plan, "necessity", {"necessity": "Written without having seen theirs."},
            seen=0, by=kents.commander, at=db_now(),
        )  # fmt: skip


def test_every_earlier_wording_stays(kents):
    plan = kents.edited(kents.drafted())
    with acting(kents.force, None):
        kept = list(PlanRevision.objects.owned_by(kents.force).filter(plan=plan).order_by("number"))
    assert [each.number for each in kept] == list(range(1, plan.revision + 1))
    assert kept[-2].said["necessity"] != kept[-1].said["necessity"]


def test_an_incomplete_plan_is_not_submitted(kents):
    plan = kents.drafted(necessity={"alternatives": ""})
    with pytest.raises(actions.Incomplete) as refused:
        actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now())
    assert refused.value.tasks == ["necessity"]


def test_copied_answers_wait_to_be_confirmed(kents):
    first = kents.authorised()
    plan = actions.begin(kents.force, copy=first, by=kents.planner, at=db_now())
    assert plan.copied_from == first.reference
    assert plan.starts_at is None
    assert set(plan.to_confirm()) == {
        "purpose",
        "place",
        "necessity",
        "watchlist",
        "system",
        "people",
        "protection",
        "notice",
    }
    for task in plan.to_confirm():
        values = dict(plan.answers(task))
        if task == "place":
            values |= {
                "starts_at": later(days=20).isoformat(), "ends_at": later(days=20, hours=4).isoformat()
            }  # fmt: skip
        plan = actions.save_task(plan, task, values, seen=0, by=kents.planner, at=db_now())
    assert plan.is_complete


def test_whoever_wrote_what_was_copied_has_written_the_copy_too(kents):
    first = kents.drafted(by=kents.commander)
    plan = actions.begin(kents.force, copy=first, by=kents.planner, at=db_now())
    assert set(plan.authors) == {kents.commander.pk, kents.planner.pk}


def test_a_conditional_authority_holds_its_conditions(kents):
    plan = kents.authorise(kents.assessed(), conditions=["Stop at 15:00.", " "])
    assert (plan.authority.kind, plan.authority.conditions) == ("conditional", ["Stop at 15:00."])
    told = documents([kents.notify(plan).notice_entry])
    assert next(iter(told.values()))["authority"]["conditions"] == ["Stop at 15:00."]


def test_a_refused_plan_may_be_changed_and_submitted_again(kents):
    plan = kents.assessed()
    plan = actions.refuse(
        plan, reason="The alternatives were not tried.", content_hash=plan.content_hash,
        by=kents.officer, at=db_now(),
    )  # fmt: skip
    assert plan.status == Plan.Status.REFUSED
    with pytest.raises(actions.WrongState):
        actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now())
    plan = kents.edited(plan)
    assert actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now()).status == "submitted"


def test_a_decision_is_about_the_words_that_were_read(kents):
    plan = kents.assessed()
    stale = plan.content_hash
    plan = kents.edited(plan)
    plan = actions.submit(plan, seen=plan.revision, by=kents.planner, at=db_now())
    plan = kents.assess(plan)
    with pytest.raises(actions.StalePlan):
        actions.authorise(plan, reason=REASON, content_hash=stale, by=kents.officer, at=db_now())


def _urgent(kents: Team) -> Plan:
    starts = later(hours=1)
    return kents.submitted(
        urgency="A wanted man was seen at the station this morning.",
        place={"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=3)).isoformat()},
    )


def test_urgent_oral_authority_is_recorded_and_confirmed_in_writing(kents):
    plan = _urgent(kents)
    given = db_now() - timedelta(minutes=30)
    plan = actions.record_oral_authority(
        plan, given_at=given, reason=REASON, content_hash=plan.content_hash, by=kents.officer, at=db_now()
    )
    assert plan.authority.is_unconfirmed
    assert plan.authority.given_at == given
    assert plan.authority.confirm_by > given
    plan = actions.confirm(
        plan,
        reason="Read and agreed in writing.",
        content_hash=plan.content_hash,
        by=kents.officer,
        at=db_now(),
    )
    assert not plan.authority.is_unconfirmed
    with pytest.raises(actions.WrongState):
        actions.confirm(
            plan, reason="Read and agreed in writing.", content_hash=plan.content_hash,
            by=kents.officer, at=db_now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"), [({"hours": 1}, "given_at"), ({"days": -8}, "given_at"), ({"hours": 2}, "given_at")]
)
def test_an_oral_authority_is_neither_future_nor_old_nor_after_the_start(kents, given, field):
    plan = _urgent(kents)
    with pytest.raises(Invalid) as refused:
        actions.record_oral_authority(
            plan, given_at=later(**given), reason=REASON, content_hash=plan.content_hash,
            by=kents.officer, at=db_now(),
        )  # fmt: skip
    assert field in refused.value.errors


def test_what_was_not_submitted_as_urgent_needs_written_authority(kents):
    plan = kents.submitted()
    with pytest.raises(actions.WrongState):
        actions.record_oral_authority(
            plan,
            given_at=db_now(),
            reason=REASON,
            content_hash=plan.content_hash,
            by=kents.officer,
            at=db_now(),
        )


def test_written_authority_comes_before_the_start(kents):
    plan = kents.assessed()
    with pytest.raises(actions.TooLate):
        actions.authorise(
            plan, reason=REASON, content_hash=plan.content_hash, by=kents.officer, at=later(days=15)
        )


def test_late_notice_says_why(kents):
    plan = kents.authorised()
    late = plan.starts_at + timedelta(minutes=5)
    with pytest.raises(Invalid):
        actions.notify(plan, content_hash=plan.content_hash, by=kents.engagement, at=late)
    plan = actions.notify(
        plan, content_hash=plan.content_hash, short_notice_reason="The person to publish it was taken ill.",
        by=kents.engagement, at=late,
    )  # fmt: skip
    told = documents([plan.notice_entry])[plan.notice_entry]
    assert told["short_notice"]["reason"] == "The person to publish it was taken ill."


def test_a_deferred_notice_tells_the_month_alone(kents):
    plan = kents.authorised()
    plan = actions.defer_notice(
        plan, ground="critical_threat", reason="Notice would end the search for the person.",
        review_on=london_date(later(days=20)), content_hash=plan.content_hash, by=kents.officer, at=db_now(),
    )  # fmt: skip
    body = bytes(EntryBody.objects.get(entry=plan.notice_entry).body).decode()
    assert "Market Square" not in body
    assert NoticeHead.objects.get(reference=plan.reference).is_withheld
    plan = kents.notify(plan)
    assert not NoticeHead.objects.get(reference=plan.reference).is_withheld


def test_cancelling_what_the_public_was_told_tells_it(kents):
    plan = actions.cancel(kents.notified(), reason="The van is out of order.", by=kents.planner, at=db_now())
    assert plan.status == Plan.Status.CANCELLED
    assert NoticeHead.objects.get(reference=plan.reference).status == "cancelled"
    assert Entry.objects.filter(reference=plan.reference).count() == 2


@pytest.mark.parametrize("state", ["drafted", "submitted", "assessed", "authorised"])
def test_a_plan_is_cancelled_from_any_state(kents, state):
    plan = getattr(kents, state)()
    plan = actions.cancel(plan, reason="No longer needed at all.", by=kents.officer, at=db_now())
    assert plan.status == Plan.Status.CANCELLED
    with pytest.raises(actions.WrongState):
        kents.edited(plan)


def test_what_a_plan_relied_on_changes(kents):
    plan = kents.notified()
    assert actions.hold(plan, why="The threshold allowed has changed.", at=db_now())
    plan = kents.now(plan)
    assert (plan.status, plan.held_from) == (Plan.Status.HELD, Plan.Status.NOTIFIED)
    assert NoticeHead.objects.get(reference=plan.reference).status == "under_review"
    assert not actions.hold(plan, why="Again.", at=db_now())
    plan = actions.uphold(plan, reason=REASON, content_hash=plan.content_hash, by=kents.officer, at=db_now())
    assert plan.status == Plan.Status.NOTIFIED
    head = NoticeHead.objects.get(reference=plan.reference)
    assert (head.status, head.version, head.entry_id) == ("planned", 3, plan.notice_entry)


def test_nothing_that_runs_stops_by_itself(kents):
    plan = kents.notified()
    during = plan.starts_at + timedelta(hours=1)
    assert actions.hold(plan, why="The threshold allowed has changed.", at=during)
    plan = kents.now(plan)
    assert plan.status == Plan.Status.NOTIFIED
    assert plan.affected_at
    plan = actions.decide_live(
        plan, decision="go_on", reason="The new threshold is lower than ours.", by=kents.commander, at=during
    )
    assert plan.affected_at is None
    with pytest.raises(Forbidden):
        actions.decide_live(
            plan, decision="stop", reason="I would rather it stopped.", by=kents.planner, at=during
        )


def _decided(action, **more):
    return lambda team, plan, by: action(
        plan, reason=REASON, content_hash=plan.content_hash, by=by, at=db_now(), **more
    )


RIGHTS = [
    ("begin", "officer", lambda team, plan, by: actions.begin(team.force, by=by, at=db_now())),
    (
        "assess",
        "planner",
        lambda team, plan, by: actions.assess(plan, words=REASON, seen=plan.revision, by=by, at=db_now()),
    ),
    ("authorise", "engagement", _decided(actions.authorise)),
    ("refuse", "planner", _decided(actions.refuse)),
    ("confirm", "assessor", _decided(actions.confirm)),
    ("uphold", "chief", _decided(actions.uphold)),
    (
        "notify",
        "officer",
        lambda team, plan, by: actions.notify(plan, content_hash=plan.content_hash, by=by, at=db_now()),
    ),
    (
        "override",
        "officer",
        lambda team, plan, by: _decided(lambda plan, **told: actions.override(plan, "any", **told))(
            team, plan, by
        ),
    ),
    (
        "cancel",
        "assessor",
        lambda team, plan, by: actions.cancel(plan, reason=REASON, by=by, at=db_now()),
    ),
    (
        "decide_live",
        "officer",
        lambda team, plan, by: actions.decide_live(plan, decision="stop", reason=REASON, by=by, at=db_now()),
    ),
]


@pytest.mark.parametrize(("name", "who", "act"), RIGHTS, ids=[name for name, *_ in RIGHTS])
def test_each_step_is_for_its_role(kents, name, who, act):
    plan = kents.submitted()
    with pytest.raises(Forbidden):
        act(kents, plan, getattr(kents, who))


def test_the_database_refuses_what_the_actions_would(kents):
    """As the role that the application uses, past every action."""
    plan = kents.authorised()
    tricks = {
        "content": b"{}",
        "authors": [],
        "proposed_by": kents.officer,
        "authorised_by": kents.planner,
        "authorised_hash": "0" * 64,
        "status": Plan.Status.SUBMITTED,
    }
    for column, value in tricks.items():
        with pytest.raises(DatabaseError), transaction.atomic(), acting(kents.force, None):
            Plan.objects.owned_by(kents.force).filter(pk=plan.pk).update(**{column: value})
    for column, value in {
        "decided_by": kents.planner,
        "reason": "Another.",
        "decided_at": later(days=-3),
    }.items():
        with pytest.raises(DatabaseError), transaction.atomic(), acting(kents.force, None):
            Authority.objects.owned_by(kents.force).filter(plan=plan).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic(), acting(kents.force, None):
        Plan.objects.create(
            force=kents.force, reference="LFR-TEST-0001", authors=[kents.planner.pk],
            proposed_by=kents.planner, proposed_at=db_now(), status=Plan.Status.SUBMITTED,
        )  # fmt: skip
