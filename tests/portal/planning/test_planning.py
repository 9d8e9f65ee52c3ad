"""The pages on which a plan is begun, written and submitted."""

from datetime import timedelta

import pytest

from deployments.models import Plan
from deployments.planning import actions
from deployments.planning.fields import TASKS
from forces.clock import db_now
from forces.tenancy import acting
from tests.deployments.planning.plans import answers
from tests.people import make_member
from tests.portal.planning.desk import filled, text, url

pytestmark = pytest.mark.django_db
S = Plan.Status


def only(force) -> Plan:
    with acting(force, None):
        return Plan.objects.owned_by(force).with_people().get()


def test_a_planner_begins_a_plan_in_an_operation_of_its_own(kents, signed_in):
    client = signed_in(kents.planner)
    assert "No deployment has been planned here yet" in text(client.get("/portal/kent/plans/"))
    told = client.post("/portal/kent/plans/begin/", {"operation": "new", "name": "Operation Quay"})
    plan = only(kents.force)
    assert told["Location"] == url("plan", plan)
    assert plan.operation.name == "Operation Quay"
    said = text(client.get(url("plan", plan)))
    for words in ("New plan", "0 of 8 tasks", "Not started", "Cannot start yet", "Operation Quay"):
        assert words in said, words


def test_each_task_is_written_on_a_page_of_its_own_until_the_plan_is_submitted(kents, signed_in):
    client = signed_in(kents.planner)
    client.post("/portal/kent/plans/begin/", {"operation": "none"})
    plan = only(kents.force)
    goal = answers(kents.force, kents.commander)
    empty = Plan(force=kents.force)
    empty.__dict__["said"] = goal
    for task in TASKS:
        page = client.get(url("task", plan, task.code))
        assert page.status_code == 200
        told = client.post(url("task", plan, task.code), filled(empty, task.code))
        assert told.status_code == 302, (task.code, text(told))
    plan = kents.now(plan)
    assert plan.is_complete
    for task in TASKS:
        kept = {name: value for name, value in plan.answers(task.code).items() if value is not None}
        wanted = dict(goal[task.code])
        assert kept == wanted, task.code
    said = text(client.get(url("plan", plan)))
    assert "8 of 8 tasks" in said and "Ready to submit" in said
    checked = text(client.get(url("check-plan", plan)))
    assert "Change What it must achieve (Purpose)" in checked and "Not provided" in checked
    told = client.post(url("check-plan", plan), {"seen": plan.revision, "urgent": "no"})
    assert told.status_code == 302, text(told)
    assert kents.now(plan).status == S.SUBMITTED
    kents.assessor  # noqa: B018 - whom it then waits for
    said = text(client.get(url("plan", plan)))
    assert f"Who can: {kents.assessor.name}" in said


def test_blanks_are_allowed_while_drafting_and_named(kents, signed_in):
    client = signed_in(kents.planner)
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    told = client.post(url("task", plan, "place"), {"seen": "0", "place": "Quay"})
    assert told.status_code == 302
    said = text(client.get(url("plan", plan)))
    assert "In progress" in said and "Still to answer: Borough, town or area" in said
    assert kents.now(plan).place == "Quay"


