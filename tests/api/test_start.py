"""Where to begin, and what has changed since."""

from datetime import UTC, datetime

import pytest

from register import actions
from register.models import Entry
from tests.api.checks import assert_problem

pytestmark = pytest.mark.django_db
UPDATED = "/api/v1/last-updated"


def test_every_link_leads_somewhere(client, kent, entered):
    entered(kent)
    versions = client.get("/api/").json()["versions"]
    assert [each["version"] for each in versions] == ["v1"]
    assert client.get(versions[0]["openapi"]).status_code == 200
    links = client.get(versions[0]["at"]).json()["links"]
    for name, address in links.items():
        response = client.head(address)
        assert response.status_code == 200, name


def test_every_address_without_an_object_is_linked(client, db):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    linked = {
        address.removeprefix("http://testserver")
        for address in client.get("/api/v1").json()["links"].values()
    }
    readable = {
        path
        for path, methods in paths.items()
        if "get" in methods and "{" not in path and not any(methods["get"].get("security", []))
    }
    assert readable - {"/api/", "/api/v1"} <= linked


def times(response):
    assert response.status_code == 200
    told = response.json()
    return told["last_updated"], {each["force"]["slug"]: each["last_updated"] for each in told["forces"]}


def written(at):
    return at.isoformat().replace("+00:00", "Z")


def test_last_updated_is_that_of_the_latest_entry_of_each_force(client, kent, avon, entered):
    assert times(client.get(UPDATED)) == (None, {"kent": None, "avon-and-somerset": None})
    entered(kent)
    latest = Entry.objects.get(reference=entered(kent)["reference"]).entered_at
    assert times(client.get(UPDATED)) == (
        written(latest),
        {"kent": written(latest), "avon-and-somerset": None},
    )


def test_a_withdrawal_and_a_removal_are_changes(client, kent, entered, redacted):
    document = entered(kent)
    later = datetime(2040, 1, 1, tzinfo=UTC)
    actions.withdraw(
        document["reference"], force=kent, by=None, at=later, reason="It never took place at all."
    )
    assert times(client.get(UPDATED))[0] == "2040-01-01T00:00:00Z"
    other = entered(kent)["reference"]
    before = client.get(UPDATED)
    tombstone = redacted(kent, other)
    assert client.get(UPDATED, headers={"If-None-Match": before["ETag"]}).status_code == 200
    assert times(client.get(UPDATED))[1]["kent"] == written(
        max(tombstone.redacted_at, Entry.objects.get(reference=other).entered_at)
    )


def test_unchanged_is_told_without_an_answer(client, kent, entered, django_assert_max_num_queries):
    entered(kent)
    tag = client.get(UPDATED)["ETag"]
    with django_assert_max_num_queries(1):
        again = client.get(UPDATED, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    entered(kent)
    assert client.get(UPDATED, headers={"If-None-Match": tag}).status_code == 200


def test_the_made_up_record_is_asked_for_by_name(client, kent, northmoor, entered):
    entered(northmoor)
    assert list(times(client.get(UPDATED))[1]) == ["kent"]
    assert list(times(client.get(f"{UPDATED}?realm=demonstration"))[1]) == ["northmoor"]
    assert_problem(client.get(f"{UPDATED}?force=kent"), 400, "wrong-parameter")
