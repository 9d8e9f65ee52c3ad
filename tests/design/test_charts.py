"""Charts drawn on the server."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template

from design.charts import LETTER, Bar, BarChart
from design.components import Shorthand
from design.intervals import IntervalChart, Point


def chart(**changed) -> BarChart:
    given = {
        "id": "by-year",
        "title": "Most happened lately",
        "subtitle": "Deployments by year",
        "series": ["Deployments"],
        "bars": [Bar("2024", [180], "/deployments/?year=2024"), Bar("2025", [None]), Bar("2026", [0])],
        "label_name": "Year",
    }
    return BarChart(**{**given, **changed})


def drawn(given: BarChart) -> str:
    return Template("{% load design %}{% bar_chart chart %}").render(Context({"chart": given}))


def test_missing_is_a_code_and_zero_is_a_zero_and_neither_has_a_bar():
    wide = chart().wide
    assert len(wide.boxes) == 1
    assert {"180", "[x]", "0"} <= {text["words"] for text in wide.texts}


def test_both_drawings_have_a_role_a_title_and_the_values_in_words():
    page = drawn(chart())
    assert page.count('role="img"') == 2
    assert page.count("<title id=") == 2
    assert "2024: 180; 2025: not available, or would mislead; 2026: 0" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_table_beside_it_leads_to_the_records():
    assert '<a class="govuk-link" href="/deployments/?year=2024">2024</a>' in drawn(chart())


def test_two_series_are_dark_blue_and_orange():
    stacked = chart(
        series=["True", "False"], bars=[Bar("2025", [1408, 28]), Bar("2026", [Shorthand("z"), 13])]
    )
    assert {box["kind"] for box in stacked.wide.boxes} == {"c1", "c4"}
    assert "1,408 true, 28 false" in {text["words"] for text in stacked.wide.texts}


def test_nothing_is_drawn_outside_the_picture():
    for width in ("wide", "narrow"):
        for given in (
            chart(),
            chart(series=["True", "False"], bars=[Bar("A very long label indeed", [9e6, 8e6])]),
        ):
            drawing = getattr(given, width)
            for box in drawing.boxes:
                assert 0 <= float(box["x"]) <= float(box["x"]) + float(box["width"]) <= drawing.width
                assert 0 <= float(box["y"]) <= float(box["y"]) + float(box["height"]) <= drawing.height


@pytest.mark.parametrize("most", [0, 0.4, 1, 7, 99, 282, 902_748, 10**9])
def test_the_scale_is_round_and_reaches_the_longest_bar(most):
    words = [
        text["words"] for text in chart(bars=[Bar("2026", [most])]).wide.texts if "muted" in text["kind"]
    ]
    ticks = [float(word.replace(",", "")) for word in words]
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"series": []},
        {"series": ["a", "b", "c", "d", "e"], "bars": []},
        {"bars": [Bar("2026", [1, 2])]},
        {"bars": [Bar("2026", [-1])]},
    ],
)
def test_a_chart_that_cannot_be_read_is_refused(wrong):
    with pytest.raises(ValueError):
        chart(**wrong)


def test_a_label_that_would_run_into_its_bar_stands_above_it():
    named = chart(bars=[Bar("Avon and Somerset Constabulary", [5]), Bar("Kent Police", [3])])
    for drawing in (named.wide, named.narrow):
        labels = [each for each in drawing.texts if each["words"][0] in "AK"]
        assert len(labels) == 2
        for words, box in zip(labels, drawing.boxes, strict=True):
            ends = float(words["x"]) + len(words["words"]) * LETTER
            assert ends <= float(box["x"]) or float(words["y"]) <= float(box["y"]), (words, box)


def intervals(*points):
    return IntervalChart(
        id="rates",
        title="1 in 48 was false",
        subtitle="Rates by year",
        measure="Rate",
        points=points,
        label_name="Year",
    )


def test_a_rate_is_drawn_with_its_interval_and_said_in_words():
    made = intervals(
        Point("2023", 0.034, 0.004, 0.119, "2 of 58, 3.4% (0.42% to 11.9%)", "/x"),
        Point("2024", None, None, None, "[x] not available"),
    )
    for drawing, lines in ((made.wide, 2), (made.narrow, 4)):
        bar, point = drawing.boxes
        assert float(bar["x"]) < float(point["x"]) < float(bar["x"]) + float(bar["width"])
        said = [each["words"] for each in drawing.texts if "muted" not in each["kind"]]
        assert "[x] not available" in " ".join(said)
        assert len(said) == lines
        for box in drawing.boxes:
            assert float(box["x"]) >= 0
            assert float(box["x"]) + float(box["width"]) <= drawing.width
    assert [each["words"] for each in made.wide.texts if "middle" in each["kind"]] == [
        "0%",
        "5%",
        "10%",
        "15%",
    ]
    assert made.description == "2023: 2 of 58, 3.4% (0.42% to 11.9%); 2024: [x] not available"
    assert [row[1] for row in made.table.rows] == ["2 of 58, 3.4% (0.42% to 11.9%)", "[x] not available"]


def test_a_drawing_of_rates_without_any_number_is_no_fault():
    assert intervals().wide.boxes == []
    assert intervals(Point("2024", 0.0, None, None, "0 of 0")).narrow.boxes
