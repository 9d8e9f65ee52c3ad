"""An officer decides while somebody writes, or two officers decide at once: always as if one had come after the other.

Fifty rounds each; `RACE_ROUNDS=1000` for more.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from coordination.framework.reference import load_framework
from deployments.models import Authority, Plan
from deployments.planning import actions
from events.models import Event
from forces.clock import db_now
from forces.refusals import Refusal
from forces.tenancy import acting
from tests.deployments.planning.plans import REASON, Team
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits
ROUNDS = int(os.environ.get("RACE_ROUNDS", "50"))


@pytest.fixture
def team(committed_db) -> Team:
    load_framework(at=db_now())
    return Team(make_force("E23000032", "kent", "Kent Police"))


def race(*attempts):
    """Run them at the same instant; what each came to: "done" or the refusal's class."""
    start = Barrier(len(attempts))

    def run(attempt):
        try:
            start.wait()
            attempt()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def back_to_assessed(team: Team, plan: Plan, turn: int) -> Plan:
    """Write it anew and bring it before an officer again."""
    plan = team.now(plan)
    if plan.status != Plan.Status.DRAFT:
        plan = team.edited(plan, necessity=f"Written anew for turn {turn} of these.")
    plan = actions.submit(plan, seen=plan.revision, by=team.planner, at=db_now())
    return team.assess(plan)


def authorities(team: Team, plan: Plan) -> list[Authority]:
    with acting(team.force, None):
        return list(Authority.objects.owned_by(team.force).filter(plan=plan).order_by("pk"))


def test_authorising_and_editing_at_once(team):
    plan = team.drafted()
    for turn in range(ROUNDS):
        plan = back_to_assessed(team, plan, turn)
        before, said = (
            len(authorities(team, plan)),
            {**plan.answers("necessity"), "necessity": f"Edit {turn} of it."},
        )
        seen = plan.progress["necessity"]["revision"]
        decided, written = race(
            lambda plan=plan: actions.authorise(
                plan, reason=REASON, content_hash=plan.content_hash, by=team.officer, at=db_now()
            ),
            lambda plan=plan, said=said, seen=seen: actions.save_task(
                plan, "necessity", said, seen=seen, voids=True, by=team.planner, at=db_now()
            ),
        )
        now, given = team.now(plan), authorities(team, plan)
        # Whoever comes first, the edit stands and nothing is authorised.
        assert written == "done"
        assert (now.status, now.authority) == (Plan.Status.DRAFT, None)
        assert now.answers("necessity") == said
        assert decided in {"done", "StalePlan"}
        assert len(given) == before + (decided == "done")
        assert all(each.voided_at for each in given)


def test_two_officers_authorising_at_once(team):
    other = make_member(team.force, "authorising_officer", rank="chief_superintendent")
    plan = team.drafted()
    for turn in range(ROUNDS):
        plan = back_to_assessed(team, plan, turn)
        before = len(authorities(team, plan))

        def decide(by, plan=plan):
            return lambda: actions.authorise(
                plan, reason=REASON, content_hash=plan.content_hash, by=by, at=db_now()
            )

        assert sorted(race(decide(team.officer), decide(other))) == ["WrongState", "done"]
        now, given = team.now(plan), authorities(team, plan)
        assert len(given) == before + 1
        assert now.authority == given[-1]
        assert now.authorised_by_id == given[-1].decided_by_id
    with acting(team.force, None):
        told = Event.objects.filter(subject=plan.reference, name="plan.authorised.v1").count()
    assert told == ROUNDS


def test_authorising_and_cancelling_at_once(team):
    for _turn in range(max(3, ROUNDS // 10)):
        plan = team.assessed()
        decided, ended = race(
            lambda plan=plan: actions.authorise(
                plan, reason=REASON, content_hash=plan.content_hash, by=team.officer, at=db_now()
            ),
            lambda plan=plan: actions.cancel(plan, reason="No longer needed.", by=team.planner, at=db_now()),
        )
        assert ended == "done"
        assert decided in {"done", "WrongState"}
        assert team.now(plan).status == Plan.Status.CANCELLED
        assert all(each.voided_at for each in authorities(team, plan))
