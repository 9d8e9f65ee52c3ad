"""The public schemas, and the bytes that stand on the register."""

import json
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from forces.refusals import Refusal
from register import canonical
from register.canonical import (
    RESULT,
    SCHEMAS,
    WITHDRAWAL,
    InvalidDocument,
    canonical_bytes,
    parse,
    schema,
    validate,
)
from tests.register.documents import FIGURES, plain_documents, result, results, with_absent


def problems(document):
    with pytest.raises(InvalidDocument) as raised:
        validate(document)
    return {problem.pointer: problem.message for problem in raised.value.problems}


# --- the schemas themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_itself_valid(name):
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_holds_an_example_that_passes(name):
    for example in schema(name)["examples"]:
        validate(example)


def every_subschema(node, path=""):
    if isinstance(node, dict):
        if "type" in node or "enum" in node or "const" in node or "properties" in node:
            yield path, node
        for key, inner in node.items():
            if key not in ("examples", "required", "enum", "const"):
                yield from every_subschema(inner, f"{path}/{key}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_limits_every_value_and_says_what_it_is(name):
    for path, node in every_subschema(schema(name)):
        if path.endswith(("/properties", "/$defs", "/control_characters")):
            continue
        kinds = node.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        assert node.get("description"), f"{path} says nothing"
        assert "number" not in kinds, f"{path} lets fractions in"
        if "string" in kinds:
            assert "maxLength" in node, f"{path} has no longest text"
            assert "not" in node or "pattern" in node, f"{path} lets control characters in"
        if "integer" in kinds:
            assert {"minimum", "maximum"} <= node.keys(), f"{path} has no limits"
        if "array" in kinds:
            assert "maxItems" in node, f"{path} has no longest list"
        if "object" in kinds:
            closed = node.get("additionalProperties") is False or "maxProperties" in node
            assert closed, f"{path} lets unknown fields in"


# What version 1 promised. Fields may be added to it; none may be taken out or given another kind.
PROMISED = {
    "schema", "reference", "force", "technology", "on", "ends_on", "started_at", "ended_at",
    "duration_minutes", "place", "use_case", "status", "abort_reason", "watchlist_size", "algorithm",
    "threshold", "figures", "absent", "methods", "quality", "arithmetic", "provenance",
}  # fmt: skip
PROMISED_FIGURES = {
    "faces_seen", "alerts", "true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed", "false_alerts",
    "false_alerts_confirmed", "false_alerts_unconfirmed", "undetermined_alerts", "engagements", "arrests",
    "other_action", "no_action",
}  # fmt: skip


def test_result_schema_keeps_what_version_1_promised():
    properties = schema(RESULT)["properties"]
    assert properties.keys() >= PROMISED
    assert properties["figures"]["properties"].keys() >= PROMISED_FIGURES
    assert set(schema(RESULT)["required"]) == PROMISED, "an addition within version 1 cannot be required"
    assert set(properties["figures"]["required"]) == PROMISED_FIGURES


def test_schema_of_another_name_is_refused():
    with pytest.raises(KeyError):
        schema("../../config/settings")


# --- validate -----------------------------------------------------------------------------------------------


@given(results())
def test_validate_accepts_every_result_the_strategy_makes(document):
    validate(document)


def test_validate_refuses_what_is_no_document():
    for document in (None, [], "text", 7):
        assert problems(document) == {"": "A document is a JSON object."}


def test_validate_asks_for_a_known_schema():
    assert "/schema" in problems(result(schema="deployment-result.v9"))
    assert "/schema" in problems(result(schema=["deployment-result.v1"]))


def test_validate_refuses_a_null_figure_without_a_reason():
    document = result()
    document["figures"]["arrests"] = None
    assert "never left unexplained" in problems(document)["/figures/arrests"]


def test_validate_refuses_a_figure_that_is_given_and_absent():
    document = result()
    document["absent"]["alerts"] = {"code": "not_published", "why": "No column."}
    assert "cannot be absent too" in problems(document)["/absent/alerts"]


def test_validate_takes_zero_for_a_number():
    validate(result(figures={"alerts": 0, "faces_seen": 0}))


def test_validate_keeps_aborted_for_aborted_deployments():
    document = with_absent(result(), "aborted", "alerts")
    assert "/absent/alerts/code" in problems(document)
    document["status"] = "aborted"
    validate(document)


def test_validate_refuses_a_reason_for_aborting_what_was_completed():
    assert "/abort_reason" in problems(result(abort_reason="Rain"))


def test_validate_tells_every_problem_at_once_in_plain_words():
    document = result(reference="7", on="2024-02-30", extra=1, threshold=6)
    document["figures"]["alerts"] = -1
    del document["place"]["area"]
    told = problems(document)
    assert told["/figures/alerts"] == "Must be 0 or more."
    assert told["/extra"] == "There is no such field. Take it out or correct its name."
    assert told["/place/area"] == "Missing. Give a value, or null if it is not known."
    assert told["/threshold"] == "Must be text or null."
    assert told["/on"].startswith("Not in the form asked for.")
    assert told["/reference"].startswith("Not in the form asked for. The public reference")


def test_refusal_shows_the_first_problem_and_how_many_more():
    with pytest.raises(Refusal) as raised:
        validate(result(reference="7", on="yesterday"))
    assert str(raised.value).endswith("(2 more problems)")
    assert raised.value.errors.keys() == {"/on", "/reference"}


@pytest.mark.parametrize(
    "value", [0.5, 1.0, float("nan"), float("inf"), Decimal("0.60"), b"x", (1,), {1}, object()]
)
def test_validate_refuses_what_json_could_write_in_two_ways(value):
    assert "/threshold" in problems(result(threshold=value))


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "\ud800", "tail\n", "a\u2028b", "\x85"])
def test_validate_refuses_control_characters_and_broken_unicode(text):
    assert "/place/name" in problems(result(place={"name": text, "area": None}))


