"""A place whose name is one long unbroken word, on every page that shows it: it breaks, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Page

from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import national_scope
from tests.api.following import cookie
from tests.browser import demonstration
from tests.browser.checks import assert_no_sideways_scroll, at_width, press
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.deployments.recordings import facts, published, recorded, reviewed

pytestmark = pytest.mark.commits
WORD = ("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2)[:80]


@pytest.fixture
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    with (
        own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)),
        serving_the_site() as address,
    ):
        yield address


def somebody(role: str) -> Person:
    with national_scope():
        return Person.objects.get(logins__email=f"{role}@northmoor.example")


@contextmanager
def as_somebody(page: Page, service: str, role: str) -> Iterator[None]:
    name, value = cookie(somebody(role), client=Client())[1].decode().split("=")
    page.context.add_cookies([{"name": name, "value": value, "url": service}])
    yield
    page.context.clear_cookies()


def assert_it_breaks(page: Page, address: str) -> None:
    """The page shows the word, and is no wider for it; nothing that is not to scroll is cut off."""
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, (address, answer and answer.status)
    assert WORD in page.content(), address
    for width in (390, 320):
        at_width(page, width)
        assert_no_sideways_scroll(page)
    at_width(page, 1280)
    assert_no_sideways_scroll(page)


def in_every_state(page: Page, service: str) -> dict[str, Deployment]:
    force, by = Force.objects.get(slug="northmoor"), somebody("operator-lead")
    publisher, where = somebody("data-publisher"), {"place": WORD, "area": WORD, "use_case": WORD}
    found = {
        "recorded": recorded(force, by, **where),
        "reviewed": reviewed(force, by, publisher, **where),
        "published": published(force, by, publisher, **where),
        "asked": published(force, by, publisher, **where),
        "correcting": published(force, by, publisher, **where),
    }
    actions.prepare_correction(
        found["correcting"],
        facts(**{**where, "area": "Northmoor"}),
        version=1,
        reason=f"Misspelt: {WORD}.",
        by=publisher,
        at=db_now(),
    )
    with as_somebody(page, service, "operator-lead"):
        page.goto(f"{service}/portal/northmoor/deployments/{found['asked'].reference}/ask-withdrawal/")
        page.get_by_label("Why should it be withdrawn?").fill(f"Not a deployment: {WORD}.")
        press(page.get_by_role("button", name="Ask", exact=True))
        page.get_by_text("You asked for it to be withdrawn").wait_for()
    return found


PAGES = {
    "operator-lead": [("recorded", "amend/"), ("recorded", ""), ("published", "")],
    "authorising-officer": [
        *(("recorded", path) for path in ("", "review/")),
        *(("correcting", path) for path in ("", "review/")),
    ],
    "data-publisher": [
        *(("reviewed", path) for path in ("", "publish/")),
        ("published", "correct/"),
        ("asked", ""),
    ],
    "chief-officer": [("asked", "")],
}


def test_a_long_word_breaks_on_every_page_of_a_force(page: Page, service: str) -> None:
    found = in_every_state(page, service)
    base = f"{service}/portal/northmoor"
    for role, pages in PAGES.items():
        with as_somebody(page, service, role):
            for path in ("", "deployments/"):
                assert_it_breaks(page, f"{base}/{path}")
            for state, path in pages:
                assert_it_breaks(page, f"{base}/deployments/{found[state].reference}/{path}")


def test_a_long_word_breaks_on_every_public_page(page: Page, service: str) -> None:
    found = in_every_state(page, service)
    reference = found["published"].public_reference
    for path in ("", "deployments/", "forces/northmoor/", f"deployments/{reference}/"):
        assert_it_breaks(page, f"{service}/demonstration/{path}")
