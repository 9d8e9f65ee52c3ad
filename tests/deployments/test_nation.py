"""What forces plan, as the centre sees it: each plan counted once, each thing overdue traced to its plan."""

from datetime import timedelta

import pytest

from coordination.framework import actions as framework
from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.nation import COUNTED, all_overdue, standings, which
from deployments.planning import actions
from deployments.readiness import readiness_of
from forces.clock import LONDON, db_now, london_date
from forces.models.documents import Document
from forces.tenancy import acting, scope
from tests.deployments.planning.plans import REASON, Team, later
from tests.people import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(kent):
    load_framework(at=db_now())
    return Team(kent)


def asked(reader, at=None):
    with scope(reader):
        return standings(reader, at=at or db_now())


def window(**ahead):
    starts = db_now().astimezone(LONDON) + timedelta(**ahead)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}


def test_a_force_without_plans_has_no_figures(team, avon, national_lead):
    team.drafted()
    assert set(asked(national_lead)) == {team.force.pk}


def test_every_plan_is_counted_under_one_thing_as_it_goes_on(team, national_lead):
    team.drafted()
    team.submitted()
    plan = team.authorised()
    assert asked(national_lead)[team.force.pk].counted == {"writing": 1, "planned": 2, "today": 0}
    for at, expected in (
        (plan.starts_at - timedelta(minutes=1), 1),
        (plan.starts_at, 1),
        (plan.ends_at, 1),
        (plan.ends_at + timedelta(days=1), 0),
    ):
        found = asked(national_lead, at)[team.force.pk]
        assert found.counted["today"] == expected
        assert found.plans == 3
    actions.cancel(plan, reason=REASON, by=team.planner, at=db_now())
    assert asked(national_lead, plan.starts_at)[team.force.pk].counted["today"] == 0
    with scope(national_lead):
        everything = Plan.objects.seen_by(national_lead, at=db_now())
        for at in (db_now(), plan.starts_at, plan.ends_at):
            counted = [
                set(everything.filter(which(code, at)).values_list("pk", flat=True)) for code in COUNTED
            ]
            assert sum(map(len, counted)) == len(set().union(*counted))


def test_a_result_is_overdue_when_its_own_page_says_so(team, national_lead):
    plan = team.authorised()
    over = plan.ends_at
    for days in (0, 5, 6, 400):
        at = over + timedelta(days=days)
        with scope(national_lead):
            found = [each.reference for each in all_overdue(national_lead, at=at) if each.kind == "result"]
            judged = next(
                verdict
                for verdict in readiness_of(team.now(plan), at=at).verdicts
                if verdict.rule.check == "results_within"
            )
        assert bool(found) == judged.is_missed == (days > 5)


def test_a_result_is_overdue_by_the_force_s_own_stricter_value(team, national_lead):
    plan = team.authorised()
    framework.tighten(
        team.force,
        requirement="results",
        parameter="days",
        value=2,
        why="Results are asked for sooner here.",
        starts_on=london_date(db_now()),
        by=team.chief,
        at=db_now(),
    )
    for days, expected in ((2, []), (3, [plan.reference])):
        with scope(national_lead):
            late = all_overdue(national_lead, at=plan.ends_at + timedelta(days=days))
        assert [each.reference for each in late] == expected


def test_urgent_authority_is_overdue_until_it_is_confirmed(team, national_lead):
    plan = team.submitted(urgency="A threat to life was reported an hour ago, and cannot wait.")
    plan = actions.record_oral_authority(
        plan, given_at=db_now(), reason=REASON, content_hash=plan.content_hash, by=team.inspector, at=db_now()
    )
    due = plan.authority.confirm_by
    assert asked(national_lead, due)[team.force.pk].overdue == ()
    [late] = asked(national_lead, due + timedelta(seconds=1))[team.force.pk].overdue
    assert (late.kind, late.reference, late.due) == ("authority", plan.reference, due)
    actions.confirm(
        plan, reason=REASON, content_hash=plan.content_hash, by=team.officer, at=due + timedelta(hours=1)
    )
    assert asked(national_lead, due + timedelta(hours=2))[team.force.pk].overdue == ()


def test_a_deferral_is_overdue_after_its_review_until_the_public_is_told(team, national_lead):
    plan = team.authorised()
    review = london_date(db_now()) + timedelta(days=2)
    actions.defer_notice(
        plan,
        ground="critical_threat",
        reason=REASON,
        review_on=review,
        content_hash=plan.content_hash,
        by=team.officer,
        at=db_now(),
    )
    assert asked(national_lead, later(days=2))[team.force.pk].overdue == ()
    [late] = asked(national_lead, later(days=3))[team.force.pk].overdue
    assert (late.kind, late.reference) == ("deferral", plan.reference)
    team.notify(team.now(plan))
    assert asked(national_lead, later(days=3))[team.force.pk].overdue == ()


def test_a_document_is_overdue_after_its_review_whoever_reads(kent, regulator):
    chief = make_member(kent, "chief_officer")
    today = london_date(db_now())
    told = {
        "force": kent,
        "title": "DPIA",
        "url": "https://kent.example/dpia",
        "published_by": chief,
        "published_at": db_now(),
    }
    with acting(kent, chief):
        first = Document.objects.create(
            kind="dpia",
            version="1",
            adopted_on=today - timedelta(days=400),
            review_on=today - timedelta(days=1),
            **told,
        )
        [late] = asked(regulator)[kent.pk].overdue
        assert (late.kind, late.document) == ("document", first)
        assert asked(regulator)[kent.pk].counted == {}
        Document.objects.create(
            kind="dpia",
            version="2",
            adopted_on=today,
            review_on=today + timedelta(days=1),
            series=first.series,
            replaces=first,
            **told,
        )
    assert asked(regulator) == {}


def test_what_is_in_use_is_told_by_authorised_plans(team, national_lead):
    team.submitted(system={"threshold": "0.7"})
    team.authorised()
    team.authorised(system={"threshold": "0.62"})
    used = asked(national_lead)[team.force.pk].systems
    assert [(each.algorithm, each.threshold, each.plans) for each in used] == [
        ("Testwork Matcher 1.0", "0.62", 1),
        ("Testwork Matcher 1.0", "0.64", 1),
    ]


def test_who_may_not_see_plans_beforehand_counts_what_is_over(team, regulator):
    plan = team.authorised()
    assert asked(regulator) == {}
    found = asked(regulator, plan.ends_at + timedelta(days=10))[team.force.pk]
    assert (found.plans, [each.kind for each in found.overdue]) == (1, ["result"])
