"""A page that says "somebody else" says who; where nobody can, it says who can change that."""

import pytest

from deployments import actions
from directory import actions as directory
from forces.clock import db_now
from forces.models import User
from tests.deployments.recordings import REASON, STANDS, facts, published, recorded
from tests.portal.test_force import text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(kent, kent_planner, kent_publisher):
    """Published, and a correction written by the only publisher there is."""
    deployment = published(kent, kent_planner, kent_publisher)
    at = db_now()
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=at
    )
    return deployment


def test_who_may_go_on_is_named(signed_in, kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = recorded(kent, kent_planner)
    page = text(signed_in(kent_planner).get(url("deployment", deployment)))
    names = sorted([kent_publisher.name, kent_authorising_officer.name])
    assert f"Who may review it: {', '.join(names)}" in page
    assert "Nobody may" not in page


def test_where_nobody_may_publish_it_is_said_who_can_change_that(
    signed_in, kent, kent_publisher, kent_owner, corrected, kent_authorising_officer
):
    for person in (kent_publisher, kent_authorising_officer):
        page = signed_in(person).get(url("deployment", corrected))
        assert "Nobody may publish it" in text(page)
        assert "Nobody of Kent Police may publish it" in text(page)
        assert kent_owner.name in text(page)
        assert "can give somebody who had none the role Data publisher" in text(page)
        assert "Open the team" not in text(page)
    assert "Open the team" in text(signed_in(kent_owner).get(url("deployment", corrected)))


def test_the_page_that_stops_ones_own_work_says_so_too(
    signed_in, kent_publisher, corrected, force_people, kent
):
    page = signed_in(kent_publisher).get(url("review", corrected))
    assert page.status_code == 403
    assert "Nobody of Kent Police may publish it" in text(page)
    other = force_people(kent, "data_publisher", name="Ola Example")
    page = text(signed_in(kent_publisher).get(url("review", corrected)))
    assert "Who may review it: Ola Example" in page
    assert "Nobody" not in page.replace("Nobody reviews or publishes their own figures", "")
    User.objects.filter(person=other).update(is_active=False)
    assert "Nobody of Kent Police" in text(signed_in(kent_publisher).get(url("review", corrected)))


def test_who_may_decide_on_a_withdrawal_is_named(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.ask_withdrawal(deployment, reason=REASON, seen=STANDS, by=kent_planner, at=db_now())
    page = text(signed_in(kent_planner).get(url("deployment", deployment)))
    assert f"Who may decide on its withdrawal: {kent_publisher.name}" in page


def test_whoever_left_is_not_named(signed_in, kent, kent_planner, kent_publisher, kent_owner, force_people):
    from forces.models import Membership
    from forces.tenancy import national_scope

    leaver = force_people(kent, "data_publisher", name="Ola Example")
    with national_scope():
        held = Membership.objects.select_related("force", "person").get(person=leaver)
    directory.revoke(held, by=kent_owner, at=db_now(), reason=REASON)
    page = text(signed_in(kent_planner).get(url("deployment", recorded(kent, kent_planner))))
    assert "Ola Example" not in page
