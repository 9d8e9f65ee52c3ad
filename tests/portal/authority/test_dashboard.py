"""The dashboard: what waits for whom, the most urgent first, in few questions of the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deployments.models import Plan
from deployments.planning import actions
from deployments.readiness import notice_deadline
from design.numbers import short_date_text
from directory import actions as directory
from forces.clock import LONDON, db_now, london_date
from forces.tenancy import acting
from tests.portal.authority.desk import WHY, text

pytestmark = pytest.mark.django_db
HOME = "/portal/kent/"


def at(hours: float, long: float = 3) -> dict[str, str]:
    """A window that starts so many hours from now."""
    starts = (db_now() + timedelta(hours=hours)).astimezone(LONDON)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=long)).isoformat()}


def mine(client) -> str:
    return text(client.get(HOME)).partition("Waiting for you")[2].partition("See all deployments")[0]


def test_each_step_waits_for_whoever_may_take_it(kents, signed_in):
    kents.submitted(place={"place": "Quay Street"})
    kents.assessed(place={"place": "Station Road"})
    kents.authorised(place={"place": "Corn Exchange"})
    asked = kents.assessed(place={"place": "Castle Street"})
    actions.send_back(asked, question=WHY, seen=asked.revision, by=kents.officer, at=db_now())
    for person, words in (
        (kents.assessor, "Assess: Quay Street"),
        (kents.officer, "Authorise: Station Road"),
        (kents.engagement, "Publish the notice: Corn Exchange"),
        (kents.planner, "Sent back: Castle Street"),
    ):
        said = mine(signed_in(person))
        assert words in said, (person.name, said)
    assert "Authorise" not in mine(signed_in(kents.planner))
    assert WHY in mine(signed_in(kents.planner))


def test_what_starts_soonest_stands_first_and_what_is_late_is_marked(kents, signed_in):
    kents.assessed(place={**at(300), "place": "Later"})
    kents.assessed(place={**at(30), "place": "Sooner"})
    late = kents.assessed(place={**at(1), "place": "Overdue"})
    urgent = kents.submitted(
        urgency="A dangerous person was seen there.", place={**at(400), "place": "Urgent"}
    )
    with_time_gone(late)
    said = mine(signed_in(kents.officer))
    order = [said.index(place) for place in ("Urgent authority", "Overdue,", "Sooner", "Later")]
    assert order == sorted(order), said
    assert "4 items, most urgent first, 1 overdue" in said and urgent.reference not in said[: order[0]]


def with_time_gone(plan) -> None:
    """Its start has passed."""
    with acting(plan.force, None):
        Plan.objects.owned_by(plan.force).filter(pk=plan.pk).update(starts_at=db_now() - timedelta(hours=3))


def test_urgent_authority_waits_for_its_confirmation_by_the_clock(kents, signed_in):
    plan = kents.submitted(urgency="A dangerous person was seen there.")
    given = db_now()
    actions.record_oral_authority(
        plan, given_at=given, reason=WHY, content_hash=plan.content_hash, by=kents.inspector, at=given
    )
    said = mine(signed_in(kents.officer))
    assert "Confirm urgent authority: Market Square" in said and "By " in said


def test_a_held_plan_and_a_running_one_wait_for_their_people(kents, signed_in):
    held = kents.notified()
    assert actions.hold(held, why="The test of the algorithm was withdrawn.", at=db_now())
    assert "Look at again: Market Square" in mine(signed_in(kents.officer))
    assert "The test of the algorithm was withdrawn" in mine(signed_in(kents.officer))


def test_documents_past_their_review_wait_for_whoever_keeps_them(kents, signed_in):
    today = london_date(db_now())
    directory.publish_document(
        kents.force,
        kind="dpia",
        title="Data protection impact assessment",
        version="2",
        url="https://www.kent.police.uk/dpia",
        adopted_on=today - timedelta(days=400),
        review_on=today - timedelta(days=3),
        by=kents.assessor,
        at=db_now(),
    )
    said = mine(signed_in(kents.assessor))
    assert "Review: Data protection impact assessment Overdue by 2 days" in said
    assert "Review: " not in mine(signed_in(kents.officer))


@pytest.mark.parametrize("who", ["planner", "assessor", "officer", "engagement", "commander", "chief"])
def test_it_asks_the_database_little(kents, signed_in, who):
    kents.authorised()
    kents.assessed()
    kents.submitted()
    client = signed_in(getattr(kents, who))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(HOME).status_code == 200
    questions = [each["sql"] for each in asked.captured_queries if " FROM " in each["sql"]]
    assert len(questions) <= 12, "\n".join(questions)


def test_what_is_to_be_decided_is_due_while_the_public_can_still_be_told_in_time(kents, signed_in):
    """The rule of the world of these tests asks for seven days: authority the day before the start is too late."""
    plan = kents.assessed(place={**at(30 * 24), "place": "Station Road"})
    told_by = notice_deadline(plan, at=db_now())
    assert told_by is not None and told_by < plan.starts_at
    assert f"By {short_date_text(told_by)}" in mine(signed_in(kents.officer))


def test_colleagues_see_what_waits_for_others(kents, signed_in):
    kents.assessed(place={"place": "Station Road"})
    theirs = mine(signed_in(kents.planner)).partition("Waiting for colleagues")[2]
    assert "Station Road" in theirs and "To authorise" in theirs
    assert "Station Road" not in mine(signed_in(kents.officer)).partition("Waiting for colleagues")[2]


def test_the_number_of_plans_ahead_opens_as_many(kents, signed_in):
    kents.assessed(place={"place": "Station Road"})
    kents.submitted(place={"place": "Castle Street"})
    kents.drafted()
    client = signed_in(kents.planner)
    page = client.get(HOME)
    listed = client.get("/portal/kent/plans/?state=ahead").context["count"]
    assert page.context["planned"] == listed > 0
    assert "/portal/kent/plans/?state=ahead" in page.content.decode()
