"""What a force is asked about: every contradiction, and nothing that is merely missing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.arithmetic import questions
from deployments.figures import NAMES
from tests.deployments.recordings import FIGURES


def asked(is_aborted=False, minutes=None, window=None, **changes):
    figures = {**FIGURES, **changes}
    return [
        question.check
        for question in questions(figures, is_aborted=is_aborted, minutes=minutes, window=window)
    ]


def test_sound_figures_raise_no_question():
    assert asked() == []


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"true_alerts": 3, "alerts": 4}, "true_alerts_differ_from_parts"),
        ({"true_alerts": 1, "true_alerts_unconfirmed": None, "alerts": 2}, "true_alerts_differ_from_parts"),
        ({"false_alerts": 0, "alerts": 2}, "false_alerts_differ_from_parts"),
        ({"alerts": 4}, "alerts_differ_from_judgements"),
        (
            {"alerts": 2, "false_alerts": None, "engagements": 1, "no_action": 0},
            "alerts_differ_from_judgements",
        ),
        ({"alerts": 1, "undetermined_alerts": None}, "alerts_differ_from_judgements"),
        ({"faces_seen": 2}, "alerts_exceed_faces"),
        ({"engagements": 4}, "engagements_exceed_alerts"),
        ({"no_action": 5}, "outcomes_exceed_alerts"),
        ({"arrests": 4, "other_action": None, "engagements": None}, "outcomes_exceed_alerts"),
        ({"arrests": 0, "other_action": 0}, "outcomes_below_true_alerts"),
        ({"engagements": 0}, "arrests_exceed_engagements"),
        ({"faces_seen": 0, "alerts": None}, "no_faces_seen"),
        ({"is_aborted": True}, "figures_of_an_aborted_deployment"),
        ({"minutes": 61, "window": timedelta(hours=1)}, "duration_exceeds_window"),
    ],
)
def test_a_contradiction_is_asked_about(changes, check):
    assert check in asked(**changes)


def test_what_is_missing_raises_no_question():
    assert asked(**dict.fromkeys(NAMES)) == []
    assert asked(is_aborted=True, **dict.fromkeys(NAMES)) == []


def test_total_is_taken_from_the_parts_where_it_is_missing():
    assert asked(true_alerts=None, false_alerts=None) == []
    assert asked(true_alerts=None, alerts=9, engagements=2, no_action=0) == ["alerts_differ_from_judgements"]


def test_unconfirmed_alerts_without_an_outcome_are_no_contradiction():
    assert asked(true_alerts=3, true_alerts_unconfirmed=1, alerts=4) == []


numbers = st.none() | st.integers(0, 20)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, numbers)), st.booleans())
def test_each_question_says_which_figures_it_is_about(figures, is_aborted):
    for question in questions(figures, is_aborted=is_aborted):
        assert question.words.endswith(".")
        for pair in question.about.split():
            name, _, number = pair.partition("=")
            assert number == ("" if figures[name] is None else str(figures[name]))
