"""Where a limit lies: what is just on it, just past it, and what does not count."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from coordination.framework.rules import Applies
from deployments.readiness import services
from deployments.readiness.judging import judge
from deployments.readiness.services import Answers, Booked, Certified, Deletion
from tests.deployments.readiness.planned import AT, DOCUMENTS, ENDS, STARTS, given, hours, planned

LATEST = STARTS - hours(168)


def told(**columns):
    """A plan that is authorised, with what was told of it."""
    return {"authority": given(), "row": {"status": "notified", **columns}}


def deferred(until, **more):
    return {
        "authority": given(),
        "row": {"status": "authorised", "deferral_ground": "critical_threat", "deferral_review_on": until},
        **more,
    }


def urgent(confirmed_at, **more):
    return {"authority": given("inspector", kind="urgent_oral", confirmed_at=confirmed_at, **more)}


CHECKED = {
    "made as early as it may be": ("watchlist-age", {"watchlist": {"built_hours_before": 24}}, "met"),
    "made when it starts": ("watchlist-age", {"watchlist": {"built_hours_before": 0}}, "met"),
    "no more than is planned": ("watchlist-size", {"watchlist": {"most": 900}}, "met"),
    "less than the categories": ("watchlist-size", {"watchlist": {"most": 899}}, "not_met"),
    "told at the last moment": ("notice-period", told(notified_at=LATEST), "met"),
    "told a second late": ("notice-period", told(notified_at=LATEST + timedelta(seconds=1)), "not_met"),
    "told late with a reason": (
        "notice-period",
        told(notified_at=LATEST + hours(1), short_notice_reason="A threat that came up overnight."),
        "met",
    ),
    "not told and not yet due": ("notice-period", {"at": LATEST}, "not_known"),
    "not told, and the full period gone": ("notice-period", {"at": LATEST + hours(1)}, "not_known"),
    "not told when it starts": ("notice-period", {"at": STARTS}, "not_met"),
    "what was told of other words": (
        "notice-period",
        {"authority": given(), "row": {"notified_at": LATEST - hours(1)}},
        "not_known",
    ),
    "withheld": ("notice-period", deferred(date(2026, 12, 5)), "not_applicable"),
    "withheld until today": ("notice-period", deferred(AT.date()), "not_applicable"),
    "withheld and not looked at again": ("notice-period", deferred(date(2026, 11, 30)), "not_met"),
    "a rank that suffices exactly": ("authority-rank", {"authority": given("superintendent")}, "met"),
    "a higher rank": ("authority-rank", {"authority": given("chief_constable")}, "met"),
    "no rank on record": ("authority-rank", {"authority": given("")}, "not_known"),
    "staff": ("authority-rank", {"authority": given("staff")}, "not_met"),
    "urgent and not confirmed": ("authority-rank", urgent(None), "not_applicable"),
    "urgent and confirmed by too low a rank": (
        "authority-rank",
        urgent(AT, confirmed_rank="inspector"),
        "not_met",
    ),
    "urgent and confirmed as it should be": (
        "authority-rank",
        urgent(AT, confirmed_rank="superintendent"),
        "met",
    ),
    "confirmed at the last moment": ("urgent-confirmed", urgent(AT + hours(24)), "met"),
    "confirmed late": ("urgent-confirmed", urgent(AT + hours(24.1)), "not_met"),
    "written authority": ("urgent-confirmed", {"authority": given()}, "not_applicable"),
    "nothing urgent about it": ("urgent-rank", {}, "not_applicable"),
    "no contentious category": ("watchlist-contentious", {}, "not_applicable"),
    "nobody under 18": ("under-18", {}, "met"),
    "under 18 and nobody says why": ("under-18", {"watchlist": {"under_18_expected": 1}}, "not_met"),
    "nobody says how many under 18": ("under-18", {"watchlist": {"under_18_expected": None}}, "not_met"),
    "reviewed on the day itself": (
        "policy",
        {"documents": {"policy": replace(DOCUMENTS["policy"], review_on=STARTS.date())}},
        "met",
    ),
    "to be reviewed the day before": (
        "policy",
        {"documents": {"policy": replace(DOCUMENTS["policy"], review_on=STARTS.date() - timedelta(days=1))}},
        "not_met",
    ),
    "no day yet": ("policy", {"place": {"starts_at": None, "ends_at": None}}, "not_known"),
    "no test of the version": ("within-tested", {"services": Answers(tested=None)}, "not_met"),
    "a test that ended the day before": (
        "within-tested",
        {"services": Answers(tested=services.Tested("it", until=STARTS.date() - timedelta(days=1)))},
        "not_met",
    ),
    "tested with other cameras": (
        "within-tested",
        {"services": Answers(tested=services.Tested("it", cameras=("fixed",)))},
        "not_met",
    ),
    "certificates of one part alone": (
        "people-trained",
        {"services": Answers(certified={"operators": Certified(3, 3)})},
        "not_known",
    ),
    "nobody is named for a part": (
        "people-trained",
        {"services": Answers(certified={"operators": Certified(0, 0)})},
        "not_met",
    ),
    "nothing is booked": ("kit-booked", {"services": Answers(booked=Booked())}, "not_met"),
    "booked exactly": ("kit-booked", {"services": Answers(booked=Booked("A van", STARTS, ENDS))}, "met"),
    "attested at the last moment": (
        "deletion",
        {"services": Answers(deletion=Deletion(ENDS + hours(24))), "at": ENDS + hours(30)},
        "met",
    ),
    "attested late": (
        "deletion",
        {"services": Answers(deletion=Deletion(ENDS + hours(25))), "at": ENDS + hours(30)},
        "not_met",
    ),
    "deletion not yet due": ("deletion", {"at": ENDS + hours(24)}, "not_known"),
    "published late in the evening of the last day": (
        "results",
        {"published_at": datetime.fromisoformat("2026-12-20T23:59:00+00:00"), "at": ENDS + hours(300)},
        "met",
    ),
    "published just after": (
        "results",
        {"published_at": datetime.fromisoformat("2026-12-21T00:00:00+00:00"), "at": ENDS + hours(300)},
        "not_met",
    ),
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_limit(shipped, name):
    code, changes, state = CHECKED[name]
    verdict = judge(shipped[code], planned(**changes))
    assert verdict.state == state, verdict.words


@pytest.mark.parametrize(
    ("applies", "changes", "state"),
    [
        (Applies(use_cases=("protect_area",)), {}, "not_applicable"),
        (Applies(use_cases=("locate_wanted",)), {}, "met"),
        (Applies(use_cases=("locate_wanted",)), {"purpose": {"use_case": None}}, "not_known"),
        (Applies(place_types=("event",)), {}, "not_applicable"),
        (Applies(cameras=("van",)), {}, "met"),
        (Applies(cameras=("fixed",)), {}, "not_applicable"),
        (Applies(watchlist_categories=("victim", "wanted")), {}, "met"),
        (Applies(watchlist_categories=("victim",)), {}, "not_applicable"),
        (Applies(watchlist_categories=("victim",)), {"watchlist": {"categories": None}}, "not_known"),
    ],
)
def test_a_rule_applies_to_what_it_says(shipped, applies, changes, state):
    rule = replace(shipped["signage"], applies_to=applies)
    assert judge(rule, planned(**changes)).state == state


def test_a_rule_of_another_technology_does_not_apply(shipped):
    assert judge(replace(shipped["signage"], technology="retrospective"), planned()).state == "not_applicable"


def test_what_a_later_step_needs_blocks_that_step_alone(shipped):
    source = replace(shipped["people-trained"].source, verified=True)
    rule = replace(shipped["people-trained"], source=source)
    untrained = {"services": Answers(certified={"operators": Certified(3, 1)})}
    before = judge(rule, planned(**untrained))
    assert (before.blocks, before.will_block, before.by_when) == (False, True, STARTS)
    on_the_day = judge(rule, planned(**untrained, authority=given(), at=STARTS + hours(1)))
    assert (on_the_day.blocks, on_the_day.by_when) == (True, None)


def test_a_check_nobody_knows_cannot_be_judged(shipped):
    verdict = judge(replace(shipped["signage"], check="once_a_check", parameters={}), planned())
    assert (verdict.state, verdict.blocks) == ("not_known", False)
