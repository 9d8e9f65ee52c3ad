"""Notices, as machines read them."""

import hashlib
import json

import pytest
from jsonschema import Draft202012Validator

from api.schema import made
from forces.clock import db_now
from register import actions
from register.canonical import canonical_bytes
from register.models import NoticeHead
from tests.api.checks import assert_problem
from tests.notices import cancelled, change, deferred, notice, tell
from tests.people import make_member

pytestmark = pytest.mark.django_db
LIST = "/api/v1/notices"


def references(response):
    assert response.status_code == 200, response.content
    return [item["reference"] for item in response.json()["items"]]


def on(day):
    return {
        "on": day,
        "starts_at": f"{day}T10:00:00Z",
        "ends_at": f"{day}T16:00:00Z",
    }


def test_list_holds_the_stored_bytes_soonest_first(client, kent):
    later, sooner = (tell(kent, notice(kent) | on(day)) for day in ("2026-12-20", "2026-12-02"))
    response = client.get(LIST)
    assert references(response) == [sooner["reference"], later["reference"]]
    assert canonical_bytes(sooner) in response.content


def test_answers_fit_their_schema_whatever_they_say(client, kent, national_lead):
    told = tell(kent)
    tell(kent, deferred(kent))
    change(kent, cancelled(tell(kent)))
    gone = tell(kent)
    request = actions.propose_redaction(
        NoticeHead.objects.get(pk=gone["reference"]).entry,
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="A name.",
        public_reason="A name stood there.",
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    document = made()
    for address, path in (
        (LIST, LIST),
        *((f"{LIST}/{each['reference']}", f"{LIST}/{{reference}}") for each in (told, gone)),
    ):
        described = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**described["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(client.get(address).json())
    item = client.get(f"{LIST}/{gone['reference']}").json()
    assert (item["state"], item["document"], item["salt"]) == ("redacted", None, None)
    assert "Market Square" not in json.dumps(item)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("force=kent", {"kent", "hidden"}),
        ("force=E23000036", {"avon"}),
        ("status=deferred", {"hidden"}),
        ("place=bat", {"avon"}),
        ("since=2026-12-31", {"avon", "hidden"}),
        ("until=2026-12-12", {"kent", "hidden"}),
        ("since=2027-01-01", {"avon"}),
    ],
)
def test_filters_find_what_they_name(client, kent, avon, query, expected):
    made_up = {
        "kent": tell(kent)["reference"],
        "avon": tell(avon, notice(avon, place={"name": "Bath", "area": None}) | on("2027-01-05"))[
            "reference"
        ],
        "hidden": tell(kent, deferred(kent))["reference"],
    }
    assert set(references(client.get(f"{LIST}?{query}"))) == {made_up[name] for name in expected}


def test_pages_hold_every_notice_once(client, kent):
    wanted = [tell(kent)["reference"] for _ in range(4)]
    seen, address = [], f"{LIST}?limit=1&force=kent"
    while address:
        response = client.get(address.removeprefix("http://testserver"))
        seen += references(response)
        address = response.json()["next"]
        assert not address or f'<{address}>; rel="next"' in response["Link"]
    assert seen == wanted


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("status=done", "status"),
        ("since=soon", "since"),
        ("after=x", "after"),
        ("limit=0", "limit"),
        ("realm=moon", "realm"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(client, db, query, parameter):
    problem = assert_problem(client.get(f"{LIST}?{query}"), 400, "wrong-parameter")
    assert [error["parameter"] for error in problem["errors"]] == [parameter]


def test_one_notice_has_its_history_and_what_to_check_it_by(client, kent):
    document = tell(kent)
    change(kent, cancelled(document), "The van broke down.")
    item = client.get(f"{LIST}/{document['reference']}").json()
    assert [(each["version"], each["reason"]) for each in item["history"]] == [
        (2, "The van broke down."),
        (1, None),
    ]
    body = client.get(item["history"][0]["document_at"].removeprefix("http://testserver")).content
    assert hashlib.sha256(body).hexdigest() == item["sha256"]
    assert hashlib.sha256(bytes.fromhex(item["salt"]) + body).hexdigest() == item["commitment"]
    assert_problem(client.get(f"{LIST}/LFR-0000-0000"), 404, "not-found")
    assert_problem(client.get(f"/api/v1/deployments/{document['reference']}"), 404, "not-found")


def test_worlds_are_apart(client, kent, northmoor):
    ours, theirs = tell(kent)["reference"], tell(northmoor)["reference"]
    assert references(client.get(LIST)) == [ours]
    assert references(client.get(f"{LIST}?realm=demonstration")) == [theirs]
    assert_problem(client.get(f"{LIST}/{theirs}"), 404, "not-found")


def test_who_holds_the_latest_is_told_so_until_a_notice_changes(client, kent):
    document = tell(kent)
    for address in (LIST, f"{LIST}/{document['reference']}"):
        tag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        document = change(kent, document | {"threshold": "0.70"})
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
