"""The national centre's pages in a real Chromium: each looked at, and the work done without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from events.models import Delivery, Event
from forces.clock import db_now
from forces.models import Force, LfrUse, Membership, Person
from forces.tenancy import national_scope
from jobs.models import Job
from register import actions as register
from register.models import Entry
from tests.browser import demonstration
from tests.browser.checks import assert_accessible, look_at, press, touch
from tests.browser.server import serving_the_site
from tests.conftest import own_database

pytestmark = pytest.mark.commits


@pytest.fixture
def centre(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The service with real forces, made-up people, one parked event and one request for removal."""
    with own_database(django_db_blocker, demonstration.template(django_db_blocker)):
        _one_parked_and_one_to_remove()
        with serving_the_site() as address:
            yield address


def _one_parked_and_one_to_remove() -> None:
    northmoor = Force.objects.get(slug="northmoor")
    with national_scope():
        officer = Person.objects.get(logins__email="data-protection-officer@northmoor.example")
        event = Event.objects.filter(force=northmoor, name="deployment.published.v1").latest("id")
        Delivery.objects.create(
            event=event,
            subscriber="collation.count_entered",
            state="parked",
            attempts=7,
            cause="The figure “faces_seen” is not a number.",
        )
    register.propose_redaction(
        Entry.objects.filter(force=northmoor).latest("id"),
        force=northmoor,
        by=officer,
        at=db_now(),
        why="The description of the place names a shopkeeper.",
        public_reason="A name stood in the place.",
    )
    connection.close()


def sign_in(page: Page, centre: str) -> None:
    page.goto(f"{centre}/sign-in/?next=/admin/")
    press(page.get_by_role("button", name="as Winifred Osei, National lead"))
    page.wait_for_url(re.compile("/admin/"))


def ids() -> dict[str, object]:
    with national_scope():
        planner = Person.objects.get(logins__email="planner@northmoor.example")
        return {
            "planner": planner.public_id,
            "login": planner.logins.get().pk,
            "membership": Membership.objects.get(person=planner).pk,
            "delivery": Delivery.objects.get(state="parked").pk,
            "use": LfrUse.objects.first().pk,
            "job": Job.objects.order_by("pk").values_list("pk", flat=True).first(),
        }


def test_every_page_of_the_centre_is_sound(page: Page, centre: str):
    sign_in(page, centre)
    known = ids()
    for address, name in (
        ("", "national-front"),
        ("records/", ""),
        ("people/", "national-people"),
        ("people/?force=northmoor", ""),
        (f"people/{known['planner']}/", "national-person"),
        ("people/invite/", "national-invite"),
        ("people/appoint/", ""),
        (f"people/{known['planner']}/grant/", ""),
        (f"people/roles/{known['membership']}/end/", "national-end-role"),
        (f"people/logins/{known['login']}/link/", ""),
        (f"people/logins/{known['login']}/disable/", ""),
        ("force/", "national-forces"),
        ("force/essex/", "national-force"),
        ("force/northmoor/use/", ""),
        ("force/northmoor/successor/", ""),
        ("force/add/", "national-force-add"),
        ("parked/", "national-parked"),
        ("decide/", "national-decide"),
        (f"decide/parked/{known['delivery']}/", "national-decide-item"),
        ("decide/parked/987654321/", ""),
        ("redactions/", "national-redactions"),
        ("audit/", "national-audit"),
        ("audit/?since-day=41&since-month=1&since-year=2024", ""),
    ):
        look_at(page, f"{centre}/admin/{address}", name)


def test_stock_records_are_sound(page: Page, centre: str):
    sign_in(page, centre)
    known = ids()
    for address, name in (
        ("forces/force/", "national-record-list"),
        ("forces/person/?q=northmoor", ""),
        ("forces/membership/", ""),
        ("forces/lfruse/", ""),
        (f"forces/lfruse/{known['use']}/change/", "national-record"),
        ("events/event/", ""),
        ("events/delivery/", ""),
        (f"events/delivery/{known['delivery']}/change/", ""),
        ("jobs/job/", ""),
        ("evaluations/algorithmversion/", ""),
    ):
        look_at(page, f"{centre}/admin/{address}", name)


def test_a_form_sent_empty_says_so_at_the_top_and_beside(page: Page, centre: str):
    sign_in(page, centre)
    page.goto(f"{centre}/admin/people/invite/")
    press(page.get_by_role("button", name="Invite"))
    assert page.title().startswith("Error: ")
    page.wait_for_selector(".govuk-error-summary:focus")
    touch(page.get_by_role("link", name="Enter full name"))
    expect(page.locator("[name='name']")).to_be_focused()
    assert_accessible(page)


def test_without_javascript_the_lead_invites_and_ends_a_role(without_javascript: Page, centre: str):
    page = without_javascript
    sign_in(page, centre)
    press(page.get_by_role("link", name="People", exact=True))
    press(page.get_by_role("button", name="Invite somebody to a force"))
    page.get_by_label("Full name").fill("Ada Byron")
    page.get_by_label("Email address").fill("ada@northmoor.example")
    page.get_by_label("Force", exact=True).select_option("northmoor")
    page.get_by_label("Auditor", exact=True).check()
    page.get_by_label("Why", exact=True).fill("A new post")
    press(page.get_by_role("button", name="Invite"))
    expect(page.get_by_text("Ada Byron is invited").first).to_be_visible()
    press(page.get_by_role("link", name="Ada Byron"))
    press(page.get_by_role("link", name="Give a link"))
    page.get_by_label("Why", exact=True).fill("First sign-in")
    press(page.get_by_role("button", name="Make the link"))
    expect(page.get_by_text("/sign-in/password/").first).to_be_visible()
    press(page.get_by_role("link", name="Back", exact=True))
    press(page.get_by_role("link", name="End Auditor"))
    page.get_by_label("Why", exact=True).fill("A mistake")
    press(page.get_by_role("button", name="End the role now"))
    expect(page.get_by_text("is no longer").first).to_be_visible()


def test_without_javascript_an_item_is_taken_given_back_and_decided(without_javascript: Page, centre: str):
    page = without_javascript
    sign_in(page, centre)
    press(page.get_by_role("link", name="Parked events"))
    press(page.get_by_role("link", name=re.compile("Result published")))
    press(page.get_by_role("button", name="Take it"))
    expect(page.get_by_text("nobody else decides on it").first).to_be_visible()
    press(page.get_by_role("button", name="Give it back"))
    expect(page.get_by_text("You have given it back").first).to_be_visible()
    press(page.get_by_role("button", name="Try it again"))
    expect(page.get_by_text("There is a problem").first).to_be_visible()
    page.get_by_label("Why", exact=True).fill("The figure is mended")
    press(page.get_by_role("button", name="Try it again"))
    expect(page.get_by_text("will be tried again").first).to_be_visible()
    press(page.get_by_role("link", name="Parked events", exact=True))
    expect(page.get_by_text("No event is parked.").first).to_be_visible()
