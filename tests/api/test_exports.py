"""Everything public as files: whole, counted, of one instant, and harmless in a spreadsheet."""

import csv
import io
import json
import re
import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from api.columns import DEPLOYMENTS
from forces.clock import db_now
from register import actions, exports, spreadsheets
from register.exports import Records
from register.search import Search
from tests.api.checks import assert_problem

NAMES = ("deployments", "forces", "measures", "statistics")
FILES = [f"/api/v1/{name}.{form}" for name in NAMES for form in ("csv", "jsonl")]
LIST = "/api/v1/deployments"


def body(response):
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def rows(response):
    return list(csv.DictReader(io.StringIO(body(response), newline="")))


def objects(response):
    return [json.loads(line) for line in body(response).splitlines()]


# --- what every file has in common --------------------------------------------------------------------------


@pytest.mark.parametrize("address", FILES)
def test_a_file_says_what_it_is_and_how_much_it_holds(client, kent, entered, address):
    entered(kent)
    response = client.get(address)
    name, form = address.rsplit("/", 1)[1].split(".")
    assert response["Content-Type"].startswith({"csv": "text/csv", "jsonl": "application/jsonl"}[form])
    assert re.fullmatch(rf'attachment; filename="{name}[a-z0-9-]*\.{form}"', response["Content-Disposition"])
    assert response["Cache-Control"] == "public, no-cache"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "X-Total-Count" in response["Access-Control-Expose-Headers"]
    assert not response.cookies
    held = rows(response) if form == "csv" else objects(response)
    assert int(response["X-Total-Count"]) == len(held) > 0


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_the_items_of_the_list(client, kent, avon, entered, name):
    for force in (kent, avon, kent):
        entered(force)
    assert objects(client.get(f"/api/v1/{name}.jsonl")) == client.get(f"/api/v1/{name}").json()["items"]


@pytest.mark.parametrize("name", NAMES)
def test_csv_has_a_row_for_each_line(client, kent, avon, entered, name):
    for force in (kent, avon, kent):
        entered(force)
    read = rows(client.get(f"/api/v1/{name}.csv"))
    lines = objects(client.get(f"/api/v1/{name}.jsonl"))
    assert len(read) == len(lines)
    key = {"deployments": "reference", "forces": "slug", "measures": "code", "statistics": "measure"}[name]
    assert [row[key] for row in read] == [line[key] for line in lines]


