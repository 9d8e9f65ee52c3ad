"""A day and place that was recorded already is asked about before it is recorded again, and never refused for good."""

import pytest

from deployments import actions
from deployments.twins import Twin, twins_among, twins_of
from forces.clock import db_now
from forces.tenancy import acting
from tests.deployments.recordings import REASON, STANDS, facts, fresh, published, recorded

pytestmark = pytest.mark.django_db


def found(force, said, **more):
    with acting(force, None):
        return twins_of(force, said, **more)


def test_a_twin_has_the_same_day_and_place_however_it_is_written(kent, kent_planner):
    first = recorded(kent, kent_planner)
    assert found(kent, facts()) == [Twin(first.reference, True)]
    assert found(kent, facts(place="  market   SQUARE ", arrests=0, other_action=2)) == [
        Twin(first.reference, False)
    ]
    assert found(kent, facts(place="Market Square North")) == []
    assert found(kent, facts(on=facts().on.replace(day=7))) == []
    assert found(kent, facts(), besides=first) == []


def test_what_was_given_up_or_withdrawn_is_nobodys_twin(kent, kent_planner, kent_publisher):
    given_up = recorded(kent, kent_planner)
    actions.discard(given_up, seen=actions.Seen(1, 1), reason=REASON, by=kent_planner, at=db_now())
    gone = published(kent, kent_planner, kent_publisher)
    actions.withdraw(gone, seen=STANDS, reason=REASON, by=kent_publisher, at=db_now())
    assert found(kent, facts()) == []


def test_another_forces_results_are_nobodys_twins(kent, avon, kent_planner, avon_planner):
    recorded(avon, avon_planner)
    assert found(kent, facts()) == []


def test_recording_it_again_takes_a_word_about_each(kent, kent_planner):
    first = recorded(kent, kent_planner)
    for despite in ([], ["LFR-0000-0000"]):
        with pytest.raises(actions.Twins) as refused:
            actions.record(kent, facts(), by=kent_planner, at=db_now(), despite=despite)
        assert refused.value.twins == [Twin(first.reference, True)]
    second = actions.record(kent, facts(), by=kent_planner, at=db_now(), despite=[first.reference])
    with pytest.raises(actions.Twins):
        actions.record(kent, facts(), by=kent_planner, at=db_now(), despite=[first.reference])
    with acting(kent, None):
        both = twins_among(kent, [fresh(first), fresh(second)])
    assert both == {first.pk: [Twin(second.reference, True)], second.pk: [Twin(first.reference, True)]}


def test_a_withdrawal_discards_no_correction_unseen(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    at = db_now()
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=at
    )
    for told in (0, 3):
        with pytest.raises(actions.Stale, match="correction"):
            actions.withdraw(
                deployment, seen=STANDS, reason=REASON, by=kent_publisher, at=db_now(), discards=told
            )
    actions.withdraw(deployment, seen=STANDS, reason=REASON, by=kent_publisher, at=db_now(), discards=2)
    assert fresh(deployment).stage == "withdrawn"
