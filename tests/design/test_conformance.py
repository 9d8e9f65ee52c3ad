"""Our templates against the examples that come with the components themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.design.conformance import DRAWN, lines

FIXTURES = Path(__file__).parent / "fixtures"
UNSUPPORTED = json.loads((FIXTURES / "unsupported.json").read_text(encoding="utf-8"))


def examples() -> list[Any]:
    return [
        pytest.param(component, example, id=f"{component}: {example['name']}")
        for component in UNSUPPORTED
        for example in json.loads((FIXTURES / f"{component}.json").read_text(encoding="utf-8"))["fixtures"]
    ]


@pytest.mark.parametrize(("component", "example"), examples())
def test_component_is_drawn_as_its_own_example(component, example):
    ours = DRAWN[component](example["options"])
    if component == "table":  # ours stands in a scroll region
        ours = ours[ours.index("<table") : ours.index("</table>") + len("</table>")]
    assert lines(ours) == lines(example["html"])


@pytest.mark.parametrize("component", UNSUPPORTED)
def test_every_component_has_an_example_that_it_matches(component):
    assert json.loads((FIXTURES / f"{component}.json").read_text(encoding="utf-8"))["fixtures"]


def test_every_component_that_we_draw_says_what_it_leaves_out():
    assert set(DRAWN) == set(UNSUPPORTED)
