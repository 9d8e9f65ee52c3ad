"""Notices in public: what is to come, where and when, who decided; and what is withheld, counted and no more."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test.utils import override_settings
from icalendar import Calendar
from lxml import etree, html

from forces.clock import db_now, london_date
from forces.tenancy import national_scope
from register import actions
from register.models import NoticeHead
from tests.notices import cancelled, change, deferred, notice, tell
from tests.people import make_member

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def text(response) -> str:
    return " ".join(html.fromstring(response.content).text_content().split())


def in_days(days: int) -> datetime:
    return db_now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=days)


def soon(force, days: int = 9, **fields):
    return tell(force, starts_at=in_days(days), **fields)


def place(name: str) -> dict[str, str | None]:
    return {"name": name, "area": None}


def next_month() -> datetime:
    today = london_date(db_now())
    return datetime(today.year + today.month // 12, today.month % 12 + 1, 15, 10, tzinfo=UTC)


# --- the list ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/notices/", "/notices/calendar/", "/", "/forces/kent/"])
def test_where_there_is_none_a_page_says_so_with_the_date_and_what_it_does_not_mean(client, kent, address):
    page = text(client.get(address))
    today = london_date(db_now())
    assert "notice of a deployment to come here." in page
    assert f"Checked on {today.day} {today:%B %Y} at" in page
    assert "does not mean that none will take place" in page


def test_the_list_holds_what_is_to_come_soonest_first(client, kent, avon):
    soon(kent, 20, place=place("Later Street"))
    soon(avon, 3, place=place("Sooner Street"))
    soon(kent, -3, place=place("Past Street"))
    page = text(client.get("/notices/"))
    assert page.index("Sooner Street") < page.index("Later Street")
    assert "2 notices" in page
    assert "Past Street" not in page
    earlier = html.fromstring(client.get("/notices/").content).xpath("//a[.='Earlier notices']/@href")[0]
    assert "Past Street" in text(client.get(earlier))


def test_what_goes_on_today_is_still_to_come(client, kent):
    tell(kent, starts_at=db_now() - timedelta(hours=30), hours=31)
    assert "1 notice" in text(client.get("/notices/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("force=kent", {"Dover", "Deal"}),
        ("place=do", {"Dover"}),
        ("status=cancelled", {"Deal"}),
        ("force=avon-and-somerset&status=planned", {"Bath"}),
    ],
)
def test_the_list_can_be_narrowed(client, kent, avon, query, found):
    soon(kent, 2, place=place("Dover"))
    soon(avon, 2, place=place("Bath"))
    change(kent, cancelled(soon(kent, 4, place=place("Deal"))))
    page = html.fromstring(client.get(f"/notices/?{query}").content)
    assert set(page.xpath("//table//th//a/text()")) == found


def test_days_ask_for_what_falls_on_any_of_them(client, kent):
    over_night = tell(kent, starts_at=datetime(2026, 7, 4, 21, tzinfo=UTC), hours=8)
    for query in ("since=2026-07-05&until=2026-07-05", "until=2026-07-04"):
        assert over_night["place"]["name"] in text(client.get(f"/notices/?{query}"))
    assert "No notice matches these filters" in text(
        client.get("/notices/?since=2026-07-06&until=2026-07-07")
    )


@pytest.mark.parametrize(
    "query",
    [
        "frce=kent",
        "force=nobody",
        "status=deferred",
        "since=2026-02-30",
        "since=2026-03-02&until=2026-03-01",
        "after=x",
    ],
)
def test_an_address_that_is_mistyped_is_refused_and_answers_nothing(client, kent, query):
    soon(kent)
    page = client.get(f"/notices/?{query}")
    assert page.status_code == 400
    assert "Market Square" not in text(page)


def test_pages_of_the_list_hold_each_notice_once_in_either_direction(client, kent):
    told = [soon(kent, 1 + n // 2, place=place(f"Place {n:02}"))["reference"] for n in range(52)]
    last = (london_date(db_now()) + timedelta(days=90)).isoformat()
    for start, expected in (("/notices/", told), (f"/notices/?until={last}", told[::-1])):
        seen, address = [], start
        while address:
            page = html.fromstring(client.get(address).content)
            seen += [href.split("/")[-2] for href in page.xpath("//table//th//a/@href")]
            following = page.xpath("//a[@rel='next']/@href")
            address = f"/notices/{following[0]}" if following else ""
        assert seen == expected


# --- what is withheld --------------------------------------------------------------------------------------


def test_deferred_notices_are_counted_by_force_and_month_and_tell_no_more(client, kent, avon):
    at = next_month()
    for force in (kent, kent, avon):
        tell(force, deferred(force, starts_at=at))
    change(kent, cancelled(tell(kent, deferred(kent, starts_at=at))))
    for address in ("/notices/", f"/notices/calendar/?month={at:%Y-%m}"):
        page = html.fromstring(client.get(address).content)
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
            for row in page.xpath("//h2[@id='deferred']/following::table[1]//tbody/tr")
        ]
        month = f"{at:%B %Y}"
        assert rows == [["Avon and Somerset Constabulary", month, "1"], ["Kent Police", month, "2"]]
        assert "Market Square" not in page.text_content()
    assert f"{at:%d %B}" not in text(client.get("/notices/"))


def test_a_deferred_notice_has_a_page_that_says_on_what_ground(client, kent):
    document = tell(kent, deferred(kent, starts_at=next_month()))
    page = text(client.get(f"/notices/{document['reference']}/"))
    assert "Critical threat to life or security" in page
    assert "Where it takes place is not told yet" in page
    assert "Market Square" not in page


# --- one notice --------------------------------------------------------------------------------------------


def test_one_notice_tells_all_with_its_history_and_where_to_complain(client, kent):
    document = soon(kent)
    change(kent, document | {"threshold": "0.70"}, "The threshold was raised.")
    answer = client.get(f"/notices/{document['reference']}/")
    page = text(answer)
    for words in (
        "Market Square, Town centre",
        "Superintendent",
        "Find people who are wanted",
        "The threshold was raised.",
        "Independent Office for Police Conduct",
        "Information Commissioner's Office",
        "facial-recognition@force.example",
        "version 2",
    ):
        assert words in page
    assert client.get(f"/notices/{document['reference'].lower()}/").status_code == 302


def test_the_exact_bytes_of_every_version_can_be_had(client, kent):
    document = soon(kent)
    change(kent, cancelled(document))
    first, second = (client.get(f"/notices/{document['reference']}/v{n}.json") for n in (1, 2))
    assert (first.json(), second.json()["status"]) == (document, "cancelled")
    assert client.get(f"/deployments/{document['reference']}/v1.json").status_code == 404
    assert client.get(f"/deployments/{document['reference']}/").status_code == 404


def test_a_removed_notice_leaves_a_note_and_nothing_of_what_it_told(client, kent, national_lead):
    document = soon(kent)
    request = actions.propose_redaction(
        NoticeHead.objects.get(pk=document["reference"]).entry,
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="A name.",
        public_reason="A name stood in the summary.",
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    page = text(client.get(f"/notices/{document['reference']}/"))
    assert "A name stood in the summary." in page
    assert client.get(f"/notices/{document['reference']}/v1.json").status_code == 410
    told = [
        client.get(each)
        for each in ("/notices/", "/notices.ics", "/notices/feed.atom", "/notices/feed.json", "/")
    ]
    for answer in told:
        assert b"Market Square" not in answer.content
    assert "Market Square" not in page


def test_worlds_are_apart(client, kent, northmoor):
    ours, theirs = soon(kent, place=place("Dover")), soon(northmoor, place=place("Moor Gate"))
    assert "Moor Gate" not in text(client.get("/notices/"))
    assert "Dover" not in text(client.get("/demonstration/notices/"))
    moved = client.get(f"/notices/{theirs['reference']}/")
    assert moved.headers["Location"] == f"/demonstration/notices/{theirs['reference']}/"
    for ending in ("notices/", "notices.ics", "notices/feed.atom", "notices/feed.json"):
        assert client.get(f"/demonstration/forces/northmoor/{ending}").status_code in (200, 302)
        assert client.get(f"/forces/northmoor/{ending}").status_code == 404
    made_up = client.get(f"/demonstration/notices/{theirs['reference']}/v1.json")
    assert made_up.json() == theirs
    assert client.get(f"/notices/{theirs['reference']}/v1.json").status_code == 404
    with override_settings(DEMONSTRATION=False):
        assert client.get("/demonstration/notices/").status_code == 404
    assert ours["reference"] not in client.get("/demonstration/notices.ics").content.decode()


# --- the calendar ------------------------------------------------------------------------------------------


def test_the_calendar_has_each_day_that_a_notice_falls_on(client, kent):
    tell(kent, starts_at=datetime(2026, 7, 31, 21, tzinfo=UTC), hours=10, place=place("Dover"))
    july, august = (
        html.fromstring(client.get(f"/notices/calendar/?month=2026-0{n}").content) for n in (7, 8)
    )
    (cell,) = july.xpath("//td[.//a[.='Dover']]")
    assert "Friday 31 July 2026" in cell.text_content()
    assert "10pm" in cell.text_content()
    (cell,) = august.xpath("//td[.//a[.='Dover']]")
    assert "goes on" in cell.text_content()


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=July", "month=0001-01", "force=nobody", "year=2026"]
)
def test_a_month_that_there_is_not_is_refused(client, kent, query):
    assert client.get(f"/notices/calendar/?{query}").status_code == 400


@pytest.mark.parametrize("month", ["1990-01", "2100-12"])
def test_the_calendar_ends_where_days_do(client, db, month):
    assert client.get(f"/notices/calendar/?month={month}").status_code == 200


# --- to follow them ----------------------------------------------------------------------------------------


def events(answer) -> dict[str, object]:
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_calendar_file_reads_back_as_what_was_told(client, kent):
    odd = soon(kent, 5, place=place("Mark; Square, “North” \\ end"))
    document = soon(kent, 9)
    before = events(client.get("/notices.ics"))
    change(kent, cancelled(document))
    answer = client.get("/notices.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    after = events(answer)
    (was,) = [event for title, event in before.items() if "Market" in title]
    (now,) = [event for title, event in after.items() if "Market" in title]
    assert was["uid"] == now["uid"]
    assert (was["sequence"], now["sequence"]) == (1, 2)
    assert (str(was["status"]), str(now["status"])) == ("CONFIRMED", "CANCELLED")
    assert now["dtstart"].dt == datetime.fromisoformat(document["starts_at"])
    assert now["dtend"].dt == datetime.fromisoformat(document["ends_at"])
    assert now["dtstart"].to_ical().endswith(b"Z")
    (found,) = [event for title, event in after.items() if "Mark;" in title]
    assert str(found["location"]) == odd["place"]["name"]
    assert f"/notices/{odd['reference']}/" in str(found["url"])
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_the_calendar_file_leaves_out_what_has_no_day_and_what_is_long_past(client, kent, avon):
    tell(kent, deferred(kent, starts_at=next_month()))
    soon(kent, -200)
    soon(avon, 5)
    assert len(events(client.get("/notices.ics"))) == 1
    assert len(events(client.get("/forces/kent/notices.ics"))) == 0
    assert len(events(client.get("/forces/avon-and-somerset/notices.ics"))) == 1


def test_the_page_offers_a_calendar_to_follow(client, kent):
    links = html.fromstring(client.get("/notices/?force=kent").content).xpath("//a/@href")
    assert "webcal://testserver/forces/kent/notices.ics" in links


@pytest.mark.parametrize("address", ["/notices.ics", "/notices/feed.atom", "/notices/feed.json"])
def test_who_holds_the_latest_is_told_so_until_a_notice_changes(client, kent, address):
    document = soon(kent)
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    change(kent, cancelled(document))
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_feeds_have_an_item_for_each_version_with_an_id_of_its_own(client, kent):
    document = soon(kent)
    tell(kent, deferred(kent, starts_at=next_month()))
    change(kent, cancelled(document), "The van broke down.")
    root = etree.fromstring(client.get("/forces/kent/notices/feed.atom").content)
    titles = [each.findtext(f"{ATOM}title") for each in root.iter(f"{ATOM}entry")]
    assert titles[0].startswith("Cancelled: Kent Police, Market Square")
    assert titles[1] == f"Notice deferred: Kent Police, {next_month():%B %Y}"
    assert len({each.findtext(f"{ATOM}id") for each in root.iter(f"{ATOM}entry")}) == 3
    told = json.loads(client.get("/notices/feed.json").content)
    assert [item["title"] for item in told["items"]] == titles
    assert "The van broke down." in told["items"][0]["content_text"]
    assert "Market Square" not in json.dumps(told["items"][1])


def test_feeds_of_results_hold_no_notice(client, kent):
    document = soon(kent)
    for address in ("/deployments/feed.atom", "/revisions/feed.atom", "/forces/kent/feed.json"):
        assert document["reference"].encode() not in client.get(address).content


# --- elsewhere, and what it costs --------------------------------------------------------------------------


def test_home_and_force_show_the_next_and_none_that_was_cancelled(client, kent):
    soon(kent, 4, place=place("Dover"))
    change(kent, cancelled(soon(kent, 3, place=place("Deal"))))
    for address in ("/", "/forces/kent/"):
        page = text(client.get(address))
        assert "Dover" in page
        assert "Deal" not in page


def test_search_engines_are_told_of_notices(client, kent):
    document = soon(kent)
    assert b"sitemap-records-1.xml" in client.get("/sitemap.xml").content
    assert document["reference"].encode() in b"".join(client.get("/sitemap-records-1.xml").streaming_content)
    assert b"/notices/calendar/" in client.get("/sitemap-pages.xml").content


def test_a_page_asks_little_and_weighs_little(client, kent, django_assert_max_num_queries):
    told = [soon(kent, n % 20, place=place(f"Place number {n}"))["reference"] for n in range(60)]
    one = f"/notices/{told[0]}/"
    for address in ("/notices/", "/notices/?until=2100-01-01", "/notices/calendar/", one, "/notices.ics"):
        with django_assert_max_num_queries(12):
            body = client.get(address).content
        assert len(gzip.compress(body)) <= 15_000, address


def test_nobody_needs_a_scope_to_read_them(client, kent):
    with national_scope():
        soon(kent)
    assert client.get("/notices/").status_code == 200
    assert notice(kent)["status"] == "planned"
