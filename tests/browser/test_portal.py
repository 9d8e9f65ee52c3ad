"""A force's pages in a real Chromium: the whole way from recording to correcting, and every page looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from deployments.models import Deployment
from forces.models import Force
from forces.tenancy import acting
from register.models import Head
from tests.browser import demonstration
from tests.browser.checks import (
    HEIGHTS,
    assert_accessible,
    assert_no_sideways_scroll,
    at_width,
    look_at,
    press,
    screenshot,
    touch,
)
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.deployments.recordings import FIGURES

pytestmark = pytest.mark.commits
BOTH = (1280, 390)


@pytest.fixture
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The service with the demonstration's people and nothing else."""
    with (
        own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)),
        serving_the_site() as address,
    ):
        yield address


@pytest.fixture
def busy(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The service with all that the demonstration holds."""
    with (
        own_database(django_db_blocker, demonstration.template(django_db_blocker)),
        serving_the_site() as address,
    ):
        yield address


@contextmanager
def signed_in(page: Page, service: str, name: str, role: str) -> Iterator[None]:
    page.goto(f"{service}/sign-in/?next=/portal/")
    press(page.get_by_role("button", name=f"as {name}, {role}"))
    page.wait_for_url(re.compile("/portal/"))
    yield
    page.goto(f"{service}/portal/")
    press(page.get_by_role("button", name="Sign out"))
    page.wait_for_url(f"{service}/")


def see(page: Page, name: str = "") -> None:
    """The page as it stands now, held to the same checks; a page with a name at more widths, with its picture."""
    before = page.viewport_size
    for width in (*BOTH, 320):
        at_width(page, width)
        if width == 1280 or (name and width == 320):
            assert_accessible(page)
        assert_no_sideways_scroll(page)
        if name and width in BOTH:
            screenshot(page, name)
    page.set_viewport_size(before or {"width": 1280, "height": HEIGHTS[1280]})


def go(page: Page, name: str, then: str, role: str = "button") -> None:
    """Press it and wait for the page whose heading begins with `then`."""
    press(page.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
    page.get_by_role("heading", name=re.compile(f"^{then}")).first.wait_for()


def fill_in(page: Page, **changes: str) -> None:
    typed = {
        "on-day": "6",
        "on-month": "11",
        "on-year": "2026",
        "place": "Market Square",
        "area": "Northmoor",
        "start": "11am",
        "end": "4:03pm",
        "duration_minutes": "303",
        "use_case": "Crime hotspot",
        "threshold": "0.64",
        "watchlist_size": "9,764",
        **{name: str(number) for name, number in FIGURES.items()},
    } | changes
    for name, text in typed.items():
        page.locator(f"[name='{name}']").fill(text)
    page.get_by_label("Live facial recognition").check()
    page.get_by_role("group", name="How were faces seen counted?").get_by_label("Estimated").check()


def journey(page: Page, service: str, *, look: bool) -> None:
    """Record with a slip, explain, review and publish by others, correct and withdraw."""
    watch = see if look else (lambda page, name="": assert_no_sideways_scroll(page))
    with signed_in(page, service, "Sal Whitlock", "Operator lead"):
        watch(page, "portal-dashboard-empty")
        go(page, "Record a result", "Record a result")
        watch(page)
        go(page, "Save and check", "There is a problem")
        assert page.title().startswith("Error: ")
        watch(page, "portal-record-errors")
        fill_in(page, alerts="5", faces_seen="")
        page.get_by_label("Algorithm and version").select_option(label="Made-up Vision NeoScan 4.2")
        page.get_by_role("group", name="aborted").get_by_label("No", exact=True).check()
        faces = page.get_by_role("group", name="Faces seen", exact=True)
        faces.get_by_label("or why").select_option("not_published")
        watch(page, "portal-record")
        go(page, "Save and check", "Questions about the figures")
        watch(page, "portal-questions")
        go(page, "Save the answers", "There is a problem")
        watch(page)
        page.get_by_label("Alerts are 5").fill("Two alerts were not judged: the crowd was too dense.")
        go(page, "Save the answers", "Check the answers")
        page.get_by_text("Your answers are saved").wait_for()
        watch(page, "portal-check-answers")
        where = page.url
    with signed_in(page, service, "Daniel Okafor", "Authorising officer"):
        go(page, "Review: Market Square, 6 November 2026", "Review: ", role="link")
        watch(page, "portal-review")
        go(page, "I have checked it: it is right", "Market Square")
        page.get_by_text("Northmoor Police: Reviewed").wait_for()
    with signed_in(page, service, "Hana Lindqvist", "Data publisher"):
        go(page, "Publish: Market Square, 6 November 2026", "Preview and publish", role="link")
        watch(page, "portal-publish")
        go(page, "Publish for Northmoor Police", "Market Square")
        page.get_by_text("Northmoor Police: Published on the national register").wait_for()
        watch(page, "portal-published")
        go(page, "Change Arrests (Figures)", "Correct the published result", role="link")
        watch(page, "portal-change-one-line")
        page.locator("[name='arrests']").fill("0")
        touch(page.get_by_text("Change something else as well"))
        page.locator("[name='other_action']").fill("2")
        go(page, "Save and check", "There is a problem")
        watch(page)
        page.get_by_label("Why is it corrected?").fill("One arrest was made before the alert.")
        go(page, "Save and check", "Correction in work")
        watch(page, "portal-correction")
        page.goto(where + "review/")
        page.get_by_text("You wrote part of this result").wait_for()
        watch(page, "portal-own-work")
    with signed_in(page, service, "Rhys Calloway", "Chief officer"):
        page.goto(where + "withdraw/")
        page.get_by_role("heading", name="A correction in work is discarded with it").wait_for()
        watch(page, "portal-withdraw")
        go(page, "Withdraw and discard the correction", "There is a problem")
        page.get_by_label("Why is it withdrawn?").fill("The deployment was recorded twice.")
        go(page, "Withdraw and discard the correction", "Market Square")
        page.get_by_text("Northmoor Police: Withdrawn").wait_for()
        watch(page)


def comes_to_a_withdrawal(service: str) -> None:
    force = Force.objects.get(slug="northmoor")
    with acting(force, None):
        assert Deployment.objects.owned_by(force).get().stage == "withdrawn"
    assert Head.objects.get().is_withdrawn


def test_the_whole_way_from_recording_to_withdrawal(service, page):
    journey(page, service, look=True)
    comes_to_a_withdrawal(service)


def test_the_whole_way_on_a_phone_without_javascript(service, without_javascript):
    at_width(without_javascript, 390)
    journey(without_javascript, service, look=False)
    comes_to_a_withdrawal(service)


def test_every_page_of_a_busy_force(busy, page):
    service = busy
    look_at(page, f"{service}/sign-in/", "sign-in")
    go(page, "Sign in", "There is a problem")
    see(page, "sign-in-errors")
    with signed_in(page, service, "Hana Lindqvist", "Data publisher"):
        for path, name in (
            ("", "portal-dashboard"),
            ("deployments/", "portal-deployments"),
            ("team/", "portal-team"),
        ):
            look_at(page, f"{service}/portal/northmoor/{path}", name)
        look_at(page, f"{service}/portal/northmoor/deployments/?status=correcting")
        press(page.locator("tbody a").first)
        page.get_by_role("heading", name="Correction in work").wait_for()
        see(page, "portal-deployment")
        look_at(page, f"{service}/portal/eastvale/")  # not theirs: the page for nothing
        page.get_by_role("heading", name="Page not found").wait_for()
    with signed_in(page, service, "Morwen Achebe", "Force owner"):
        look_at(page, f"{service}/portal/northmoor/history/", "portal-history")
        look_at(page, f"{service}/portal/northmoor/team/invite/", "portal-invite")
        page.get_by_label("Name").fill("Ada Example")
        page.get_by_label("Work email address").fill("ada@northmoor.example")
        go(page, "Invite", "Ada Example now belongs")
        see(page)
        link = page.get_by_label("Their link").input_value()
        page.goto(f"{service}/portal/northmoor/team/")
        press(page.get_by_role("link", name="Change").first)
        page.get_by_role("heading", name="Give another role").wait_for()
        see(page)
    page.goto(link)
    see(page, "choose-password")
    page.get_by_label("New password").fill("correct horse battery")
    go(page, "Set this password", "Your password is set")
    see(page)


def test_what_was_sent_back_was_typed_before_or_is_there_already(busy, page):
    service = busy
    with signed_in(page, service, "Sal Whitlock", "Operator lead"):
        page.get_by_role("link", name=re.compile("^Sent back: ")).wait_for()
        see(page, "portal-dashboard-sent-back")
        press(page.get_by_role("link", name=re.compile("^Sent back: ")))
        page.get_by_role("heading", name="Sent back to be changed").wait_for()
        see(page, "portal-sent-back")
        go(page, "Give it back unchanged", "Give it back unchanged", role="link")
        see(page, "portal-give-back")
        page.goto(f"{service}/portal/northmoor/deployments/record/")
        fill_in(page)
        page.get_by_role("group", name="aborted").get_by_label("No", exact=True).check()
        page.context.clear_cookies(name="session")
        go(page, "Save and check", "Sign in")
        press(page.get_by_role("button", name="as Sal Whitlock, Operator lead"))
        page.get_by_text("You had been signed out").wait_for()
        assert page.locator("[name='place']").input_value() == "Market Square"
        see(page, "portal-typed-again")
        go(page, "Save and check", "Market Square")
        page.goto(f"{service}/portal/northmoor/deployments/record/")
        fill_in(page)
        page.get_by_role("group", name="aborted").get_by_label("No", exact=True).check()
        go(page, "Save and check", "There is a problem")
        page.get_by_role("heading", name="Is this one deployment written down twice?").wait_for()
        see(page, "portal-twin")
        page.get_by_label("This is another deployment").check()
        go(page, "Save and check", "Market Square")


def test_two_people_who_change_the_same_result_are_told(busy, page, browser):
    service = busy
    other = browser.new_page()
    with (
        signed_in(page, service, "Sal Whitlock", "Operator lead"),
        signed_in(other, service, "Iris Pemberton", "Planner"),
    ):
        page.goto(f"{service}/portal/northmoor/deployments/?status=recorded")
        press(page.locator("tbody a").last)
        page.get_by_role("heading", name="Check the answers").wait_for()
        for each in (page, other):
            each.goto(page.url.rstrip("/").removesuffix("/amend") + "/amend/")
        other.locator("[name='place']").fill("Castle Street, north end")
        go(other, "Save and check", "Castle Street")
        page.locator("[name='place']").fill("Castle Street, by the fountain")
        go(page, "Save and check", "Somebody changed this meanwhile")
        see(page, "portal-conflict")
        go(page, "Replace it with what I entered", "Castle Street, by the fountain")
    other.close()
