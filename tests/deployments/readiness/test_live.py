"""Readiness as it is read: rules of the plan's day, what was decided about these very words, few statements."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.framework import actions as framework_actions
from deployments.models import Attestation, Override, Plan
from deployments.readiness import (
    UNDER_18,
    Act,
    NoRule,
    State,
    confirmation_due,
    notice_deadline,
    readiness_of,
    readiness_of_many,
    to_authorise_separately,
)
from deployments.readiness.services import SERVICES, Advisories, Services
from directory.actions.documents import publish_document, withdraw_document
from forces.clock import db_now
from forces.tenancy import acting
from tests.deployments.readiness.planned import AT, DAY, STARTS
from tests.deployments.readiness.rows import plan_of
from tests.people import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("framework")]


@pytest.fixture
def kent_dpo(kent):
    return make_member(kent, "data_protection_officer", rank="staff")


@pytest.fixture
def kent_chief(kent):
    return make_member(kent, "chief_officer", rank="assistant_chief_constable")


def judged(plan, code, *, at=AT, act=None):
    with acting(plan.force, None):
        return readiness_of(plan, at=at, act=act).of(code)


def published(
    force, by, kind, *, review_on=date(2027, 6, 1), adopted_on=date(2026, 1, 1), version="1", **more
):
    return publish_document(
        force,
        kind=kind,
        title="As published",
        version=version,
        url=f"https://www.{force.slug}.police.uk/{kind}-{version}",
        adopted_on=adopted_on,
        review_on=review_on,
        by=by,
        at=db_now(),
        **more,
    )


def test_one_plan_takes_six_statements(kent, kent_planner):
    plan = plan_of(kent, kent_planner)
    with acting(kent, kent_planner), CaptureQueriesContext(connection) as captured:
        readiness = readiness_of(plan, at=AT)
    assert len(captured) <= 6, "\n".join(each["sql"] for each in captured)
    assert readiness.framework_version == 1
    assert len({each.rule.code for each in readiness.verdicts}) == len(readiness.verdicts) > 30


def test_many_plans_take_no_more_statements_than_one(kent, kent_planner):
    plans = [plan_of(kent, kent_planner) for _ in range(4)]
    with acting(kent, kent_planner), CaptureQueriesContext(connection) as captured:
        many = readiness_of_many(plans, at=AT)
    assert len(captured) <= 6
    with acting(kent, kent_planner):
        assert [each.snapshot() for each in many] == [readiness_of(each, at=AT).snapshot() for each in plans]


def test_a_snapshot_keeps_values_and_words(kent, kent_planner):
    plan = plan_of(kent, kent_planner)
    with acting(kent, kent_planner):
        kept = {each["code"]: each for each in readiness_of(plan, at=AT).snapshot()}
    assert kept["watchlist-age"] == {
        "code": "watchlist-age",
        "title": "Age of the watchlist",
        "weight": "national_condition",
        "verified": False,
        "state": "met",
        "words": "It is made 12 hours before the start; the limit is 24.",
        "value": {"hours": 24},
        "national": {"hours": 24},
        "overridden": False,
    }


def test_a_force_is_judged_by_its_own_tighter_value_and_told_both(kent, kent_planner, kent_chief):
    framework_actions.tighten(
        kent,
        requirement="watchlist-age",
        parameter="hours",
        value=6,
        why="Bail changes overnight.",
        starts_on=DAY,
        by=kent_chief,
        at=AT,
    )
    verdict = judged(plan_of(kent, kent_planner), "watchlist-age")
    assert verdict.state == State.NOT_MET
    assert "The force’s own value: 6 hours, since 15 December 2026 (Bail changes overnight)." in verdict.words
    assert "The national value: 24 hours (Reported in the legal press" in verdict.words
    the_day_before = {"starts_at": "2026-12-14T10:00:00+00:00", "ends_at": "2026-12-14T12:00:00+00:00"}
    assert judged(plan_of(kent, kent_planner, place=the_day_before), "watchlist-age").state == State.MET


def test_what_is_not_verified_says_so_and_does_not_block(kent, kent_planner):
    verdict = judged(plan_of(kent, kent_planner, watchlist={"built_hours_before": 30}), "watchlist-age")
    assert (verdict.state, verdict.blocks, verdict.warns) == (State.NOT_MET, False, True)
    assert verdict.words.endswith("Its source has not been verified, so it only warns.")
    assert judged(plan_of(kent, kent_planner, place={"location_basis": None}), "location-basis").blocks


@pytest.mark.parametrize("same_words", [True, False])
def test_an_override_counts_for_the_words_it_was_given_for(kent, kent_planner, kent_chief, same_words):
    plan = plan_of(kent, kent_planner, watchlist={"reviewed": False})
    with acting(kent, kent_chief):
        Override.objects.create(
            force=kent,
            plan=plan,
            requirement="watchlist-review",
            content_hash=plan.content_hash if same_words else "0" * 64,
            reason="The list holds one person.",
            decided_by=kent_chief,
            decided_at=AT,
        )
    verdict = judged(plan, "watchlist-review")
    assert (verdict.state, verdict.overridden) == (State.NOT_MET, same_words)
    assert verdict.blocks is not same_words


@pytest.mark.parametrize("same_words", [True, False])
def test_an_attestation_counts_for_the_words_it_was_given_for(kent, kent_planner, kent_dpo, same_words):
    plan, dpia = plan_of(kent, kent_planner), published(kent, kent_dpo, "dpia")
    with acting(kent, kent_dpo):
        Attestation.objects.create(
            force=kent,
            plan=plan,
            requirement="logging",
            content_hash=plan.content_hash if same_words else "0" * 64,
            words="Logs are kept and looked at.",
            document=dpia.pk,
            attested_by=kent_dpo,
            role="data_protection_officer",
            attested_at=AT,
        )
    assert judged(plan, "logging").state == (State.MET if same_words else State.NOT_MET)
    withdraw_document(dpia, reason="Out of date.", by=kent_dpo, at=db_now())
    assert judged(plan, "logging").state == State.NOT_MET


def test_documents_are_those_that_stand_on_the_day(kent, kent_planner, kent_dpo):
    plan = plan_of(kent, kent_planner)
    assert judged(plan, "policy").blocks
    first = published(kent, kent_dpo, "policy", review_on=date(2026, 12, 14))
    assert "was to be reviewed by 14 December 2026" in judged(plan, "policy").words
    published(kent, kent_dpo, "policy", version="2", replaces=first)
    assert judged(plan, "policy").state == State.MET


def test_a_plan_that_names_an_earlier_version_is_told_which_stands(kent, kent_planner, kent_dpo):
    first = published(kent, kent_dpo, "eia")
    plan = plan_of(kent, kent_planner, protection={"eia": first.pk})
    assert judged(plan, "eia").state == State.MET
    published(kent, kent_dpo, "eia", version="2.1", replaces=first)
    verdict = judged(plan, "eia")
    assert verdict.state == State.NOT_MET
    assert "As published 2.1 stands now" in verdict.words


def test_an_act_is_judged_before_it_is_done(kent, kent_planner, kent_authorising_officer):
    plan = plan_of(kent, kent_planner)

    def as_though(person, rank):
        return Act(person, rank, ("authorising_officer",), "standard", frozenset(), None, AT)

    assert judged(plan, "authority-rank").is_to_come
    assert (
        judged(plan, "authority-rank", act=as_though(kent_authorising_officer, "superintendent")).state
        == "met"
    )
    assert (
        judged(plan, "authority-rank", act=as_though(kent_authorising_officer, "inspector")).state
        == "not_met"
    )
    assert (
        judged(plan, "authority-by-another", act=as_though(kent_planner, "superintendent")).state == "not_met"
    )


def test_the_notice_is_due_before_the_start_by_the_hours_of_the_rule(kent, kent_planner, kent_chief):
    plan = plan_of(kent, kent_planner)
    with acting(kent, None):
        assert notice_deadline(plan, at=AT) == STARTS - timedelta(hours=168)
    framework_actions.tighten(
        kent, requirement="notice-period", parameter="hours", value=336, why="Our own policy.",
        starts_on=date(2026, 12, 1), by=kent_chief, at=AT,
    )  # fmt: skip
    with acting(kent, None):
        assert notice_deadline(plan, at=AT) == STARTS - timedelta(hours=336)
        assert notice_deadline(Plan(force=kent), at=AT) is None


def test_hours_before_the_start_are_hours_when_clocks_change(kent, kent_planner):
    """From Sunday 28 March 2027 at 10:00 in summer time, seven days back is 09:00 by the winter's clock."""
    window = {"starts_at": "2027-03-28T10:00:00+01:00", "ends_at": "2027-03-28T12:00:00+01:00"}
    plan = plan_of(kent, kent_planner, place=window)
    with acting(kent, None):
        assert notice_deadline(plan, at=AT) == datetime.fromisoformat("2027-03-21T09:00:00+00:00")


