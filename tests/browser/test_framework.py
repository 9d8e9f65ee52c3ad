"""The legal framework in public, and a chief officer's page of it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from coordination.framework import actions
from coordination.framework.reference import load_framework
from forces.clock import db_now, london_date
from tests.browser.checks import look_at, look_round, press
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.people import make_force, make_member
from tests.records import enter

pytestmark = pytest.mark.commits
RECORD = "LFR-7K2M-Q4XD"


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[tuple[str, str]]:
    """Where the site is, and the chief officer's session."""
    with own_database(django_db_blocker):
        load_framework(at=db_now())
        kent = make_force("E23000032", "kent", "Kent Police")
        chief = make_member(kent, "chief_officer", rank="chief_constable")
        actions.tighten(
            kent,
            requirement="watchlist-age",
            parameter="hours",
            value=12,
            why="The scrutiny panel asked for it.",
            starts_on=london_date(db_now()),
            by=chief,
            at=db_now(),
        )
        enter(kent, origin="collated", reference=RECORD, on="2024-01-10")
        client = Client()
        client.force_login(chief.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        connection.close()
        with serving_the_site() as address:
            yield address, session


def test_from_the_list_to_a_requirement_and_its_history(page: Page, service: tuple[str, str]) -> None:
    look_at(page, f"{service[0]}/framework/?force=kent")
    press(page.get_by_role("link", name="Age of the watchlist"))
    expect(page.get_by_role("heading", name="Age of the watchlist", level=1)).to_be_visible()
    look_at(page, page.url, "framework-requirement")
    press(page.get_by_role("link", name="Versions and what each changed"))
    look_at(page, page.url)


def test_from_a_record_to_the_rules_of_its_day(page: Page, service: tuple[str, str]) -> None:
    page.goto(f"{service[0]}/deployments/{RECORD}/")
    press(page.get_by_role("link", name="Each rule, and why"))
    expect(page.get_by_role("heading", name="The rules on that day", level=1)).to_be_visible()
    look_at(page, page.url, "record-rules")
    press(page.get_by_role("link", name="Size of the watchlist"))
    expect(page.get_by_role("heading", name="Size of the watchlist", level=1)).to_be_visible()


def test_a_chief_officer_is_told_what_cannot_be_and_is_stricter(page: Page, service: tuple[str, str]) -> None:
    address, session = service
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    look_at(page, f"{address}/portal/kent/rules/")
    press(page.get_by_role("link", name="How long beforehand"))
    page.get_by_label("Shortest time between notice and start").fill("24")
    page.get_by_label("Why?").fill("Neighbours asked for more time.")
    press(page.get_by_role("button", name="Publish the force’s own value"))
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look_round(page, "portal-rule")
    page.get_by_label("Shortest time between notice and start").fill("336")
    press(page.get_by_role("button", name="Publish the force’s own value"))
    expect(page.get_by_text("The force’s own value is published.")).to_be_visible()
    press(page.get_by_role("link", name="End it"))
    look_round(page)
