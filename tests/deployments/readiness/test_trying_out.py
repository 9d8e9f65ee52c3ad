"""A version of the framework tried against the plans of today names exactly those it hits."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.framework.models import Version
from coordination.framework.rules import rules_of_version
from deployments.models import Override, Plan
from deployments.readiness.judging import judge_all
from deployments.readiness.reading import subject_of
from deployments.readiness.trying_out import hits
from forces.clock import db_now, london_date
from forces.refusals import Forbidden
from forces.tenancy import acting, national_scope
from tests.deployments.readiness.planned import AT
from tests.deployments.readiness.rows import next_version, plan_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("framework")]
EARLIER = {"watchlist-age": {"parameters": {"hours": 10}}}


def first() -> Version:
    return Version.objects.latest_adopted()


def aged(hours: int, **more) -> dict:
    return {"watchlist": {"built_hours_before": hours}, **more}


def test_only_plans_that_newly_fail_are_named(kent, avon, kent_planner, avon_planner, national_lead):
    new = next_version(EARLIER, by=national_lead, at=AT)
    fails = [plan_of(kent, kent_planner, **aged(12)), plan_of(avon, avon_planner, status="draft", **aged(24))]
    plan_of(kent, kent_planner, **aged(10))
    plan_of(avon, avon_planner, **aged(25))
    found = hits(first(), new, at=AT, by=national_lead)
    assert {hit.reference for hit in found} == {plan.reference for plan in fails}
    assert {(hit.force, hit.codes) for hit in found} == {
        (kent, ("watchlist-age",)),
        (avon, ("watchlist-age",)),
    }
    assert (found[0].changes[0].before.state, found[0].changes[0].after.state) == ("met", "not_met")
    assert "the limit is 10" in found[0].changes[0].after.words


def test_it_agrees_with_judging_every_plan_by_itself(kent, avon, kent_planner, avon_planner, national_lead):
    new = next_version(
        {
            **EARLIER,
            "watchlist-size": {"parameters": {"most": 500}},
            "legal-mandate": {"weight": "national_condition"},
        },
        by=national_lead,
        at=AT,
    )
    for number in range(4):
        plan_of(kent, kent_planner, **aged(8 + number * 2))
        plan_of(avon, avon_planner, watchlist={"most": 400 + 100 * number, "categories": None})
    expected = set()
    with national_scope(national_lead):
        for plan in Plan.objects.across_forces(reason="a test").with_people():
            old, now = (
                judge_all(
                    rules_of_version(each, plan.force, london_date(plan.starts_at)), subject_of(plan, at=AT)
                )
                for each in (first(), new)
            )
            codes = {each.rule.code for each in now.verdicts if each.is_missed}
            if newly := codes - {each.rule.code for each in old.verdicts if each.is_missed}:
                expected.add((plan.reference, *sorted(newly)))
    found = {(hit.reference, *sorted(hit.codes)) for hit in hits(first(), new, at=AT, by=national_lead)}
    assert found == expected
    assert len(found) > 4


def test_what_only_warned_and_would_now_block_is_named(kent, kent_planner, national_lead):
    plan = plan_of(kent, kent_planner, **aged(30))
    verified = {"verified": True, "verified_on": date(2026, 11, 30), "url": "https://example.org/rule"}
    [hit] = hits(
        first(), next_version({"watchlist-age": verified}, by=national_lead, at=AT), at=AT, by=national_lead
    )
    assert (hit.reference, hit.codes) == (plan.reference, ("watchlist-age",))
    assert hit.changes[0].before.is_missed
    assert not hit.changes[0].before.rule.blocks
    assert hit.changes[0].after.rule.blocks


def test_plans_before_the_day_are_left_alone(kent, kent_planner, national_lead):
    new = next_version(EARLIER, by=national_lead, at=AT, takes_effect_on=date(2026, 12, 16))
    plan_of(kent, kent_planner, **aged(12))
    on_the_day = plan_of(
        kent,
        kent_planner,
        place={"starts_at": "2026-12-16T10:00:00+00:00", "ends_at": "2026-12-16T12:00:00+00:00"},
        **aged(12),
    )
    assert [hit.reference for hit in hits(first(), new, at=AT, by=national_lead)] == [on_the_day.reference]


def test_what_is_over_or_cancelled_is_left_alone(kent, kent_planner, national_lead):
    new = next_version(EARLIER, by=national_lead, at=AT)
    plan = plan_of(kent, kent_planner, **aged(12))
    assert hits(first(), new, at=AT, by=national_lead)
    assert not hits(first(), new, at=plan.ends_at, by=national_lead)
    with acting(kent, kent_planner):
        Plan.objects.owned_by(kent).filter(pk=plan.pk).update(
            status="cancelled", cancelled_by=kent_planner, cancelled_at=AT, cancelled_reason="Not needed."
        )
    assert not hits(first(), new, at=AT, by=national_lead)


@pytest.mark.parametrize("same_words", [True, False])
def test_an_override_counts_for_the_words_it_was_given_for(kent, kent_planner, national_lead, same_words):
    plan = plan_of(kent, kent_planner, **aged(12))
    with acting(kent, kent._owner):
        Override.objects.create(
            force=kent,
            plan=plan,
            requirement="watchlist-age",
            content_hash=plan.content_hash if same_words else "0" * 64,
            reason="Decided by a chief officer.",
            decided_by=kent._owner,
            decided_at=AT,
        )
    new = next_version(EARLIER, by=national_lead, at=AT)
    assert [hit.reference for hit in hits(first(), new, at=AT, by=national_lead)] == (
        [] if same_words else [plan.reference]
    )


def test_a_title_alone_hits_nobody(kent, kent_planner, national_lead):
    plan_of(kent, kent_planner, **aged(30))
    new = next_version({"watchlist-age": {"title": "Said in another way"}}, by=national_lead, at=AT)
    assert hits(first(), new, at=AT, by=national_lead) == []


def test_whoever_may_not_read_plans_of_all_forces_is_refused(kent_planner, regulator, national_lead):
    new = next_version(EARLIER, by=national_lead, at=AT)
    for person in (kent_planner, regulator):
        with pytest.raises(Forbidden):
            hits(first(), new, at=db_now(), by=person)


def test_statements_do_not_grow_with_the_plans(kent, avon, kent_planner, avon_planner, national_lead):
    new = next_version(EARLIER, by=national_lead, at=AT)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            hits(first(), new, at=AT + timedelta(minutes=1), by=national_lead)
        return len(captured)

    plan_of(kent, kent_planner, **aged(12))
    plan_of(avon, avon_planner, **aged(12))
    asked()  # who asks is read once
    few = asked()
    for _ in range(5):
        plan_of(kent, kent_planner, **aged(12))
    assert asked() == few
