"""What every page must pass in a real browser, and how one goes from page to page.

Nothing inaccessible, nothing that scrolls sideways. `press` what leads to another page and `touch` what stays on
this one: the first waits for the page that comes, so that nobody reads the one that goes.
"""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

HERE = Path(__file__).parent
COLOURS = 64
SCREENSHOTS = HERE.parent.parent / "docs" / "screenshots"
WIDTHS = (1280, 390, 320)
HEIGHTS = {1280: 900, 390: 844, 320: 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return (HERE / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, one line for each rule broken, with where."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    found = page.evaluate(
        # Preloading would have axe write style elements of its own, which the page's policy refuses.
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, preload: false, reporter: 'no-passes'})"
        ".then(result => result.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map("
        "n => ({at: n.target.join(' '), html: n.html.slice(0, 200), why: n.failureSummary}))})))",
        RULES,
    )
    return [
        f"{each['id']}: {each['help']}\n"
        + "\n".join(f"    {node['at']}\n      {node['html']}\n      {node['why']}" for node in each["nodes"])
        for each in found
    ]


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.0 to 2.2, A and AA, nor of axe's best practice."""
    found = violations(page)
    assert not found, f"{page.url} at {page.viewport_size}:\n" + "\n".join(found)


def assert_no_sideways_scroll(page: Page) -> None:
    """The page itself never scrolls sideways; only marked regions within it may."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if wide <= room:
        return
    culprits = page.evaluate(
        "room => [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > room + 1 && !e.closest('.lfr-scroll'))"
        ".slice(0, 5).map(e => e.tagName + '.' + e.getAttribute('class'))",
        room,
    )
    raise AssertionError(f"{page.url} is {wide}px wide in a window of {room}px: {culprits}")


def at_width(page: Page, width: int) -> Page:
    """The same page in a window of this width: 1280, 390 and 320 are the ones we look at."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
    return page


def press(what: Locator) -> None:
    """Press what leads to another page, or sends a form, and wait until the page that comes has loaded."""
    with what.page.expect_navigation():
        what.click()


def touch(what: Locator) -> None:
    """Press what stays on the page: opens a part of it, leads further down, or gives a file."""
    what.click()


def screenshot(page: Page, name: str) -> None:
    """Write docs/screenshots/NAME-WIDTH.png, only where UPDATE_SCREENSHOTS=1."""
    if os.environ.get("UPDATE_SCREENSHOTS") != "1":
        return
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size or {"width": 0}
    taken = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    # Pages have few colours: a third of the bytes, in a repository that everybody fetches.
    few = taken.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(SCREENSHOTS / f"{name}-{size['width']}.png", optimize=True)


def look_at(page: Page, address: str, name: str = "") -> Page:
    """Open the address and hold it to all of the above at every width; `name` takes pictures at 1280 and 390."""
    answer = page.goto(address)
    assert answer is not None and answer.status < 500, f"{address} answered {answer and answer.status}"
    return look_round(page, name)


def look_round(page: Page, name: str = "") -> Page:
    """The same for the page as it stands: going to its address again would show another."""
    for width in WIDTHS:
        at_width(page, width)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        if name and width != 320:
            screenshot(page, name)
    return at_width(page, WIDTHS[0])
