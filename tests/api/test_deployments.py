"""The list of deployments and one deployment, as machines read them."""

import hashlib
import json

import pytest

from forces.clock import db_now
from register import actions
from register.canonical import canonical_bytes
from tests.api.checks import assert_problem

pytestmark = pytest.mark.django_db
LIST = "/api/v1/deployments"


def references(response):
    assert response.status_code == 200, response.content
    return [item["reference"] for item in response.json()["items"]]


def test_list_holds_the_stored_bytes(client, kent, entered):
    document = entered(kent)
    response = client.get(LIST)
    assert canonical_bytes(document) in response.content
    assert response.json()["items"][0]["document"] == document


def test_list_is_latest_first(client, kent, entered):
    old, new, middle = (
        entered(kent, on=day)["reference"] for day in ("2023-01-02", "2025-01-02", "2024-01-02")
    )
    assert references(client.get(LIST)) == [new, middle, old]


def test_list_without_records_is_an_empty_list(client, db):
    assert client.get(LIST).json() == {"realm": "national", "next": None, "items": []}


def test_pages_hold_every_record_once(client, kent, entered):
    wanted = [
        entered(kent, on=day)["reference"] for day in ("2024-04-01", "2024-04-02", "2024-04-02", "2024-04-02")
    ]
    seen, address = [], f"{LIST}?limit=1&year=2024"
    while address:
        is_first = not seen
        response = client.get(address.removeprefix("http://testserver"))
        seen += references(response)
        address = response.json()["next"]
        links = [] if is_first else [f'<http://testserver{LIST}?limit=1&year=2024>; rel="first"']
        links += [f'<{address}>; rel="next"'] if address else []
        assert response.get("Link") == (", ".join(links) or None)
        assert not address or "year=2024" in address
    assert sorted(seen) == sorted(wanted)
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("force=kent", {"kent"}),
        ("force=E23000032", {"kent"}),
        ("year=2023", {"avon"}),
        ("year=2024&month=4", {"kent"}),
        ("tier=secondary", {"avon"}),
        ("origin=submitted", {"kent"}),
        ("status=aborted", {"avon"}),
        ("status=completed&force=kent", {"kent"}),
        ("place=mark", {"kent"}),
        ("place=100%25", set()),
        ("technology=retrospective", set()),
        ("state=withdrawn", set()),
    ],
)
def test_filters_find_what_they_name(client, kent, avon, entered, query, expected):
    made = {
        "kent": entered(kent)["reference"],
        "avon": entered(
            avon,
            origin="collated",
            tier="secondary",
            on="2023-12-31",
            status="aborted",
            place={"name": "Harbour", "area": "Bristol"},
        )["reference"],
    }
    assert set(references(client.get(f"{LIST}?{query}"))) == {made[name] for name in expected}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("yeer=2024", "yeer"),
        ("year=2024&year=2023", "year"),
        ("year=", "year"),
        ("year=soon", "year"),
        ("year=1066", "year"),
        ("year=²⁰²⁴", "year"),
        ("month=4", "year"),
        ("year=2024&month=13", "month"),
        ("force=narnia", "force"),
        ("force=northmoor", "force"),
        ("tier=tertiary", "tier"),
        ("origin=nowhere", "origin"),
        ("status=done", "status"),
        ("state=lost", "state"),
        ("place=a", "place"),
        ("place=ab%00c", "place"),
        ("place=" + "x" * 101, "place"),
        ("since=2024-02-31", "since"),
        ("since=6 April 2024", "since"),
        ("since=1066-10-14", "since"),
        ("since=2024-04-06&until=2024-04-05", "until"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("after=1", "after"),
        ("after=2024-02-31_5", "after"),
        ("after=2024-02-01_5'--", "after"),
        ("realm=everything", "realm"),
        ("format=csv", "format"),
    ],
)
def test_wrong_parameters_are_named_and_answered_400(client, kent, northmoor, entered, query, parameter):
    entered(kent)
    problem = assert_problem(client.get(f"{LIST}?{query}"), 400, "wrong-parameter")
    assert parameter in {error["parameter"] for error in problem["errors"]}
    assert all(error["detail"] for error in problem["errors"])


def test_every_wrong_parameter_is_told_at_once(client, db):
    problem = assert_problem(client.get(f"{LIST}?year=x&tier=y&z=1"), 400, "wrong-parameter")
    assert {error["parameter"] for error in problem["errors"]} == {"year", "tier", "z"}


