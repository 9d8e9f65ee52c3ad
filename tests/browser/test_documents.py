"""A force's documents in a real Chromium: given, replaced in error, shown in the portal and to the public."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.checks import look_at, look_round, press
from tests.browser.test_portal import pytestmark as pytestmark
from tests.browser.test_portal import service as service
from tests.browser.test_portal import signed_in

GIVEN = {
    "title": "Live facial recognition: what operators and commanders learn",
    "version": "2.1",
    "url": "https://northmoor.example/facial-recognition/training-of-operators-and-commanders.pdf",
    "adopted_on-day": "1",
    "adopted_on-month": "3",
    "adopted_on-year": "2024",
    "review_on-day": "1",
    "review_on-month": "3",
    "review_on-year": "2025",
}


def test_documents_are_given_and_shown(page: Page, service: str) -> None:
    place = f"{service}/portal/northmoor/documents/"
    with signed_in(page, service, "Noor Farrant", "Data protection officer"):
        page.goto(f"{place}add/")
        press(page.get_by_role("button", name="Publish", exact=True))
        page.get_by_role("heading", name="There is a problem").wait_for()
        look_round(page, "portal-document-add")
        page.get_by_label("Training", exact=True).check()
        for name, text in GIVEN.items():
            page.locator(f"[name='{name}']").fill(text)
        press(page.get_by_role("button", name="Publish", exact=True))
        page.get_by_role("heading", name="Documents", exact=True).wait_for()
        page.goto(f"{place}contact/")
        page.locator("[name='email']").fill("facial.recognition@northmoor.example")
        page.locator("[name='phone']").fill("101")
        press(page.get_by_role("button", name="Publish", exact=True))
        page.get_by_role("heading", name="Documents", exact=True).wait_for()
        look_round(page, "portal-documents")
        press(page.get_by_role("link", name=GIVEN["title"]))
        page.get_by_role("heading", name=GIVEN["title"]).wait_for()
        look_round(page, "portal-document")
    look_at(page, f"{service}/demonstration/forces/northmoor/", "public-force-documents")
