"""The portal's pages of a force's documents and contact: published, renewed, withdrawn, and read by colleagues."""

from datetime import date

import pytest

from directory import actions
from forces.clock import db_now
from forces.documents import contact_of, documents_of
from forces.models import Document
from tests.portal.test_force import text

pytestmark = pytest.mark.django_db

LIST = "/portal/kent/documents/"


@pytest.fixture
def officer(kent, force_people):
    return force_people(kent, "data_protection_officer")


def typed(**changes):
    return {
        "kind": "dpia",
        "title": "Assessment of live facial recognition",
        "version": "2.1",
        "url": "https://www.kent.police.uk/dpia",
        **{
            f"adopted_on-{part}": value
            for part, value in zip(("day", "month", "year"), (1, 3, 2026), strict=True)
        },
        **{
            f"review_on-{part}": value
            for part, value in zip(("day", "month", "year"), (1, 3, 2027), strict=True)
        },
    } | changes


def only():
    return Document.objects.get()


def test_a_document_is_published_and_shown(signed_in, kent, officer):
    client = signed_in(officer)
    assert "No document stands today." in text(client.get(LIST))
    answer = client.post(f"{LIST}add/", typed(), follow=True)
    assert "Kent Police: “Assessment of live facial recognition, 2.1” is published." in text(answer)
    shown = text(client.get(f"{LIST}{only().public_id}/"))
    assert "Data protection impact assessment" in shown
    assert "https://www.kent.police.uk/dpia" in shown
    assert "Version 2.1, to be looked at again by" in shown


def test_what_is_wrong_is_said_beside_each_field(signed_in, kent, officer):
    page = signed_in(officer).post(
        f"{LIST}add/", typed(url="http://example.com/", title="Signed by Mr Bloggs", kind="")
    )
    assert page.status_code == 422
    assert "Select what kind of document it is" in text(page)
    page = signed_in(officer).post(f"{LIST}add/", typed(url="http://example.com/"))
    assert page.status_code == 422
    assert "https:// and a name ending in .police.uk or .gov.uk" in text(page)
    page = signed_in(officer).post(f"{LIST}add/", typed(title="Signed by Mr Bloggs"))
    assert page.status_code == 422
    assert "Write the role or rank instead of the name." in text(page)
    assert not Document.objects.exists()


def test_a_new_version_replaces_and_an_overdue_one_is_marked(signed_in, kent, officer):
    client = signed_in(officer)
    old = {"adopted_on-year": 2020, "review_on-year": 2021}
    client.post(f"{LIST}add/", typed(**old))
    assert "1 document should have been looked at again." in text(client.get(LIST))
    first = only()
    assert "Overdue" in text(client.get(f"{LIST}{first.public_id}/"))
    answer = client.post(f"{LIST}{first.public_id}/version/", typed(version="3.0"), follow=True)
    assert "Assessment of live facial recognition, 3.0” is published." in text(answer)
    assert "should have been looked at" not in text(answer)
    again = client.get(f"{LIST}{first.public_id}/version/", follow=True)
    assert "A newer version has been published already." in text(again)


def test_a_document_is_withdrawn_with_a_reason(signed_in, kent, officer):
    client = signed_in(officer)
    client.post(f"{LIST}add/", typed())
    address = f"{LIST}{only().public_id}/"
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "Section 4 was wrong."}, follow=True)
    assert "is withdrawn." in text(answer)
    shown = text(client.get(address))
    assert "Withdrawn. No version of it stands." in shown
    assert "Section 4 was wrong." in shown
    assert documents_of(kent, date(2030, 1, 1)) == {}


def test_the_contact_is_given_and_changed(signed_in, kent, officer):
    client = signed_in(officer)
    assert "None given." in text(client.get(LIST))
    assert client.post(f"{LIST}contact/", {}).status_code == 422
    answer = client.post(f"{LIST}contact/", {"email": "lfr@kent.police.uk", "phone": "101"}, follow=True)
    assert "lfr@kent.police.uk" in text(answer)
    assert contact_of(kent).phone == "101"
    assert "That is what stands already." in text(
        client.post(f"{LIST}contact/", {"email": "lfr@kent.police.uk", "phone": "101"})
    )


def test_colleagues_read_and_others_see_nothing(signed_in, kent, officer, kent_planner, avon_planner):
    document = actions.publish_document(
        kent,
        kind="policy",
        title="Policy",
        version="1",
        url="https://www.kent.police.uk/p",
        adopted_on=date(2026, 1, 1),
        review_on=date(2027, 1, 1),
        by=officer,
        at=db_now(),
    )
    address = f"{LIST}{document.public_id}/"
    client = signed_in(kent_planner)
    assert "Policy" in text(client.get(LIST))
    assert "Withdraw" not in text(client.get(address))
    for path in (f"{LIST}add/", f"{LIST}contact/", f"{address}version/"):
        assert client.get(path).status_code == 403
    assert client.post(address, {"reason": "No."}).status_code == 403
    stranger = signed_in(avon_planner)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/portal/avon-and-somerset/documents/{document.public_id}/").status_code == 404
