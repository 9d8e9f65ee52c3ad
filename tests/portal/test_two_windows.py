"""The same deployment in two windows: what was typed in the second goes in by the button that says so."""

import pytest
from lxml import html

from deployments import actions
from forces.clock import db_now
from tests.deployments.recordings import facts, published, recorded
from tests.people import make_member
from tests.portal.test_force import answers, only, text, url

pytestmark = pytest.mark.django_db


def pressed(client, page):
    """Press the button of the page of a conflict, as a browser would."""
    (form,) = html.fromstring(page.content.decode()).xpath('//main//form[@method="post"]')
    return client.post(form.action, dict(form.form_values()))


def correction(**changes):
    return answers(seen="1.1", reason="Two digits were swapped.") | changes


def test_a_second_correction_replaces_what_the_first_window_saved(
    signed_in, kent, kent_planner, kent_publisher
):
    deployment = published(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    client.post(url("correct", deployment), correction(place="Pier"))
    page = client.post(url("correct", deployment), correction(place="Quay", reason="Another place."))
    assert page.status_code == 409
    assert "or by you in another window" in text(page)
    assert "Two digits were swapped. Another place." in text(page)
    assert only(kent).correction.place == "Pier"
    assert pressed(client, page).status_code == 302
    now = only(kent).correction
    assert (now.place, now.reason, now.revision) == ("Quay", "Another place.", 2)


def test_a_correction_of_what_was_corrected_and_published_meanwhile_starts_from_it(
    signed_in, kent, kent_planner, kent_publisher
):
    deployment = published(kent, kent_planner, kent_publisher)
    other = make_member(kent, "data_publisher", name="A second publisher")
    proposed = actions.prepare_correction(
        deployment, facts(place="Pier"), version=1, reason="It was at the pier.", by=other, at=db_now()
    )
    seen = actions.Seen(proposed.number, proposed.revision)
    actions.review(deployment, seen=seen, by=kent_publisher, at=db_now())
    actions.publish(deployment, seen=seen, by=kent_publisher, at=db_now())
    client = signed_in(other)
    page = client.post(url("correct", deployment), correction(place="Quay"))
    assert page.status_code == 409
    assert pressed(client, page).status_code == 302
    assert (only(kent).current.place, only(kent).correction.place) == ("Pier", "Quay")


def test_a_change_goes_in_by_the_button_too(signed_in, kent, kent_operator_lead):
    deployment = recorded(kent, kent_operator_lead)
    client = signed_in(kent_operator_lead)
    client.post(url("amend", deployment), answers(seen="1.1", place="Pier"))
    page = client.post(url("amend", deployment), answers(seen="1.1", place="Quay"))
    assert pressed(client, page).status_code == 302
    assert only(kent).current.place == "Quay"


def test_a_correction_without_a_reason_is_told_what_lacks(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    page = signed_in(kent_publisher).post(url("correct", deployment), correction(reason=""))
    assert page.status_code == 422
    assert "Say why it is corrected" in text(page)
