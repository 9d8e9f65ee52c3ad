"""What the database refuses of deployments and their results, whatever the code above it says."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from deployments import actions
from deployments.actions import Seen
from deployments.actions.versions import columns
from deployments.models import Deployment, Result, Revision
from forces.clock import db_now
from forces.guard import UnscopedQuery
from forces.tenancy import acting, scope
from tests.deployments.recordings import facts, published, recorded, reviewed

pytestmark = pytest.mark.django_db


def test_the_database_refuses_the_recorder_as_publisher(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    with (
        acting(kent, None),
        pytest.raises(IntegrityError, match=r"by_another|four_eyes"),
        transaction.atomic(),
    ):
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(
            status="published", published_by=kent_planner, published_at=db_now(), entry_id=1
        )


def test_the_database_refuses_an_author_as_publisher(kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=other, at=db_now())
    actions.review(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())
    with acting(kent, None), pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(
            status="published", published_by=other, published_at=db_now(), entry_id=1
        )


@pytest.mark.parametrize(
    "values",
    [
        {"authors": [0]},
        {"recorded_by_id": 1},
        {"number": 2},
        {"alerts": None},
        {"absent": {"alerts": "not_published"}},
        {"absent": {"place": "not_published"}},
        {"alerts": None, "absent": {"alerts": "aborted"}},
        {"alerts": None, "absent": {"alerts": "unknown"}},
        {"alerts": -1},
        {"status": "published"},
        {"status": "reviewed"},
        {"abort_reason": "A fault"},
        {"threshold": -1},
    ],
)
def test_the_database_refuses_what_must_never_be(kent, kent_planner, values):
    deployment = recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(**values)


def test_what_was_published_never_changes(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with acting(kent, None), pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(arrests=0)


def test_a_reference_never_changes(kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Deployment.objects.owned_by(kent).filter(pk=deployment.pk).update(reference="LFR-0000-0000")


def test_a_deployment_cannot_point_at_another_ones_result(kent, kent_planner):
    one, other = recorded(kent, kent_planner), recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(IntegrityError, match="deployment_id"), transaction.atomic():
        Deployment.objects.owned_by(kent).filter(pk=other.pk).update(current=None)
        Deployment.objects.owned_by(kent).filter(pk=one.pk).update(current=other.current)


def test_a_result_cannot_hang_on_another_forces_deployment(kent, avon, kent_planner, avon_planner):
    deployment = recorded(kent, kent_planner)
    with acting(avon, None), pytest.raises(IntegrityError, match="same_force_id"), transaction.atomic():
        Result.objects.create(
            force=avon,
            deployment_id=deployment.pk,
            number=7,
            reason="x",
            authors=[avon_planner.pk],
            recorded_by=avon_planner,
            recorded_at=db_now(),
            **columns(facts()),
        )


def test_one_force_sees_nothing_of_another(kent, avon, kent_planner, avon_planner, regulator):
    deployment = recorded(kent, kent_planner)
    with scope(avon_planner):
        assert not Deployment.objects.visible_to(avon_planner).exists()
        assert not Result.objects.across_forces(reason="a test of the second lock").exists()
        assert not Revision.objects.across_forces(reason="a test of the second lock").exists()
    with scope(kent_planner):
        assert Deployment.objects.visible_to(kent_planner).get() == deployment
    with scope(regulator):
        assert Deployment.objects.visible_to(regulator).get() == deployment


def test_a_query_says_whose():
    with pytest.raises(UnscopedQuery):
        Deployment.objects.published().count()


def test_revisions_hold_plain_json(kent, kent_planner):
    recorded(kent, kent_planner, alerts="not_published", engagements=0, arrests=0)
    with acting(kent, None):
        kept = Revision.objects.owned_by(kent).get()
    assert json.loads(json.dumps(kept.facts))["alerts"] == "[not_published]"
    assert kept.facts["threshold"] == "0.64"
