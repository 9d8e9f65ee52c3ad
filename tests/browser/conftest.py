"""A real Chromium for the tests that need one.

Fixtures: `page` (1280 wide, JavaScript on) and `without_javascript` (the same with it off). Both refuse requests
to any other origin, and fail the test if the page asked for one, broke its content security policy, had the browser
warn of its permissions policy, threw an error, or missed a file. Helpers to import: see tests/browser/checks.py.

Where there is no Chromium the tests are skipped, loudly; REQUIRE_BROWSER=1 makes that a failure. CHROMIUM names
another binary.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.checks import HEIGHTS

# Without the background flags Chromium calls home at every start.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# What the browser says when a page breaks the one, or when the other names something that it does not know.
POLICIES = ("Content Security Policy", "Permissions-Policy")


def find_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"page", "without_javascript", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", ())
        if "no Chromium" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep(
            "!", f"{len(skipped)} browser tests SKIPPED: no Chromium (install it, or set CHROMIUM)", red=True
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for each module that asks for it.

    Playwright's synchronous interface keeps an event loop running in this thread, which Django takes for an
    asynchronous caller; the guard is off only while such a module runs.
    """
    binary = find_chromium()
    if binary is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(
                "REQUIRE_BROWSER=1 and there is no Chromium: install it, or set CHROMIUM to its path."
            )
        pytest.skip("no Chromium: install it, or set CHROMIUM to its path")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=binary, args=FLAGS)
            yield chromium
            chromium.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def _page(browser: Browser, **options) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": HEIGHTS[1280]}, locale="en-GB", **options
    )
    wrong: list[str] = []

    def only_loopback(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK or route.request.url.startswith(
            ("data:", "about:")
        ):
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", only_loopback)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: wrong.append(f"threw {error}"))
    page.on(
        "console",
        lambda message: wrong.append(message.text) if any(p in message.text for p in POLICIES) else None,
    )
    page.on(
        "response",
        lambda answer: (
            wrong.append(f"got {answer.status} for {answer.url}")
            if answer.status >= 400
            and answer.request.resource_type in {"stylesheet", "script", "image", "font"}
            else None
        ),
    )
    yield page
    context.close()
    assert not wrong, "the page " + "; ".join(wrong)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page 1280 wide in a browser context of its own."""
    yield from _page(browser)


@pytest.fixture
def without_javascript(browser: Browser) -> Iterator[Page]:
    """The same, with JavaScript off."""
    yield from _page(browser, java_script_enabled=False)
