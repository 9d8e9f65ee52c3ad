"""Numbers, dates and what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.template import Context, Template

from design import numbers
from design.components import Shorthand


@dataclass
class Figure:
    number: float | None
    code: str | None = None
    marks: tuple[str, ...] = ()
    is_rate: bool = False


def draw(template: str, **context) -> str:
    return Template("{% load design %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (1234567, "1,234,567"), (Decimal("0.640"), "0.640"), (12.5, "12.5")]
)
def test_a_number_is_parted_by_commas(value, shown):
    assert draw("{{ value|number }}", value=value) == shown


def test_zero_is_shown_and_missing_is_never_zero():
    assert draw("{{ value|number }}", value=0) == "0"
    missing = draw("{{ value|number }}", value=None)
    assert "[x]" in missing
    assert "not available, or would mislead" in missing


def test_a_code_says_what_it_means_on_hover_and_aloud():
    shown = draw("{{ value|figure }}", value=Shorthand("z"))
    assert 'title="not applicable"' in shown
    assert '<span aria-hidden="true">[z]</span>' in shown
    assert '<span class="govuk-visually-hidden">not applicable</span>' in shown


def test_marks_stand_beside_the_number():
    shown = draw("{{ value|figure }}", value=Figure(1911, marks=("p", "e")))
    assert shown.startswith("1,911 ")
    assert shown.index("[p]") < shown.index("[e]")


def test_a_rate_is_a_percentage():
    assert draw("{{ value|figure }}", value=Figure(0.0123, is_rate=True)) == "1.2%"
    assert draw("{{ value|percent:2 }}", value=Decimal("0.01234")) == "1.23%"


def test_an_unknown_code_is_refused():
    with pytest.raises(ValueError):
        numbers.figure_html(Shorthand("?"))


def test_text_is_not_a_figure():
    with pytest.raises(TypeError):
        numbers.figure_html("twelve")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.time(9, 30), "9:30am"),
        (dt.time(17), "5pm"),
        (dt.time(0), "midnight"),
        (dt.time(12), "midday"),
        (dt.time(0, 5), "12:05am"),
        (dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC), "9:30am"),
    ],
)
def test_a_time_is_written_as_people_say_it_in_the_uk(value, shown):
    assert draw("{{ value|plain_time }}", value=value) == shown


def test_an_instant_is_shown_by_the_clock_in_the_uk():
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    assert draw("{{ at|moment }}", at=late) == "1 July 2026 at 12:30am"
    assert draw("{% when at %}", at=late) == (
        '<time datetime="2026-06-30T23:30:00+00:00">1 July 2026 at 12:30am</time>'
    )


def test_dates_are_written_in_full():
    day = dt.date(2026, 11, 22)
    assert draw("{{ d|plain_date }}, {{ d|short_date }}, {{ d|month }}", d=day) == (
        "22 November 2026, Sun 22 Nov 2026, November 2026"
    )


@pytest.mark.parametrize("name", ["plain_date", "short_date", "month", "plain_time", "moment", "or_blank"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_ever_blank(name, value):
    assert "Not provided" in draw("{{ value|" + name + " }}", value=value)


def test_a_cell_escapes_what_it_is_given():
    assert "<b>" not in draw("{{ value|cell }}", value="<b>bold</b>")
