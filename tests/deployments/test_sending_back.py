"""What is sent back waits for whoever wrote it, and for nobody else, until it is changed or explained."""

import pytest
from django.db import IntegrityError, transaction

from deployments import actions
from deployments.actions import Seen
from deployments.models import Deployment, Result
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting
from tests.deployments.recordings import FIRST, REASON, facts, fresh, names, published, recorded, reviewed

pytestmark = pytest.mark.django_db
WHY = "The place is misspelt."


def sent_back(force, writer, reviewer, *, reason=WHY):
    deployment = recorded(force, writer)
    actions.send_back(deployment, reason=reason, seen=FIRST, by=reviewer, at=db_now())
    return deployment


def found(force, state):
    with acting(force, None):
        return list(getattr(Deployment.objects.owned_by(force), state)())


def test_what_is_sent_back_leaves_the_reviewers_queue_and_says_why(kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    now = fresh(deployment).current
    assert (now.status, now.sent_back_by_id, now.sent_back_reason) == ("sent_back", kent_publisher.pk, WHY)
    assert (found(kent, "recorded"), found(kent, "sent_back")) == ([], [deployment])
    with pytest.raises(actions.WrongStage, match="sent back"):
        actions.review(deployment, seen=FIRST, by=kent_publisher, at=db_now())
    with pytest.raises(actions.WrongStage, match="sent back"):
        actions.send_back(deployment, reason=WHY, seen=FIRST, by=kent_publisher, at=db_now())


def test_what_was_reviewed_is_sent_back_too(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    actions.send_back(deployment, reason=WHY, seen=FIRST, by=kent_publisher, at=db_now())
    now = fresh(deployment).current
    assert (now.status, now.reviewed_by_id) == ("sent_back", None)
    with pytest.raises(actions.WrongStage):
        actions.publish(deployment, seen=FIRST, by=kent_publisher, at=db_now())


def test_changing_it_puts_it_before_a_reviewer_again(kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    actions.amend(deployment, facts(place="Quay"), seen=FIRST, by=kent_planner, at=db_now())
    now = fresh(deployment).current
    assert (now.status, now.sent_back_by_id, now.sent_back_at, now.sent_back_reason) == (
        "recorded",
        None,
        None,
        "",
    )
    actions.review(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())


def test_it_can_be_given_back_as_it_is_with_a_reason(kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    with pytest.raises(Invalid):
        actions.resubmit(deployment, reason="no", seen=FIRST, by=kent_planner, at=db_now())
    actions.resubmit(deployment, reason="The sign says so.", seen=FIRST, by=kent_planner, at=db_now())
    assert fresh(deployment).current.status == "recorded"
    assert names(deployment)[1:] == ["deployment.sent_back.v1", "deployment.resubmitted.v1"]
    with acting(kent, None):
        told = Event.objects.get(name="deployment.resubmitted.v1")
    assert (told.person_id, told.reason) == (kent_planner.pk, "The sign says so.")
    with pytest.raises(actions.WrongStage, match="already"):
        actions.resubmit(deployment, reason="The sign says so.", seen=FIRST, by=kent_planner, at=db_now())
    actions.review(deployment, seen=FIRST, by=kent_publisher, at=db_now())


def test_only_who_may_write_gives_it_back(kent, kent_planner, kent_authorising_officer, avon_planner):
    deployment = sent_back(kent, kent_planner, kent_authorising_officer)
    for person in (kent_authorising_officer, avon_planner):
        with pytest.raises(Forbidden):
            actions.resubmit(deployment, reason="The sign says so.", seen=FIRST, by=person, at=db_now())


def test_a_correction_is_sent_back_and_what_stands_stands(kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    at = db_now()
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=at
    )
    actions.send_back(deployment, reason=WHY, seen=Seen(2, 1), by=other, at=db_now())
    now = fresh(deployment)
    assert (now.stage, now.current.status, now.correction.status) == ("published", "published", "sent_back")
    assert found(kent, "sent_back") == [deployment]
    actions.discard(deployment, reason=REASON, seen=Seen(2, 1), by=kent_publisher, at=db_now())
    assert fresh(deployment).correction is None


def test_the_database_holds_who_sent_it_back_exactly_while_it_is(kent, kent_planner, kent_publisher):
    deployment = sent_back(kent, kent_planner, kent_publisher)
    for wrong in (
        {"status": "recorded"},
        {"sent_back_by": None},
        {"sent_back_at": None},
        {"sent_back_reason": ""},
        {"reviewed_by": kent_publisher, "reviewed_at": db_now()},
    ):
        with acting(kent, None), pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.owned_by(kent).filter(deployment=deployment).update(**wrong)


def test_no_system_sends_back(kent, kent_planner, kent_publisher, kent_owner):
    from tests.api.systems import connect

    system = connect(kent, kent_owner).person
    deployment = sent_back(kent, kent_planner, kent_publisher)
    with acting(kent, None), pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.owned_by(kent).filter(deployment=deployment).update(sent_back_by=system)
