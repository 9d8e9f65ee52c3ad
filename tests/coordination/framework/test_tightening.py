"""A force holds itself to more than the nation asks; never to less, never for a day that has passed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError

from coordination.framework import actions
from coordination.framework import rules as rules_module
from coordination.framework.models import Tightening, Version
from coordination.framework.rules import rules_for, rules_for_forces
from events.models import Event
from forces.clock import db_now, london_date
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(shipped):
    return london_date(db_now())


def tighten(
    force, by, requirement="watchlist-age", parameter="hours", value=12, *, on, why="The panel asked."
):
    return actions.tighten(
        force,
        requirement=requirement,
        parameter=parameter,
        value=value,
        why=why,
        starts_on=on,
        by=by,
        at=db_now(),
    )


def rule(force, on, code="watchlist-age"):
    return next(each for each in rules_for(force, on) if each.code == code)


def test_both_values_are_kept_with_the_reason(kent, avon, kent_chief, today):
    tighten(kent, kent_chief, on=today)
    ours = rule(kent, today)
    assert ours.parameters == {"hours": 12}
    assert ours.national == {"hours": 24}
    assert (ours.tightened["hours"].why, ours.tightened["hours"].since) == ("The panel asked.", today)
    assert rule(avon, today).tightened == rule(None, today).tightened == {}
    assert rule(kent, today - timedelta(days=1), "dpia").version == 1


def test_it_is_told_in_public(kent, kent_chief, today):
    tighten(kent, kent_chief, on=today)
    event = Event.objects.get(name="framework.tightened.v1")
    assert event.is_public
    assert event.payload == {
        "force": kent.code,
        "requirement": "watchlist-age",
        "parameter": "hours",
        "value": "12",
        "national": "24",
        "why": "The panel asked.",
        "starts_on": today.isoformat(),
    }


@pytest.mark.parametrize(
    ("requirement", "parameter", "value"),
    [
        ("watchlist-age", "hours", 24),
        ("watchlist-age", "hours", 25),
        ("notice-period", "hours", 24),
        ("authority-rank", "rank", "inspector"),
        ("use-case", "allowed", ["locate_wanted", "protect_area", "locate_at_risk"]),
        ("watchlist-contentious", "categories", ["victim"]),
        ("watchlist-size", "most", None),
    ],
)
def test_loosening_is_refused(kent, kent_chief, today, requirement, parameter, value):
    with pytest.raises(actions.NotTightenable, match="never less strict"):
        tighten(kent, kent_chief, requirement, parameter, value, on=today)
    assert not Tightening.objects.exists()


@pytest.mark.parametrize(
    ("requirement", "parameter", "value"),
    [
        ("notice-period", "hours", 336),
        ("authority-rank", "rank", "chief_superintendent"),
        ("use-case", "allowed", ["locate_wanted"]),
        ("watchlist-contentious", "categories", ["missing", "associate", "witness", "victim"]),
        ("watchlist-size", "most", 2000),
    ],
)
def test_every_kind_of_value_can_be_tightened(kent, kent_chief, today, requirement, parameter, value):
    tighten(kent, kent_chief, requirement, parameter, value, on=today)
    holds = rule(kent, today, requirement).parameters[parameter]
    assert sorted(holds) == sorted(value) if isinstance(value, list) else holds == value


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"requirement": "astrology"}, "in force on that day"),
        ({"parameter": "days"}, "no such value"),
        ({"requirement": "dpia", "parameter": "kind", "value": "eia"}, "no such value"),
        ({"requirement": "logging", "parameter": "kind", "value": "eia"}, "no such value"),
    ],
)
def test_what_cannot_be_set_is_refused(kent, kent_chief, today, change, refusal):
    with pytest.raises(actions.NotTightenable, match=refusal):
        tighten(kent, kent_chief, **change, on=today)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"why": " "}, "why"), ({"why": "Ask Jo on 07700 900123."}, "why"), ({"value": "soon"}, "value")],
)
def test_what_is_ill_formed_is_refused_by_field(kent, kent_chief, today, change, field):
    with pytest.raises(Invalid) as refused:
        tighten(kent, kent_chief, **change, on=today)
    assert list(refused.value.errors) == [field]


def test_nothing_is_tightened_for_a_day_that_has_passed(kent, kent_chief, today):
    with pytest.raises(Invalid) as refused:
        tighten(kent, kent_chief, on=today - timedelta(days=1))
    assert "starts_on" in refused.value.errors


def test_one_value_at_a_time(kent, avon, kent_chief, avon_chief, today):
    tighten(kent, kent_chief, on=today)
    with pytest.raises(actions.NotTightenable, match="End that one first"):
        tighten(kent, kent_chief, value=6, on=today + timedelta(days=5))
    tighten(avon, avon_chief, on=today)


def test_it_ends_tomorrow_at_the_earliest_and_another_may_follow(kent, kent_chief, today):
    made, tomorrow = tighten(kent, kent_chief, on=today), today + timedelta(days=1)
    with pytest.raises(Invalid, match="tomorrow"):
        actions.end_tightening(made, ends_on=today, why="Too hard.", by=kent_chief, at=db_now())
    actions.end_tightening(made, ends_on=tomorrow, why="Too hard.", by=kent_chief, at=db_now())
    assert rule(kent, today).parameters == {"hours": 12}
    assert rule(kent, tomorrow).parameters == {"hours": 24}
    tighten(kent, kent_chief, value=18, on=tomorrow)
    assert rule(kent, tomorrow).parameters == {"hours": 18}
    with pytest.raises(actions.NotTightenable, match="ended already"):
        actions.end_tightening(made, ends_on=tomorrow, why="Again.", by=kent_chief, at=db_now())
    assert Event.objects.get(name="framework.tightening_ended.v1").payload["ends_on"] == tomorrow.isoformat()


def test_one_that_has_not_begun_never_holds_once_it_is_ended(kent, kent_chief, today):
    later = today + timedelta(days=9)
    made = tighten(kent, kent_chief, on=later)
    actions.end_tightening(made, ends_on=today, why="Thought again.", by=kent_chief, at=db_now())
    assert rule(kent, later).parameters == {"hours": 24}


def test_the_stricter_holds_when_the_nation_moves(kent, kent_chief, national_lead, adviser, today):
    tighten(kent, kent_chief, on=today)
    tighten(kent, kent_chief, "use-case", "allowed", ["locate_wanted", "locate_at_risk"], on=today)
    soon = today + timedelta(days=7)
    second = actions.draft(summary="Stricter.", by=national_lead, at=db_now())
    actions.state(second, "watchlist-age", {"parameters": {"hours": 6}}, by=adviser, at=db_now())
    allowed = {"parameters": {"allowed": ["protect_area", "locate_wanted"]}}
    actions.state(second, "use-case", allowed, by=adviser, at=db_now())
    actions.state(
        second,
        "notice-period",
        {"check_name": "results_within", "parameters": {"days": 1}},
        by=adviser,
        at=db_now(),
    )
    tighten(kent, kent_chief, "notice-period", "hours", 336, on=today)
    actions.propose(second, takes_effect_on=soon, by=national_lead, at=db_now())
    actions.adopt(Version.objects.get(pk=second.pk), seen=1, by=adviser, at=db_now())
    assert rule(kent, soon).parameters == {"hours": 6}
    assert rule(kent, soon).tightened == {}
    assert rule(kent, soon, "use-case").parameters == {"allowed": ("locate_wanted",)}
    assert rule(kent, soon, "notice-period").parameters == {"days": 1}


def test_many_forces_and_days_are_read_in_three_statements_and_again_in_two(
    kent, avon, kent_chief, today, django_assert_num_queries
):
    tighten(kent, kent_chief, on=today + timedelta(days=3))
    days = [today + timedelta(days=n) for n in range(40)]
    rules_module._ADOPTED.clear()
    with django_assert_num_queries(3):
        found = rules_for_forces([kent, avon, None], days)
    with django_assert_num_queries(2):
        assert rules_for_forces([kent, avon, None], days) == found, "what was adopted is not read again"
    assert len(found) == 120
    for (force, day), rules in found.items():
        one = next(each for each in rules if each.code == "watchlist-age")
        assert one.parameters["hours"] == (
            12 if force == kent.pk and day >= today + timedelta(days=3) else 24
        )


def test_only_the_chief_officer_of_the_force_tightens(
    kent, avon, kent_chief, avon_chief, kent_planner, national_lead, today
):
    made = tighten(kent, kent_chief, on=today)
    for somebody in (avon_chief, kent_planner, national_lead):
        with pytest.raises(Forbidden):
            tighten(kent, somebody, value=6, on=today)
        with pytest.raises(Forbidden):
            actions.end_tightening(
                made, ends_on=today + timedelta(days=1), why="No.", by=somebody, at=db_now()
            )


def test_the_database_keeps_what_was_decided(kent, avon, kent_chief, today):
    made = tighten(kent, kent_chief, on=today)
    for change, complaint in (
        ({"value": 99}, "cannot change"),
        ({"starts_on": today - timedelta(days=1)}, "cannot change"),
        ({"ends_on": today + timedelta(days=1)}, "framework_tightening_ended_whole"),
    ):
        with (
            pytest.raises((DatabaseError, IntegrityError), match=complaint),
            transaction.atomic(),
            acting(kent, None),
        ):
            Tightening.objects.filter(pk=made.pk).update(**change)
    with acting(avon, None):
        assert not Tightening.objects.filter(pk=made.pk).update(ended_why="x")
