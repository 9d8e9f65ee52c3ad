"""Change told from chance: the two rules, what they need, and how often they cry wolf."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.collation.queries import by_month
from coordination.collation.run_chart import (
    FEWEST_MONTHS,
    SIGNALLED_ONCE_IN_FIVE_YEARS,
    Month,
    Rule,
    charts,
    false_alarm_rate,
    false_alarms,
    fewest_crossings,
    longest_run,
    run_chart,
    signals_of,
)
from coordination.collation.series import METROPOLITAN_POLICE, SERIES_BREAKS
from tests.people import make_force
from tests.records import entered  # noqa: F401

untimed = settings(deadline=None)


def months(values):
    return [Month(date(2020 + n // 12, n % 12 + 1, 1), value) for n, value in enumerate(values)]


def test_a_shift_is_a_long_run():
    chart = run_chart(months([1, 3, 2, 1, 3, 2, 1, 2, 3, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8]))
    assert chart.signals == (Rule.LONG_RUN, Rule.FEW_CROSSINGS)
    assert chart.longest[0].starts_on == date(2020, 1, 1)
    assert (len(chart.longest), chart.longest_run) == (10, 7)
    assert "10 months in a row are on one side of the median; chance seldom gives more than 7." in chart.said


def test_what_swings_slowly_crosses_too_seldom():
    chart = run_chart(months(([1] * 5 + [9] * 5) * 3))
    assert (chart.signals, chart.crossings, chart.fewest_crossings) == ((Rule.FEW_CROSSINGS,), 5, 10)
    assert "cross the median 5 times" in chart.said


def test_what_varies_as_a_coin_shows_nothing():
    chart = run_chart(months([1, 9, 1, 1, 9, 9, 1, 9, 9, 1, 1, 9, 1, 9]))
    assert (chart.signals, chart.is_judged) == ((), True)
    assert "No sign of change" in chart.said


@untimed
@given(st.lists(st.integers(0, 3), min_size=1, max_size=FEWEST_MONTHS - 1))
def test_too_few_months_are_never_judged(values):
    chart = run_chart(months(values))
    assert (chart.signals, chart.is_judged) == ((), False)
    assert "Too few months" in chart.said


def test_months_on_the_median_count_for_neither_side():
    """Rare events: most months have none, and a long stretch of them is no run."""
    chart = run_chart(months([0] * 30 + [1, 0, 2]))
    assert (chart.off_median, chart.is_judged) == (2, False)
    assert run_chart([]) is None


@untimed
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0.5, 100))
def test_units_change_nothing_but_the_median(values, factor):
    one, other = run_chart(months(values)), run_chart(months([value * 2 for value in values]))
    assert (one.signals, one.crossings, len(one.longest)) == (
        other.signals,
        other.crossings,
        len(other.longest),
    )


@pytest.mark.parametrize(
    ("n", "run", "crossings"), [(12, 7, 3), (16, 7, 4), (20, 7, 6), (24, 8, 8), (36, 8, 13), (60, 9, 23)]
)
def test_limits_are_those_of_the_method(n, run, crossings):
    assert (longest_run(n), fewest_crossings(n)) == (run, crossings)


@pytest.mark.parametrize(("n", "often"), [(12, 0.02), (24, 0.032), (36, 0.041), (48, 0.037), (60, 0.045)])
def test_fewer_than_one_chart_in_twenty_cries_wolf(n, often):
    """Where nothing changes. Worked out anew: 4,000 charts of shuffled months, the same each time."""
    assert false_alarms(n, repetitions=4_000, seed=1) == pytest.approx(often, abs=0.012)
    assert false_alarms(n, repetitions=4_000, seed=1) < 0.1


def test_a_break_in_series_parts_the_months(db, entered):  # noqa: F811
    met = make_force(METROPOLITAN_POLICE, "metropolitan", "Metropolitan Police")
    for year in (2023, 2024):
        for month in (2, 5, 8, 11):
            entered(met, on=f"{year}-{month:02}-03", figures={"faces_seen": 100 * month})
    entered(met, on="2024-12-03", figures={"faces_seen": None})
    found = by_month("national", tier="primary", force=met)
    parts = [
        [month.starts_on.isoformat()[:7] for month in one.months]
        for one in charts(found, "faces_seen", met.code)
    ]
    assert parts == [
        ["2023-02", "2023-05", "2023-08", "2023-11"],
        ["2024-02", "2024-05", "2024-08"],
        ["2024-11"],
    ]
    (whole,) = charts(found, "alerts", met.code)
    assert len(whole.months) == 9
    assert [known.on.isoformat()[:7] for known in SERIES_BREAKS] == ["2024-01", "2024-09", "2025-01"]


@pytest.mark.parametrize("count", [12, 37, 60])
def test_how_often_a_chart_cries_wolf_is_worked_out_exactly(count):
    tried = 2_000
    exact = false_alarm_rate(count)
    drawn = false_alarms(count, repetitions=tried, seed=count)
    assert abs(exact - drawn) < 4 * (max(exact, 0.001) / tried) ** 0.5
    assert 0 < exact < 0.08


def test_every_run_that_is_too_long_is_a_signal_of_its_own():
    found = signals_of(run_chart(months([1, 3, 2, 1, 3, 2, 1, 2, 3, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8])))
    assert [(one.first, one.last) for one in found] == [
        (date(2020, 1, 1), date(2020, 10, 1)),
        (date(2020, 11, 1), date(2021, 8, 1)),
    ]
    assert {one.rules for one in found} == {(Rule.LONG_RUN, Rule.FEW_CROSSINGS)}


def test_too_few_crossings_alone_are_one_signal_of_all_months():
    (found,) = signals_of(run_chart(months(([1] * 5 + [9] * 5) * 3)))
    assert (found.first, found.last, found.rules) == (
        date(2020, 1, 1),
        date(2022, 6, 1),
        (Rule.FEW_CROSSINGS,),
    )


def test_looked_at_month_by_month_a_chart_cries_wolf_more_often_than_once():
    """What the page says of five years of looking, by simulation with a fixed seed."""
    drawn, tried = random.Random(7), 150
    cried = 0
    for _repetition in range(tried):
        values = [drawn.random() for _month in range(60)]
        cried += any(run_chart(months(values[:upto])).signals for upto in range(FEWEST_MONTHS, 61))
    assert abs(cried / tried - SIGNALLED_ONCE_IN_FIVE_YEARS) < 0.06
