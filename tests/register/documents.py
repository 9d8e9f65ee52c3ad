"""Valid documents for tests, and strategies that make them."""

import copy
from datetime import date
from typing import Any

from hypothesis import strategies as st

from register.canonical import RESULT, schema

FIGURES = tuple(schema(RESULT)["properties"]["figures"]["properties"])
ABSENCES = ("not_published", "not_applicable", "misleading")


def result(**changes: Any) -> dict[str, Any]:
    """The schema's own example with some fields changed; `figures=` changes only the figures it names."""
    document = copy.deepcopy(schema(RESULT)["examples"][0])
    figures = changes.pop("figures", {})
    document |= changes
    for field, number in figures.items():
        document["figures"][field] = number
        if number is None:
            document["absent"].setdefault(field, {"code": "not_published", "why": "Not in the source."})
        else:
            document["absent"].pop(field, None)
    return document


def with_absent(document: dict[str, Any], code: str, *fields: str) -> dict[str, Any]:
    """The document without these figures, and with the code that says why."""
    for field in fields:
        document["figures"][field] = None
        document["absent"][field] = {"code": code, "why": "Said by the test."}
    return document


plain_text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029"),
    max_size=20,
)

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=20,
)
plain_documents = st.dictionaries(plain_text, plain_values, max_size=6)


@st.composite
def results(draw: st.DrawFn, **fixed: Any) -> dict[str, Any]:
    """Any valid result, with the fields in `fixed` as given."""
    aborted = draw(st.booleans()) if "status" not in fixed else fixed["status"] == "aborted"
    document = result(
        status="aborted" if aborted else "completed",
        abort_reason=draw(st.none() | st.just("Technical fault")) if aborted else None,
        started_at=None,
        ended_at=None,
        on=draw(st.dates(min_value=date(2020, 1, 1), max_value=date(2027, 1, 1))).isoformat(),
        duration_minutes=draw(st.none() | st.integers(0, 1000)),
        arithmetic=[],
    )
    document["absent"] = {}
    codes = (*ABSENCES, "aborted") if aborted else ABSENCES
    for field in FIGURES:
        number = draw(st.none() | st.integers(0, 300))
        document["figures"][field] = number
        if number is None:
            document["absent"][field] = {"code": draw(st.sampled_from(codes)), "why": "Said by the test."}
    return document | fixed
