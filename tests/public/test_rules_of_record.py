"""The rules that applied on a record's day, and what the record alone can tell of each."""

import pytest

from coordination.framework.reference import load_framework
from forces.clock import db_now
from register.models import Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework(db):
    load_framework(at=db_now())


def test_a_record_counts_the_rules_of_its_day_and_leads_to_them(client, kent, entered, framework):
    document = entered(kent, origin=Origin.COLLATED, on="2024-01-10")
    record = client.get(f"/deployments/{document['reference']}/").content.decode()
    told = (
        "23 rules of the legal framework applied on that day: 1 met, 0 not met, and 22 that cannot be judged"
    )
    assert told in record
    page = client.get(f"/deployments/{document['reference']}/rules/").content.decode()
    assert f'href="/deployments/{document["reference"]}/rules/"' in record
    assert told in page
    assert 'href="/framework/watchlist-size/?on=2024-01-10"' in page
    assert "Published: 9,764. No limit is set." in page


def test_what_a_force_published_itself_is_held_to_the_clock_and_a_transcription_is_not(
    client, kent, entered, framework
):
    words = {}
    for origin in Origin:
        document = entered(kent, origin=origin, on="2026-11-23")
        words[origin] = client.get(f"/deployments/{document['reference']}/rules/").content.decode()
    assert "The result was published by 28 November 2026, as it had to be." in words[Origin.SUBMITTED]
    assert "Not published: on which day the force published the result." in words[Origin.COLLATED]


def test_without_a_framework_nothing_is_said(client, kent, entered):
    document = entered(kent, on="2024-01-10")
    assert (
        "The rules on that day" not in client.get(f"/deployments/{document['reference']}/").content.decode()
    )
    page = client.get(f"/deployments/{document['reference']}/rules/").content.decode()
    assert "has no rule for that day" in page


def test_other_worlds_and_unknown_references(client, kent, northmoor, entered, framework):
    ours, made_up = entered(kent), entered(northmoor)
    assert client.get("/deployments/LFR-0000-0000/rules/").status_code == 404
    assert client.get(f"/deployments/{ours['reference'].lower()}/rules/").url.endswith(
        f"{ours['reference']}/rules/"
    )
    elsewhere = client.get(f"/deployments/{made_up['reference']}/rules/")
    assert elsewhere.url == f"/demonstration/deployments/{made_up['reference']}/rules/"
    assert client.get(elsewhere.url).status_code == 200


def test_a_removed_document_tells_nothing(client, kent, entered, redacted, framework):
    document = entered(kent)
    redacted(kent, document["reference"])
    assert client.get(f"/deployments/{document['reference']}/rules/").status_code == 404
    assert (
        "The rules on that day" not in client.get(f"/deployments/{document['reference']}/").content.decode()
    )
