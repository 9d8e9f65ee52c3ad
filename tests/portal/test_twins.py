"""Whoever records a day and place again is told of the other one first, and may record it all the same."""

import re

import pytest

from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.tenancy import acting
from tests.deployments.recordings import REASON, facts, published, recorded
from tests.portal.test_force import answers, text, url

pytestmark = pytest.mark.django_db
RECORD = "/portal/kent/deployments/record/"


def how_many(force) -> int:
    with acting(force, None):
        return Deployment.objects.owned_by(force).count()


def hidden(page) -> list[str]:
    return re.findall(r'name="despite" value="([^"]+)"', page.content.decode())


def test_a_twin_is_named_before_anything_is_saved(signed_in, kent, kent_planner):
    client = signed_in(kent_planner)
    client.post(RECORD, answers())
    asked = client.post(RECORD, answers())
    assert (asked.status_code, how_many(kent)) == (422, 1)
    (reference,) = hidden(asked)
    assert f'href="/portal/kent/deployments/{reference}/"' in asked.content.decode()
    assert "with the same times and figures" in text(asked)
    assert 'value="9,764"' in asked.content.decode(), "nothing typed is lost"
    unticked = client.post(RECORD, answers(despite=reference))
    assert (unticked.status_code, how_many(kent)) == (422, 1)
    ticked = client.post(RECORD, answers(despite=reference, all_the_same="on"))
    assert (ticked.status_code, how_many(kent)) == (302, 2)


def test_a_tick_is_about_those_that_were_shown(signed_in, kent, kent_planner):
    first = recorded(kent, kent_planner)
    client = signed_in(kent_planner)
    assert hidden(client.post(RECORD, answers())) == [first.reference]
    second = recorded(kent, kent_planner)
    again = client.post(RECORD, answers(despite=first.reference, all_the_same="on"))
    assert again.status_code == 422
    assert sorted(hidden(again)) == sorted([first.reference, second.reference])


def test_same_day_and_place_with_other_figures_is_asked_about_too(signed_in, kent, kent_planner):
    recorded(kent, kent_planner, arrests=0, other_action=2)
    asked = signed_in(kent_planner).post(RECORD, answers())
    assert "with other times or figures" in text(asked)


def test_whoever_reviews_sees_it(signed_in, kent, kent_planner, kent_publisher):
    first, second = recorded(kent, kent_planner), recorded(kent, kent_planner)
    client = signed_in(kent_publisher)
    for name in ("review", "deployment"):
        page = text(client.get(url(name, second)))
        assert "Is this one deployment written down twice?" in page
        assert first.reference in page


def test_a_withdrawal_says_first_that_the_correction_goes_with_it(
    signed_in, kent, kent_planner, kent_publisher
):
    deployment = published(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    plain = client.get(url("withdraw", deployment))
    assert "discarded with it" not in text(plain)
    at = db_now()
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=at
    )
    said = {"seen": "1.0", "reason": "It was recorded twice.", "discards": "0"}
    late = client.post(url("withdraw", deployment), said)
    assert late.status_code == 422
    assert "A correction in work is discarded with it" in text(late)
    assert REASON in text(late)
    assert 'name="discards" value="2"' in late.content.decode()
    assert client.post(url("withdraw", deployment), said | {"discards": "2"}).status_code == 302
