"""A force's systems, and asking for a withdrawal, in a real Chromium: every page looked at, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from forces.models import Force, SystemLogin
from tests.browser import demonstration
from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, at_width, look_round, press, touch
from tests.browser.server import serving_the_site
from tests.browser.test_long_words import as_somebody, somebody
from tests.conftest import own_database
from tests.deployments.recordings import published

pytestmark = pytest.mark.commits
# As long as a name may be, and one word: what a page must bear.
NAME = "Northmoor-custody-and-case-management-" * 3
Look = Callable[[Page, str], object]


@pytest.fixture
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    with (
        own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)),
        serving_the_site() as address,
    ):
        yield address


def measure(page: Page, name: str = "") -> None:
    """The same where no script runs, axe among them."""
    for width in WIDTHS:
        at_width(page, width)
        assert_no_sideways_scroll(page)


def go(page: Page, name: str, then: str) -> None:
    press(page.get_by_role("button", name=name, exact=True))
    page.get_by_role("heading", name=re.compile(f"^{then}")).first.wait_for()


def is_whole(page: Page, at: str) -> bool:
    """Whether all of its text can be seen where it stands."""
    return page.locator(at).evaluate("e => e.scrollWidth <= e.clientWidth && e.getClientRects().length > 0")


def life_of_a_system(page: Page, service: str, look: Look) -> None:
    base = f"{service}/portal/northmoor/systems/"
    with as_somebody(page, service, "force-owner"):
        page.goto(base)
        look(page, "")
        go(page, "Connect a system", "Connect a system")
        look(page, "systems-connect")
        go(page, "Connect", "There is a problem")
        assert page.title().startswith("Error: ")
        look(page, "")
        page.get_by_label("Name").fill(NAME)
        for right in ("Record the result", "Read deployment records"):
            page.get_by_label(re.compile(right)).check()
        go(page, "Connect", "Northmoor-custody")
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
        press(page.get_by_role("link", name=NAME))
        page.get_by_role("heading", name="Disconnect it").wait_for()
        look(page, "")
        go(page, "Disconnect", "There is a problem")
        look(page, "")
        touch(page.get_by_role("link", name="Say why it is disconnected"))
        page.locator("#end_reason:is(:target, :focus)").wait_for()
        page.get_by_label("Why is it disconnected?").fill("The supplier changed.")
        go(page, "Disconnect", "No longer connected")
        look(page, "")


def life_of_a_request(page: Page, service: str, look: Look) -> None:
    deployment = published(
        Force.objects.get(slug="northmoor"), somebody("operator-lead"), somebody("data-publisher")
    )
    where = f"{service}/portal/northmoor/deployments/{deployment.reference}/"
    for answer in ("decline", "ask again"):
        with as_somebody(page, service, "operator-lead"):
            page.goto(where)
            press(
                page.get_by_role("link", name="Ask for withdrawal").or_(
                    page.get_by_role("button", name="Ask for withdrawal")
                )
            )
            page.get_by_role("heading", name="Ask for withdrawal").wait_for()
            look(page, "portal-ask-withdrawal" if answer == "decline" else "")
            go(page, "Ask", "There is a problem")
            look(page, "")
            page.get_by_label("Why should it be withdrawn?").fill("It was an exercise, no deployment.")
            go(page, "Ask", "Market Square")
            page.get_by_text("You asked for it to be withdrawn").wait_for()
            look(page, "")
        with as_somebody(page, service, "data-publisher"):
            page.goto(where)
            page.get_by_text("It was an exercise, no deployment.").first.wait_for()
            look(page, "portal-asked-for-withdrawal" if answer == "decline" else "")
            if answer == "decline":
                page.goto(f"{where}decline-withdrawal/")
                look(page, "portal-decline-withdrawal")
                go(page, "Decline", "There is a problem")
                look(page, "")
                page.get_by_label("Why does it stand?").fill("It was a deployment, as the log shows.")
                go(page, "Decline", "Market Square")
                page.get_by_text("Declined. The published result stands.").wait_for()
                look(page, "")


def test_a_system_is_connected_and_disconnected(page: Page, service: str) -> None:
    life_of_a_system(page, service, look_round)


def test_a_system_is_connected_and_disconnected_without_javascript(
    without_javascript: Page, service: str
) -> None:
    life_of_a_system(without_javascript, service, measure)


def test_a_withdrawal_is_asked_for_and_declined(page: Page, service: str) -> None:
    life_of_a_request(page, service, look_round)


def test_a_withdrawal_is_asked_for_and_declined_without_javascript(
    without_javascript: Page, service: str
) -> None:
    life_of_a_request(without_javascript, service, measure)
