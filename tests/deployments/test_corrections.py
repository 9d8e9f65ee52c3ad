"""Correct, discard and withdraw what was published: by whom, of which version, and what the register then says."""

import pytest

from deployments import actions
from deployments.actions import Seen
from deployments.models import Result
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting
from register.models import Head
from register.queries import history
from tests.deployments.recordings import REASON, STANDS, facts, fresh, names, published, recorded

pytestmark = pytest.mark.django_db


# Correcting


def corrected(deployment, preparer, publisher, **changes):
    result = actions.prepare_correction(
        deployment,
        facts(**changes),
        version=fresh(deployment).current.number,
        reason=REASON,
        by=preparer,
        at=db_now(),
    )
    actions.review(deployment, seen=Seen(2, 1), by=publisher, at=db_now())
    actions.publish(deployment, seen=Seen(2, 1), by=publisher, at=db_now())
    return result


def test_a_correction_supersedes_and_overwrites_nothing(kent, kent_planner, kent_publisher, force_people):
    preparer = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    result = corrected(deployment, preparer, kent_publisher, arrests=0, other_action=2)
    now = fresh(deployment)
    assert (now.current_id, now.correction_id, now.current.number) == (result.pk, None, 2)
    entries = history(deployment.reference)
    assert [(entry.version, entry.reason) for entry in entries] == [(2, REASON), (1, "")]
    with acting(kent, None):
        first = Result.objects.owned_by(kent).get(deployment=deployment, number=1)
    assert (first.arrests, first.status) == (1, "published")
    assert names(deployment)[3:] == [
        "deployment.correction_prepared.v1",
        "deployment.reviewed.v1",
        "deployment.corrected.v1",
    ]


def test_a_correction_takes_two_people(kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.review(deployment, seen=Seen(2, 1), by=kent_authorising_officer, at=db_now())
    with pytest.raises(actions.OwnWork):
        actions.publish(deployment, seen=Seen(2, 1), by=kent_publisher, at=db_now())
    assert Head.objects.get(pk=deployment.reference).place == "Market Square"


def test_one_correction_at_a_time(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    prepared = {"version": 1, "reason": REASON, "by": kent_publisher, "at": db_now()}
    actions.prepare_correction(deployment, facts(place="Quay"), **prepared)
    with pytest.raises(actions.WrongStage, match="being prepared already"):
        actions.prepare_correction(deployment, facts(place="Pier"), **prepared)


def test_a_correction_of_an_older_version_is_told_so(kent, kent_planner, kent_publisher, force_people):
    preparer = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    corrected(deployment, preparer, kent_publisher, place="Quay")
    with pytest.raises(actions.Stale):
        actions.prepare_correction(
            deployment, facts(place="Pier"), version=1, reason=REASON, by=preparer, at=db_now()
        )


def test_a_correction_that_changes_nothing_is_told_so(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.NothingChanged):
        actions.prepare_correction(
            deployment, facts(), version=1, reason=REASON, by=kent_publisher, at=db_now()
        )
    assert fresh(deployment).versions == 1


def test_a_correction_is_for_who_may_correct(kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = published(kent, kent_planner, kent_publisher)
    for person in (kent_planner, kent_authorising_officer):
        with pytest.raises(Forbidden):
            actions.prepare_correction(
                deployment, facts(place="Quay"), version=1, reason=REASON, by=person, at=db_now()
            )


def test_discard_leaves_what_stands(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.discard(
        deployment, seen=Seen(2, 1), reason="The first count was right.", by=kent_publisher, at=db_now()
    )
    now = fresh(deployment)
    assert (now.stage, now.current.number, now.correction_id) == ("published", 1, None)
    with pytest.raises(actions.WrongStage):
        actions.discard(
            deployment, seen=Seen(2, 1), reason="The first count was right.", by=kent_publisher, at=db_now()
        )


def test_discard_of_a_recording_ends_it(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner)
    actions.discard(
        deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
    )
    assert fresh(deployment).stage == "discarded"
    with pytest.raises(actions.WrongStage, match="discarded"):
        actions.review(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())


def test_what_was_changed_after_it_was_seen_is_not_discarded(kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())
    with pytest.raises(actions.Stale):
        actions.discard(
            deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
        )
    assert fresh(deployment).stage == "preparing"


def test_what_was_published_cannot_be_discarded(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.WrongStage):
        actions.discard(
            deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
        )


# Withdrawing


def test_withdraw_says_so_on_the_register(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now())
    assert Head.objects.get(pk=deployment.reference).is_withdrawn
    assert fresh(deployment).stage == "withdrawn"
    assert names(deployment)[-1] == "deployment.withdrawn.v1"
    with pytest.raises(actions.WrongStage):
        actions.withdraw(
            deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now()
        )


def test_withdraw_gives_up_the_correction_too(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    result = actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now())
    with acting(kent, None):
        assert Result.objects.owned_by(kent).get(pk=result.pk).status == "discarded"


def test_withdraw_is_for_who_may_and_needs_a_reason(kent, kent_planner, kent_publisher, avon_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    for person in (kent_planner, avon_publisher):
        with pytest.raises(Forbidden):
            actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=person, at=db_now())
    with pytest.raises(Invalid):
        actions.withdraw(deployment, seen=STANDS, reason="oops", by=kent_publisher, at=db_now())


WHY = "It was an exercise, no deployment."


def test_nothing_is_withdrawn_that_was_not_seen(kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    seen = actions.Standing.of(fresh(deployment))
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    for step in (actions.review, actions.publish):
        step(deployment, seen=Seen(2, 1), by=other, at=db_now())
    for action, by in ((actions.withdraw, kent_publisher), (actions.ask_withdrawal, kent_planner)):
        with pytest.raises(actions.Stale):
            action(deployment, seen=seen, reason=WHY, by=by, at=db_now())
    assert (fresh(deployment).stage, fresh(deployment).asked_by) == ("published", None)


@pytest.mark.parametrize("action", [actions.withdraw, actions.decline_withdrawal])
def test_each_asking_for_withdrawal_is_decided_for_itself(kent, kent_planner, kent_publisher, action):
    """Asked for, declined, and asked for again: whoever saw the first asking has not seen the second."""
    deployment = published(kent, kent_planner, kent_publisher)
    turns = []
    for _ in range(2):
        seen = actions.Standing.of(fresh(deployment))
        actions.ask_withdrawal(deployment, seen=seen, reason=WHY, by=kent_planner, at=db_now())
        turns.append(actions.Standing.of(fresh(deployment)))
        if len(turns) == 1:
            actions.decline_withdrawal(
                deployment, seen=turns[0], reason=REASON, by=kent_publisher, at=db_now()
            )
    for stale in (STANDS, turns[0]):
        with pytest.raises(actions.Stale, match="Somebody decided"):
            action(deployment, seen=stale, reason=REASON, by=kent_publisher, at=db_now())
    assert fresh(deployment).is_asked_for
    action(deployment, seen=turns[1], reason=REASON, by=kent_publisher, at=db_now())
    assert not fresh(deployment).is_asked_for
