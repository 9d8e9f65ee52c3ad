"""Whoever proposed a plan that is held, and the commander of one that runs, are told once."""

from datetime import timedelta

import pytest

from coordination.framework.reference import load_framework
from deployments.planning import actions, telling
from directory.alerts import alerts_for
from events.models import Event
from events.registry import EVENTS, Delivered
from forces.clock import db_now
from forces.tenancy import acting, scope
from tests.deployments.planning.plans import Team

pytestmark = pytest.mark.django_db


def deliver(handle, plan, name):
    """What the relay hands over, in the force's scope, twice."""
    with acting(plan.force, None):
        event = Event.objects.get(name=name, subject=plan.reference)
        happened = EVENTS[name].decode(event.payload)
        told = Delivered(
            event.pk, str(event.uid), name, happened, plan.force_id, event.recorded_at, event.happened_at, event.subject
        )  # fmt: skip
        handle([told])
        handle([told])


def told_of(person, force):
    with scope(person):
        return [(alert.kind, alert.subject) for alert in alerts_for(person, force, now=db_now())]


@pytest.fixture
def team(kent):
    load_framework(at=db_now())
    return Team(kent)


def test_the_proposer_is_told_that_the_plan_is_held(team):
    plan = team.authorised()
    actions.hold(plan, why="A rule has changed.", at=db_now())
    deliver(telling.alert_plan_held, plan, "plan.held.v1")
    assert told_of(team.planner, team.force) == [("plan_held", plan.reference)]
    assert told_of(team.officer, team.force) == []


def test_the_commander_is_told_of_what_runs(team):
    plan = team.notified()
    actions.hold(plan, why="A rule has changed.", at=plan.starts_at + timedelta(minutes=5))
    deliver(telling.alert_commander, plan, "plan.commander_alerted.v1")
    assert told_of(team.commander, team.force) == [("deployment_running", plan.reference)]