@pytest.mark.parametrize("address", FILES)
def test_unchanged_is_304_and_a_change_is_not(client, kent, entered, address):
    entered(kent)
    tag = client.head(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    entered(kent)
    changed = client.get(address, headers={"If-None-Match": tag})
    b"".join(changed.streaming_content if changed.streaming else [])
    # Neither forces nor measures change when a record is entered.
    assert changed.status_code == (304 if "forces" in address or "measures" in address else 200)


@pytest.mark.parametrize("address", FILES)
def test_what_a_file_does_not_take_is_refused(client, db, address):
    assert_problem(client.get(f"{address}?colour=blue"), 400, "wrong-parameter")
    assert_problem(client.get(f"{address}?limit=5"), 400, "wrong-parameter")
    assert_problem(client.get(address, headers={"Accept": "image/png"}), 406, "not-acceptable")
    assert_problem(client.post(address), 405, "method-not-allowed")


@pytest.mark.parametrize("address", FILES)
def test_head_says_the_same_without_the_file(client, kent, entered, address):
    entered(kent)
    told, whole = client.head(address), client.get(address)
    assert told.content == b""
    for name in ("ETag", "X-Total-Count", "Content-Type", "Content-Disposition"):
        assert told[name] == whole[name], name
    b"".join(whole.streaming_content)


def test_an_empty_register_is_a_file_with_headings_alone(client, db):
    response = client.get(f"{LIST}.csv")
    assert response["X-Total-Count"] == "0"
    assert body(response).count("\r\n") == 1
    assert body(client.get(f"{LIST}.jsonl")) == ""


# --- deployments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "force=kent",
        "year=2024&month=4",
        "tier=secondary",
        "origin=submitted",
        "status=aborted",
        "state=withdrawn",
        "place=mark",
        "realm=demonstration",
        "technology=retrospective",
    ],
)
def test_a_file_takes_the_filters_of_the_list(client, kent, avon, northmoor, entered, query):
    entered(kent)
    gone = entered(kent)["reference"]
    actions.withdraw(gone, force=kent, by=None, at=db_now(), reason="It never took place at all.")
    entered(northmoor)
    entered(avon, origin="collated", tier="secondary", on="2023-12-31", status="aborted")
    listed = [item["reference"] for item in client.get(f"{LIST}?{query}&limit=200").json()["items"]]
    assert [row["reference"] for row in rows(client.get(f"{LIST}.csv?{query}"))] == listed
    assert [line["reference"] for line in objects(client.get(f"{LIST}.jsonl?{query}"))] == listed


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "deployments"),
        ("force=E23000032&year=2024&month=4", "deployments-kent-2024-04"),
        ("realm=demonstration&force=northmoor", "deployments-demonstration-northmoor"),
        ("place=%22%0d%0aX-Evil:%201", None),
        ('place=a".exe', "deployments"),
    ],
)
def test_the_name_of_a_file_is_made_of_our_own_words(client, kent, northmoor, query, name):
    response = client.head(f"{LIST}.csv?{query}")
    if name is None:
        assert response.status_code == 400
    else:
        assert response["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_csv_never_leaves_a_missing_figure_unexplained(client, kent, entered):
    entered(kent, figures={"arrests": None, "alerts": 0})
    (row,) = rows(client.get(f"{LIST}.csv"))
    assert (row["arrests"], row["arrests_absent"]) == ("", "not_published")
    assert (row["alerts"], row["alerts_absent"]) == ("0", "")
    assert (row["faces_seen"], row["faces_seen_method"]) == ("5460", "estimate")


def test_withdrawn_and_removed_records_keep_their_row(client, kent, entered, redacted):
    for reference in (entered(kent)["reference"] for _ in range(2)):
        last = reference
        actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It never took place at all.")
    (*_, row) = rows(client.get(f"{LIST}.csv?state=withdrawn"))
    assert (row["state"], row["reason"], row["place"]) == ("withdrawn", "It never took place at all.", "")
    assert last in {each["reference"] for each in rows(client.get(f"{LIST}.csv?state=withdrawn"))}
    gone = entered(kent)["reference"]
    redacted(kent, gone)
    (row,) = rows(client.get(f"{LIST}.csv?state=redacted"))
    assert (row["reference"], row["place"], row["sha256"], len(row["commitment"])) == (gone, "", "", 64)


def test_columns_have_names_of_their_own():
    names = [name for name, _get in DEPLOYMENTS]
    assert len(names) == len(set(names))


def test_a_file_of_many_records_takes_as_many_queries_as_a_short_one(client, kent, entered, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for _ in range(3):
        entered(kent)
    with CaptureQueriesContext(connection) as few:
        assert len(objects(client.get(f"{LIST}.jsonl"))) == 3
    for _ in range(4):
        entered(kent)
    with CaptureQueriesContext(connection) as many:
        assert len(objects(client.get(f"{LIST}.jsonl"))) == 7
    assert len(many) == len(few)


def test_a_file_is_of_one_instant(kent, entered, monkeypatch):
    """What is entered, corrected or withdrawn while a file is read is not in it, nor does it tear it."""
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    first, second = entered(kent, on="2024-05-02"), entered(kent, on="2024-05-01")
    records = Records(Search("national"))
    reading = iter(records)
    assert json.loads(next(reading))["reference"] == first["reference"]
    actions.withdraw(
        second["reference"], force=kent, by=None, at=db_now(), reason="It never took place at all."
    )
    entered(kent, on="2020-01-01")
    rest = [json.loads(text) for text in reading]
    assert [(each["reference"], each["state"]) for each in rest] == [(second["reference"], "standing")]
    assert records.count == 2


def test_a_reader_who_hangs_up_leaves_nothing_open(kent, entered, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    for _ in range(3):
        entered(kent)
    begun, untouched = Records(Search("national")), Records(Search("national"))
    untouched.close()
    reading = iter(begun)
    next(reading)
    reading.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name <> ''")
        assert cursor.fetchone() == (0,)


# --- harmless in a spreadsheet ------------------------------------------------------------------------------

TRICKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "﹦1",
]


@pytest.mark.parametrize("text", TRICKS)
def test_no_text_becomes_a_formula(text):
    assert spreadsheets.cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Market Square", "Sgwâr", "a=b", "5-11", "'quoted'", "", "市場"])
def test_other_texts_stay_as_they_are(text):
    assert spreadsheets.cell(text) == text


@given(st.text(max_size=40))
@example("=1")
@example("\n＝1")
@example('","=1')
def test_any_text_comes_back_whole_and_begins_no_formula(text):
    data = b"".join(spreadsheets.lines(["first", "second"], [[text, 7], [None, text]]))
    (_headings, (first, seven), (none, second)) = csv.reader(io.StringIO(data.decode(), newline=""))
    assert (seven, none) == ("7", "")
    for read in (first, second):
        assert read in (text, f"'{text}")
        assert not read[:1] or unicodedata.category(read[0]) != "Cc"
        shown = next((c for c in read if unicodedata.category(c)[0] not in "ZC"), "")
        assert unicodedata.normalize("NFKC", shown)[:1] not in ("=", "+", "-", "@")


def test_numbers_are_numbers_even_below_zero():
    assert [spreadsheets.cell(each) for each in (-5, 0.25, True, None, ["a", "b"])] == [
        -5,
        0.25,
        "true",
        "",
        "a; b",
    ]


@pytest.mark.parametrize("name", ["=cmd()", "＝HYPERLINK(1)", "@there"])
def test_a_place_that_is_a_formula_is_text_in_the_file_and_itself_in_the_lines(client, kent, entered, name):
    entered(kent, place={"name": name, "area": None})
    assert rows(client.get(f"{LIST}.csv"))[0]["place"] == f"'{name}"
    assert objects(client.get(f"{LIST}.jsonl"))[0]["document"]["place"]["name"] == name
