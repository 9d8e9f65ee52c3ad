"""From plan to notice in a real Chromium: three people, one of whom tries to authorise their own plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.planning import actions
from directory import actions as directory
from forces.clock import LONDON, db_now, london_date
from forces.documents import documents_of
from forces.models import Force, Person
from forces.tenancy import acting, national_scope
from tests.browser import demonstration
from tests.browser.checks import assert_no_sideways_scroll, at_width, look_at, press
from tests.browser.server import serving_the_site
from tests.browser.test_portal import go, see, signed_in
from tests.conftest import own_database
from tests.deployments.planning.plans import Team

pytestmark = pytest.mark.commits
WHY = "Robbery in the square has not come down, and no less intrusive way would find these people."
CONDITION = "Signs at every way into the square, an hour before the start."


@pytest.fixture
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The made-up force under the legal framework, with somebody who is planner and authorising officer at once."""
    with own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)):
        load_framework(at=db_now())
        owner = person("Morwen Achebe")
        directory.grant(
            person("Iris Pemberton"),
            "authorising_officer",
            force=northmoor(),
            rank="superintendent",
            by=owner,
            at=db_now(),
        )
        with serving_the_site() as address:
            yield address


def northmoor() -> Force:
    return Force.objects.get(slug="northmoor")


def person(name: str) -> Person:
    with national_scope():
        return Person.objects.get(name=name)


def team() -> Team:
    """The force's people by the step that each takes."""
    found = Team(northmoor())
    for step, name in (
        ("planner", "Iris Pemberton"),
        ("officer", "Daniel Okafor"),
        ("assessor", "Noor Farrant"),
        ("engagement", "Alys Trevanion"),
        ("commander", "Sal Whitlock"),
        ("chief", "Rhys Calloway"),
    ):
        found.__dict__[step] = person(name)
    standing = documents_of(found.force, london_date(db_now()))
    found.__dict__["papers"] = {
        kind: each.pk for kind, each in standing.items() if kind in ("policy", "dpia", "eia")
    }
    return found


def now(plan: Plan) -> Plan:
    with acting(plan.force, None):
        return Plan.objects.owned_by(plan.force).with_people().get(pk=plan.pk)


def edit(page: Page, where: str) -> None:
    """The watchlist grows after the plan was authorised, and the plan is submitted again."""
    page.goto(f"{where}/tasks/watchlist/")
    page.locator("[name=most]").fill("1500")
    go(page, "Save", "This makes the authority void")
    press(page.get_by_role("button", name="Save, and make the authority void"))
    page.goto(f"{where}/check/")
    page.get_by_label("Yes: it is assessed first").check()
    go(page, "Submit the plan", "Next: Assess it")


def journey(page: Page, service: str, *, look: bool) -> None:
    watch = see if look else (lambda page, name="": assert_no_sideways_scroll(page))
    plan = team().submitted()
    where = f"{service}/portal/northmoor/plans/{plan.reference}"
    with signed_in(page, service, "Alys Trevanion", "Engagement lead"):
        watch(page, "portal-dashboard-to-assess")
        expect(page.get_by_role("link", name="Assess: Market Square")).to_be_visible()
        page.goto(f"{where}/assess/")
        watch(page, "portal-assess")
        go(page, "Save the decision", "There is a problem")
        watch(page, "portal-assess-errors")
        page.get_by_label("It can go to an authorising officer").check()
        page.get_by_label("Your assessment, or your question").fill(WHY)
        go(page, "Save the decision", "Assessed")
        watch(page, "portal-assessed")
    with signed_in(page, service, "Iris Pemberton", "Planner"):
        page.goto(f"{where}/authorise/")
        page.get_by_role("heading", name="You cannot authorise your own plan").wait_for()
        expect(page.get_by_text("Daniel Okafor")).to_be_visible()
        watch(page, "portal-authorise-own-plan")
    with signed_in(page, service, "Daniel Okafor", "Authorising officer"):
        watch(page, "portal-dashboard-to-authorise")
        expect(page.get_by_role("link", name="Authorise: Market Square")).to_be_visible()
        page.goto(f"{where}/authorise/")
        watch(page, "portal-authorise")
        go(page, "Save the decision", "There is a problem")
        watch(page, "portal-authorise-errors")
        page.get_by_label("Authorise it with conditions").check()
        page.get_by_label("Condition 1").fill(CONDITION)
        page.get_by_label("Your reasons, or your question").fill(WHY)
        press(page.get_by_role("button", name="Add another condition"))
        expect(page.get_by_label("Condition 3")).to_be_visible()
        expect(page.get_by_label("Condition 1")).to_have_value(CONDITION)
        watch(page, "portal-authorise-conditions")
        before = page.locator("[name=seen]").get_attribute("value")
        go(page, "Save the decision", "Authorised with conditions")
        watch(page, "portal-authorised")
        assert now(plan).authority.conditions == [CONDITION]
    with signed_in(page, service, "Iris Pemberton", "Planner"):
        edit(page, where)
        assert now(plan).status == "submitted", "the authority is void"
        page.goto(f"{where}/history/")
        expect(page.get_by_text("Authority void").first).to_be_visible()
        expect(page.get_by_text("Refused: tried to decide what they may not").first).to_be_visible()
        team().assess(now(plan))
    with signed_in(page, service, "Daniel Okafor", "Authorising officer"):
        page.goto(f"{where}/authorise/")
        expect(page.get_by_text("this plan as it was authorised")).to_be_visible()
        watch(page, "portal-authorise-again")
        # What an old window still shows is not what is authorised.
        page.locator("[name=seen]").evaluate(f"field => field.value = '{before}'") if look else None
        page.get_by_label("Authorise it with conditions").check()
        page.get_by_label("Condition 1").fill(CONDITION)
        page.get_by_label("Your reasons, or your question").fill(WHY)
        if look:
            go(page, "Save the decision", "The plan has changed")
            watch(page, "portal-authorise-changed")
            go(page, "Read it as it is now", "Authorise: Market Square")
            page.get_by_label("Authorise it with conditions").check()
            page.get_by_label("Condition 1").fill(CONDITION)
            page.get_by_label("Your reasons, or your question").fill(WHY)
        go(page, "Save the decision", "Authorised with conditions")
    with signed_in(page, service, "Alys Trevanion", "Engagement lead"):
        page.goto(f"{where}/notice/")
        watch(page, "portal-notice")
        go(page, "Publish for Northmoor Police", "The public is told")
        watch(page, "portal-notified")
        press(page.get_by_role("link", name="See the notice as the public does"))
        expect(page.get_by_text(CONDITION)).to_be_visible()
        watch(page)
    feed = page.request.get(f"{service}/demonstration/notices/feed.atom")
    assert feed.ok and plan.reference in feed.text()


