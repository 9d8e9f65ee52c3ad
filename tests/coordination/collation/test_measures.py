"""What one record adds to each statistic."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coordination.collation.contributions import Contribution, State
from coordination.collation.measures import BY_CODE, DECLARED, MEASURES, RATES, contributions
from coordination.collation.series import SERIES_BREAKS
from register.canonical import RESULT, schema
from tests.register.documents import FIGURES, result, results, with_absent

KNOWN = State.KNOWN


def test_every_measure_says_what_it_is():
    for measure in DECLARED:
        for words in (measure.label, measure.definition, measure.unit, measure.source, measure.comparability):
            assert str(words).strip(), measure.code
    assert len(BY_CODE) == len(DECLARED), "two measures share a code"


def test_every_figure_of_the_schema_is_measured():
    assert {field for measure in MEASURES for field in measure.fields} >= set(FIGURES)


def test_measures_are_made_from_fields_of_the_schema():
    known = set(FIGURES) | set(schema(RESULT)["properties"])
    assert {field for measure in MEASURES for field in measure.fields} <= known


@given(results())
def test_every_record_says_something_about_every_measure(document):
    added = contributions(document)
    assert added.keys() == BY_CODE.keys()
    for code, contribution in added.items():
        if contribution.state is not KNOWN:
            assert (contribution.total, contribution.base) == (0, 0), code


@given(results(), st.sampled_from(FIGURES))
def test_missing_is_never_zero(document, field):
    """A record that leaves a figure out and one that gives zero never add the same."""
    missing = with_absent(document | {"figures": dict(document["figures"])}, "not_published", field)
    zero = {
        **missing,
        "figures": missing["figures"] | {field: 0},
        "absent": {k: v for k, v in missing["absent"].items() if k != field},
    }
    assert contributions(missing)[field] != contributions(zero)[field] or field in (
        "true_alerts",
        "false_alerts",
    )
    if field not in ("true_alerts", "false_alerts"):
        assert contributions(missing)[field].state is State.NOT_PUBLISHED
    assert contributions(zero)[field] == Contribution(KNOWN, 0)


@pytest.mark.parametrize("code", ["not_published", "not_applicable", "misleading", "aborted"])
def test_each_reason_for_a_missing_figure_is_kept_apart(code):
    document = with_absent(result(status="aborted"), code, "alerts")
    assert contributions(document)["alerts"] == Contribution(State(code))


def test_a_deployment_counts_once_whether_aborted_or_not():
    completed, aborted = contributions(result()), contributions(result(status="aborted"))
    assert completed["deployments"] == aborted["deployments"] == Contribution(KNOWN, 1)
    assert completed["aborted_deployments"] == Contribution(KNOWN, 0)
    assert aborted["aborted_deployments"] == Contribution(KNOWN, 1)


def test_true_alerts_are_the_parts_where_no_total_is_given():
    added = contributions(result(figures={"true_alerts_confirmed": 5, "true_alerts_unconfirmed": 2}))
    assert added["true_alerts"] == Contribution(KNOWN, 7)
    assert added["true_alerts_unsplit"].state is State.NOT_APPLICABLE


def test_true_alerts_are_the_total_where_the_source_does_not_divide_them():
    document = result(figures={"true_alerts": 9})
    added = contributions(
        with_absent(document, "not_published", "true_alerts_confirmed", "true_alerts_unconfirmed")
    )
    assert added["true_alerts"] == added["true_alerts_unsplit"] == Contribution(KNOWN, 9)
    assert added["true_alerts_confirmed"].state is State.NOT_PUBLISHED


def test_half_of_the_parts_is_not_the_total():
    document = with_absent(result(), "not_published", "false_alerts", "false_alerts_unconfirmed")
    assert contributions(document)["false_alerts"].state is State.NOT_PUBLISHED


def test_unconfirmed_alerts_are_never_false_ones():
    added = contributions(result(figures={"true_alerts_unconfirmed": 4, "false_alerts_confirmed": 0}))
    assert added["false_alerts"] == Contribution(KNOWN, 0)


@pytest.mark.parametrize("code", ["misleading", "not_published", "not_applicable"])
def test_enforcement_actions_are_never_arrests_alone(code):
    document = with_absent(result(figures={"arrests": 34}), code, "other_action")
    assert contributions(document)["enforcement_actions"] == Contribution(State(code))
    assert contributions(document)["arrests"] == Contribution(KNOWN, 34)


def test_enforcement_actions_are_arrests_and_other_action():
    added = contributions(result(figures={"arrests": 3, "other_action": 2, "no_action": 50}))
    assert added["enforcement_actions"] == Contribution(KNOWN, 5)


def test_several_reasons_are_told_as_the_weightiest():
    document = with_absent(result(), "not_published", "arrests")
    document = with_absent(document, "misleading", "other_action")
    assert contributions(document)["enforcement_actions"].state is State.MISLEADING


def test_rates_take_both_counts_from_the_same_record():
    added = contributions(result(figures={"false_alerts_confirmed": 2, "alerts": 40, "faces_seen": 9000}))
    assert added["far_alerts"] == Contribution(KNOWN, 2, 40)
    assert added["far_faces"] == Contribution(KNOWN, 2, 9000)
    document = with_absent(result(figures={"alerts": 40}), "not_published", "false_alerts_confirmed")
    assert contributions(document)["far_alerts"] == Contribution(State.NOT_PUBLISHED)


def test_duration_is_missing_without_anybody_saying_why():
    """Only figures must say why they are null; a duration that is not given is taken as not published."""
    assert contributions(result(duration_minutes=None))["duration_minutes"].state is State.NOT_PUBLISHED
    aborted = contributions(result(duration_minutes=None, status="aborted"))
    assert aborted["duration_minutes"].state is State.ABORTED


def test_no_measure_promises_a_hit_rate():
    for measure in DECLARED:
        assert "accuracy" not in str(measure.label).lower()
    assert {rate.code for rate in RATES} == {"far_faces", "far_alerts"}


def test_every_break_in_series_is_dated_and_has_a_source():
    assert [known.on for known in SERIES_BREAKS] == sorted(known.on for known in SERIES_BREAKS)
    for known in SERIES_BREAKS:
        assert set(known.measures) <= BY_CODE.keys()
        assert str(known.source)
        assert f"{known.before:,}" in str(known.what)
        assert f"{known.after:,}" in str(known.what)


def test_labels_wait_for_the_readers_language():
    with translation.override("cy"):
        assert str(BY_CODE["alerts"].label)


def test_faces_per_hour_speak_of_the_records_that_give_both():
    given = result(figures={"faces_seen": 480}, duration_minutes=60)
    assert contributions(given)["faces_per_hour"] == Contribution(State.KNOWN, 480, 60)
    for missing in (
        result(figures={"faces_seen": 480}, duration_minutes=None),
        result(figures={"faces_seen": None}, duration_minutes=60),
    ):
        assert contributions(missing)["faces_per_hour"].state is State.NOT_PUBLISHED
