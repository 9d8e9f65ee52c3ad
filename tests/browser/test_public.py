"""The public register in a real Chromium, on the published records that come with the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page

from coordination.collation.published.tables import TABLES
from coordination.collation.rebuilding import rebuild
from forces.clock import db_now
from forces.models import Force
from register import actions
from register.models import Head
from tests.browser.checks import assert_no_sideways_scroll, at_width, look_at, press, touch
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.notices import DEFERRAL, cancelled, change, deferred, tell
from tests.people import make_force, make_national
from tests.records import enter, redact

pytestmark = pytest.mark.commits

# Pages of which docs/screenshots/ holds a picture.
PICTURED = {
    *(
        "home",
        "statistics",
        "deployments",
        "deployments-total",
        "deployments-wrong-filter",
        "record",
        "forces",
    ),
    *("force", "methods", "data", "demonstration-statistics", "redacted", "withdrawn", "revisions"),
    *(each.code for each in TABLES),
    *("notices", "notices-none", "notices-calendar", "notice", "notice-deferred"),
    *("table-wrong-filter", "table-other-sources", "demonstration-table"),
}


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    """Pages and API on the national record, counted, and on a made-up force's. One for all tests here."""
    with own_database(django_db_blocker):
        call_command("load_reference", verbosity=0)
        for force in Force.objects.filter(pk__in=Head.objects.values("force")):
            rebuild(force)
        northmoor = make_force("X-TEST", "northmoor-test", "Northmoor Test Police", realm="demonstration")
        for month in (3, 4, 5):
            place = {"name": "Market Square", "area": "Northmoor"}
            enter(northmoor, on=f"2024-{month:02}-11", place=place)
        connection.close()
        with serving_the_site() as address:
            yield address


def made_up_cases() -> dict[str, str]:
    """A corrected, a withdrawn, a redacted and an aborted record, and one with names too long for a phone."""
    force = Force.objects.get(slug="northmoor-test")
    corrected, withdrawn, gone = (enter(force, on=f"2024-06-{day:02}") for day in (1, 2, 3))
    actions.correct(
        {**corrected, "on": "2024-07-01"},
        force=force,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="The month was misread.",
    )
    actions.withdraw(
        withdrawn["reference"], force=force, by=None, at=db_now(), reason="It was recorded twice by mistake."
    )
    redact(force, gone["reference"], by=make_national("national_lead"))
    aborted = enter(
        force,
        status="aborted",
        abort_reason="Technical fault",
        figures={"alerts": None, "arrests": None},
        absent={
            field: {"code": "aborted", "why": "It was stopped before it began."}
            for field in ("alerts", "arrests")
        },
    )
    long = enter(
        force, place={"name": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3, "area": None}
    )
    named = {
        "corrected": corrected,
        "withdrawn": withdrawn,
        "redacted": gone,
        "aborted": aborted,
        "long": long,
    }
    return {name: document["reference"] for name, document in named.items()}


def test_every_public_page_is_fit_to_read(page: Page, service: str) -> None:
    corrected_date = Head.objects.get(on="2024-07-11", place__startswith="Dalston")
    pages = {
        "home": "/",
        "statistics": "/statistics/",
        **{each.code: f"/statistics/{each.code}/" for each in TABLES},
        "table-wrong-filter": "/statistics/deployments-by-year/?from=2025&to=2020&colour=red",
        "table-other-sources": "/statistics/deployments-by-year/?tier=secondary",
        "table-none": "/statistics/deployments-by-month/?from=2030",
        "deployments": "/deployments/",
        "deployments-total": "/deployments/?year=2024&force=metropolitan&tier=primary&measure=arrests",
        "deployments-by-facet": "/deployments/?use_case=not_published&watchlist=not_published&tier=secondary",
        "deployments-wrong-filter": "/deployments/?yeer=2024&tier=x",
        "deployments-none": "/deployments/?year=2019",
        "deployments-words": "/deployments/?q=croydon+hotspot&false_alerts=some",
        "deployments-words-wrong": "/deployments/?q=the&sort=luck",
        "record": f"/deployments/{corrected_date.reference}/",
        "forces": "/forces/",
        "force": "/forces/metropolitan/",
        "force-without-records": "/forces/cumbria/",
        "methods": "/methods/",
        "data": "/data/",
        "revisions": "/revisions/",
        "revisions-none": "/revisions/?year=2019",
        "revisions-wrong-filter": "/revisions/?yeer=2024",
        "contact": "/contact/",
        "accessibility": "/accessibility/",
        "privacy": "/privacy/",
        "cookies": "/cookies/",
        "demonstration-statistics": "/demonstration/statistics/",
        "demonstration-table": "/demonstration/statistics/deployments-by-month/",
        "problem": "/api/problems/wrong-parameter",
    }
    for name, path in pages.items():
        look_at(page, f"{service}{path}", f"public-{name}" if name in PICTURED else "")
    for name, reference in made_up_cases().items():
        picture = f"public-record-{name}" if name in PICTURED else ""
        look_at(page, f"{service}/demonstration/deployments/{reference}/", picture)
    look_at(page, f"{service}/demonstration/revisions/", "public-revisions-demonstration")


