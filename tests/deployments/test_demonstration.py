"""The made-up forces have deployments in every state, and loading them twice makes nothing more."""

import pytest

from coordination.evaluations.models import AlgorithmVersion
from coordination.framework.reference import load_framework
from deployments import demonstration
from deployments.models import Deployment, Plan
from directory import demonstration as people
from forces.clock import db_now
from forces.models import Force, Realm
from forces.tenancy import national_scope
from register.models import Entry, Head, NoticeHead

pytestmark = pytest.mark.django_db


def test_the_demonstration_shows_every_state_once_and_stays_in_its_realm():
    AlgorithmVersion.objects.get_or_create(
        vendor="Made-up Vision",
        product="NeoScan",
        version="4.2",
        defaults={"source": "Made up", "is_made_up": True, "added_at": db_now()},
    )
    people.load()
    load_framework(at=db_now())
    assert demonstration.load() == "44 made-up deployments and 20 plans"
    assert demonstration.load() == "0 made-up deployments and 0 plans"
    with national_scope():
        for force in Force.objects.filter(realm=Realm.DEMONSTRATION):
            mine = Deployment.objects.owned_by(force)
            for state in ("recorded", "reviewed", "published", "correcting", "withdrawn", "discarded"):
                assert getattr(mine, state)().exists(), state
            assert any(each.current.open_questions() for each in mine.recorded().with_results())
            planned = set(Plan.objects.owned_by(force).values_list("status", flat=True))
            assert planned == {
                "draft", "submitted", "returned", "assessed", "authorised", "notified", "cancelled"
            }  # fmt: skip
    assert set(NoticeHead.objects.values_list("realm", flat=True)) == {"demonstration"}
    assert set(Entry.objects.values_list("realm", flat=True)) == {"demonstration"}
    assert Head.objects.filter(is_withdrawn=True).count() == 2
    assert Head.objects.filter(status="aborted").count() == 2
    assert not Entry.objects.filter(entered_at__gt=db_now()).exists()
    for force in Force.objects.filter(realm=Realm.DEMONSTRATION):
        entered = list(Entry.objects.filter(force=force).order_by("pk").values_list("entered_at", flat=True))
        assert entered == sorted(entered)
