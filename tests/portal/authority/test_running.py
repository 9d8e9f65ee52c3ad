"""A deployment that runs while something it relied on changes: its commander decides, and nobody else."""

from datetime import timedelta

import pytest

from deployments.models import Plan
from deployments.planning import actions
from events.models import Event
from forces.clock import LONDON, db_now
from forces.tenancy import acting
from tests.portal.authority.desk import WHY, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(kents) -> Plan:
    """Runs now, by urgent authority, and a rule has changed."""
    at = db_now()
    starts = (at - timedelta(hours=1)).astimezone(LONDON)
    place = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=5)).isoformat()}
    plan = kents.submitted(urgency="A dangerous person was seen in the square.", place=place)
    given = at - timedelta(hours=2)
    plan = actions.record_oral_authority(
        plan, given_at=given, reason=WHY, content_hash=plan.content_hash, by=kents.officer, at=at
    )
    assert actions.hold(plan, why="The lowest threshold is 0.7 from now on.", at=at)
    return kents.now(plan)


def test_the_commander_reads_why_and_decides(kents, signed_in, live):
    client = signed_in(kents.commander)
    assert "The lowest threshold is 0.7 from now on" in text(client.get(url("running", live)))
    empty = client.post(url("running", live), {"seen": live.content_hash})
    assert empty.status_code == 422 and "Select what happens now" in text(empty)
    typed = {"seen": live.content_hash, "decision": "pause", "reason": WHY}
    answer = client.post(url("running", live), typed)
    assert "Tell your people to pause it now" in text(client.get(answer["Location"]))
    with acting(kents.force, None):
        done = Event.objects.get(name="plan.commander_decided.v1", subject=live.reference)
    assert (done.payload["decision"], done.reason) == ("pause", WHY)
    assert client.get(url("running", live)).status_code == 302, "nothing waits any more"


def test_nobody_else_decides(kents, avons, signed_in, live, force_people):
    other = force_people(kents.force, "operator_lead", rank="sergeant", name="Another commander")
    told = signed_in(other).get(url("running", live))
    assert told.status_code == 403 and kents.commander.name in text(told)
    assert signed_in(kents.planner).get(url("running", live)).status_code == 403
    assert signed_in(avons.commander).get(url("running", live)).status_code == 404
