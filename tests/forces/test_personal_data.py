"""Texts that identify somebody are refused by kind and field; texts as forces write them pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forces.personal_data import Kind, PersonalData, find, noticing, refuse_personal_data
from tests.forces.police_texts import PASSES, REFUSED

REFERENCE = Path(__file__).parents[2] / "reference"
EVERYDAY = [text for text in PASSES if not text.startswith(("See http", "SHA"))]


def codes(text: str) -> tuple[str, ...]:
    return tuple(kind.value for kind in find(text))


@pytest.mark.parametrize("text", PASSES)
def test_what_forces_write_passes(text):
    assert codes(text) == ()


@pytest.mark.parametrize(("text", "kinds"), REFUSED)
def test_what_identifies_somebody_is_found(text, kinds):
    assert set(codes(text)) == set(kinds)


@given(st.sampled_from(EVERYDAY), st.sampled_from(EVERYDAY), st.sampled_from(REFUSED))
def test_it_is_found_in_the_middle_of_other_words(before, after, refused):
    text, kinds = refused
    assert set(kinds) <= set(codes(f"{before}\n{text}\n{after}"))


@given(st.sampled_from(EVERYDAY), st.sampled_from(EVERYDAY))
def test_two_paragraphs_that_pass_pass_together(one, other):
    assert codes(f"{one}\n{other}") == ()
    assert codes(" ".join(f"{one} {other}".split())) == ()


@given(st.text(max_size=400))
def test_any_text_can_be_searched(text):
    find(text)


@pytest.mark.parametrize(
    "piece", ["0", "07 ", "A1 ", "a@", "Mr ", "John ", "1.234 ", "14 A ", "custody ", "/9", "born 1 "]
)
def test_a_long_text_of_one_piece_is_searched_through(piece):
    """Patterns that went back over what they had read would not come to an end here."""
    find(piece * (20_000 // len(piece)))


@pytest.mark.parametrize("after", ["10 alerts", "5 arrests", "4,220,097 faces in the year"])
@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_figure_after_a_phone_number_does_not_hide_it(after, between):
    assert codes(f"Call 07700 900123{between}{after}.") == ("phone",)


def test_what_the_next_line_begins_with_does_not_hide_a_name():
    assert codes("JOHN BLOGGS\nPC and PCSO patrols supported the deployment.") == ("name",)


def test_a_numbered_street_is_a_place_where_a_place_is_asked_for():
    assert find("10 Downing Street") == (Kind.ADDRESS,)
    assert find("10 Downing Street", is_place=True) == ()
    assert find("Flat 3, 22 Elm Grove", is_place=True) == (Kind.ADDRESS,)


def test_published_records_pass():
    def texts(value):
        if isinstance(value, dict):
            for key, each in value.items():
                if key not in ("url", "source_url", "sha256"):
                    yield from texts(each)
        elif isinstance(value, list):
            for each in value:
                yield from texts(each)
        elif isinstance(value, str):
            yield value

    lines = [
        line
        for name in ("deployments-primary.jsonl", "deployments-secondary.jsonl")
        for line in (REFERENCE / name).read_text().splitlines()
    ]
    said = {text for line in lines for text in texts(json.loads(line))}
    assert len(said) > 1000
    assert {text: codes(text) for text in said if find(text)} == {}


def test_a_refusal_names_fields_and_kinds_and_never_the_words():
    with noticing() as noticed, pytest.raises(PersonalData) as refused:
        refuse_personal_data({"reason": "Mr Bloggs, 07700 900123", "place": "High Street", "area": None})
    assert noticed == [refused.value]
    assert refused.value.found == {"reason": (Kind.PHONE, Kind.NAME)}
    assert list(refused.value.errors) == ["reason"]
    (words,) = refused.value.errors["reason"]
    assert words.startswith("Remove what looks like a telephone number and a person’s name.")
    assert "Bloggs" not in words
    assert "07700" not in words
    assert "role or rank" in words


def test_without_a_door_a_refusal_is_raised_all_the_same():
    with pytest.raises(PersonalData):
        refuse_personal_data({"reason": "Mr Bloggs"})
    refuse_personal_data({"reason": "An officer", "other": ""})
