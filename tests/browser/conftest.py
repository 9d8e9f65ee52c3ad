"""A real Chromium for the tests that need one.

Fixtures: `page` (1280 wide, JavaScript on) and `without_javascript` (the same with it off). Both refuse requests
to any other origin, and fail the test if the page asked for one, broke its content security policy, had the browser
warn of its permissions policy, threw an error, or missed a file. Helpers to import: see tests/browser/checks.py.

Where there is no Chromium the tests are skipped, loudly; REQUIRE_BROWSER=1 makes that a failure. CHROMIUM names
another binary.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
    # A page lives for seconds: what it would gain by its scripts being optimised costs more.
    "--js-flags=--no-maglev --no-turbofan",
    # Nothing but this machine has an address: no page reaches further, nor does the browser itself.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Milliseconds, of a busy machine.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """One Chromium for each worker, and the event loop that drives it, put away until a module asks for it."""
    binary = find_chromium()
    if binary is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(
                "REQUIRE_BROWSER=1 and there is no Chromium: install it, or set CHROMIUM to its path."
            )
        pytest.skip("no Chromium: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, loop
        asyncio._set_running_loop(loop)
        started.close()


@pytest.fixture(scope="module")
def browser(chromium: tuple[Browser, AbstractEventLoop]) -> Iterator[Browser]:
    """The Chromium, for one module.

    Playwright's synchronous interface keeps an event loop running in this thread, which Django takes for an
    asynchronous caller and asyncio for a reason to start no other: the loop is there, and Django's guard off, only
    while such a module runs.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    started, loop = chromium
    asyncio._set_running_loop(loop)
    try:
        yield started
    finally:
        asyncio._set_running_loop(None)
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def _page(browser: Browser, **options) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": HEIGHTS[1280]}, locale="en-GB", **options
    )
    wrong: list[str] = []
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: wrong.extend(_asked_elsewhere(request.url)))
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


def _asked_elsewhere(url: str) -> list[str]:
    here = urlsplit(url).hostname in LOOPBACK or url.startswith(("data:", "about:"))
    return [] if here else [f"asked for {url}"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page 1280 wide in a browser context of its own."""
    yield from _page(browser)


@pytest.fixture
def without_javascript(browser: Browser) -> Iterator[Page]:
    """The same, with JavaScript off."""
    yield from _page(browser, java_script_enabled=False)
