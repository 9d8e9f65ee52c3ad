"""A force's systems, and asking for a withdrawal, in a real Chromium: every page looked at, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page

from directory import demonstration as people
from forces.models import Force, SystemLogin
from tests.browser.checks import (
    WIDTHS,
    assert_accessible,
    assert_no_sideways_scroll,
    at_width,
    screenshot,
)
from tests.browser.server import serving_the_site
from tests.browser.test_long_words import as_somebody, somebody
from tests.deployments.recordings import published

pytestmark = [pytest.mark.commits, pytest.mark.timeout(300)]
# As long as a name may be, and one word: what a page must bear.
NAME = "Northmoor-custody-and-case-management-" * 3
Look = Callable[[Page, str], None]


@pytest.fixture
def service(committed_db) -> Iterator[str]:
    people.load()
    connection.close()
    with serving_the_site() as address:
        yield address


def see(page: Page, name: str = "") -> None:
    """The page as it stands, at every width: a secret is gone from a page that is opened again."""
    for width in WIDTHS:
        at_width(page, width)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        if name and width != 320:
            screenshot(page, name)
    at_width(page, WIDTHS[0])


def measure(page: Page, name: str = "") -> None:
    """The same where no script runs, axe among them."""
    for width in WIDTHS:
        at_width(page, width)
        assert_no_sideways_scroll(page)


def press(page: Page, name: str, then: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("heading", name=re.compile(f"^{then}")).first.wait_for()


def is_whole(page: Page, at: str) -> bool:
    """Whether all of its text can be seen where it stands."""
    return page.locator(at).evaluate("e => e.scrollWidth <= e.clientWidth && e.getClientRects().length > 0")


def life_of_a_system(page: Page, service: str, look: Look) -> None:
    base = f"{service}/portal/northmoor/systems/"
    with as_somebody(page, service, "force-owner"):
        page.goto(base)
        look(page, "")
        press(page, "Connect a system", "Connect a system")
        look(page, "systems-connect")
        press(page, "Connect", "There is a problem")
        assert page.title().startswith("Error: ")
        look(page, "")
        page.get_by_label("Name").fill(NAME)
        for right in ("Record the result", "Read deployment records"):
            page.get_by_label(re.compile(right)).check()
        press(page, "Connect", "Northmoor-custody")
        look(page, "")
        login = SystemLogin.objects.get()
        secret = page.locator("#secret").inner_text()
        assert login.opens_with(secret)
        assert page.locator("#file").inner_text() == f'user = "{login.client_id}:{secret}"'
        for width in WIDTHS:
            at_width(page, width)
            assert all(is_whole(page, at) for at in ("#client-id", "#secret", "#file"))
        page.reload()  # sends the form again
        page.get_by_text("connected already, and its secret was shown then").wait_for()
        assert SystemLogin.objects.count() == 1
        look(page, "systems")
        page.get_by_role("link", name=NAME).click()
        page.get_by_role("heading", name="Disconnect it").wait_for()
        look(page, "")
        press(page, "Disconnect", "There is a problem")
        look(page, "")
        page.get_by_role("link", name="Say why it is disconnected").click()
        assert page.evaluate("location.hash === '#end_reason' || document.activeElement.id === 'end_reason'")
        page.get_by_label("Why is it disconnected?").fill("The supplier changed.")
        press(page, "Disconnect", "No longer connected")
        look(page, "")


def life_of_a_request(page: Page, service: str, look: Look) -> None:
    deployment = published(
        Force.objects.get(slug="northmoor"), somebody("operator-lead"), somebody("data-publisher")
    )
    where = f"{service}/portal/northmoor/deployments/{deployment.reference}/"
    for answer in ("decline", "ask again"):
        with as_somebody(page, service, "operator-lead"):
            page.goto(where)
            page.get_by_role("link", name="Ask for withdrawal").or_(
                page.get_by_role("button", name="Ask for withdrawal")
            ).click()
            page.get_by_role("heading", name="Ask for withdrawal").wait_for()
            look(page, "portal-ask-withdrawal" if answer == "decline" else "")
            press(page, "Ask", "There is a problem")
            look(page, "")
            page.get_by_label("Why should it be withdrawn?").fill("It was an exercise, no deployment.")
            press(page, "Ask", "Market Square")
            page.get_by_text("You asked for it to be withdrawn").wait_for()
            look(page, "")
        with as_somebody(page, service, "data-publisher"):
            page.goto(where)
            page.get_by_text("It was an exercise, no deployment.").first.wait_for()
            look(page, "portal-asked-for-withdrawal" if answer == "decline" else "")
            if answer == "decline":
                page.goto(f"{where}decline-withdrawal/")
                look(page, "portal-decline-withdrawal")
                press(page, "Decline", "There is a problem")
                look(page, "")
                page.get_by_label("Why does it stand?").fill("It was a deployment, as the log shows.")
                press(page, "Decline", "Market Square")
                page.get_by_text("Declined. The published result stands.").wait_for()
                look(page, "")


def test_a_system_is_connected_and_disconnected(page: Page, service: str) -> None:
    life_of_a_system(page, service, see)


def test_a_system_is_connected_and_disconnected_without_javascript(
    without_javascript: Page, service: str
) -> None:
    life_of_a_system(without_javascript, service, measure)


def test_a_withdrawal_is_asked_for_and_declined(page: Page, service: str) -> None:
    life_of_a_request(page, service, see)


def test_a_withdrawal_is_asked_for_and_declined_without_javascript(
    without_javascript: Page, service: str
) -> None:
    life_of_a_request(without_javascript, service, measure)