@pytest.mark.parametrize("key", ["a\nb", "\udfff", 7, None])
def test_validate_refuses_names_of_fields_that_are_not_plain_text(key):
    document = result()
    document["figures"][key] = 1
    assert "/figures" in problems(document)


def test_validate_refuses_numbers_beyond_what_every_reader_holds():
    assert problems(result(duration_minutes=2**60))["/duration_minutes"] == "The number is too large."


def test_validate_survives_deep_and_cyclic_documents():
    deep = result()
    deep["provenance"] = deep
    assert "Nested too deep." in problems(deep).values()


def test_validate_refuses_a_true_for_a_one():
    document = result()
    document["figures"]["alerts"] = True
    assert problems(document)["/figures/alerts"] == "Must be a whole number or null."


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_on": "2024-04-06"}, "/ends_on"),
        ({"ends_on": "2024-04-05"}, "/ends_on"),
        ({"started_at": "2024-04-06T23:30:00Z"}, "/started_at"),  # half past midnight on the 7th in London
        ({"ended_at": "2024-04-06T09:00:00Z"}, "/ended_at"),
        ({"started_at": "2024-04-06T25:00:00Z"}, "/started_at"),
        ({"started_at": "2024-04-06T11:00:00"}, "/started_at"),
        ({"on": "0001-01-01", "started_at": None}, "/on"),
    ],
)
def test_validate_refuses_dates_and_times_that_cannot_be(changes, pointer):
    assert pointer in problems(result(**changes))


def test_validate_accepts_a_deployment_past_midnight():
    validate(result(ends_on="2024-04-07", ended_at="2024-04-07T01:00:00+01:00"))


def test_validate_neither_mends_nor_blocks_contradicting_arithmetic():
    validate(result(figures={"alerts": 1, "true_alerts_confirmed": 5, "arrests": 40}))


def test_validate_refuses_an_address_that_is_not_a_web_page():
    printed = {
        "publisher": "Northmoor Police", "document": None, "url": "javascript:alert(1)", "sha256": None,
        "page": None, "row": 3, "printed": {"Alerts": "5"}, "corrections": [],
    }  # fmt: skip
    assert "/provenance/url" in problems(result(provenance=printed))
    validate(result(provenance=printed | {"url": "https://northmoor.example/lfr?year=2024"}))


def test_withdrawal_must_give_a_reason():
    withdrawal = schema(WITHDRAWAL)["examples"][0] | {"reason": "error"}
    assert problems(withdrawal) == {"/reason": "Must have at least 10 characters."}


# --- the canonical bytes ------------------------------------------------------------------------------------


def shuffled(value, rng):
    """The same value with the keys of every object in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        rng.shuffle(items)
        return {key: shuffled(inner, rng) for key, inner in items}
    if isinstance(value, list):
        return [shuffled(inner, rng) for inner in value]
    return value


def same(one, other):
    """Equal as JSON: unlike Python's, True is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(plain_documents, st.integers())
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(document, seed):
    assert canonical_bytes(shuffled(document, random.Random(seed))) == canonical_bytes(document)


@given(plain_documents)
def test_canonical_bytes_round_trip(document):
    data = canonical_bytes(document)
    assert same(parse(data), document)
    assert same(json.loads(data), document)


@given(plain_documents, plain_documents)
def test_canonical_bytes_differ_exactly_when_the_documents_differ(one, other):
    assert (canonical_bytes(one) == canonical_bytes(other)) == same(one, other)


@given(results(), st.data())
def test_canonical_bytes_of_a_result_change_with_any_figure(document, data):
    before = canonical_bytes(document)
    field = data.draw(st.sampled_from(FIGURES))
    document["figures"][field] = (document["figures"][field] or 0) + 1
    assert canonical_bytes(document) != before


def test_canonical_bytes_follow_rfc_8785():
    document = {"\u20ac": "Euro", "\r": 1} | {"1": "One", "\U0001f600": "Smile", "\u00f6": '\u00d6"\\/'}
    del document["\r"]
    assert canonical_bytes(document).decode() == (
        '{"1":"One","\u00f6":"\u00d6\\"\\\\/","\u20ac":"Euro","\U0001f600":"Smile"}'
    )


def test_canonical_bytes_sort_keys_by_utf_16_as_the_standard_asks():
    # U+FB33 sorts after U+1F600 there, because the latter is written as a surrogate pair.
    assert list(parse(canonical_bytes({"\ufb33": 1, "\U0001f600": 2}))) == ["\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"\xff", b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}',
        b'{"a":NaN}', b'{"a":"\\u0062"}', b'{"a":1}\n', b'\xef\xbb\xbf{"a":1}', b'{"a":1e2}', b'{"a":-0}',
        b"[" * 30_000,
    ],
)  # fmt: skip
def test_parse_refuses_bytes_that_are_not_canonical(data):
    with pytest.raises(InvalidDocument):
        parse(data)


def test_documents_too_large_for_the_log_are_refused():
    document = result(quality=[], provenance=None)
    printed = {f"Column {number}": "x" * 1000 for number in range(80)}
    document["provenance"] = {
        "publisher": "Northmoor Police", "document": None, "url": None, "sha256": None,
        "page": None, "row": None, "printed": printed, "corrections": [],
    }  # fmt: skip
    assert "at most 65535" in problems(document)[""]
    with pytest.raises(InvalidDocument):
        canonical_bytes(document)
    with pytest.raises(InvalidDocument):
        parse(b" " * (canonical.MAX_BYTES + 1))
