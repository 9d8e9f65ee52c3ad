"""Published claims beside the records that come with the project, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page

from coordination.collation.rebuilding import rebuild
from coordination.collation.reconciliation.working import reconcile
from forces.models import Force
from register.models import Head
from tests.browser.checks import at_width, look_at, press
from tests.browser.server import serving_the_site
from tests.conftest import own_database

pytestmark = pytest.mark.commits

ADDRESS = "/statistics/reconciliation/"
ARRESTS = f"{ADDRESS}leapwise-met-arrests-2015-2025/"


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    with own_database(django_db_blocker):
        call_command("load_reference", verbosity=0)
        for force in Force.objects.filter(pk__in=Head.objects.values("force")):
            rebuild(force)
        reconcile()
        connection.close()
        with serving_the_site() as address:
            yield address


def test_claims_and_their_working_are_fit_to_read(page: Page, service: str) -> None:
    look_at(page, f"{service}{ADDRESS}", "public-reconciliation")
    look_at(page, f"{service}{ARRESTS}", "public-claim")
    drawn = page.locator("svg.lfr-chart__drawing--narrow")
    assert not drawn.is_visible()
    at_width(page, 390)
    assert drawn.is_visible()


def test_a_sum_opens_its_records_in_one_press_and_comes_back(without_javascript: Page, service: str) -> None:
    page = without_javascript
    page.goto(f"{service}{ADDRESS}")
    press(page.locator(f'a[href="{ARRESTS}"]'))
    press(page.get_by_role("link", name="960", exact=True))
    assert page.get_by_role("heading", name="286 records").is_visible()
    assert page.get_by_text("Matches").is_visible()
