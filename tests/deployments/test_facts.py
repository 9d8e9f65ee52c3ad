"""Facts are checked as a whole, and become a valid public document."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.evaluations.models import AlgorithmVersion
from deployments.facts import decimal_text
from deployments.figures import NAMES, Absence
from forces.models import Force
from forces.refusals import Invalid
from register.canonical import validate
from register.references import new_reference
from tests.deployments.recordings import facts

FORCE = Force(code="E23000032", slug="kent", name="Kent Police")
TODAY = date(2024, 5, 1)


def problems(**changes):
    with pytest.raises(Invalid) as refused:
        facts(**changes).tidy().check(FORCE, today=TODAY)
    return refused.value.errors


def document(said, answers=None):
    return said.document(reference=new_reference(), force=FORCE, answers=answers or {})


def test_sound_facts_pass_and_make_a_valid_document():
    said = facts().tidy()
    said.check(FORCE, today=TODAY)
    validate(document(said))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": "  "}, "place"),
        ({"place": "x" * 201}, "place"),
        ({"place": "Square\x07"}, "place"),
        ({"on": date(2024, 5, 2)}, "on"),
        ({"on": date(2004, 5, 2)}, "on"),
        ({"started_at": datetime(2024, 4, 6, 23, 30, tzinfo=UTC)}, "started_at"),
        ({"ended_at": datetime(2024, 4, 6, 12, tzinfo=UTC)}, "started_at"),
        (
            {
                "started_at": datetime(2024, 4, 6, 12, tzinfo=UTC),
                "ended_at": datetime(2024, 4, 6, 11, tzinfo=UTC),
            },
            "ended_at",
        ),
        ({"duration_minutes": 44641}, "duration_minutes"),
        ({"alerts": -1}, "alerts"),
        ({"alerts": 10_000_001}, "alerts"),
        ({"alerts": "aborted"}, "alerts"),
        ({"alerts": ""}, "alerts"),
        ({"alerts": "misleading"}, "absent_reason"),
        ({"threshold": Decimal("-0.1")}, "threshold"),
        ({"threshold": Decimal("NaN")}, "threshold"),
        ({"threshold": Decimal("0.1234567")}, "threshold"),
        ({"watchlist_size": -1}, "watchlist_size"),
        ({"abort_reason": "A fault"}, "abort_reason"),
        ({"faces_method": "guess"}, "faces_method"),
        ({"technology": "x"}, "technology"),
    ],
)
def test_what_cannot_be_is_refused_by_field(changes, field):
    assert field in problems(**changes)


def test_all_problems_are_told_at_once():
    assert set(problems(place="", alerts=-1, threshold=Decimal(-1))) == {"place", "alerts", "threshold"}


def test_a_made_up_algorithm_is_for_made_up_forces():
    made_up = AlgorithmVersion(vendor="Made-up Vision", product="NeoScan", is_made_up=True)
    assert "algorithm" in problems(algorithm=made_up)


def test_line_breaks_become_spaces():
    assert facts(place=" Market\r\n Square ").tidy().place == "Market Square"


def test_a_deployment_past_midnight_ends_on_the_next_day():
    said = facts(
        started_at=datetime(2024, 4, 6, 20, tzinfo=UTC), ended_at=datetime(2024, 4, 6, 23, 30, tzinfo=UTC)
    )
    published = document(said)
    assert (published["on"], published["ends_on"]) == ("2024-04-06", "2024-04-07")
    assert published["started_at"] == "2024-04-06T21:00:00+01:00"
    validate(published)


def test_what_is_missing_says_why():
    said = facts(
        alerts="misleading", arrests="not_applicable", absent_reason="The counter was reset.", threshold=None
    )
    published = document(said)
    assert published["figures"]["alerts"] is None
    assert published["absent"]["alerts"] == {"code": "misleading", "why": "The counter was reset."}
    assert published["absent"]["arrests"]["code"] == "not_applicable"
    assert published["absent"]["threshold"]["code"] == "not_published"
    validate(published)


def test_an_aborted_deployment_has_no_figures_and_says_so():
    said = facts(is_aborted=True, abort_reason="Technical fault", **dict.fromkeys(NAMES, "aborted"))
    said.check(FORCE, today=TODAY)
    published = document(said)
    assert published["status"] == "aborted"
    assert published["methods"] == {}
    validate(published)


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.6", "0.60"), ("0.640000", "0.64"), ("0.625", "0.625"), ("60", "60.00"), ("0", "0.00")],
)
def test_thresholds_are_printed_with_two_decimals_or_more(value, text):
    assert decimal_text(Decimal(value)) == text


numbers_or_codes = st.integers(0, 1000) | st.sampled_from(["not_published", "not_applicable"])


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, numbers_or_codes)))
def test_any_figures_make_a_valid_document(figures):
    said = facts(**figures).tidy()
    said.check(FORCE, today=TODAY)
    asked = said.questions()
    published = document(said, {question.check: "Officers say so." for question in asked})
    validate(published)
    assert [answer["check"] for answer in published["arithmetic"]] == [question.check for question in asked]
    for name in NAMES:
        assert (published["figures"][name] is None) == (name in published["absent"])


def test_changes_name_what_differs():
    assert facts(alerts=4, place="Quay").changes_from(facts()) == ["place", "alerts"]
    assert facts(alerts="not_published").changes_from(facts(alerts="not_applicable")) == ["alerts"]


def test_every_absence_has_words():
    for code in Absence:
        assert code.label
        assert code.sentence
