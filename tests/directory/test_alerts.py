"""Alerts: who is told that a role was given, once for each event, until they say that they have seen it."""

import pytest

from directory import actions
from directory.alerts import alerts_for, raise_alert
from directory.models import Alert, AlertSeen
from directory.subscriptions import alert_role_granted
from events.models import Event
from events.registry import EVENTS, Delivered
from forces.capabilities import Capability
from forces.clock import db_now
from forces.refusals import Forbidden
from forces.tenancy import acting, scope
from tests.portal.test_force import text

pytestmark = pytest.mark.django_db


def deliver(force, role):
    """What the relay hands over when this role has been given, in the force's scope."""
    with acting(force, None):
        event = Event.objects.get(name="role.granted.v1", force=force, payload__role=role)
        happened = EVENTS[event.name].decode(event.payload)
        alert_role_granted(
            [
                Delivered(
                    event.pk,
                    str(event.uid),
                    event.name,
                    happened,
                    force.pk,
                    event.recorded_at,
                    event.happened_at,
                    event.subject,
                )
            ]
        )
    return event


def open_for(person, force):
    with scope(person):
        return alerts_for(person, force, now=db_now())


@pytest.fixture
def two_owners(kent, kent_owner):
    """The owner who grants, and another who answers for the team too."""
    other = actions.invite(
        kent,
        name="Second owner",
        email="second@kent.example",
        role="force_owner",
        by=kent_owner,
        at=db_now(),
    ).person
    return kent_owner, other


def test_whoever_else_answers_for_the_team_is_told_once(kent, two_owners, kent_planner, national_lead):
    first, other = two_owners
    for _again in range(2):
        event = deliver(kent, "planner")
    with acting(kent, None):
        [alert] = Alert.objects.owned_by(kent)
    assert (alert.event, alert.without_id) == (event.uid, first.pk)
    assert open_for(other, kent) == [alert]
    assert open_for(national_lead, kent) == [alert]
    assert open_for(first, kent) == []
    assert open_for(kent_planner, kent) == []


def test_seen_is_said_for_oneself_alone(kent, two_owners, kent_planner, national_lead):
    deliver(kent, "planner")
    [alert] = open_for(two_owners[1], kent)
    with pytest.raises(Forbidden):
        actions.acknowledge(alert, by=kent_planner, at=db_now())
    assert actions.acknowledge(alert, by=two_owners[1], at=db_now())
    assert not actions.acknowledge(alert, by=two_owners[1], at=db_now())
    assert open_for(two_owners[1], kent) == []
    assert open_for(national_lead, kent) == [alert]
    with acting(kent, None):
        assert AlertSeen.objects.owned_by(kent).count() == 1
        assert Event.objects.filter(name="alert.acknowledged.v1").count() == 1


def test_one_person_can_be_told(kent, kent_planner, kent_auditor):
    told = {
        "kind": "role_granted",
        "subject": "x",
        "params": {},
        "event": "00000000-0000-0000-0000-000000000001",
    }
    with acting(kent, None):
        raise_alert(kent, **told, person=kent_planner, at=db_now())
    [alert] = open_for(kent_planner, kent)
    assert open_for(kent_auditor, kent) == []
    assert actions.acknowledge(alert, by=kent_planner, at=db_now())


def test_the_dashboard_tells_and_takes_it_as_seen(
    signed_in, kent, avon, two_owners, kent_planner, avon_planner
):
    deliver(kent, "planner")
    [alert] = open_for(two_owners[1], kent)
    client = signed_in(two_owners[1])
    page = text(client.get("/portal/kent/"))
    assert f"{kent_planner.name} has been given the role Planner." in page
    address = f"/portal/kent/alerts/{alert.pk}/"
    assert signed_in(kent_planner).post(address).status_code == 403
    assert signed_in(avon_planner).post(address).status_code == 404
    assert signed_in(avon_planner).post(address.replace("kent", "avon-and-somerset")).status_code == 404
    client = signed_in(two_owners[1])
    assert client.get(address, follow=True).status_code == 200
    answer = client.post(address, follow=True)
    assert "You have said that you have seen it." in text(answer)
    assert "has been given the role Planner." not in text(answer).split("Recent activity")[0]


def test_a_kind_without_words_is_a_fault(kent):
    with acting(kent, None), pytest.raises(KeyError):
        raise_alert(
            kent,
            kind="unheard_of",
            subject="x",
            params={},
            event="00000000-0000-0000-0000-000000000001",
            capability=Capability.MANAGE_TEAM,
            at=db_now(),
        )
