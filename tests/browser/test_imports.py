"""Imports in a real Chromium: a document from the file to the register and back, and every page looked at."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from coordination.intake.models import Batch
from forces.models import Force
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
from register.models import Head
from tests.browser.checks import assert_no_sideways_scroll, at_width, look_round, press
from tests.browser.test_portal import service  # noqa: F401  # fixture
from tests.coordination.intake import making
from tests.coordination.intake.conftest import EDITION, own_files, plain  # noqa: F401  # fixtures
from tests.people import make_force

pytestmark = pytest.mark.commits
MISPRINTED = [*EDITION[:2], plain("Elm Street", "32/05/25", 900), plain("Oak Lane", "03/05/25", "many")]
# A later edition: one figure corrected, one deployment no longer printed, one new.
LATER = [
    EDITION[0],
    [*EDITION[1][:12], "6", *EDITION[1][13:]],
    EDITION[3],
    plain("Quayside", "05/05/25", 4200),
]


@contextmanager
def the_lead(page: Page, service: str):  # noqa: F811
    page.goto(f"{service}/sign-in/?next=/admin/imports/")
    go(page, re.compile("National lead"))
    yield


def fits(page: Page, _name: str) -> None:
    assert_no_sideways_scroll(page)


def go(page: Page, name: str | re.Pattern[str], role: str = "button", *, exact: bool = False) -> None:
    press(page.get_by_role(role, name=name, exact=exact))  # type: ignore[arg-type]


def work() -> None:
    with national_scope():
        waiting = list(Job.objects.filter(state=Job.State.QUEUED).order_by("id"))
    for job in waiting:
        runner.run(job.pk)


def bring(page: Page, service: str, name: str, content: bytes) -> None:  # noqa: F811
    page.goto(f"{service}/admin/imports/new/")
    page.get_by_label("Document").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    go(page, "Read it")


def edition(rows: list[list[str]]) -> bytes:
    return making.csv([making.HEADING_2025, *rows])


def through(page: Page, service: str, look) -> None:  # noqa: F811
    """From the file to the register, corrected by a later edition, and back."""
    look(page, "imports-empty")
    go(page, "Bring a document")
    look(page, "import-new")
    go(page, "Read it")
    page.get_by_role("heading", name="There is a problem").wait_for()
    look(page, "import-new-error")
    bring(page, service, "photo.pdf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 300)
    work()
    go(page, "Refresh", "link")
    page.get_by_text("The file is a picture (JPEG)").wait_for()
    look(page, "import-refused")
    bring(page, service, "misprinted.csv", edition(MISPRINTED))
    work()
    go(page, "Refresh", "link")
    page.get_by_text("It cannot be accepted: there are 2 errors.").wait_for()
    go(page, "Look at the errors", "link")
    look(page, "import-errors")
    bring(page, service, "grid-may.csv", edition(EDITION))
    page.get_by_text("It waits for its turn.").wait_for()
    look(page, "import-progress")
    work()
    go(page, "Refresh", "link")
    page.get_by_role("heading", name="What was found").wait_for()
    look(page, "import-dry-run")
    go(page, "Rows (4)", "link")
    look(page, "import-rows")
    go(page, "row 1", "link", exact=True)
    look(page, "import-row")
    go(page, "Summary", "link")
    go(page, "Accept")
    look(page, "import-accept")
    go(page, "Accept and publish")
    work()
    go(page, "Refresh", "link")
    page.get_by_text("New records published").wait_for()
    look(page, "import-accepted")
    bring(page, service, "grid-june.csv", edition(LATER))
    work()
    go(page, "Refresh", "link")
    go(page, "Answer the next question", "link")
    look(page, "import-question")
    go(page, "Keep this answer")
    page.get_by_role("heading", name="There is a problem").wait_for()
    look(page, "")
    page.get_by_label("Leave it on the register").check()
    go(page, "Keep this answer")
    page.get_by_text("Every question is answered.").wait_for()
    go(page, "Accept")
    go(page, "Accept and publish")
    work()
    go(page, "Refresh", "link")
    go(page, "Undo this import", "link")
    look(page, "import-undo")
    page.get_by_label("Why is it undone?").fill("It was the wrong edition.")
    go(page, "Undo and publish why")
    work()
    go(page, "Refresh", "link")
    page.get_by_text("It was the wrong edition.").first.wait_for()
    look(page, "import-undone")
    go(page, re.compile(r"^Rows"), "link")
    look(page, "")
    page.goto(f"{service}/admin/imports/")
    look(page, "imports")


def comes_to_the_first_edition() -> None:
    assert [batch.state for batch in Batch.objects.order_by("id")] == [
        "refused",
        "staged",
        "accepted",
        "undone",
    ]
    assert Head.objects.standing().count() == len(EDITION)


@pytest.fixture
def centre(service, own_files):  # noqa: F811
    own_files.mkdir(exist_ok=True)
    if not Force.objects.filter(code="E23000001").exists():
        make_force("E23000001", "metropolitan", "Metropolitan Police Service")
    return service


def test_a_document_goes_to_the_register_and_back(centre, page):
    with the_lead(page, centre):
        through(page, centre, look_round)
    comes_to_the_first_edition()


def test_the_same_on_a_phone_without_javascript(centre, without_javascript):
    at_width(without_javascript, 390)
    with the_lead(without_javascript, centre):
        through(without_javascript, centre, fits)
    comes_to_the_first_edition()
