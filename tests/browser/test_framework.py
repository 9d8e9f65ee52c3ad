"""The legal framework in public, and a chief officer's page of it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from coordination.framework import actions
from coordination.framework.reference import load_framework
from forces.clock import db_now, london_date
from tests.browser.checks import look_at, press
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.people import make_force, make_member
from tests.records import enter

pytestmark = pytest.mark.commits
RECORD = "LFR-7K2M-Q4XD"


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    with own_database(django_db_blocker):
        load_framework(at=db_now())
        kent = make_force("E23000032", "kent", "Kent Police")
        actions.tighten(
            kent,
            requirement="watchlist-age",
            parameter="hours",
            value=12,
            why="The scrutiny panel asked for it.",
            starts_on=london_date(db_now()),
            by=make_member(kent, "chief_officer"),
            at=db_now(),
        )
        enter(kent, origin="collated", reference=RECORD, on="2024-01-10")
        connection.close()
        with serving_the_site() as address:
            yield address


def test_from_the_list_to_a_requirement_and_its_history(page: Page, service: str) -> None:
    look_at(page, f"{service}/framework/?force=kent")
    press(page.get_by_role("link", name="Age of the watchlist"))
    expect(page.get_by_role("heading", name="Age of the watchlist", level=1)).to_be_visible()
    look_at(page, page.url, "framework-requirement")
    press(page.get_by_role("link", name="Versions and what each changed"))
    look_at(page, page.url)


def test_from_a_record_to_the_rules_of_its_day(page: Page, service: str) -> None:
    page.goto(f"{service}/deployments/{RECORD}/")
    press(page.get_by_role("link", name="Each rule, and why"))
    expect(page.get_by_role("heading", name="The rules on that day", level=1)).to_be_visible()
    look_at(page, page.url, "record-rules")
    press(page.get_by_role("link", name="Size of the watchlist"))
    expect(page.get_by_role("heading", name="Size of the watchlist", level=1)).to_be_visible()
