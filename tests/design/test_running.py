"""Running sums drawn on the server."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template

from design.running import RunningChart


def chart(**changed) -> RunningChart:
    given = {
        "id": "arrests",
        "title": "It comes to 1,343",
        "subtitle": "Running sum of arrests",
        "series": ["Own records", "Other sources"],
        "steps": {date(2020, 2, 1): (1, 0), date(2025, 5, 1): (960, 20), date(2025, 9, 1): (960, 474)},
        "last": date(2025, 9, 30),
        "value": 1343,
        "value_name": "Claimed",
        "label_name": "Month",
        "total_name": "Both",
    }
    return RunningChart(**{**given, **changed})


def drawn(given: RunningChart) -> str:
    return Template("{% load design %}{% bar_chart chart %}").render(Context({"chart": given}))


def test_nothing_is_drawn_outside_the_picture_and_parts_stand_on_each_other():
    for given in (
        chart(),
        chart(series=["Own"], steps={date(2025, 9, 1): (3,)}, value=10**9),
        chart(value=1),
    ):
        for drawing in (given.wide, given.narrow):
            for box in drawing.boxes:
                assert 0 <= float(box["x"]) <= float(box["x"]) + float(box["width"]) <= drawing.width
                assert 0 <= float(box["y"]) <= float(box["y"]) + float(box["height"]) <= drawing.height
            for words in drawing.texts:
                assert 0 <= float(words["y"]) <= drawing.height
    own, other = chart().wide.boxes[-3:-1]
    assert float(other["y"]) + float(other["height"]) == pytest.approx(float(own["y"]), abs=0.2)


def test_the_value_is_a_line_across_that_nothing_hides():
    assert chart().wide.boxes[-1]["kind"] == "c3"
    assert ("c3", "Claimed") in chart().legend


def test_the_table_beside_it_has_each_part_and_the_sum():
    assert chart().table.rows[-1] == ["September 2025", 960, 474, 1434]
    assert "September 2025: Own records: 960, Other sources: 474. Claimed: 1,343" in drawn(chart())


def test_a_chart_without_steps_or_with_uneven_ones_is_refused():
    for steps in ({}, {date(2020, 2, 1): (1,)}):
        with pytest.raises(ValueError, match=r"running sum|each part"):
            chart(steps=steps)
