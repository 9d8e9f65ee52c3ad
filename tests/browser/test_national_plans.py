"""The national picture and the framework's pages in a real Chromium; a version goes from draft to adopted by two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from coordination.framework import actions as framework
from coordination.framework.models import Version
from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.planning import actions as planning
from deployments.planning import demonstration as plans
from forces.clock import db_now
from forces.models import Force, Person
from forces.reference import load_forces
from forces.tenancy import acting, national_scope
from tests.browser import demonstration
from tests.browser.checks import look_at, look_round, press
from tests.browser.server import serving_the_site
from tests.conftest import own_database

pytestmark = pytest.mark.commits
LEAD, ADVISER = "as Winifred Osei, National lead", "as Constance Akintola, Legal adviser"


@pytest.fixture(scope="module")
def centre(django_db_setup, django_db_blocker) -> Iterator[str]:
    """Real forces without plans, and made-up ones with a plan in every state."""
    with own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)):
        load_forces()
        load_framework(at=db_now())
        for slug in ("northmoor", "eastvale"):
            plans.load(Force.objects.get(slug=slug))
        _one_urgent(Force.objects.get(slug="northmoor"))
        connection.close()
        with serving_the_site() as address:
            yield address


def _one_urgent(force: Force) -> None:
    """A plan that waited to be assessed goes on the word of an officer."""
    with national_scope():
        officer = Person.objects.get(logins__email="authorising-officer@northmoor.example")
    with acting(force, None):
        rows = Plan.objects.owned_by(force).filter(status="submitted")
        rows.update(urgency="A threat to life was reported an hour ago, and cannot wait.")
        plan = rows.with_people().get()
    planning.record_oral_authority(
        plan,
        given_at=db_now(),
        reason="There was no time to wait for it in writing.",
        content_hash=plan.content_hash,
        by=officer,
        at=db_now(),
    )


def sign_in(page: Page, centre: str, who: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{centre}/sign-in/?next=/admin/")
    press(page.get_by_role("button", name=who))
    page.wait_for_url(re.compile("/admin/"))


def one_plan(**wanted: str) -> str:
    with national_scope():
        found = Plan.objects.across_forces(reason="a test looks at it").filter(**wanted).order_by("pk")
        return found.values_list("reference", flat=True)[0]


def a_draft() -> None:
    """The next version, with a shorter age for watchlists, which plans of the demonstration then fail."""
    with national_scope():
        adviser = Person.objects.get(logins__email="legal-adviser@centre.example")
    draft = framework.draft(summary="Watchlists are made later.", by=adviser, at=db_now())
    framework.state(draft, "watchlist-age", {"parameters": {"hours": 1}}, by=adviser, at=db_now())
    connection.close()


def test_the_pages_of_plans_are_sound(page: Page, centre: str):
    sign_in(page, centre, LEAD)
    look_at(page, f"{centre}/admin/picture/", "national-picture")
    expect(page.get_by_text("0 of 43 forces have plans here")).to_be_visible()
    look_at(page, f"{centre}/admin/picture/northmoor/planned/", "national-picture-cell")
    look_at(page, f"{centre}/admin/picture/all/overdue/")
    look_at(page, f"{centre}/admin/picture/kent/systems/")
    look_at(page, f"{centre}/admin/plans/{one_plan(status='notified')}/", "national-plan")
    look_at(page, f"{centre}/admin/urgent/", "national-urgent")
    look_at(page, f"{centre}/admin/urgent/?state=no-such")
    look_at(page, f"{centre}/admin/")


def test_a_version_goes_from_draft_to_adopted(page: Page, centre: str):
    if not Version.objects.filter(number=2).exists():
        a_draft()
    sign_in(page, centre, LEAD)
    look_at(page, f"{centre}/admin/framework/", "national-framework")
    look_at(page, f"{centre}/admin/framework/2/", "national-framework-version")
    look_at(page, f"{centre}/admin/framework/2/add/")
    change = f"{centre}/admin/framework/2/requirements/watchlist-age/?change=1"
    look_at(page, change, "national-framework-requirement")
    page.get_by_label("Greatest age of the watchlist (in hours)").fill("soon")
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look_round(page, "national-framework-errors")
    look_at(page, f"{centre}/admin/framework/2/try/", "national-framework-try")
    expect(page.get_by_role("cell", name="Northmoor Police (made up)").first).to_be_visible()
    look_at(page, f"{centre}/admin/framework/2/requirements/watchlist-age/drop/")
    look_at(page, f"{centre}/admin/framework/1/requirements/watchlist-age/")


def test_two_people_adopt_it_without_javascript(without_javascript: Page, centre: str):
    page = without_javascript
    if not Version.objects.filter(number=2).exists():
        a_draft()
    sign_in(page, centre, LEAD)
    page.goto(f"{centre}/admin/framework/2/propose/")
    day = db_now() + timedelta(days=20)
    for name, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(name, exact=True).fill(str(value))
    press(page.get_by_role("button", name="Propose"))
    expect(page.get_by_text("You proposed it. Somebody else adopts it")).to_be_visible()
    sign_in(page, centre, ADVISER)
    press(page.get_by_role("link", name="Versions of the legal framework to adopt"))
    press(page.get_by_role("link", name="Version 2"))
    press(page.get_by_role("link", name="Each plan of today, by force and requirement"))
    expect(page.get_by_text("Before", exact=True).first).to_be_attached()
    page.go_back()
    page.get_by_label("Adopt it").check()
    page.get_by_label("Why").fill("It follows the new code.")
    press(page.get_by_role("button", name="Decide"))
    expect(page.get_by_text("Version 2 is adopted, for good.")).to_be_visible()
