"""Who may read which plans: before the event the force and whoever has the right to, after it every national reader."""

from datetime import timedelta

import pytest

from deployments.models import Plan
from directory import actions as directory
from forces.clock import db_now
from forces.tenancy import scope
from tests.deployments.readiness.rows import plan_of
from tests.people import make_member, make_national

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(kent, avon, kent_planner, avon_planner):
    return {plan_of(kent, kent_planner).reference: kent, plan_of(avon, avon_planner).reference: avon}


def seen(person, at):
    with scope(person):
        return set(Plan.objects.seen_by(person, at=at).values_list("reference", flat=True))


def test_a_force_sees_its_own_plans_at_any_time(kent, plans, kent_planner):
    for at in (db_now(), db_now() + timedelta(days=400)):
        assert [plans[reference] for reference in seen(kent_planner, at)] == [kent]


def test_with_the_right_the_nation_sees_all(plans, national_lead, national_analyst):
    for person in (national_lead, national_analyst):
        assert seen(person, db_now()) == set(plans)


def test_other_readers_for_the_nation_see_what_is_over(plans, regulator, kent, kent_planner):
    ends = plan_of(kent, kent_planner).ends_at
    assert seen(regulator, ends - timedelta(seconds=1)) == set()
    assert set(plans) < seen(regulator, ends)


def test_of_their_own_force_a_reader_for_the_nation_sees_all(plans, regulator, kent):
    directory.grant(regulator, "auditor", force=kent, by=make_national("national_lead"), at=db_now())
    regulator.__dict__.pop("grants", None)
    assert [plans[reference] for reference in seen(regulator, db_now())] == [kent]


def test_nobody_in_the_force_without_the_right_to_read_sees_any(plans, kent):
    assert seen(make_member(kent, "ethics_panel"), db_now()) == set()
