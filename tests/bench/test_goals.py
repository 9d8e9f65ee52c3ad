"""The table says what was got, what was asked, and whether it is enough."""

from __future__ import annotations

from bench.goals import GOALS, Findings, Row, number
from bench.report import page, table
from bench.rounds import percentile, ratio, rounds, spread


def test_each_round_reverses_the_order_of_the_one_before():
    seen = []
    contestants = {name: (lambda n=name: seen.append(n) or n) for name in "abc"}
    assert rounds(contestants, 3) == {"a": ["a"] * 3, "b": ["b"] * 3, "c": ["c"] * 3}
    assert "".join(seen) == "abccbaabc"


def test_a_ratio_is_taken_within_each_round():
    assert ratio([10, 30], [5, 10]).values == (2, 3)


def test_a_goal_is_met_on_its_own_side_only():
    assert Row(1, "", spread([2.0]), 1.5).is_met
    assert not Row(1, "", spread([2.0]), 1.5, at_least=False).is_met
    assert Row(1, "", spread([2.0])).is_met is None


def test_the_table_shows_what_was_got_and_asked_and_the_spread():
    found = Findings()
    found.add([Row(4, "cost of the last page", spread([1.1, 1.3, 1.0]), 1.2, at_least=False)])
    line = next(line for line in table(found).splitlines() if line.startswith("4"))
    for part in ("cost of the last page", "1.10x", "≤ 1.20x", "1.00 to 1.30", "met"):
        assert part in line


def test_figures_are_written_with_what_counts_of_them():
    assert [number(value) for value in (0, 0.0213, 1.234, 45.67, 2196.4)] == [
        *("0", "0.0213", "1.23", "45.7", "2,196"),
    ]


def test_the_percentile_is_the_value_not_exceeded_by_that_share():
    assert percentile(range(100), 0.99) == 99
    assert percentile([5.0], 0.99) == 5.0


def test_an_area_that_failed_leaves_the_others_their_figures():
    found = Findings(failed={"imports": "The disk is full."})
    found.add([Row(10, "a list", spread([1.1]), 1.3, at_least=False)])
    told = page(found, ["a machine"], size=10, times=3, seconds=1, took=60)
    assert "Begun and not finished: The disk is full." in told
    assert "| A list | 1.10x | ≤ 1.30x |" in told
    assert "imports failed: The disk is full." in table(found)
    assert all(f"\n## {goal}. " in told for goal in GOALS)
