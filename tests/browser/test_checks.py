"""The checks themselves: a page with a fault must not pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders

from tests.browser.checks import assert_accessible, assert_no_sideways_scroll, at_width
from tests.browser.conftest import _page
from tests.browser.server import serving

GOOD = '<!DOCTYPE html><html lang="en"><title>Page</title><main><h1>Page</h1>{}</main></html>'


def answering(html: str, **headers: str):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), *headers.items()])
        return [html.encode()]

    return serving(application)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ('<p style="color:#aaa;background:#fff">Faint</p>', "color-contrast"),
        ("<input>", "label"),
        ("<h4>Skipped two levels</h4>", "heading-order"),
        (
            '<a href="/a">a</a>' * 2 + '<button style="width:9px;height:9px;padding:0">x</button>' * 9,
            "target-size",
        ),
    ],
)
def test_axe_finds_what_is_wrong(page, fault, rule):
    page.set_content(GOOD.format(fault))
    with pytest.raises(AssertionError, match=rule):
        assert_accessible(page)


def test_axe_is_content_with_a_sound_page(page):
    page.set_content(GOOD.format("<p>Words</p>"))
    assert_accessible(page)


def test_a_page_wider_than_its_window_is_caught_with_the_culprit(page):
    page.set_content(GOOD.format('<div class="wide" style="width:500px">Wide</div>'))
    assert_no_sideways_scroll(page)
    with pytest.raises(AssertionError, match=r"DIV\.wide"):
        assert_no_sideways_scroll(at_width(page, 320))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ('<img alt="" src="http://example.org/pixel.gif">', "asked for http://example.org/pixel.gif"),
        ("<p style='color:red'>Red</p>", "Content Security Policy"),
        ("<script src='data:text/javascript,oops()'></script>", "threw"),
    ],
)
def test_a_page_that_misbehaves_fails_its_test(browser, fault, said):
    policy = {"Content-Security-Policy": "style-src 'self'; script-src data:"}
    pages = _page(browser)
    page = next(pages)
    with answering(GOOD.format(fault), **policy) as address:
        page.goto(address)
    with pytest.raises(AssertionError, match=said):
        next(pages, None)


def test_a_page_that_misses_a_file_fails_its_test(browser):
    def application(environ, start_response):
        is_page = environ["PATH_INFO"] == "/"
        start_response("200 OK" if is_page else "404 Not Found", [("Content-Type", "text/html")])
        return [GOOD.format('<link rel="stylesheet" href="/gone.css">').encode() if is_page else b""]

    pages = _page(browser)
    page = next(pages)
    with serving(application) as address:
        page.goto(address)
    with pytest.raises(AssertionError, match="404"):
        next(pages, None)


def stylesheets() -> list[Path]:
    return [
        Path(where.path(name))
        for finder in get_finders()
        for name, where in finder.list([])
        if name.endswith(".css")
    ]


def test_nobody_reads_a_page_that_is_going():
    """A click returns before the page that it leads to is there: `press` waits for it, in every test."""
    for path in Path(__file__).parent.glob("*.py"):
        if path.name not in ("checks.py", Path(__file__).name):
            assert ".click(" not in path.read_text(), f"{path.name}: use press() or touch() of checks.py."
