"""Fair comparison in a real Chromium: nothing to compare nationally, made-up forces compared, signals decided on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page, expect

from coordination.collation import demonstration as histories
from coordination.collation.rebuilding import rebuild
from coordination.collation.signals.looking import look_at_all
from forces.models import Force
from register.models import Head
from tests.browser import demonstration
from tests.browser.checks import look_at, press
from tests.browser.server import serving_the_site
from tests.browser.test_national import sign_in
from tests.conftest import own_database

pytestmark = [pytest.mark.commits, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The real records that come with the project, and made-up histories to compare."""
    with own_database(django_db_blocker, demonstration.template(django_db_blocker)):
        call_command("load_reference", verbosity=0)
        histories.load()
        for force in Force.objects.filter(pk__in=Head.objects.values("force")):
            rebuild(force)
        look_at_all()
        connection.close()
        with serving_the_site() as address:
            yield address


def test_forces_side_by_side_and_change_over_time_are_fit_to_read(page: Page, service: str) -> None:
    made_up = f"{service}/demonstration/statistics"
    look_at(page, f"{service}/statistics/comparison/", "public-comparison")
    look_at(page, f"{made_up}/comparison/", "public-demonstration-comparison")
    look_at(page, f"{service}/statistics/run-charts/", "public-run-charts")
    asked = "run-charts/?force=southfold&measure=far_alerts"
    look_at(page, f"{made_up}/{asked}", "public-demonstration-run-charts")


def test_a_setting_is_chosen_without_javascript(browser, service: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service}/demonstration/statistics/comparison/")
    page.get_by_label("Algorithm version and threshold").select_option(index=2)
    press(page.get_by_role("button", name="Apply filters"))
    expect(page.get_by_text("Not compared: fewer than two forces").first).to_be_visible()
    context.close()


def test_a_signal_is_looked_at_and_decided_on(page: Page, service: str) -> None:
    sign_in(page, service)
    look_at(page, f"{service}/admin/signals/", "national-signals")
    press(
        page.get_by_role(
            "link", name=re.compile("Decide ?: Southfold Police, False alerts out of alerts")
        ).first
    )
    expect(page.get_by_role("heading", name=re.compile("False alerts out of alerts"))).to_be_visible()
    look_at(page, page.url, "national-signal")
    page.get_by_label("Explained: it is known what changed").check()
    page.get_by_label("Why").fill("A new watchlist from that month on.")
    press(page.get_by_role("button", name="Decide"))
    expect(page.get_by_text("Decided. It stands in the history of Southfold Police.")).to_be_visible()
