"""Questions and briefing packs in a real Chromium: each page looked at, and the work done without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from forces.models import Force
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
from register.models import Origin, Tier
from tests.browser import demonstration
from tests.browser.checks import look_at, press, touch
from tests.browser.server import serving_the_site
from tests.conftest import own_database
from tests.records import enter

pytestmark = [pytest.mark.commits]


@pytest.fixture
def centre(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The service with real forces, two records of one of them, one of the press, and made-up people."""
    with own_database(django_db_blocker, demonstration.template(django_db_blocker)):
        essex = Force.objects.get(slug="essex")
        for on in ("2024-04-06", "2025-02-01"):
            enter(essex, on=on)
        enter(essex, on="2024-04-06", origin=Origin.COLLATED, tier=Tier.SECONDARY)
        connection.close()
        with serving_the_site() as address:
            yield address


def sign_in(page: Page, centre: str) -> None:
    page.goto(f"{centre}/sign-in/?next=/admin/questions/")
    press(page.get_by_role("button", name="as Winifred Osei, National lead"))
    page.wait_for_url(re.compile("/admin/questions/"))


def work() -> None:
    with national_scope():
        waiting = list(Job.objects.filter(state=Job.State.QUEUED))
    for job in waiting:
        runner.run(job.pk)
    connection.close()


def test_a_question_is_answered_and_a_pack_made_without_javascript(without_javascript: Page, centre: str):
    page = without_javascript
    sign_in(page, centre)
    press(page.get_by_role("button", name="Save a question"))
    page.get_by_label("The question").fill("How often was it used in Essex in 2024?")
    page.get_by_label("Address of the table or list").fill("/deployments/?force=essex&year=2024")
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Apart from forces' own records")).to_be_visible()
    press(page.get_by_role("link", name="Change what the answer says"))
    page.get_by_label("Arrests", exact=True).uncheck()
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("The question is changed.")).to_be_visible()
    press(page.get_by_role("button", name="Answer now"))
    expect(page.get_by_text("This is what was answered then.")).to_be_visible()
    with page.expect_download() as download:
        touch(page.get_by_role("link", name="This answer as PDF"))
    assert download.value.suggested_filename.endswith(".pdf")

    page.goto(f"{centre}/admin/packs/")
    press(page.get_by_role("button", name="Make a briefing pack"))
    expect(page.get_by_text("Being made:")).to_be_visible()
    work()
    press(page.get_by_role("link", name="Look again"))
    with page.expect_download() as download:
        touch(page.get_by_role("link", name=re.compile("^ODS of the pack")))
    assert download.value.suggested_filename.endswith(".ods")


def test_every_page_is_sound(page: Page, centre: str):
    sign_in(page, centre)
    look_at(page, f"{centre}/admin/questions/")
    look_at(page, f"{centre}/admin/questions/new/", "national-question-new")
    page.get_by_label("The question").fill("How often was it used in Essex?")
    page.get_by_label("Address of the table or list").fill("/statistics/deployments-by-year/?force=essex")
    press(page.get_by_role("button", name="Save"))
    page.wait_for_url(re.compile("/admin/questions/[0-9a-f-]{36}/"))
    question = page.url
    press(page.get_by_role("button", name="Answer now"))
    page.wait_for_url(re.compile("/admin/answers/"))
    enter(Force.objects.get(slug="essex"), on="2025-03-01")
    connection.close()
    page.goto(question)
    press(page.get_by_role("button", name="Answer now"))
    page.wait_for_url(re.compile("/admin/answers/"))
    look_at(page, page.url, "national-answer")
    look_at(page, question, "national-question")
    look_at(page, f"{question}change/")
    look_at(page, f"{centre}/admin/questions/")
    look_at(page, f"{centre}/admin/packs/")
    press(page.get_by_role("button", name="Make a briefing pack"))
    expect(page.get_by_text("Being made:")).to_be_visible()
    look_at(page, f"{centre}/admin/packs/")
    work()
    look_at(page, f"{centre}/admin/packs/", "national-packs")
    press(page.locator("tbody th a").first)
    page.wait_for_url(re.compile("/admin/packs/[0-9a-f-]{36}/"))
    look_at(page, page.url, "national-pack")
