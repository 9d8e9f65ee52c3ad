"""A force's page and its records say what it has published about its use, and where it is reached."""

from datetime import date

import pytest

from directory import actions
from forces.clock import db_now
from tests.people import make_member
from tests.portal.test_force import text

pytestmark = pytest.mark.django_db

PAGE = "/forces/kent/"


@pytest.fixture
def officer(kent):
    return make_member(kent, "chief_officer")


def publish(force, by, **changes):
    said = {
        "kind": "policy",
        "title": "Our policy",
        "version": "1.0",
        "url": "https://www.kent.police.uk/policy",
        "adopted_on": date(2026, 1, 1),
        "review_on": date(2036, 1, 1),
    } | changes
    return actions.publish_document(force, **said, by=by, at=db_now())


def test_the_page_names_each_document_in_its_place(client, kent, officer):
    assert text(client.get(PAGE)).count("We have not been told of one that is published.") == 3
    publish(kent, officer)
    publish(kent, officer, kind="sop", title="How we work", url="https://www.kent.police.uk/sop")
    overdue = {"adopted_on": date(2020, 1, 1), "review_on": date(2021, 1, 1)}
    publish(kent, officer, kind="eia", title="Equality", **overdue)
    page = client.get(PAGE)
    shown = text(page)
    assert "Version 1.0, adopted on 1 January 2026, to be looked at again by 1 January 2036." in shown
    assert "should have looked at it again by 1 January 2021 and has told us of no newer one." in shown
    assert "Standard operating procedure: How we work" in shown
    assert shown.count("We have not been told of one that is published.") == 1
    places = [
        page.content.decode().index(f'id="{code}"')
        for code in ("policy", "dpia", "eia", "documents", "contacts")
    ]
    assert places == sorted(places)


def test_what_was_withdrawn_says_why(client, kent, officer):
    document = publish(kent, officer)
    actions.withdraw_document(document, reason="Section 4 was wrong.", by=officer, at=db_now())
    shown = text(client.get(PAGE))
    assert "Withdrawn by the force on" in shown
    assert "Section 4 was wrong." in shown


def test_the_contact_stands_wherever_one_may_complain(client, kent, officer, entered):
    record = f"/deployments/{entered(kent)['reference']}/"
    assert "has given no contact of its own here" in text(client.get(PAGE))
    actions.set_contact(kent, email="lfr@kent.police.uk", phone="101", by=officer, at=db_now())
    assert "Telephone: 101." in text(client.get(PAGE))
    for address in (PAGE, record):
        assert 'href="mailto:lfr@kent.police.uk"' in client.get(address).content.decode()
