"""Changes since publication: each field before and after, and nothing of what was removed."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forces.clock import db_now
from register import actions, revisions
from register.models import Entry
from register.revisions import Cursor, Wanted
from tests.people import make_member
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
LIST = "/revisions/"


def corrected(force, document, *, reason="The source was misread.", **changes):
    """Correct a record; `figures` changes only the figures it names. Gives the new document."""
    figures = {**document["figures"], **changes.pop("figures", {})}
    new = {**document, "figures": figures, **changes}
    actions.correct(new, force=force, origin="submitted", by=None, at=db_now(), reason=reason)
    return new


def rows_of(response):
    return list(csv.DictReader(io.StringIO(b"".join(response).decode())))


def test_every_corrected_field_stands_with_what_it_said_before_and_says_now(client, kent, entered):
    first = entered(kent)
    corrected(
        kent,
        first,
        figures={"alerts": 7, "arrests": None},
        absent={"arrests": {"code": "not_published", "why": "The force withdrew the number."}},
        methods={"faces_seen": "count"},
        on="2024-04-07",
        place={"name": "High Street", "area": None},
        provenance=None,
    )
    shown = text(client.get(LIST))
    for words in (
        "Corrected High Street, 7 April 2024",
        "version 2, Kent Police",
        "Reason: The source was misread.",
        "Date 6 April 2024 7 April 2024",
        "Place Market Square High Street",
        "Faces seen 5,460 (estimated) 5,460 (counted)",
        "Alerts 3 7",
        "Arrests 1 [x] Not published. The force withdrew the number.",
    ):
        assert words in shown, (words, shown)
    assert "Engagements" not in shown


def test_a_withdrawal_is_told_with_its_reason(client, kent, entered):
    document = entered(kent)
    actions.withdraw(
        document["reference"], force=kent, by=None, at=db_now(), reason="It was recorded twice by mistake."
    )
    shown = text(client.get(LIST))
    assert "Withdrawn Market Square" in shown
    assert "Reason: It was recorded twice by mistake." in shown
    assert "no longer counts in any statistic" in shown


def test_nothing_of_a_removed_version_is_told_anywhere(client, kent, entered, redacted):
    first = entered(kent)
    corrected(
        kent, first, place={"name": "Outside Jane Doe's", "area": None}, reason="Jane Doe asked for it."
    )
    redacted(kent, first["reference"])
    shown = text(client.get(LIST))
    assert "The document of version 2 was removed" in shown
    assert "A name stood in the place." in shown
    assert "The document of this version was removed since" in shown
    for address in (LIST, f"{LIST}?record={first['reference']}", f"{LIST}feed.atom", f"{LIST}feed.json"):
        assert b"Jane Doe" not in client.get(address).content, address
    rows = rows_of(client.get(f"{LIST}revisions.csv"))
    assert "Jane Doe" not in json.dumps(rows)
    assert [(row["kind"], row["changes"], row["reason"]) for row in rows] == [
        ("removal", "[z]", "A name stood in the place."),
        ("correction", "[x]", ""),
    ]


def test_what_followed_a_removed_version_says_that_it_cannot_be_compared(
    client, kent, entered, national_lead
):
    first = entered(kent, place={"name": "Outside Jane Doe's", "area": None})
    corrected(kent, first, place={"name": "High Street", "area": None}, reason="It named a person.")
    request = actions.propose_redaction(
        Entry.objects.get(version=1),
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="The place names a person.",
        public_reason="A name stood in the place.",
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    shown = text(client.get(LIST))
    assert "The document of the version before was removed since" in shown
    assert "Jane" not in shown
    assert "It named a person." in shown  # the reason belongs to the version that stands


def test_pages_follow_each_other_without_gap_or_repeat(kent, entered, northmoor):
    """Many corrections of one instant, as a batch makes them, and a removal among them."""
    at = db_now()
    made = [entered(kent, on=f"2024-03-{day:02}") for day in range(1, 8)]
    for document in made:
        new = {**document, "watchlist_size": 1}
        actions.correct(new, force=kent, origin="submitted", by=None, at=at, reason="A batch.")
    entered(northmoor)
    wanted, seen, after = Wanted("national"), [], None
    while True:
        found = revisions.page(wanted, after=after and Cursor.read(str(after)), size=2)
        seen += [each.name for each in found.revisions]
        after = found.after
        if after is None:
            break
    assert sorted(seen) == sorted(f"{document['reference']}-v2" for document in made)
    assert len(seen) == len(set(seen)) == 7
    whole = revisions.Revisions(wanted)
    assert whole.count == 7
    assert [each.name for each in whole] == seen


def test_filters_narrow_and_mistakes_are_told(client, kent, avon, entered):
    one, other = entered(kent), entered(avon)
    for force, document in ((kent, one), (avon, other)):
        corrected(force, document, watchlist_size=1)
    year = db_now().year
    for query, expected in (
        ("force=kent", {one["reference"]}),
        (f"record={other['reference']}", {other["reference"]}),
        (f"year={year}", {one["reference"], other["reference"]}),
        (f"year={year - 1}", set()),
        (f"record={other['reference']}&force=kent", set()),
        ("force=&year=&record=", {one["reference"], other["reference"]}),
    ):
        found = set(re.findall(r'id="(LFR-[0-9A-Z-]{9})-v2"', client.get(f"{LIST}?{query}").content.decode()))
        assert found == expected, query
        assert {row["reference"] for row in rows_of(client.get(f"{LIST}revisions.csv?{query}"))} == expected
    for query in (
        "force=narnia",
        "year=soon",
        "after=1",
        "colour=blue",
        "force=kent&force=avon",
        "record=%00",
    ):
        assert client.get(f"{LIST}?{query}").status_code == 400, query
        assert client.get(f"{LIST}revisions.csv?{query}").status_code == 400, query


@pytest.mark.parametrize(
    "place",
    ["2026-13-45T99:99:99.000000Z_correction_1", "2026-01-01T00:00:00.000000Z_correction_" + "9" * 19],
)
def test_a_place_that_was_never_written_is_refused(client, place, db):
    assert client.get(LIST, {"after": place}).status_code == 400


def test_the_file_has_a_row_for_each_field_and_says_how_many_revisions_it_holds(client, kent, entered):
    first = entered(kent, place={"name": "=SUM(1)", "area": None})
    corrected(kent, first, figures={"alerts": 7}, place={"name": "High Street", "area": None})
    response = client.get(f"{LIST}revisions.csv")
    assert response["X-Total-Count"] == "1"
    assert not response.cookies
    rows = rows_of(response)
    assert [(row["field"], row["old_value"], row["new_value"], row["changes"]) for row in rows] == [
        ("place.name", "'=SUM(1)", "High Street", "2"),
        ("figures.alerts", "3", "7", "2"),
    ]
    assert client.head(f"{LIST}revisions.csv")["X-Total-Count"] == "1"


def test_a_page_reads_the_documents_of_its_own_revisions_in_one_query(client, kent, entered):
    for day in range(1, 29):
        corrected(kent, entered(kent, on=f"2024-03-{day:02}"), watchlist_size=1)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(LIST).content
    assert len(queries) <= 6
    assert page.count(b'<section class="lfr-card"') == 25
    assert b"after=" in page


def test_the_worlds_are_kept_apart(client, kent, northmoor, entered):
    real, made_up = entered(kent), entered(northmoor)
    corrected(kent, real, watchlist_size=1)
    corrected(northmoor, made_up, watchlist_size=1)
    for address, here, there in ((LIST, real, made_up), (f"/demonstration{LIST}", made_up, real)):
        for ending in ("", "revisions.csv", "feed.atom", "feed.json"):
            response = client.get(address + ending)
            body = b"".join(response) if response.streaming else response.content
            assert here["reference"].encode() in body, (address, ending)
            assert there["reference"].encode() not in body, (address, ending)


def test_the_feed_tells_changes_alone(client, kent, entered):
    first, still = entered(kent), entered(kent)
    corrected(kent, first, watchlist_size=1)
    found = json.loads(client.get(f"{LIST}feed.json").content)
    assert [item["tags"][0] for item in found["items"]] == ["correction"]
    assert still["reference"] not in json.dumps(found)
    assert found["home_page_url"].endswith("/revisions/")


def test_a_record_leads_to_its_own_changes(client, kent, entered):
    document = entered(kent)
    link = f'href="/revisions/?record={document["reference"]}"'
    assert link not in client.get(f"/deployments/{document['reference']}/").content.decode()
    corrected(kent, document, watchlist_size=1)
    assert link in client.get(f"/deployments/{document['reference']}/").content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("record=zzz", "Reference of a record: Give a whole reference, such as LFR-7K2M-Q4XD."),
        ("record=%00", "Reference of a record: Use letters and numbers"),
        ("force=narnia", "Force: Choose one of: Kent Police."),
        ("year=soon", "Year of the change: Give a whole number"),
        ("after=5", "Place in the list: This is not a place in the list."),
        ("sort=x", "There is no filter “sort”."),
    ],
)
def test_what_is_wrong_is_said_once_with_its_label(client, kent, query, said):
    page = client.get(f"/revisions/?{query}")
    assert page.status_code == 400
    assert 1 <= unescape(page.content.decode()).count(said) <= 2  # in the summary and beside its field
    file = client.get(f"/revisions/revisions.csv?{query}")
    assert file.status_code == 400
    assert query.split("=")[0] in unescape(file.content.decode())
