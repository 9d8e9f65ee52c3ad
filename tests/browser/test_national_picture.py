"""The national picture and force capability over time, in a real Chromium, on what comes with the project."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page

from coordination.collation.rebuilding import rebuild
from forces.areas.loading import load_map, remove_map
from forces.clock import db_now
from forces.models import Force
from register.models import Head
from tests.browser.checks import at_width, look_at, press, touch
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.forces.test_areas import CREDIT, collection, feature

pytestmark = pytest.mark.commits

WIDE, NARROW = "svg.lfr-chart__drawing--wide a", "svg.lfr-chart__drawing--narrow a"


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    with own_database(django_db_blocker):
        call_command("load_reference", verbosity=0)
        call_command("load_demonstration", verbosity=0)
        for force in Force.objects.filter(pk__in=Head.objects.values("force")):
            rebuild(force)
        connection.close()
        with serving_the_site() as address:
            yield address


def made_up_areas() -> bytes:
    """A ring of many corners for each force, in rows; one of them too small to be hit."""
    codes = Force.objects.national().territorial().order_by("code").values_list("code", flat=True)
    areas = []
    for place, code in enumerate(codes):
        size = 0.01 if place == 0 else 0.35
        x, y = -5 + place % 7 * 0.9, 50.2 + place // 7 * 0.8
        ring = [
            [x + size * math.cos(turn / 30 * math.pi), y + size * math.sin(turn / 30 * math.pi)]
            for turn in range(60)
        ]
        areas.append(feature(code, [[*ring, ring[0]]]))
    return collection(*areas)


def test_the_tiles_are_fit_to_read_and_to_press(page: Page, service: str) -> None:
    look_at(page, f"{service}/forces/", "public-forces")
    wide, narrow = page.locator(WIDE), page.locator(NARROW)
    assert wide.count() == narrow.count() == 43
    assert wide.first.is_visible()
    assert not narrow.first.is_visible()
    at_width(page, 320)
    assert narrow.first.is_visible()
    for tile in narrow.all():
        box = tile.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    press(page.locator('svg.lfr-chart__drawing--narrow a[aria-label*="Metropolitan"]'))
    assert page.url.endswith("/forces/metropolitan/")


def test_the_keyboard_goes_as_one_reads(page: Page, service: str) -> None:
    page.goto(f"{service}/forces/")
    page.locator(WIDE).first.focus()
    seen = []
    for _number in range(43):
        box = page.evaluate(
            "(r => [Math.round(r.y + scrollY), Math.round(r.x)])(document.activeElement.getBoundingClientRect())"
        )
        seen.append(tuple(box))
        page.keyboard.press("Tab")
    assert len(set(seen)) == 43
    assert seen == sorted(seen)


def test_a_loaded_map_is_fit_to_read_and_phones_keep_the_tiles(page: Page, service: str) -> None:
    load_map(made_up_areas(), attribution=CREDIT, at=db_now())
    try:
        look_at(page, f"{service}/forces/")
        assert page.locator(f"{WIDE} path").count() == 42
        assert page.locator(f"{WIDE} rect").count() == 1
        assert page.get_by_text(CREDIT).is_visible()
        at_width(page, 390)
        assert page.locator(f"{NARROW} rect").first.is_visible()
    finally:
        remove_map(at=db_now())


def test_capability_is_fit_to_read(page: Page, service: str) -> None:
    look_at(page, f"{service}/statistics/force-capability/", "public-force-capability")
    look_at(page, f"{service}/demonstration/statistics/force-capability/")
    look_at(page, f"{service}/demonstration/forces/")


def test_both_work_without_javascript(without_javascript: Page, service: str) -> None:
    page = without_javascript
    page.goto(f"{service}/statistics/")
    press(page.get_by_role("link", name="Force capability over time"))
    assert page.get_by_role("table").count() >= 3
    with page.expect_download() as download:
        touch(page.get_by_role("link", name="Every statement with its source (CSV)").first)
    assert download.value.suggested_filename == "force-capability-statements.csv"
    page.goto(f"{service}/forces/")
    press(page.locator('svg.lfr-chart__drawing--wide a[aria-label*="Kent"]'))
    assert page.get_by_role("heading", level=1).inner_text() == "Kent Police"
