"""A figure is a number or a code, and says of how much it speaks."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.collation.figures import MEANINGS, Code, Coverage, Figure, Tally, figure
from coordination.collation.measures import (
    ALERTS,
    DECLARED,
    FACES_PER_HOUR,
    FACES_SEEN,
    FAR_ALERTS,
    FAR_FACES,
    FEWEST_ALERTS,
    contributions,
)
from tests.register.documents import result, results

small = st.integers(0, 50)
tallies = st.builds(
    Tally,
    total=small,
    base=small,
    known=st.integers(0, 3),
    not_published=small,
    not_applicable=small,
    aborted=small,
    misleading=small,
)


@given(tallies, st.sampled_from(DECLARED), st.none() | small, st.booleans())
def test_a_figure_is_a_number_or_a_code_and_never_blank(tally, measure, alerts, has_break):
    found = figure(measure, tally, alerts=alerts, has_break=has_break)
    assert (found.number is None) != (found.code is None)
    assert found.status or found.number is not None
    assert found.completeness
    assert len(found.meanings) == len(found.marks) + (found.code is not None)


@pytest.mark.parametrize(
    ("number", "code", "marks"),
    [
        (None, None, ()),
        (3, Code.NOT_AVAILABLE, ()),
        (None, Code.ESTIMATED, ()),
        (3, None, (Code.NOT_APPLICABLE,)),
    ],
)
def test_a_figure_cannot_be_both_or_neither(number, code, marks):
    with pytest.raises(ValueError, match="number"):
        Figure(ALERTS, Tally(), number, code, marks)


def test_no_records_are_not_zero():
    found = figure(ALERTS, Tally())
    assert found.code is Code.NOT_AVAILABLE
    assert found.completeness == "No records. That does not mean that there were no deployments."


def test_zero_is_a_number():
    found = figure(ALERTS, Tally(known=2))
    assert (found.number, found.code, found.status) == (0, None, "")


def test_a_figure_that_no_record_gives_says_why():
    assert figure(ALERTS, Tally(not_published=3)).code is Code.NOT_AVAILABLE
    assert figure(ALERTS, Tally(misleading=3, not_applicable=1)).code is Code.NOT_AVAILABLE
    assert figure(ALERTS, Tally(not_applicable=3)).code is Code.NOT_APPLICABLE
    assert figure(ALERTS, Tally(aborted=1)).code is Code.NOT_APPLICABLE


def test_completeness_says_why_the_others_are_silent():
    found = figure(ALERTS, Tally(total=58, known=22, aborted=1, misleading=3))
    assert found.completeness == (
        "Known for 22 of 26 records. The rest: 1 from aborted deployments, "
        "3 left out because the source would mislead."
    )


def test_faces_seen_are_always_marked_as_estimated():
    assert figure(FACES_SEEN, Tally(total=5, known=1)).marks == (Code.ESTIMATED,)
    assert figure(FACES_SEEN, Tally(total=5, known=1), has_break=True).status == "e b"


def test_a_rate_carries_its_counts_and_its_interval():
    found = figure(FAR_ALERTS, Tally(total=10, base=2077, known=203))
    assert (found.numerator, found.denominator) == (10, 2077)
    assert round(found.number, 4) == 0.0048
    assert found.interval.lower < found.number < found.interval.upper
    assert found.marks == ()


def test_no_false_alerts_are_not_a_rate_of_zero():
    found = figure(FAR_ALERTS, Tally(total=0, base=500, known=20))
    assert found.number == 0
    assert found.interval.upper > 0.007


def test_a_rate_of_nothing_is_not_applicable():
    found = figure(FAR_ALERTS, Tally(known=4))
    assert (found.code, found.interval, found.denominator) == (Code.NOT_APPLICABLE, None, None)


@pytest.mark.parametrize(
    ("alerts", "marked"), [(FEWEST_ALERTS - 1, True), (FEWEST_ALERTS, False), (None, True)]
)
def test_rates_on_few_alerts_are_marked_unreliable(alerts, marked):
    found = figure(FAR_FACES, Tally(total=1, base=100_000, known=5), alerts=alerts)
    assert (Code.LOW_RELIABILITY in found.marks) == marked
    assert Code.ESTIMATED in found.marks


def test_a_share_of_alerts_is_judged_by_its_own_alerts():
    assert Code.LOW_RELIABILITY in figure(FAR_ALERTS, Tally(total=1, base=29, known=5), alerts=500).marks
    assert Code.LOW_RELIABILITY not in figure(FAR_ALERTS, Tally(total=1, base=30, known=5)).marks


def test_more_faces_than_an_interval_can_be_worked_out_for_still_give_a_rate():
    shown = figure(FAR_FACES, Tally(total=800_000, base=2_000_000_000, known=900_000), alerts=5_000_000)
    assert shown.number == 800_000 / 2_000_000_000
    assert shown.interval is None


def test_a_contradicting_source_gets_no_interval():
    assert figure(FAR_ALERTS, Tally(total=5, base=3, known=1)).interval is None


def test_every_code_has_a_meaning():
    assert MEANINGS.keys() == set(Code)


@given(st.lists(results(), max_size=6))
def test_tallies_of_records_add_up_in_any_order(documents):
    for measure in DECLARED:
        each = [Tally.of(contributions(document)[measure.code]) for document in documents]
        assert Tally.sum(each) == Tally.sum(reversed(each))
        assert Tally.sum(each).records == len(documents)


def test_a_record_is_in_exactly_one_state():
    for contribution in contributions(result()).values():
        tally = Tally.of(contribution)
        assert sum(dataclasses.astuple(tally)[2:]) == 1


# --- coverage -----------------------------------------------------------------------------------------------


def test_coverage_says_of_how_many_forces_it_speaks():
    assert Coverage(1, 43).phrase == "records from 1 of 43 forces"
    assert Coverage(0, 43).sentence == "Records from 0 of 43 forces."


def test_coverage_names_other_bodies_and_never_counts_them():
    one = Coverage(1, 43, ("British Transport Police",))
    assert one.phrase == "records from 1 of 43 forces"
    assert one.sentence == (
        "Records from 1 of 43 forces. Also from British Transport Police, not counted among the 43."
    )
    three = Coverage(2, 43, ("A", "B", "C"))
    assert three.sentence.endswith("Also from A, B and C, not counted among the 43.")


def test_coverage_of_the_demonstration_says_that_it_is_made_up():
    assert Coverage(2, 2, made_up=True).phrase == "records from 2 of 2 made-up forces"


def test_faces_per_hour_are_no_share_and_have_no_interval():
    shown = figure(FACES_PER_HOUR, Tally(total=1_000, base=90, known=2), has_break=True)
    assert shown.number == pytest.approx(1_000 / 1.5)
    assert (shown.numerator, shown.denominator, shown.interval, shown.is_share) == (1_000, 90, None, False)
    assert shown.marks == (Code.ESTIMATED, Code.BREAK)
    assert figure(FACES_PER_HOUR, Tally(known=1)).code is Code.NOT_APPLICABLE
