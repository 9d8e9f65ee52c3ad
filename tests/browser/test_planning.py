"""A plan in a real Chromium, from beginning to submitting, with and without JavaScript; each page looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coordination.framework.reference import load_framework
from deployments.models import Plan
from deployments.planning import actions
from deployments.planning.fields import TASKS
from forces.clock import db_now, london_date
from forces.documents import documents_of
from forces.models import Force, Person
from forces.tenancy import acting, national_scope
from tests.browser import demonstration
from tests.browser.checks import assert_no_sideways_scroll, press
from tests.browser.server import serving_the_site
from tests.browser.test_portal import go, see, signed_in
from tests.conftest import own_database
from tests.deployments.planning.plans import answers

pytestmark = pytest.mark.commits
PLANNER = "Iris Pemberton"


@pytest.fixture
def service(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The made-up force under the legal framework."""
    with own_database(django_db_blocker, demonstration.people_alone(django_db_blocker)):
        load_framework(at=db_now())
        with serving_the_site() as address:
            yield address


def northmoor() -> Force:
    return Force.objects.get(slug="northmoor")


def person(name: str) -> Person:
    with national_scope():
        return Person.objects.get(name=name)


def now(plan: Plan) -> Plan:
    with acting(plan.force, None):
        return Plan.objects.owned_by(plan.force).with_people().get(pk=plan.pk)


def goal() -> dict[str, dict[str, Any]]:
    """What the plan is to say, with the documents it rests on."""
    standing = documents_of(northmoor(), london_date(db_now()))
    papers = {kind: standing[kind].pk for kind in ("dpia", "eia", "policy")}
    said = answers(northmoor(), person("Sal Whitlock"))
    return {**said, "protection": {**papers, **said["protection"]}}


def write(page: Page, task: str, said: dict) -> None:
    """Fill in the form of one task as it stands."""
    for name, value in said.items():
        if name == "starts_at":
            for part, typed in zip(("year", "month", "day"), value[:10].split("-"), strict=True):
                page.locator(f"[name=on-{part}]").fill(typed)
            page.locator("[name=start]").fill(value[11:16])
        elif name == "ends_at":
            page.locator("[name=end]").fill(value[11:16])
        elif name == "categories":
            for each in value:
                page.locator(f"[name=categories][value={each['code']}]").check()
                page.locator(f"[name=expected_{each['code']}]").fill(str(each["expected"]))
                page.locator(f"[name=rationale_{each['code']}]").fill(each["rationale"])
        elif isinstance(value, list) and name != "intelligence_references":
            for each in value:
                page.locator(f"[name={name}][value={each}]").check()
        elif page.locator(f"[name={name}][type=radio]").count():
            typed = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            page.locator(f'[name={name}][value="{typed}"]').check()
        else:
            page.locator(f"[name={name}]").fill("\n".join(value) if isinstance(value, list) else str(value))


def journey(page: Page, service: str, *, look: bool) -> None:
    watch = see if look else (lambda page, name="": assert_no_sideways_scroll(page))
    said = goal()
    with signed_in(page, service, PLANNER, "Planner"):
        page.goto(f"{service}/portal/northmoor/plans/")
        watch(page, "portal-plans-empty")
        press(page.get_by_role("button", name="Plan a deployment"))
        page.get_by_label("Begin a new operation").check()
        page.get_by_label("Name of the operation").fill("Operation Quay")
        watch(page, "portal-plan-begin")
        press(page.get_by_role("button", name="Begin the plan"))
        expect(page.get_by_text("You have completed 0 of 8 tasks")).to_be_visible()
        watch(page, "portal-plan-new")
        for task in TASKS:
            press(page.get_by_role("link", name=str(task.title), exact=True))
            expect(page.get_by_role("heading", name=str(task.title), level=1)).to_be_visible()
            if task.code == "purpose":
                page.get_by_label("What it must achieve").fill("Find the man who rings from 07700 900123.")
                go(page, "Save", "There is a problem")
                expect(page.get_by_text("Nothing here may identify a person")).to_be_visible()
                watch(page, "portal-plan-task-refused")
            write(page, task.code, said[task.code])
            watch(page, f"portal-plan-{task.code}" if task.code in ("place", "watchlist") else "")
            press(page.get_by_role("button", name="Save"))
            page.wait_for_url(re.compile("/plans/[^/]+/$"))
        expect(page.get_by_text("You have completed 8 of 8 tasks")).to_be_visible()
        watch(page, "portal-plan-complete")
        press(page.get_by_role("link", name="Check your answers and submit"))
        page.get_by_label("Yes: it is assessed first").check()
        watch(page, "portal-plan-check")
        press(page.get_by_role("button", name="Submit the plan"))
        expect(page.get_by_role("heading", name="Next: Assess it")).to_be_visible()
        watch(page, "portal-plan-submitted")


def test_a_plan_is_written_and_submitted(service, page):
    journey(page, service, look=True)


def test_a_plan_is_written_and_submitted_without_scripts(service, without_javascript):
    journey(without_javascript, service, look=False)


def test_what_two_save_and_what_an_edit_undoes(service, page):
    """The conflict, the interruption, the past, the copy: each as it looks."""
    force, planner = northmoor(), person(PLANNER)
    plan = actions.begin(force, by=planner, at=db_now())
    said = goal()
    for task in TASKS:
        plan = actions.save_task(plan, task.code, said[task.code], seen=0, by=planner, at=db_now())
    where = f"{service}/portal/northmoor/plans/{plan.reference}/"
    with signed_in(page, service, PLANNER, "Planner"):
        page.goto(f"{where}tasks/necessity/")
        page.get_by_label("Why it is necessary").fill("The reason as I see it, in words of my own.")
        edited(plan, "The reason as a colleague sees it.")
        go(page, "Save", "Somebody else saved this task")
        see(page, "portal-plan-conflict")
        go(page, "Replace it with mine", "Market Square")
        submitted = now(plan)
        actions.submit(submitted, seen=submitted.revision, by=planner, at=db_now())
        page.goto(f"{where}tasks/system/")
        page.get_by_label("Threshold").fill("0.7")
        go(page, "Save", "This takes the plan back")
        see(page, "portal-plan-interruption")
        page.goto(f"{where}history/")
        see(page, "portal-plan-history")
        press(page.get_by_role("link", name="Revision 9"))
        see(page, "portal-plan-revision")
        page.goto(f"{service}/portal/northmoor/plans/begin/?copy={plan.reference}")
        page.get_by_label("It belongs to none").check()
        press(page.get_by_role("button", name="Begin the plan"))
        expect(page.get_by_text("To confirm").first).to_be_visible()
        see(page, "portal-plan-copied")
        page.goto(f"{service}/portal/northmoor/plans/")
        see(page, "portal-plans")


def edited(plan: Plan, words: str) -> None:
    values = {**now(plan).answers("necessity"), "necessity": words}
    actions.save_task(plan, "necessity", values, seen=1, by=person(PLANNER), at=db_now())
