"""Pages that keep themselves up to date, in a real Chromium with a real stream: told once, and nobody interrupted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from csp.constants import SELF
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Page

from config.stack.testing import TestStack
from deployments import actions as deployments
from events.sequencer import sequence
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import national_scope
from register import actions as register
from register.models import Entry
from tests.api.following import cookie
from tests.api.serving_streams import ROOT, StreamProcess
from tests.browser import demonstration
from tests.browser.checks import assert_accessible, assert_no_sideways_scroll, at_width, press, screenshot
from tests.browser.server import WithFiles, closing_connections, serving
from tests.conftest import own_database
from tests.deployments.recordings import FIRST, published, recorded

pytestmark = [pytest.mark.commits, pytest.mark.processes]
UPDATED = re.compile(r"Brought up to date at \d+:\d\d[ap]m")
GUIDE = (ROOT / "docs" / "how-to" / "follow-events.md").read_text()
CHANGED = re.compile(r"Something on this page changed at \d+:\d\d[ap]m")


@dataclass
class Live:
    """Where the pages are, and the process that streams to them."""

    address: str
    stream: StreamProcess

    def sign_in(self, page: Page, email: str) -> None:
        with national_scope():
            person = Person.objects.get(logins__email=email)
            name, value = cookie(person, client=Client())[1].decode().split("=")
        page.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open(self, page: Page, path: str) -> None:
        """The page, once it follows the stream."""
        stream = f"http://127.0.0.1:{self.stream.port}/stream/mine/"
        with page.expect_response(lambda answer: answer.url.startswith(stream)) as answered:
            page.goto(f"{self.address}{path}")
        assert answered.value.status == 200


@pytest.fixture
def own(django_db_setup, django_db_blocker) -> Iterator[TestStack]:
    with own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)) as place:
        yield place


@pytest.fixture
def live(own, tmp_path) -> Iterator[Live]:
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with serving(closing_connections(WithFiles(WSGIHandler()))) as address:
        pages = int(address.rpartition(":")[2])
        stream = StreamProcess(own, tmp_path / "stream.log", LFR_PORTS="")
        stream.environment["LFR_PORTS"] = f"{pages},{stream.port}"
        policy = {
            "DIRECTIVES": {
                **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
                "connect-src": [SELF, f"http://127.0.0.1:{stream.port}"],
            }
        }
        with override_settings(
            STORAGES={**settings.STORAGES, **plain},
            SEPARATE_PORTS=[pages, stream.port],
            CONTENT_SECURITY_POLICY=policy,
        ):
            stream.start()
            try:
                yield Live(address, stream)
            finally:
                stream.kill()
    connection.close()


def someone(email: str) -> Person:
    with national_scope():
        return Person.objects.get(logins__email=email)


def see(page: Page, name: str) -> None:
    for width in (1280, 390):
        at_width(page, width)
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        screenshot(page, name)
    at_width(page, 1280)


def test_a_dashboard_comes_up_to_date_by_itself_and_leaves_alone_who_is_busy(page: Page, live: Live):
    northmoor = Force.objects.get(slug="northmoor")
    lead = someone("operator-lead@northmoor.example")
    live.sign_in(page, "data-publisher@northmoor.example")
    live.open(page, "/portal/northmoor/")
    assert page.get_by_role("status").inner_text() == ""
    recorded(northmoor, by=lead, place="Market Square")
    sequence()
    page.get_by_role("link", name=re.compile("Review: Market Square")).wait_for()
    page.get_by_role("status").get_by_text(UPDATED).wait_for()
    assert page.evaluate("document.activeElement === document.body")
    see(page, "live-dashboard")
    # Somebody who has gone to a link is not to lose it.
    page.get_by_role("link", name=re.compile("Review: Market Square")).focus()
    recorded(northmoor, by=lead, place="Station Road")
    sequence()
    page.get_by_role("status").get_by_text(CHANGED).wait_for()
    assert page.get_by_text("Station Road").count() == 0
    assert "Market Square" in page.evaluate("document.activeElement.textContent")
    see(page, "live-dashboard-busy")
    press(page.get_by_role("link", name="Show the new state"))
    page.get_by_role("link", name=re.compile("Review: Station Road")).wait_for()


def test_a_deployment_page_says_that_it_has_changed_and_does_not_change(page: Page, live: Live):
    northmoor = Force.objects.get(slug="northmoor")
    deployment = recorded(northmoor, by=someone("operator-lead@northmoor.example"))
    sequence()
    live.sign_in(page, "data-publisher@northmoor.example")
    live.open(page, f"/portal/northmoor/deployments/{deployment.reference}/")
    page.evaluate("scrollTo(0, 600)")
    officer = someone("authorising-officer@northmoor.example")
    deployments.review(deployment, seen=FIRST, by=officer, at=db_now())
    sequence()
    page.get_by_role("status").get_by_text(CHANGED).wait_for()
    assert page.get_by_role("button", name="Review").count() == 1
    see(page, "live-deployment")
    press(page.get_by_role("link", name="Show the new state"))
    page.get_by_role("button", name="Publish").wait_for()


def test_pages_stay_as_they_were_without_a_stream_and_without_javascript(
    page: Page, without_javascript: Page, live: Live
):
    northmoor = Force.objects.get(slug="northmoor")
    live.stream.kill()
    for each in (page, without_javascript):
        live.sign_in(each, "auditor@northmoor.example")
        each.goto(f"{live.address}/portal/northmoor/history/")
        assert each.get_by_role("heading", name="History").is_visible()
        assert each.locator("#live").inner_text() == ""
        assert_no_sideways_scroll(each)
    # The stream comes back, and with it what was missed.
    recorded(northmoor, by=someone("operator-lead@northmoor.example"))
    sequence()
    live.stream.start()
    page.get_by_role("heading", name="Result recorded").wait_for()


def test_what_waits_for_the_centre_comes_up_to_date(page: Page, live: Live):
    northmoor = Force.objects.get(slug="northmoor")
    lead, publisher = (someone(f"{role}@northmoor.example") for role in ("operator-lead", "data-publisher"))
    reference = published(northmoor, by=lead, publisher=publisher).public_reference
    sequence()
    live.sign_in(page, "national-lead@centre.example")
    live.open(page, "/admin/")
    the_guide_is_true(page, live, f"northmoor: original of {reference}")
    register.propose_redaction(
        Entry.objects.get(reference=reference),
        force=northmoor,
        by=someone("data-protection-officer@northmoor.example"),
        at=db_now(),
        why="The place names a shopkeeper.",
        public_reason="A name stood in the place.",
    )
    sequence()
    page.get_by_role("row", name=re.compile("Removals of personal data to decide.* 1 ")).wait_for()
    page.get_by_role("status").get_by_text(UPDATED).wait_for()
    see(page, "live-national-front")


def the_guide_is_true(page: Page, live: Live, heard: str) -> None:
    """What docs/how-to/follow-events.md tells a browser to do, from the beginning."""
    (script,) = re.findall(r"```js\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert "'/stream/'" in script
    here = f"'http://127.0.0.1:{live.stream.port}/stream/?realm=demonstration&after=0'"
    with page.expect_console_message(lambda message: heard in message.text):
        page.evaluate(f"() => {{ {script.replace(chr(39) + '/stream/' + chr(39), here)} }}")
