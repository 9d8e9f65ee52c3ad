"""What each action asks before it does anything: whose plan it is, which words were read, and by what right."""

import pytest

from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.planning import actions
from directory import actions as directory
from forces.clock import db_now, london_date
from forces.refusals import Forbidden
from tests.deployments.planning.plans import REASON, Team, later
from tests.people import make_member, make_person

pytestmark = pytest.mark.django_db

# By action, how it is called about a plan: `hash` and `seen` are of the words that were read.
CALLS = {
    "save_task": lambda plan, by, hash, seen: actions.save_task(
        plan, "necessity", {"necessity": "Another reason."}, seen=seen, voids=True, by=by, at=db_now()
    ),
    "submit": lambda plan, by, hash, seen: actions.submit(plan, seen=seen, by=by, at=db_now()),
    "assess": lambda plan, by, hash, seen: actions.assess(plan, words=REASON, seen=seen, by=by, at=db_now()),
    "send_back": lambda plan, by, hash, seen: actions.send_back(
        plan, question=REASON, seen=seen, by=by, at=db_now()
    ),
    "authorise": lambda plan, by, hash, seen: actions.authorise(
        plan, reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "refuse": lambda plan, by, hash, seen: actions.refuse(
        plan, reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "record_oral_authority": lambda plan, by, hash, seen: actions.record_oral_authority(
        plan, given_at=db_now(), reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "confirm": lambda plan, by, hash, seen: actions.confirm(
        plan, reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "uphold": lambda plan, by, hash, seen: actions.uphold(
        plan, reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "override": lambda plan, by, hash, seen: actions.override(
        plan, "watchlist-review", reason=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "attest": lambda plan, by, hash, seen: actions.attest(
        plan, "logging", words=REASON, content_hash=hash, by=by, at=db_now()
    ),
    "notify": lambda plan, by, hash, seen: actions.notify(plan, content_hash=hash, by=by, at=db_now()),
    "defer_notice": lambda plan, by, hash, seen: actions.defer_notice(
        plan,
        ground="specific_person",
        reason=REASON,
        review_on=london_date(later(days=5)),
        content_hash=hash,
        by=by,
        at=db_now(),
    ),
    "cancel": lambda plan, by, hash, seen: actions.cancel(plan, reason=REASON, by=by, at=db_now()),
    "choose_operation": lambda plan, by, hash, seen: actions.choose_operation(plan, None, by=by, at=db_now()),
    "decide_live": lambda plan, by, hash, seen: actions.decide_live(
        plan, decision="stop", reason=REASON, by=by, at=db_now()
    ),
    "begin": lambda plan, by, hash, seen: actions.begin(plan.force, by=by, at=db_now()),
    "begin_operation": lambda plan, by, hash, seen: actions.begin_operation(
        plan.force, name="Quay", by=by, at=db_now()
    ),
    "oversee": lambda plan, by, hash, seen: actions.oversee(
        plan, about="override", answer="seen", reason=REASON, by=by, at=db_now()
    ),
}
WITHOUT_WORDS = {"cancel", "choose_operation", "decide_live", "begin", "begin_operation", "oversee"}


@pytest.fixture
def kents(kent) -> Team:
    load_framework(at=db_now())
    return Team(kent)


def states(team: Team) -> dict[str, Plan]:
    """A plan for each action about one, in the state in which the action is due."""
    urgent = team.submitted(urgency="A dangerous person was seen in the town.")
    oral = actions.record_oral_authority(
        team.submitted(urgency="A dangerous person was seen in the town."),
        given_at=db_now(),
        reason=REASON,
        content_hash=urgent.content_hash,
        by=team.inspector,
        at=db_now(),
    )
    held = team.notified()
    assert actions.hold(held, why="The test of the algorithm was withdrawn.", at=db_now())
    submitted, assessed, authorised = team.submitted(), team.assessed(), team.authorised()
    return {
        "save_task": submitted,
        "submit": team.drafted(),
        "assess": submitted,
        "send_back": submitted,
        "authorise": assessed,
        "refuse": assessed,
        "record_oral_authority": urgent,
        "confirm": oral,
        "uphold": team.now(held),
        "override": team.assessed(watchlist={"reviewed": False}),
        "attest": submitted,
        "notify": authorised,
        "defer_notice": authorised,
    }


WHO = {
    "save_task": "planner",
    "submit": "planner",
    "assess": "assessor",
    "send_back": "assessor",
    "override": "chief",
    "attest": "assessor",
    "notify": "engagement",
}
DECIDED = ("assess", "authorise", "record_oral_authority", "confirm", "uphold", "override", "defer_notice")


def test_every_action_is_asked():
    known = {name for name in actions.__all__ if name[0].islower()}
    assert known - set(CALLS) == {"commanders_of", "hold", "note_attempt", "preview"}


def test_nobody_decides_on_their_own_plan_by_any_action(kents):
    plans = states(kents)
    me = kents.planner
    for role, rank in (
        ("authorising_officer", "superintendent"),
        ("data_protection_officer", "superintendent"),
        ("chief_officer", "chief_constable"),
    ):
        directory.grant(me, role, force=kents.force, rank=rank, by=kents.force._owner, at=db_now())
    me.__dict__.pop("grants", None)
    for name in DECIDED:
        plan = plans[name]
        with pytest.raises(actions.OwnPlan):
            CALLS[name](plan, me, plan.content_hash, plan.revision)


def test_every_decision_is_about_the_words_that_were_read(kents):
    for name, plan in states(kents).items():
        with pytest.raises(actions.StalePlan):
            CALLS[name](plan, getattr(kents, WHO.get(name, "officer")), "0" * 64, plan.revision + 1)


@pytest.mark.parametrize("name", CALLS)
def test_every_action_asks_for_a_right(kents, name):
    plan = kents.drafted()
    reader = make_member(kents.force, "training_lead")
    if name == "attest":  # whoever reads may attest, in the role it is for
        reader = make_person("Nobody", "nobody@nowhere.example")
    with pytest.raises(Forbidden):
        CALLS[name](plan, reader, plan.content_hash, plan.revision)


def test_every_step_has_its_state(kents):
    draft, submitted = kents.drafted(), kents.submitted()
    cancelled = actions.cancel(kents.drafted(), reason=REASON, by=kents.planner, at=db_now())
    due = [(name, draft) for name in (*DECIDED, "send_back", "refuse", "notify")]
    due += [("submit", submitted), ("decide_live", submitted)]
    due += [(name, cancelled) for name in ("cancel", "choose_operation", "save_task")]
    who = WHO | dict.fromkeys(("cancel", "choose_operation"), "planner") | {"decide_live": "commander"}
    for name, plan in due:
        seen = 1 if name == "save_task" else plan.revision
        with pytest.raises(actions.WrongState):
            CALLS[name](plan, getattr(kents, who.get(name, "officer")), plan.content_hash, seen)