def test_oral_authority_is_confirmed_within_the_hours_of_the_rule(kent):
    assert confirmation_due(kent, AT) == AT + timedelta(hours=24)
    with pytest.raises(NoRule):
        confirmation_due(kent, AT - timedelta(days=30))


def test_what_must_be_authorised_separately_is_named(kent, kent_planner):
    categories = [
        {"code": code, "expected": 1, "rationale": "Named in the case."} for code in ("wanted", "victim")
    ]
    plan = plan_of(kent, kent_planner, watchlist={"categories": categories, "under_18_expected": 1})
    with acting(kent, None):
        assert to_authorise_separately(plan, at=AT) == ("victim", UNDER_18)
        assert to_authorise_separately(plan_of(kent, kent_planner), at=AT) == ()


class NoAdvisories:
    """Nothing bears on any plan."""

    def unacknowledged(self, plans):
        return {plan.reference: Advisories() for plan in plans}


def test_a_service_is_asked_once_it_is_there(kent, kent_planner, monkeypatch):
    plan = plan_of(kent, kent_planner)
    assert judged(plan, "advisories").words == "Not recorded: national advisories."
    monkeypatch.setattr(SERVICES, "advisories", None)
    SERVICES.register(advisories=NoAdvisories())
    assert judged(plan, "advisories").state == State.MET
    with pytest.raises(ValueError, match="There is a service for advisories already"):
        SERVICES.register(advisories=NoAdvisories())


def test_services_that_are_not_there_answer_nothing():
    assert Services().ask([]) == {}
    assert not Services().are_there