def test_three_people_bring_a_plan_to_its_notice(service, page):
    journey(page, service, look=True)


def test_three_people_bring_a_plan_to_its_notice_on_a_phone_without_javascript(service, without_javascript):
    at_width(without_javascript, 390)
    journey(without_javascript, service, look=False)


def test_what_else_an_officer_decides_is_looked_at(service, page):
    """Urgent authority and its confirmation, a held plan, what blocks, what is set aside, withheld or cancelled."""
    ours = team()
    urgent = ours.submitted(urgency="A dangerous person was seen near the station this morning.")
    blocked = ours.assessed(watchlist={"reviewed": False}, place={"place": "Station Road"})
    told = ours.notified(place={"place": "Castle Street"})
    held = ours.notified(place={"place": "Northmoor Arena"})
    assert actions.hold(held, why="The national test of this algorithm was withdrawn.", at=db_now())
    waits = ours.authorised(place={"place": "Quay Street"})
    where = f"{service}/portal/northmoor/plans"
    with signed_in(page, service, "Daniel Okafor", "Authorising officer"):
        see(page, "portal-dashboard-officer")
        look_at(page, f"{where}/{urgent.reference}/authorise/", "portal-urgent")
        page.get_by_label("I gave urgent authority by word of mouth").check()
        page.get_by_label("Your reasons, or your question").fill(WHY)
        go(page, "Save the decision", "There is a problem")
        see(page, "portal-urgent-errors")
        given = (db_now() - timedelta(hours=1)).astimezone(LONDON)
        for part in ("day", "month", "year"):
            page.locator(f"[name=given_on-{part}]").fill(str(getattr(given, part)))
        page.get_by_label("Time at which you gave it").fill(f"{given:%H:%M}")
        go(page, "Save the decision", "Urgent authority recorded")
        see(page, "portal-urgent-recorded")
        look_at(page, f"{where}/{urgent.reference}/authorise/", "portal-confirm")
        look_at(page, f"{where}/{held.reference}/authorise/", "portal-uphold")
        look_at(page, f"{where}/{blocked.reference}/authorise/", "portal-blocked")
        look_at(page, f"{where}/{waits.reference}/defer/", "portal-defer")
        go(page, "Withhold the notice", "There is a problem")
        see(page, "portal-defer-errors")
        look_at(page, f"{where}/{told.reference}/cancel/", "portal-cancel")
        go(page, "Cancel the deployment", "There is a problem")
        see(page)
    with signed_in(page, service, "Rhys Calloway", "Chief officer"):
        look_at(page, f"{where}/{blocked.reference}/override/watchlist-review/", "portal-override")
        go(page, "Set it aside", "There is a problem")
        see(page)
    with signed_in(page, service, "Noor Farrant", "Data protection officer"):
        look_at(page, f"{where}/{blocked.reference}/attest/logging/", "portal-attest")
    with signed_in(page, service, "Sal Whitlock", "Operator lead"):
        look_at(page, f"{where}/{blocked.reference}/attest/logging/")  # another role
        running(urgent)
        page.goto(f"{service}/portal/northmoor/")
        expect(page.get_by_role("link", name="Running now: Market Square")).to_be_visible()
        look_at(page, f"{where}/{urgent.reference}/running/", "portal-running")
        go(page, "Save the decision", "There is a problem")
        see(page)
        page.get_by_label("Pause").check()
        page.get_by_label("Why?").fill(WHY)
        go(page, "Save the decision", "Decided: Pause")
        see(page)


def running(plan: Plan) -> None:
    """It has begun, and something it relied on changes."""
    with acting(plan.force, None):
        begun = {"starts_at": db_now() - timedelta(minutes=20), "ends_at": db_now() + timedelta(hours=5)}
        Plan.objects.owned_by(plan.force).filter(pk=plan.pk).update(**begun)
    assert actions.hold(now(plan), why="The lowest threshold is 0.7 from now on.", at=db_now())
