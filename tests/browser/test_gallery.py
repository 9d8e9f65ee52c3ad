"""Every component and every error page, looked at in a real Chromium under the service's own security policy."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import expect

from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, at_width, look_at, press, touch
from tests.browser.server import WithFiles, serving


@pytest.fixture(scope="module")
def gallery():
    # Plain names: whatever was collected on this machine is not what is being tested.
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        override_settings(ROOT_URLCONF="tests.design.urls", STORAGES={**settings.STORAGES, **plain}),
        serving(WithFiles(WSGIHandler())) as address,
    ):
        yield address


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?errors",
        "?layout=portal&message",
        "?layout=national",
        "?layout=plain&errors",
        "?force=northmoor&year=2026",
    ],
)
def test_every_component_is_accessible_at_every_width(gallery, page, query):
    look_at(page, f"{gallery}/gallery/{query}")


@pytest.mark.parametrize("name", ["400", "403", "404", "403_csrf", "500"])
def test_every_error_page_is_accessible_at_every_width(gallery, page, name):
    look_at(page, f"{gallery}/error/{name}/", name=f"error-{name}")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_lost_without_javascript(gallery, without_javascript, width):
    page = at_width(without_javascript, width)
    page.goto(f"{gallery}/gallery/")
    assert_no_sideways_scroll(page)
    assert page.get_by_role("navigation", name="Menu").get_by_role("link", name="Deployments").is_visible()
    for panel in ("by-year-1", "by-year-2", "by-year-3"):
        assert page.locator(f"#{panel}").is_visible()
    assert page.get_by_text("You can enter up to 200 characters").is_visible()


def test_a_choice_reveals_its_own_question_even_without_javascript(gallery, without_javascript):
    page = without_javascript
    page.goto(f"{gallery}/gallery/")
    assert not page.get_by_label("Why was it stopped?").is_visible()
    page.get_by_label("It was stopped early").check()
    assert page.get_by_label("Why was it stopped?").is_visible()


def test_filters_work_without_javascript_and_each_can_be_taken_away(gallery, without_javascript):
    page = without_javascript
    page.goto(f"{gallery}/gallery/")
    page.get_by_label("Force", exact=True).select_option("Northmoor Police")
    page.get_by_label("2026", exact=True).check()
    press(page.get_by_role("button", name="Apply filters"))
    assert "force=northmoor" in page.url
    press(page.get_by_role("link", name="Remove this filter: Force: Northmoor Police"))
    assert "force" not in page.url
    assert "year=2026" in page.url
    press(page.get_by_role("link", name="Clear filters"))
    assert "year" not in page.url


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(gallery, page):
    page.goto(f"{gallery}/gallery/?errors")
    assert page.title().startswith("Error: Gallery")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    touch(page.get_by_role("link", name="Date of deployment must be a real date"))
    expect(page.locator("#id_on-day")).to_be_focused()


def test_the_text_may_be_twice_as_large(gallery, page):
    page.goto(f"{gallery}/gallery/?errors")
    at_width(page, 1280)
    page.evaluate("document.documentElement.classList.add('twice')")
    page.evaluate("[...document.styleSheets][0].insertRule('html.twice{font-size:200%!important}')")
    assert_no_sideways_scroll(page)


def test_the_skip_link_comes_first_and_leads_to_the_content(gallery, page):
    page.goto(f"{gallery}/gallery/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_no_page_sends_a_font_or_anybody_elses_crest(gallery, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{gallery}/gallery/")
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if "crest" in url or "crown" in url or ".woff" in url] == []
