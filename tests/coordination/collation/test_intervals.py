"""Exact intervals, held against an independent library and against their own definition."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from coordination.collation.intervals import Interval, exact_interval

counts = st.integers(1, 10_000_000).flatmap(
    lambda trials: st.tuples(
        st.integers(0, trials) | st.integers(0, min(trials, 50)) | st.integers(max(0, trials - 50), trials),
        st.just(trials),
    )
)
levels = st.sampled_from([0.95, 0.99, 0.8])


@settings(max_examples=400, deadline=None)
@given(counts, levels)
def test_interval_agrees_with_scipy(count, level):
    events, trials = count
    tail = (1 - level) / 2
    found = exact_interval(events, trials, level)
    lower = 0.0 if events == 0 else beta.ppf(tail, events, trials - events + 1)
    upper = 1.0 if events == trials else beta.ppf(1 - tail, events + 1, trials - events)
    assert math.isclose(found.lower, lower, rel_tol=1e-9)
    assert math.isclose(found.upper, upper, rel_tol=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_limits_are_where_the_count_becomes_too_unlikely(count):
    """The definition itself: at each limit, a count as extreme as this has probability 2.5%."""
    events, trials = count
    found = exact_interval(events, trials)
    if events > 0:
        assert math.isclose(binom.sf(events - 1, trials, found.lower), 0.025, rel_tol=1e-8)
    if events < trials:
        assert math.isclose(binom.cdf(events, trials, found.upper), 0.025, rel_tol=1e-8)


@settings(max_examples=100, deadline=None)
@given(counts)
def test_interval_holds_the_proportion_and_mirrors_the_complement(count):
    events, trials = count
    found, mirrored = exact_interval(events, trials), exact_interval(trials - events, trials)
    assert 0 <= found.lower <= events / trials <= found.upper <= 1
    assert math.isclose(found.lower, 1 - mirrored.upper, abs_tol=1e-12)
    assert math.isclose(found.upper, 1 - mirrored.lower, abs_tol=1e-12)


def test_no_trials_have_no_interval():
    assert exact_interval(0, 0) is None


def test_no_events_are_not_a_rate_of_zero():
    """The rule of three: none in n trials means below about 3/n at 95% one-sided, 3.69/n two-sided."""
    found = exact_interval(0, 1000)
    assert found.lower == 0
    assert math.isclose(found.upper, 1 - 0.025 ** (1 / 1000), rel_tol=1e-12)
    assert 0.0036 < found.upper < 0.0037


def test_every_event_leaves_room_for_one_that_fails():
    found = exact_interval(1000, 1000)
    assert found.upper == 1
    assert math.isclose(found.lower, 0.025 ** (1 / 1000), rel_tol=1e-12)


def test_one_trial_says_almost_nothing():
    assert exact_interval(1, 1) == Interval(pytest.approx(0.025), 1.0)


def test_known_intervals_of_textbooks_come_out():
    found = exact_interval(10, 100)  # Newcombe, Statistics in Medicine 17 (1998), after the same method
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.0490, 0.1762)


@pytest.mark.parametrize(
    "arguments", [(-1, 5), (6, 5), (0, -1), (1, 200_000_000), (1, 2, 0), (1, 2, 1), (1, 2, float("nan"))]
)
def test_what_is_no_proportion_is_refused(arguments):
    with pytest.raises(ValueError, match="is not a"):
        exact_interval(*arguments)
