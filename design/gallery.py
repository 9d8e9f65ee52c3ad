"""Every component on one page, to be looked at. Made-up figures of made-up forces; reads no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from design.charts import Bar, BarChart
from design.components import Column, Event, Link, NavItem, Row, Shorthand, Step, Table, Task
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
from design.intervals import IntervalChart, Point


class GalleryForm(Form):
    """One field of each kind."""

    place = forms.CharField(label="Place", help_text="As the public would name it, like Station Road")
    faces = WholeNumberField(label="Faces seen", help_text="An estimate will do", required=False)
    threshold = DecimalField(label="Threshold", min_value=0, max_value=1, decimal_places=3)
    cost = DecimalField(label="Cost", required=False, decimal_places=2)
    on = DateField(
        label="Date of deployment", help_text="For example, 27 3 2026", min_value=dt.date(2015, 1, 1)
    )
    start = TimeField(label="Start time", help_text="For example, 9:30am or 17:15")
    email = forms.EmailField(label="E-mail address", required=False)
    algorithm = forms.ChoiceField(
        label="Algorithm",
        choices=[("", "Choose one"), ("a", "NeoScan 4.2"), ("b", "Argus 2")],
        required=False,
    )
    outcome = forms.ChoiceField(
        label="What came of it?",
        widget=forms.RadioSelect,
        choices=[
            ("ran", "It ran as planned"),
            ("aborted", "It was stopped early"),
            ("none", "It never started"),
        ],
    )
    why = forms.CharField(label="Why was it stopped?", required=False)
    is_shared = YesNoField(label="Was the van shared with another force?")
    groups = forms.MultipleChoiceField(
        label="Who was on the watchlist?",
        help_text="Select all that apply",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("warrant", "Wanted on warrant"),
            ("missing", "Missing people"),
            ("order", "Under a court order"),
        ],
    )
    remarks = forms.CharField(label="Remarks", widget=forms.Textarea, max_length=200, required=False)
    document = forms.FileField(
        label="Equality impact assessment", help_text="A PDF of up to 10 MB", required=False
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    confirmed = forms.BooleanField(
        label="I have checked these figures against the log", help_text="A second person will check them too"
    )
    token = forms.CharField(widget=forms.HiddenInput, initial="hidden", required=False)

    looks = {
        "faces": Look(width=10),
        "threshold": Look(width=5),
        "cost": Look(width=10, prefix="£", suffix="a day"),
        "start": Look(width=5),
        "email": Look(width="two-thirds", autocomplete="email"),
        "outcome": Look(
            label_size="m",
            hints={"ran": "To the planned end, or near it"},
            reveals={"aborted": ("why",)},
            divider_before="none",
        ),
        "is_shared": Look(inline=True),
        "groups": Look(small=True),
        "remarks": Look(rows=3),
        "password": Look(width=20),
    }


class GalleryFilters(FilterForm):
    force = forms.ChoiceField(
        label="Force",
        choices=[("", "All forces"), ("northmoor", "Northmoor Police"), ("eastvale", "Eastvale Police")],
    )
    year = forms.MultipleChoiceField(
        label="Year",
        choices=[("2025", "2025"), ("2026", "2026")],
        widget=forms.CheckboxSelectMultiple(),
    )
    place = forms.CharField(label="Place")
    looks = {"year": Look(small=True), "place": Look(width=10)}


@dataclass(frozen=True)
class _Marked:
    number: int
    marks: tuple[str, ...]
    code: None = None


@dataclass(frozen=True)
class _MadeUp:
    name: str = "Northmoor Police"
    realm: str = "demonstration"


def _parts() -> dict[str, Any]:
    years = [
        (str(year), count)
        for year, count in zip(
            range(2015, 2027), (1, 4, 14, 22, 11, 8, 2, 9, 79, 181, 282, None), strict=True
        )
    ]
    at = dt.datetime(2026, 11, 21, 9, 12, tzinfo=dt.UTC)
    return {
        "force": _MadeUp(),
        "rows": [
            Row("Place", "Castle Street", "#place", "place"),
            Row("Date", dt.date(2026, 12, 4), "#date", "date"),
            Row("Faces seen", 14200, "#faces", "faces seen"),
            Row("Algorithm", Link("NeoScan 4.2 at 0.64", "#algorithm")),
            Row("Conditions", None, "#conditions", "conditions"),
            Row("Alerts", Shorthand("z")),
        ],
        "strip": [
            Row("Published", "9:30am, 20 November 2026"),
            Row("Next update", "9:30am, 19 February 2027"),
            Row("Coverage", "Records from 2 of 43 forces"),
            Row("Contact", Link("Statistics team", "#contact")),
        ],
        "table": Table(
            "Deployments by force, 2026",
            [
                Column("Force"),
                Column("Deployments", numeric=True),
                Column("Faces seen", numeric=True),
                Column("False alerts", numeric=True),
                Column("Last", nowrap=True),
            ],
            [
                [Link("Northmoor Police", "#n"), 14, _Marked(142000, ("e",)), 1, dt.date(2026, 11, 9)],
                [Link("Eastvale Police", "#e"), 3, Shorthand("x"), 0, dt.date(2026, 10, 2)],
                ["Westmere Police", Shorthand("z"), Shorthand("z"), Shorthand("c"), None],
            ],
            sortable=True,
        ),
        "empty": Table("Notices", [Column("Place"), Column("When")], [], caption_hidden=True),
        "tasks": [
            Task(
                "Objective and legal basis",
                "Completed",
                "#1",
                "Wanted on warrant: robbery and serious violence",
            ),
            Task(
                "Algorithm and threshold",
                "Check",
                "#2",
                "Below the national minimum of 0.64",
                colour="yellow",
            ),
            Task("Van and people", "In progress", "#3", colour="teal"),
            Task("Public notice", "Incomplete", "#4", colour="blue"),
            Task(
                "Send to authorising officer",
                "Cannot start yet",
                "#5",
                "Superintendent or above",
                blocked=True,
            ),
        ],
        "events": [
            Event(
                "Public notice published", at, "Insp R Okafor", href="#1", link="NM-2026-015 Northmoor Arena"
            ),
            Event("Authority granted", at - dt.timedelta(hours=15), "Supt J Whitcombe", "With 2 conditions."),
            Event("Test result added", dt.date(2026, 11, 18), "National centre"),
        ],
        "steps": [
            Step("Plan", "done"),
            Step("Authorise", "now"),
            Step("Notify"),
            Step("Deploy"),
            Step("Record"),
            Step("Publish"),
        ],
        "sub": [NavItem("Plan", "#a", True), NavItem("Results", "#b"), NavItem("History", "#c")],
        "columns": BarChart(
            id="by-year",
            title="Three in four deployments happened in the last two years",
            subtitle="Number of deployments, made-up forces, 2015 to 2026",
            series=["Deployments"],
            bars=[Bar(year, [count], f"#{year}") for year, count in years],
            label_name="Year",
            source="made up for this page",
            downloads=[Link("Deployments by year (CSV, 1 kB)", "#csv")],
        ),
        "stacked": BarChart(
            id="alerts",
            title="1 in 147 alerts was false in 2026, compared with 1 in 51 in 2025",
            subtitle="Alerts by outcome, made-up forces",
            series=["True", "False"],
            bars=[Bar("2025", [1408, 28]), Bar("2026", [1898, _Marked(13, ("p",))])],
            label_name="Year",
            source="made up for this page",
        ),
        "intervals": IntervalChart(
            id="rates",
            title="0.68% of alerts were false in 2026, compared with 1.9% in 2025",
            subtitle="False alerts out of alerts, made-up forces",
            measure="False alerts out of alerts",
            points=[
                Point("2024", None, None, None, "2 of 21, 9.5% (1.2% to 30.4%) [u]"),
                Point("2025", 0.0195, 0.013, 0.0281, "28 of 1,436, 1.9% (1.3% to 2.8%)", "#2025"),
                Point("2026", 0.0068, 0.0036, 0.0116, "13 of 1,911, 0.68% (0.36% to 1.2%)", "#2026"),
            ],
            label_name="Year",
            source="made up for this page",
        ),
        "marked": _Marked(1911, ("p", "e")),
        "unknown": Shorthand("x"),
        "share": Decimal("0.0123"),
        "at": at,
        "day": dt.date(2026, 11, 22),
        "midday": dt.time(12),
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """The page. `?errors` shows the form with every error, `?message` the outcome of an action."""
    wrong = {
        "faces": "many",
        "threshold": "2",
        "on-day": "31",
        "on-month": "2",
        "on-year": "2026",
        "start": "25:00",
    }
    form = GalleryForm(wrong if "errors" in request.GET else None)
    if "message" in request.GET and hasattr(request, "_messages"):
        messages.success(request, "NM-2026-014 is published.")
        messages.warning(request, "The notice for Castle Street is due by 27 November.")
    layout = request.GET.get("layout", "public")
    layout = layout if layout in {"public", "portal", "national", "plain"} else "public"
    return render(
        request,
        "design/gallery.html",
        {
            **_parts(),
            "form": form,
            "filters": GalleryFilters(request.GET),
            "layout": f"design/layouts/{layout}.html",
        },
    )
