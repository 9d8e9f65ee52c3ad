"""Fields that read what people write, and forms that say what is wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from design.forms import (
    DateField,
    DecimalField,
    FilterForm,
    Form,
    Look,
    TimeField,
    WholeNumberField,
    YesNoField,
)


def draw(template: str, **context) -> str:
    return Template("{% load design %}" + template).render(Context(context))


class Result(Form):
    place = forms.CharField(label="Place")
    faces = WholeNumberField(label="Faces seen", required=False)
    threshold = DecimalField(label="Threshold", required=False, max_value=1, decimal_places=3)
    on = DateField(label="Date of deployment")
    start = TimeField(label="Start time", required=False)
    is_shared = YesNoField(label="Was the van shared?")
    outcome = forms.ChoiceField(
        label="Outcome", widget=forms.RadioSelect, choices=[("ran", "It ran"), ("other", "Other")]
    )
    why = forms.CharField(label="Why", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    looks = {"outcome": Look(reveals={"other": ("why",)})}


GOOD = {
    "place": "Castle Street",
    "on-day": "4",
    "on-month": "december",
    "on-year": "2026",
    "is_shared": "no",
    "outcome": "ran",
}


def errors(**changed) -> dict[str, list[str]]:
    return Result({**GOOD, **changed}).errors


@pytest.mark.parametrize(
    ("written", "read"), [("1,234", 1234), (" 12 000 ", 12000), ("0", 0), ("", None), ("   ", None)]
)
def test_a_count_is_read_as_people_write_it(written, read):
    form = Result({**GOOD, "faces": written})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["faces"] == read
    assert (form.cleaned_data["faces"] == 0) is (read == 0)


@pytest.mark.parametrize("written", ["many", "1.5", "1e9", "-", "٣", "9" * 400])
def test_a_count_that_is_none_says_so(written):
    assert errors(faces=written)["faces"] == ["Faces seen must be a whole number, like 1234"]


def test_a_count_has_limits():
    assert errors(faces="-1")["faces"] == ["Faces seen must be 0 or more"]
    assert errors(faces="3,000,000,000")["faces"] == ["Faces seen must be 2,147,483,647 or fewer"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("NaN", "Threshold must be a number, like 0.64"),
        ("Infinity", "Threshold must be a number, like 0.64"),
        ("1e-3", "Threshold must be a number, like 0.64"),
        ("0.6401", "Threshold must have no more than 3 decimal places"),
        ("1.1", "Threshold must be 1 or less"),
    ],
)
def test_a_decimal_says_what_is_wrong(written, problem):
    assert errors(threshold=written)["threshold"] == [problem]


def test_a_decimal_is_read_exactly():
    form = Result({**GOOD, "threshold": ".64"})
    assert form.is_valid()
    assert form.cleaned_data["threshold"] == Decimal("0.64")


@pytest.mark.parametrize("month", ["12", "dec", "Dec.", "December"])
def test_a_month_may_be_a_number_or_a_name(month):
    form = Result({**GOOD, "on-month": month})
    assert form.is_valid()
    assert form.cleaned_data["on"] == dt.date(2026, 12, 4)


@pytest.mark.parametrize(
    ("parts", "problem", "leads_to"),
    [
        (("", "", ""), "Enter date of deployment", "day"),
        (("4", "12", ""), "Date of deployment must include a year", "year"),
        (("4", "", ""), "Date of deployment must include a month and year", "month"),
        (("4", "12", "26"), "Year must include 4 numbers", "year"),
        (("31", "2", "2026"), "Date of deployment must be a real date", "day"),
        (("4", "13", "2026"), "Date of deployment must be a real date", "month"),
        (("4", "ju", "2026"), "Date of deployment must be a real date", "month"),
        (("first", "12", "2026"), "Date of deployment must be a real date", "day"),
    ],
)
def test_a_date_says_which_part_is_wrong_and_leads_there(parts, problem, leads_to):
    form = Result({**GOOD, **dict(zip(("on-day", "on-month", "on-year"), parts, strict=True))})
    assert form.errors["on"] == [problem]
    assert form["on"].error_href == f"#id_on-{leads_to}"
    assert f'id="id_on-{leads_to}"' in form["on"].as_field_group()


def test_what_was_typed_stays_in_the_boxes():
    drawn = Result({**GOOD, "on-day": "31", "on-month": "feb"})["on"].as_field_group()
    assert 'value="31"' in drawn
    assert 'value="feb"' in drawn


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9:30am", dt.time(9, 30)),
        ("9.30 AM", dt.time(9, 30)),
        ("5pm", dt.time(17)),
        ("17:15", dt.time(17, 15)),
        ("0930", dt.time(9, 30)),
        ("12am", dt.time(0)),
        ("12:05pm", dt.time(12, 5)),
        ("midday", dt.time(12)),
        ("midnight", dt.time(0)),
    ],
)
def test_a_time_is_read_as_people_write_it(written, read):
    form = Result({**GOOD, "start": written})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["start"] == read


@pytest.mark.parametrize("written", ["25:00", "9", "13pm", "noonish", "9:60", "0am"])
def test_a_time_that_is_none_or_may_be_two_says_so(written):
    assert errors(start=written)["start"] == ["Start time must be a time, like 9:30am or 17:15"]


@pytest.mark.parametrize(("written", "read"), [("yes", True), ("no", False)])
def test_no_is_not_the_same_as_no_answer(written, read):
    form = Result({**GOOD, "is_shared": written})
    assert form.is_valid()
    assert form.cleaned_data["is_shared"] is read
    assert errors(is_shared="")["is_shared"] == ["Answer the question: Was the van shared?"]


def test_an_empty_form_says_what_to_do_in_every_field():
    form = Result({})
    assert form.errors == {
        "place": ["Enter place"],
        "on": ["Enter date of deployment"],
        "is_shared": ["Answer the question: Was the van shared?"],
        "outcome": ["Select outcome"],
    }


def test_the_summary_lists_every_error_with_the_words_beside_the_field():
    form = Result({})
    form.add_error(None, "True and false alerts do not add up.")
    page = draw("{% error_summary %}|{% error_prefix %}|{{ form }}", form=form)
    summary, prefix, fields = page.split("|")
    assert prefix == "Error: "
    assert "There is a problem" in summary
    assert "<li>True and false alerts do not add up.</li>" in summary
    for name, said in form.errors.items():
        if name != "__all__":
            assert f'<a href="{form[name].error_href}">{said[0]}</a>' in summary
            assert f'id="{form[name].error_href[1:]}"' in fields
            assert said[0] in fields


def test_a_page_without_errors_has_neither_summary_nor_prefix():
    assert draw("{% error_summary %}{% error_prefix %}", form=Result()) == "\n"
    assert draw("{% error_summary %}{% error_prefix %}", form=Result(GOOD)) == "\n"


def test_a_formset_reports_the_errors_of_all_its_forms():
    rows = forms.formset_factory(Result, extra=1)
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-MIN_NUM_FORMS": "0",
        "form-MAX_NUM_FORMS": "9",
    }
    summary = draw("{% error_summary %}", formset=rows(data))
    assert '<a href="#id_form-0-place">' in summary
    assert '<a href="#id_form-1-on-day">' in summary


def test_what_a_choice_reveals_is_drawn_once_under_it():
    drawn = draw("{{ form }}", form=Result())
    assert drawn.count('name="why"') == 1
    assert drawn.index('name="why"') > drawn.index('id="conditional-id_outcome-2"')


def test_an_answer_that_may_be_left_out_says_so():
    assert "Faces seen (optional)" in draw("{{ form }}", form=Result())
    assert "Place (optional)" not in draw("{{ form }}", form=Result())
    assert "(optional)" not in draw("{% field form.faces optional=False %}", form=Result())


def test_a_look_can_be_given_in_the_template():
    drawn = draw('{% field form.faces width=5 suffix="people" label_size="m" heading=True %}', form=Result())
    assert "govuk-input--width-5" in drawn
    assert '<h1 class="govuk-label-wrapper"><label class="govuk-label govuk-label--m"' in drawn
    assert 'aria-hidden="true">people</div>' in drawn


def test_what_people_wrote_is_escaped():
    drawn = draw("{{ form }}", form=Result({"place": '"><script>alert(1)</script>'}))
    assert "<script>" not in drawn


def test_a_bare_field_is_left_to_django_for_the_stock_admin():
    assert "govuk" not in str(Result()["place"])


def test_a_stock_form_is_drawn_as_well():
    class Stock(forms.Form):
        name = forms.CharField()
        at = forms.SplitDateTimeField()

    drawn = draw("{{ form }}", form=Stock({}))
    assert 'class="govuk-input govuk-input--error" id="id_name"' in drawn
    assert 'name="at_0"' in drawn


class Filters(FilterForm):
    force = forms.ChoiceField(label="Force", choices=[("", "All"), ("northmoor", "Northmoor Police")])
    year = forms.MultipleChoiceField(
        label="Year", choices=[("2025", "2025"), ("2026", "2026")], widget=forms.CheckboxSelectMultiple
    )
    since = DateField(label="Since")


def test_filters_without_an_answer_keep_everything():
    filters = Filters(QueryDict(""))
    assert filters.is_valid()
    assert filters.chips() == []


def test_each_filter_in_force_is_a_chip_that_takes_it_away():
    query = (
        "force=northmoor&year=2025&year=2026&since-day=1&since-month=2&since-year=2026&after=xyz&sort=date"
    )
    chips = Filters(QueryDict(query)).chips()
    assert [(chip.name, chip.value) for chip in chips] == [
        ("Force", "Northmoor Police"),
        ("Year", "2025"),
        ("Year", "2026"),
        ("Since", "1 February 2026"),
    ]
    assert chips[0].href == "?year=2025&year=2026&since-day=1&since-month=2&since-year=2026&sort=date"
    assert chips[1].href == "?force=northmoor&year=2026&since-day=1&since-month=2&since-year=2026&sort=date"
    assert chips[3].href == "?force=northmoor&year=2025&year=2026&sort=date"


def test_clearing_filters_keeps_what_else_the_address_says():
    assert Filters(QueryDict("force=northmoor&sort=date&after=xyz")).clear_address == "?sort=date"


def test_a_filter_that_makes_no_sense_is_an_error_like_any_other():
    summary = draw("{% error_summary %}", filters=Filters(QueryDict("force=nowhere")))
    assert "There is a problem" in summary
    assert 'href="#filter-force"' in summary
