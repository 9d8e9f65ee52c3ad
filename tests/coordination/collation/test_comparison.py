"""Limits of chance: exact, round the centre, narrower with more alerts; and no comparison across settings."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.collation.comparison import LEVELS, Standing, compare, funnel, standing, within_settings
from coordination.collation.dimensions import Settings
from coordination.collation.figures import Tally
from forces.models import Force
from tests.records import entered  # noqa: F401

SYSTEM = Settings("Made-up Vision NeoScan 4.2", "0.64")
untimed = settings(deadline=None)
rates = st.fractions(Fraction(1, 500), Fraction(499, 500), max_denominator=500)


def tally(false, alerts, *, missing=0):
    return Tally(total=false, base=alerts, known=3, not_published=missing)


def slow(trials, rate, tail):
    """By the definition, in fractions: the largest count so seldom undercut and the smallest so seldom reached."""
    chances = [comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(trials + 1)]
    low = [k for k in range(trials + 1) if sum(chances[: k + 1]) <= tail]
    high = [k for k in range(trials + 1) if sum(chances[k:]) <= tail]
    return (max(low) if low else None), (min(high) if high else None)


@untimed
@given(st.integers(1, 60), rates, st.sampled_from(LEVELS))
def test_limits_are_those_of_the_definition(trials, rate, level):
    found = funnel(trials, float(rate), level)
    assert (found.low, found.high) == slow(trials, rate, Fraction(str(1 - level)).limit_denominator(1000) / 2)


@untimed
@given(st.integers(1, 1_000_000), st.floats(1e-6, 1 - 1e-6), st.sampled_from(LEVELS))
def test_limits_hold_the_centre_strictly_between_them(trials, rate, level):
    found = funnel(trials, rate, level)
    assert found.low is None or found.low < rate * trials
    assert found.high is None or found.high > rate * trials
    assert 0 <= found.lower < rate < found.upper <= 1


@untimed
@given(st.integers(1, 100_000), st.floats(1e-4, 0.5), st.sampled_from(LEVELS))
def test_limits_widen_as_alerts_become_fewer(trials, rate, level):
    """By more than the step of one alert, which a count cannot go below."""
    few, many = funnel(trials, rate, level), funnel(trials * 4, rate, level)
    assert few.upper >= many.upper - 1 / (4 * trials)
    assert few.lower <= many.lower + 1 / (4 * trials)


@untimed
@given(st.integers(1, 100_000), st.floats(1e-4, 1 - 1e-4))
def test_the_outer_limits_are_outside_the_inner_ones(trials, rate):
    inner, outer = (funnel(trials, rate, level) for level in LEVELS)
    assert outer.lower <= inner.lower
    assert outer.upper >= inner.upper


@pytest.mark.parametrize(("trials", "rate"), [(0, 0.5), (10, 0.0), (10, 1.0), (10**9, 0.5)])
def test_there_are_no_limits_without_a_rate_to_be_round(trials, rate):
    assert funnel(trials, rate, 0.95) is None


def test_a_count_stands_outside_the_widest_limits_that_it_reaches():
    limits = [funnel(1000, 0.02, level) for level in LEVELS]
    (inner, outer) = limits
    assert (outer.low, inner.low, inner.high, outer.high) == (7, 11, 30, 36)
    told = {count: standing(count, limits) for count in (0, 7, 8, 11, 12, 20, 29, 30, 35, 36, 900)}
    assert list(told.values()) == [
        *(Standing.BELOW_998, Standing.BELOW_998, Standing.BELOW_95, Standing.BELOW_95),
        *(Standing.WITHIN, Standing.WITHIN, Standing.WITHIN),
        *(Standing.ABOVE_95, Standing.ABOVE_95, Standing.ABOVE_998, Standing.ABOVE_998),
    ]


# Groups -------------------------------------------------------------------------------------------------


def test_forces_of_one_system_are_held_against_all_of_them_together():
    kent, avon, wilts = (Force(name=name) for name in ("Kent", "Avon", "Wilts"))
    group = compare(
        SYSTEM, [(kent, tally(10, 1000)), (avon, tally(60, 1000)), (wilts, tally(2, 20, missing=4))]
    )
    assert group.refusal == ""
    assert (group.rate.numerator, group.rate.denominator) == (72, 2020)
    low, high, few = group.forces
    assert (low.standing, high.standing, few.standing) == (
        Standing.BELOW_998,
        Standing.ABOVE_998,
        Standing.WITHIN,
    )
    assert [one.is_unreliable for one in group.forces] == [False, False, True]
    assert [one.is_incomplete for one in group.forces] == [False, False, True]
    assert low.expected == pytest.approx(1000 * 72 / 2020)


@pytest.mark.parametrize(
    ("settings_of", "label", "why"),
    [
        (Settings("", "0.64"), "Algorithm not published, threshold 0.64", "the algorithm is not published"),
        (
            Settings("A B, version not published", "0.64"),
            "A B, version not published, threshold 0.64",
            "the version of the algorithm or the threshold is not published",
        ),
        (Settings("A B 1", ""), "A B 1, threshold not published", "or the threshold is not published"),
    ],
)
def test_unknown_settings_are_said_and_not_compared(settings_of, label, why):
    group = compare(settings_of, [(Force(name="Kent"), tally(1, 100)), (Force(name="Avon"), tally(2, 100))])
    assert group.label == label
    assert why in group.refusal
    assert [(one.standing, one.limits, one.rate.numerator) for one in group.forces] == [
        (None, (), 1),
        (None, (), 2),
    ]


def test_one_force_alone_is_not_compared_and_none_is_dropped():
    silent = Tally(not_published=5)
    group = compare(SYSTEM, [(Force(name="Kent"), tally(1, 100)), (Force(name="Avon"), silent)])
    assert "fewer than two forces" in group.refusal
    assert [one.is_incomplete for one in group.forces] == [False, True]


def test_no_false_alerts_at_all_have_no_limits_and_stand_nowhere():
    group = compare(SYSTEM, [(Force(name="Kent"), tally(0, 100)), (Force(name="Avon"), tally(0, 50))])
    assert [(one.standing, one.limits, one.is_unreliable) for one in group.forces] == [(None, (), True)] * 2


def test_groups_never_share_a_record(db, kent, avon, northmoor, entered, django_assert_max_num_queries):  # noqa: F811
    algorithm = {"vendor": "A", "product": "B", "version": "1"}
    for force, false in ((kent, 1), (kent, 2), (avon, 3)):
        entered(force, algorithm=algorithm, figures={"alerts": 40, "false_alerts": false})
    entered(avon, algorithm=algorithm, threshold="0.6", figures={"alerts": 40, "false_alerts": 9})
    entered(kent, figures={"alerts": 40, "false_alerts": 4})
    entered(northmoor, algorithm=algorithm)
    with django_assert_max_num_queries(10):
        groups = within_settings("national", tier="primary")
    told = {
        group.label: (group.refusal == "", [(one.force.slug, one.rate.numerator) for one in group.forces])
        for group in groups
    }
    assert told == {
        "A B 1, threshold 0.64": (True, [(avon.slug, 3), (kent.slug, 3)]),
        "A B 1, threshold 0.6": (False, [(avon.slug, 9)]),
        "Algorithm not published, threshold 0.64": (False, [(kent.slug, 4)]),
    }