def test_demonstration_is_only_there_when_asked_for(client, kent, northmoor, entered):
    real, made_up = entered(kent)["reference"], entered(northmoor)["reference"]
    assert references(client.get(LIST)) == [real]
    assert references(client.get(f"{LIST}?realm=demonstration")) == [made_up]
    assert_problem(client.get(f"{LIST}/{made_up}"), 404, "not-found")
    assert client.get(f"{LIST}/{made_up}?realm=demonstration").json()["realm"] == "demonstration"


def test_no_demonstration_where_none_is_installed(client, db, settings):
    settings.DEMONSTRATION = False
    assert_problem(client.get(f"{LIST}?realm=demonstration"), 400, "wrong-parameter")


def test_detail_lets_anyone_check_bytes_and_commitment(client, kent, entered):
    document = entered(kent)
    record = client.get(f"{LIST}/{document['reference']}").json()
    data = client.get(record["history"][0]["document_at"]).content
    assert data == canonical_bytes(document)
    assert hashlib.sha256(data).hexdigest() == record["sha256"]
    assert hashlib.sha256(bytes.fromhex(record["salt"]) + data).hexdigest() == record["commitment"]


def test_detail_tells_corrections_and_withdrawals(client, kent, entered):
    document = entered(kent)
    reference = document["reference"]
    actions.correct(
        {**document, "on": "2024-05-07"},
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="The date was misread.",
    )
    actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It never took place at all.")
    record = client.get(f"{LIST}/{reference}").json()
    assert (record["state"], record["version"], record["document"]["reason"]) == (
        "withdrawn",
        3,
        "It never took place at all.",
    )
    assert [(each["act"], each["reason"]) for each in record["history"]] == [
        ("withdrawal", "It never took place at all."),
        ("correction", "The date was misread."),
        ("original", None),
    ]
    assert references(client.get(LIST)) == []
    assert references(client.get(f"{LIST}?state=withdrawn")) == [reference]


def test_redacted_record_keeps_its_tombstone_and_commitment(client, kent, entered, redacted):
    document = entered(kent)
    before = client.get(f"{LIST}/{document['reference']}").json()
    redacted(kent, document["reference"])
    record = client.get(f"{LIST}/{document['reference']}").json()
    assert (record["state"], record["document"], record["sha256"], record["salt"]) == (
        "redacted",
        None,
        None,
        None,
    )
    assert record["commitment"] == before["commitment"]
    assert record["history"][0]["redacted"]["reason"] == "A name stood in the place."
    assert record["history"][0]["document_at"] is None
    listed = client.get(f"{LIST}?state=redacted").json()["items"]
    assert [item["document"] for item in listed] == [None]


@pytest.mark.parametrize("reference", ["LFR-0000-0000", "x", "'; DROP", "LFR-0000-0000/", "%00"])
def test_unknown_reference_is_a_problem(client, db, reference):
    assert_problem(client.get(f"{LIST}/{reference}"), 404, "not-found")


def test_unchanged_register_answers_304_and_a_change_does_not(client, kent, entered):
    entered(kent)
    tag = client.get(LIST)["ETag"]
    unchanged = client.get(LIST, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    entered(kent)
    assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 200


def test_a_wrong_filter_is_told_even_to_those_who_hold_a_copy(client, kent, entered):
    entered(kent)
    tag = client.get(LIST)["ETag"]
    assert_problem(client.get(f"{LIST}?x=1", headers={"If-None-Match": tag}), 400, "wrong-parameter")


def test_redaction_changes_the_tags(client, kent, entered, redacted):
    reference = entered(kent)["reference"]
    tags = {address: client.get(address)["ETag"] for address in (LIST, f"{LIST}/{reference}")}
    redacted(kent, reference)
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_list_takes_few_queries_whatever_its_length(client, kent, entered, django_assert_max_num_queries):
    for _ in range(5):
        entered(kent)
    with django_assert_max_num_queries(3):
        client.get(f"{LIST}?force=kent")


def test_text_with_markup_and_other_scripts_comes_back_as_it_is(client, kent, entered):
    name = 'Sgwâr <script>alert("x")</script> 市場 👮'
    entered(kent, place={"name": name, "area": None})
    response = client.get(LIST)
    assert json.loads(response.content)["items"][0]["document"]["place"]["name"] == name
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
