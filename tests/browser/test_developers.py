"""Pages for those who write programs, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.checks import assert_no_sideways_scroll, at_width, look_at, press, touch
from tests.browser.server import serving_the_site

pytestmark = pytest.mark.commits
PAGES = {
    "index": "/developers/",
    "get-started": "/developers/get-started/",
    "reference": "/developers/reference/",
    "shapes": "/developers/shapes/",
}


@pytest.fixture
def service(committed_db) -> Iterator[str]:
    with serving_the_site() as address:
        yield address


def test_every_page_for_developers_is_fit_to_read(page: Page, service: str) -> None:
    for name, path in PAGES.items():
        look_at(page, f"{service}{path}", f"developers-{name}" if name in ("index", "get-started") else "")


def test_the_reference_can_be_read_without_javascript(without_javascript: Page, service: str) -> None:
    page = without_javascript
    page.goto(f"{service}/developers/")
    press(page.get_by_role("link", name="List published deployments"))
    assert page.url.endswith("/developers/reference/#deployments")
    assert page.get_by_role("heading", name="List published deployments").is_visible()
    touch(page.get_by_text("Example", exact=True).first)
    for width in (1280, 390):
        at_width(page, width)
        assert_no_sideways_scroll(page)
