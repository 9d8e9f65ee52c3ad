"""Clock times become instants, past midnight and on the days when the clocks change."""

from datetime import UTC, date, datetime, time

import pytest

from deployments.times import window
from forces.refusals import Invalid


def test_summer_and_winter_have_their_own_offset():
    assert window(date(2024, 7, 1), time(11), time(16)) == (
        datetime(2024, 7, 1, 10, tzinfo=UTC),
        datetime(2024, 7, 1, 15, tzinfo=UTC),
    )
    assert window(date(2024, 1, 9), time(11), None) == (datetime(2024, 1, 9, 11, tzinfo=UTC), None)


def test_an_end_before_the_start_is_on_the_next_day():
    started, ended = window(date(2024, 7, 1), time(22), time(2))
    assert ended == datetime(2024, 7, 2, 1, tzinfo=UTC)
    assert (ended - started).total_seconds() == 4 * 3600


def test_the_same_time_twice_is_a_whole_day():
    started, ended = window(date(2024, 7, 1), time(9), time(9))
    assert (ended - started).total_seconds() == 24 * 3600


def test_a_night_on_which_the_clocks_go_forward_is_an_hour_shorter():
    started, ended = window(date(2024, 3, 30), time(23), time(3))
    assert (ended - started).total_seconds() == 3 * 3600


def test_an_hour_that_the_clocks_skipped_is_refused():
    with pytest.raises(Invalid, match="clocks went forward"):
        window(date(2024, 3, 31), time(1, 30), time(5))


def test_a_time_that_came_twice_is_the_first_unless_the_duration_needs_the_second():
    first = window(date(2024, 10, 27), time(0, 30), time(1, 30))
    assert (first[1] - first[0]).total_seconds() == 3600
    second = window(date(2024, 10, 27), time(0, 30), time(1, 30), minutes=110)
    assert (second[1] - second[0]).total_seconds() == 2 * 3600


def test_an_end_without_a_start_is_refused():
    with pytest.raises(Invalid, match="time it started"):
        window(date(2024, 7, 1), None, time(9))


def test_no_times_are_no_instants():
    assert window(date(2024, 7, 1), None, None) == (None, None)