def made_up_notices() -> dict[str, str]:
    """A notice with much to say, a cancelled one and a deferred one, each by its reference."""
    force = Force.objects.get(slug="northmoor-test")
    starts = db_now().replace(hour=21, minute=0, second=0, microsecond=0) + timedelta(days=1)
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
    full = tell(
        force,
        starts_at=starts,
        place={"name": "Market Square", "area": "Northmoor"},
        short_notice={"latest": starts.isoformat(), "reason": "The threat was learnt of the day before."},
        overrides=[{"requirement": "test", "title": long, "reason": long, "rank": "Chief constable"}],
        deferral=dict(DEFERRAL),
    )
    gone = tell(force, starts_at=starts, place={"name": long, "area": None})
    change(force, cancelled(gone), "The van broke down.")
    withheld = tell(force, deferred(force, starts_at=starts))
    return {
        "notice": full["reference"],
        "notice-cancelled": gone["reference"],
        "notice-deferred": withheld["reference"],
    }


def test_notices_are_fit_to_read(page: Page, service: str) -> None:
    told = made_up_notices()
    pages = {
        "notices-none": "/notices/",
        "notices": "/demonstration/notices/",
        "notices-wrong-filter": "/notices/?force=nobody",
        "notices-calendar": f"/demonstration/notices/calendar/?month={db_now() + timedelta(days=1):%Y-%m}",
        **{name: f"/demonstration/notices/{reference}/" for name, reference in told.items()},
    }
    for name, path in pages.items():
        look_at(page, f"{service}{path}", f"public-{name}" if name in PICTURED else "")


def test_a_notice_is_found_and_followed_without_javascript(without_javascript: Page, service: str) -> None:
    page = without_javascript
    page.goto(f"{service}/notices/")
    page.get_by_label("Force").select_option("metropolitan")
    press(page.get_by_role("button", name="Apply filters"))
    assert page.get_by_text("Metropolitan Police Service has published no notice").is_visible()
    assert (
        page.get_by_role("link", name="Follow in your own calendar")
        .get_attribute("href")
        .startswith("webcal:")
    )
    with page.expect_download() as download:
        touch(page.get_by_role("link", name="Download as a calendar file"))
    assert download.value.suggested_filename == "notices-metropolitan.ics"


def test_a_stranger_comes_from_a_total_to_its_records_and_back(page: Page, service: str) -> None:
    page.goto(f"{service}/statistics/")
    press(page.get_by_role("link", name="Deployments by year", exact=True))
    for name, years in (
        ("Deployments, faces and alerts", {"2023": ("23", "326,392"), "2024": ("180", "902,748")}),
        ("Arrests and other action", {"2023": ("34",), "2024": ("575",)}),
    ):
        table = page.get_by_role("table", name=name, exact=True)
        for year, figures in years.items():
            shown = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=year)).inner_text()
            for figure in figures:
                assert figure in shown, (year, shown)
    press(table.get_by_role("link", name="575"))
    page.get_by_text("Matches", exact=True).wait_for()
    assert page.get_by_text("The statistics say 575.").is_visible()
    assert page.get_by_role("heading", name="180 records").is_visible()
    press(page.get_by_role("link", name="Back to the statistics"))
    assert page.url.endswith("/statistics/deployments-by-year/#table")


def test_everything_works_without_javascript(without_javascript: Page, service: str) -> None:
    page = without_javascript
    page.goto(f"{service}/deployments/")
    page.get_by_label("Force").select_option("metropolitan")
    page.get_by_label("Year").select_option("2023")
    page.get_by_label("Source").select_option("primary")
    press(page.get_by_role("button", name="Apply filters"))
    assert page.get_by_role("heading", name="23 records").is_visible()
    press(page.get_by_role("link", name="Remove this filter: Year: 2023"))
    assert page.get_by_role("heading", name="286 records").is_visible()
    press(page.get_by_role("link", name="Next page"))
    assert "after=" in page.url
    page.goto(f"{service}/")
    page.get_by_label("Force", exact=True).select_option("metropolitan")
    press(page.get_by_role("button", name="Show this force"))
    assert page.get_by_role("heading", name="Metropolitan Police Service", level=1).is_visible()
    page.goto(f"{service}/statistics/deployments-by-year/")
    page.get_by_label("Force", exact=True).select_option("metropolitan")
    page.get_by_label("From year").select_option("2023")
    press(page.get_by_role("button", name="Apply filters"))
    assert (
        page.get_by_role("heading", level=1).inner_text().endswith("Metropolitan Police Service, from 2023")
    )
    with page.expect_download() as download:
        touch(page.get_by_role("link", name="Spreadsheet (ODS)").first)
    assert download.value.suggested_filename == "deployments-by-year-metropolitan-2023.ods"
    assert page.get_by_role("link", name="These figures as a table").is_visible()
    for width in (1280, 390, 320):
        at_width(page, width)
        assert_no_sideways_scroll(page)