@pytest.mark.parametrize(
    ("task", "typed", "words"),
    [
        ("place", {"on-day": "31", "on-month": "2", "on-year": "2027"}, "Date must be a real date"),
        ("place", {"start": "10:00"}, "Enter the date it starts"),
        ("place", {"on-day": "3", "on-month": "2", "on-year": "2027"}, "Enter the time it starts"),
        ("watchlist", {"categories": ["wanted"]}, "Wanted by the courts: enter how many you expect"),
        ("watchlist", {"most": "many"}, "must be a whole number"),
        ("system", {"threshold": "high"}, "Enter a number, such as 0.64"),
        ("system", {"algorithm": "999999"}, "Select a valid choice"),
        ("purpose", {"intelligence_references": "he lives near"}, "is not a reference number"),
        ("necessity", {"necessity": "x" * 4001}, "Use 4000 characters or fewer; you have 4001"),
        ("people", {"commander": "nobody"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_top_and_beside_the_field(kents, signed_in, task, typed, words):
    kents.commander  # noqa: B018 - somebody to choose
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    told = signed_in(kents.planner).post(url("task", plan, task), {"seen": "0", **typed})
    said = text(told)
    assert told.status_code == 422 and "There is a problem" in said and "Error:" in said
    assert said.count(words) >= 2, said


def test_what_seems_to_identify_somebody_is_refused_with_help_and_stays_in_the_form(kents, signed_in):
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    typed = {"seen": "0", "objective": "Find the man on 07700 900123."}
    told = signed_in(kents.planner).post(url("task", plan, "purpose"), typed)
    said = text(told)
    assert told.status_code == 422 and "Nothing here may identify a person" in said
    assert "Find the man on" in told.content.decode()
    assert kents.now(plan).revision == 0


def test_a_category_s_reason_is_refused_beside_itself(kents, signed_in):
    plan = kents.drafted()
    told = signed_in(kents.planner).post(
        url("task", plan, "watchlist"), filled(plan, "watchlist", rationale_wanted="Call 07700 900123.")
    )
    assert told.status_code == 422 and 'href="#id_rationale_wanted"' in told.content.decode()


def test_two_who_save_one_task_see_both_texts_and_lose_neither(kents, signed_in):
    plan = kents.drafted()
    mine = filled(plan, "necessity", necessity="The reason as I see it.")
    kents.edited(plan, "necessity", necessity="The reason as a colleague sees it.")
    client = signed_in(kents.planner)
    told = client.post(url("task", plan, "necessity"), mine)
    said = text(told)
    assert told.status_code == 409
    assert "The reason as I see it." in said and "The reason as a colleague sees it." in said
    # Gone on with in the form, nothing is saved; sent once more, it is.
    seen = kents.now(plan).progress["necessity"]["revision"]
    again = client.post(url("task", plan, "necessity"), {**mine, "seen": seen, "again": "1"})
    assert again.status_code == 200 and "The reason as I see it." in again.content.decode()
    assert kents.now(plan).answers("necessity")["necessity"] == "The reason as a colleague sees it."
    client.post(url("task", plan, "necessity"), {**mine, "seen": seen})
    assert kents.now(plan).answers("necessity")["necessity"] == "The reason as I see it."


def test_two_who_save_different_tasks_do_not_meet(kents, signed_in):
    plan = kents.drafted()
    mine = filled(plan, "necessity", necessity="The reason as I see it.")
    kents.edited(plan, "system", threshold="0.7")
    assert signed_in(kents.planner).post(url("task", plan, "necessity"), mine).status_code == 302


def test_an_edit_that_would_void_the_authority_asks_first(kents, signed_in):
    plan = kents.authorised()
    client = signed_in(kents.planner)
    assert "makes the authority void" in text(client.get(url("task", plan, "system")))
    mine = filled(plan, "system", threshold="0.7")
    told = client.post(url("task", plan, "system"), mine)
    assert told.status_code == 409 and "This makes the authority void" in text(told)
    assert kents.officer.name in text(told)
    assert kents.now(plan).status == S.AUTHORISED
    assert client.post(url("task", plan, "system"), {**mine, "voids": "1"}).status_code == 302
    assert kents.now(plan).status == S.DRAFT
    assert "The authority is void" in text(client.get(url("plan", plan)))


def test_an_edit_that_changes_nothing_asks_nothing(kents, signed_in):
    plan = kents.authorised()
    told = signed_in(kents.planner).post(url("task", plan, "system"), filled(plan, "system"))
    assert told.status_code == 302 and kents.now(plan).status == S.AUTHORISED


def test_copied_answers_wait_to_be_confirmed(kents, signed_in):
    old = kents.drafted()
    client = signed_in(kents.planner)
    client.post("/portal/kent/plans/begin/", {"start": "copy", "copy": old.reference, "operation": "none"})
    with acting(kents.force, None):
        plan = Plan.objects.owned_by(kents.force).with_people().get(copied_from=old.reference)
    assert text(client.get(url("plan", plan))).count("To confirm") >= 8
    page = text(client.get(url("task", plan, "necessity")))
    assert "Copied answers, to be confirmed" in page and "Confirm and save" in page
    client.post(url("task", plan, "necessity"), filled(plan, "necessity"))
    now = kents.now(plan)
    assert "necessity" not in now.to_confirm() and "purpose" in now.to_confirm()
    checked = text(client.get(url("check-plan", plan)))
    assert f"What differs from {old.reference}" in checked and "cannot be submitted yet" in checked


def test_urgent_submission_says_why(kents, signed_in):
    plan = kents.drafted()
    client = signed_in(kents.planner)
    told = client.post(url("check-plan", plan), {"seen": plan.revision, "urgent": "yes"})
    assert told.status_code == 422 and "Say why it cannot wait" in text(told)
    why = "The threat was reported this morning and the event begins tonight."
    client.post(url("check-plan", plan), {"seen": plan.revision, "urgent": "yes", "urgency": why})
    assert kents.now(plan).urgency == why
    assert "Urgent authority" in text(client.get(url("plan", plan)))


def test_what_changed_meanwhile_is_not_submitted(kents, signed_in):
    plan = kents.drafted()
    kents.edited(plan, "system", threshold="0.7")
    told = signed_in(kents.planner).post(url("check-plan", plan), {"seen": plan.revision, "urgent": "no"})
    assert told.status_code == 422 and "was changed after you opened it" in text(told)
    assert kents.now(plan).status == S.DRAFT


def test_a_plan_without_an_answer_is_not_submitted(kents, signed_in):
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    told = signed_in(kents.planner).post(url("check-plan", plan), {"seen": plan.revision, "urgent": "no"})
    assert told.status_code == 422 and "The plan is not complete" in text(told)


def test_the_list_finds_by_state_place_and_operation(kents, signed_in):
    kents.drafted(place={"place": "Harbour steps"})
    kents.submitted(place={"place": "Market cross"})
    client = signed_in(kents.planner)
    everything = text(client.get("/portal/kent/plans/"))
    assert "Harbour steps" in everything and "Market cross" in everything
    written = text(client.get("/portal/kent/plans/?state=writing"))
    assert "Harbour steps" in written and "Market cross" not in written
    assert "Market cross" in text(client.get("/portal/kent/plans/?q=cross"))
    assert "No plan fits" in text(client.get("/portal/kent/plans/?state=live"))


def test_each_rule_is_named_with_its_page(kents, signed_in):
    plan = kents.drafted()
    page = signed_in(kents.planner).get(url("plan", plan))
    body = page.content.decode()
    assert 'href="/framework/' in body
    assert "Who can see to it" in text(page) and "not verified" in text(page)


PAGES = [
    ("plan", ()),
    ("task", ("purpose",)),
    ("plan-operation", ()),
    ("check-plan", ()),
    ("plan-history", ()),
    ("plan-revision", (1,)),
]


@pytest.mark.parametrize(("name", "more"), PAGES)
def test_another_force_s_plan_is_no_different_from_none(kents, avons, signed_in, name, more):
    plan = kents.drafted()
    assert signed_in(kents.planner).get(url(name, plan, *more)).status_code == 200
    away = signed_in(avons.planner)
    assert away.get(url(name, plan, *more)).status_code == 404
    there = url(name, plan, *more).replace("/kent/", "/avon/")
    assert away.get(there).status_code == 404


@pytest.mark.parametrize(("name", "more"), [PAGES[1], PAGES[2]])
def test_only_planners_write(kents, signed_in, name, more):
    plan = kents.drafted()
    assert signed_in(kents.officer).get(url(name, plan, *more)).status_code == 403
    assert signed_in(kents.officer).post(url(name, plan, *more), {}).status_code == 403
    assert signed_in(kents.officer).get("/portal/kent/plans/begin/").status_code == 403
    assert signed_in(kents.officer).post(url("check-plan", plan), {}).status_code == 403
    assert signed_in(kents.officer).get(url("check-plan", plan)).status_code == 200


def test_readers_from_outside_see_a_plan_once_it_is_over(kents, signed_in, regulator):
    over = kents.drafted()
    ahead = kents.drafted(place={"place": "Harbour steps"})
    with acting(kents.force, None):
        past = db_now() - timedelta(days=1)
        Plan.objects.owned_by(kents.force).filter(pk=over.pk).update(
            starts_at=past - timedelta(hours=6), ends_at=past
        )
    client = signed_in(regulator)
    listed = text(client.get("/portal/kent/plans/"))
    assert "Market Square" in listed and "Harbour steps" not in listed
    assert client.get(url("plan", over)).status_code == 200
    assert client.get(url("plan", ahead)).status_code == 404
    assert client.get(url("task", over, "purpose")).status_code == 403
    panel = signed_in(make_member(kents.force, "ethics_panel"))
    assert panel.get(url("plan", ahead)).status_code == 404


def test_a_document_whose_lack_may_stop_the_plan_is_not_called_optional(kents, signed_in):
    client = signed_in(kents.planner)
    client.post("/portal/kent/plans/begin/", {"operation": "none"})
    plan = only(kents.force)
    assert "relied on (optional)" not in text(client.get(url("task", plan, "protection")))
    assert "intelligence relied on (optional)" in text(client.get(url("task", plan, "purpose")))


def test_a_year_that_cannot_be_says_which_answer_and_how_to_mend_it(kents, signed_in):
    client = signed_in(kents.planner)
    client.post("/portal/kent/plans/begin/", {"operation": "none"})
    plan = only(kents.force)
    past = {"on-day": "1", "on-month": "1", "on-year": "2020", "start": "9am", "end": "5pm"}
    said = text(client.post(url("task", plan, "place"), filled(plan, "place", **past)))
    assert "Starts: the year must be from 2024 to 2100." in said


def test_a_step_that_was_passed_by_is_not_told_as_done(kents, signed_in):
    """An urgent plan is never assessed: its page must not say that it was."""
    client = signed_in(kents.planner)
    urgent = kents.submitted(urgency="A dangerous person was seen there.")
    said = text(client.get(url("plan", urgent)))
    assert "Plan (done)" in said and "Assess (done)" not in said
    assert "Assess (done)" in text(client.get(url("plan", kents.assessed())))
