"""Feeds: valid as their specifications say, the same ids for ever, and nothing kept of what was removed."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from forces.clock import db_now
from public import feeds
from register import actions
from register.models import Entry
from tests.public.test_pages import ANY_TABLE, PUBLIC_TABLES

pytestmark = pytest.mark.django_db
ATOM, JSON = "/deployments/feed.atom", "/deployments/feed.json"
A, AT = f"{{{feeds.ATOM_XML}}}", f"{{{feeds.TOMBSTONES}}}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def parsed(response):
    """The Atom document, held to what RFC 4287 says a feed must and may have."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert root.tag == f"{A}feed"
    ids = set()
    for node in (root, *root.iter(f"{A}entry")):
        for once in ("id", "title", "updated"):
            assert len(node.findall(f"{A}{once}")) == 1, once
        assert urlsplit(node.findtext(f"{A}id")).scheme, "an id is an IRI"
        for name in ("updated", "published"):
            assert all(MOMENT.fullmatch(each.text) for each in node.findall(f"{A}{name}"))
        kinds = [(link.get("rel"), link.get("type")) for link in node.findall(f"{A}link")]
        assert len(kinds) == len(set(kinds))
        assert all(
            urlsplit(link.get("href")).scheme in ("http", "https") for link in node.findall(f"{A}link")
        )
        assert node.findtext(f"{A}author/{A}name")
        key = (node.findtext(f"{A}id"), node.findtext(f"{A}updated"))
        assert key not in ids
        ids.add(key)
    assert [link.get("href") for link in root.findall(f"{A}link[@rel='self']")]
    for entry in root.iter(f"{A}entry"):
        content = entry.find(f"{A}content")
        assert entry.find(f"{A}link[@rel='alternate']") is not None
        if content is not None:
            # Out of line: empty, with a summary beside it.
            assert content.text is None and len(content) == 0
            assert content.get("src") and content.get("type") and entry.findtext(f"{A}summary")
    stranger = feedparser.parse(response.content)
    assert not stranger.bozo, stranger.get("bozo_exception")
    assert stranger.version == "atom10"
    assert len(stranger.entries) == len(root.findall(f"{A}entry"))
    return root


def held(response):
    """The JSON Feed, held to what version 1.1 says."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = response.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] and isinstance(feed["items"], list)
    assert feed["feed_url"] == f"http://testserver{response.request['PATH_INFO']}"
    assert feed.get("next_url") != feed["feed_url"]
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["content_text"]
        assert all(MOMENT.fullmatch(item[name]) for name in ("date_published", "date_modified"))
        assert all(each["name"] for each in item["authors"]) and all(item["tags"])
        for each in item.get("attachments", ()):
            assert each["url"] and each["mime_type"] == "application/json" and each["size_in_bytes"] > 0
    return feed


def titles(client, address=JSON):
    return [item["title"] for item in held(client.get(address))["items"]]


@pytest.fixture
def history(kent, entered):
    """A record published, corrected and withdrawn, and another published before it."""
    earlier = entered(kent, place={"name": "Dock Road", "area": "Chatham"}, on="2024-01-09")
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
    return earlier["reference"], reference


def test_both_feeds_tell_everything_that_happened_latest_first(client, history):
    expected = [
        "Withdrawn: Kent Police, Market Square, 7 May 2024",
        "Corrected: Kent Police, Market Square, 7 May 2024",
        "Kent Police, Market Square, 6 April 2024",
        "Kent Police, Dock Road, Chatham, 9 January 2024",
    ]
    feed, root = held(client.get(JSON)), parsed(client.get(ATOM))
    assert [item["title"] for item in feed["items"]] == expected
    assert [each.findtext(f"{A}title") for each in root.iter(f"{A}entry")] == expected
    assert "It never took place at all." in feed["items"][0]["content_text"]
    assert "The date was misread." in feed["items"][1]["content_text"]


def test_both_feeds_agree_in_ids_and_times(client, history):
    feed, root = held(client.get(JSON)), parsed(client.get(ATOM))
    assert [(item["id"], item["date_published"], item["date_modified"]) for item in feed["items"]] == [
        tuple(each.findtext(f"{A}{name}") for name in ("id", "published", "updated"))
        for each in root.iter(f"{A}entry")
    ]
    stored = Entry.objects.order_by("-pk").values_list("entered_at", flat=True)
    assert [datetime.fromisoformat(item["date_published"]) for item in feed["items"]] == list(stored)
    assert root.findtext(f"{A}updated") == feed["items"][0]["date_modified"]


def test_an_item_leads_to_its_page_and_to_the_exact_bytes(client, history):
    for item in held(client.get(JSON))["items"]:
        assert client.get(item["url"]).status_code == 200
        (attached,) = item["attachments"]
        stored = client.get(attached["url"])
        assert len(stored.content) == attached["size_in_bytes"]
    (first, *_) = parsed(client.get(ATOM)).iter(f"{A}entry")
    assert client.get(first.find(f"{A}content").get("src")).json()["schema"] == "deployment-withdrawal.v1"


def test_ids_stay_whatever_the_site_is_called(client, history, settings):
    settings.ALLOWED_HOSTS = ["testserver", "moved.example"]
    here = [item["id"] for item in client.get(JSON).json()["items"]]
    assert [
        item["id"] for item in client.get(JSON, headers={"Host": "moved.example"}).json()["items"]
    ] == here
    assert feeds.stable_id("entry", "LFR-7K2M-Q4XD", "1") == "urn:uuid:" + str(
        feeds.uuid.uuid5(feeds.NAMESPACE, "entry/LFR-7K2M-Q4XD/1")
    )
    assert str(feeds.NAMESPACE) == "0d9f7f0e-6f0b-5a53-9b0e-3c1f7a2f4d11", "ids of every item would change"


def test_what_was_removed_is_a_tombstone_and_nothing_else(client, kent, entered, redacted):
    document = entered(kent, place={"name": "Ada Lovelace's house", "area": None})
    before = held(client.get(JSON))["items"][0]
    tombstone = redacted(kent, document["reference"])
    when = tombstone.redacted_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    (item,) = held(client.get(JSON))["items"]
    assert (item["id"], item["date_published"]) == (before["id"], before["date_published"])
    assert item["date_modified"] == when
    assert item["title"] == f"Removed: Kent Police, {document['reference']}"
    assert "A name stood in the place." in item["content_text"]
    assert "attachments" not in item and "removed" in item["tags"]
    root = parsed(client.get(ATOM))
    (gone,) = root.iter(f"{AT}deleted-entry")
    assert (gone.get("ref"), gone.get("when")) == (item["id"], when)
    assert root.find(f"{A}entry/{A}content") is None
    for address in (ATOM, JSON):
        assert b"Lovelace" not in client.get(address).content


def test_a_removal_is_told_on_the_first_page_however_old_its_entry(
    client, kent, entered, redacted, monkeypatch
):
    monkeypatch.setattr(feeds, "ITEMS", 2)
    old = entered(kent)["reference"]
    for _ in range(5):
        entered(kent)
    redacted(kent, old)
    feed = held(client.get(JSON))
    assert feed["items"][0]["title"] == f"Removed: Kent Police, {old}"
    assert len(feed["items"]) == 3
    assert len(list(parsed(client.get(ATOM)).iter(f"{AT}deleted-entry"))) == 1


def test_pages_hold_every_entry_once(client, kent, entered, monkeypatch):
    monkeypatch.setattr(feeds, "ITEMS", 2)
    for _ in range(5):
        entered(kent)
    seen, address = [], f"http://testserver{JSON}"
    while address:
        feed = held(client.get(address))
        seen += [item["id"] for item in feed["items"]]
        address = feed.get("next_url")
    assert len(seen) == len(set(seen)) == 5
    root = parsed(client.get(ATOM))
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    assert links["first"] == links["self"] == f"http://testserver{ATOM}"
    second = parsed(client.get(links["next"]))
    assert second.find(f"{A}link[@rel='self']").get("href") == links["next"]
    assert second.find(f"{A}id").text == root.find(f"{A}id").text


def test_each_force_has_feeds_of_its_own(client, kent, avon, entered):
    entered(kent)
    entered(avon, origin="collated")
    (item,) = held(client.get("/forces/avon-and-somerset/feed.json"))["items"]
    assert item["title"].startswith("Avon and Somerset Constabulary")
    assert item["authors"] == [{"name": "The national centre"}]
    assert "not submitted by the force" in item["content_text"]
    parsed(client.get("/forces/kent/feed.atom"))
    ids = {client.get(each).json()["feed_url"] for each in (JSON, "/forces/kent/feed.json")}
    assert len(ids) == 2
    assert client.get("/forces/narnia/feed.atom").status_code == 404


def test_the_two_worlds_never_mix(client, kent, northmoor, entered, settings):
    entered(kent)
    entered(northmoor)
    assert titles(client) == ["Kent Police, Market Square, 6 April 2024"]
    made_up = "/demonstration/deployments/feed.json"
    assert titles(client, made_up) == ["Made up: Northmoor Police, Market Square, 6 April 2024"]
    assert held(client.get(made_up))["title"].startswith("Made up")
    parsed(client.get("/demonstration/forces/northmoor/feed.atom"))
    for address in ("/forces/northmoor/feed.atom", "/demonstration/forces/kent/feed.json"):
        assert client.get(address).status_code == 404
    settings.DEMONSTRATION = False
    assert client.get(made_up).status_code == 404


@pytest.mark.parametrize("address", [ATOM, JSON])
def test_an_empty_register_has_a_feed(client, db, address):
    response = client.get(address)
    assert (parsed(response) if address == ATOM else held(response)) is not None


@pytest.mark.parametrize("address", [ATOM, JSON])
def test_unchanged_is_304_and_a_change_is_not(client, kent, entered, redacted, address):
    reference = entered(kent)["reference"]
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    redacted(kent, reference)
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["Cache-Control"] == "public, no-cache"
    assert changed["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "query",
    ["colour=blue", "before=", "before=x", "before=-1", f"before={2**63}", "before=1&before=2", "after=1"],
)
def test_what_a_feed_does_not_take_is_refused(client, db, query):
    for address in (ATOM, JSON):
        assert client.get(f"{address}?{query}").status_code == 400


def test_a_feed_goes_on_from_a_row_beyond_nine_digits(client, kent, entered):
    entered(kent)
    assert (
        len(titles(client)) == len(list(parsed(client.get(f"{ATOM}?before={2**62}")).iter(f"{A}entry"))) == 1
    )


def test_any_text_makes_a_well_formed_feed(client, kent, entered):
    name = 'Sgwâr <b>&amp;</b> ]]> "x" 市場 👮 \ufffe'
    entered(kent, place={"name": name, "area": None})
    assert name in titles(client)[0]
    (entry,) = parsed(client.get(ATOM)).iter(f"{A}entry")
    assert name.replace("\ufffe", "\ufffd") in entry.findtext(f"{A}title")


def test_pages_name_their_feeds(client, kent, northmoor, entered):
    reference = entered(kent)["reference"]
    pages = {
        "/": 2,
        "/deployments/": 2,
        "/statistics/": 2,
        f"/deployments/{reference}/": 2,
        "/forces/kent/": 4,
        "/demonstration/forces/northmoor/": 4,
    }
    for address, number in pages.items():
        found = re.findall(
            r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">',
            client.get(address).content.decode(),
        )
        assert len(found) == number, address
        for media, href in found:
            assert client.get(href)["Content-Type"].startswith(media)
            assert href.startswith("/demonstration/") == address.startswith("/demonstration/")


def test_a_feed_takes_few_queries_and_reads_only_what_is_public(client, kent, history):
    with CaptureQueriesContext(connection) as queries:
        client.get("/forces/kent/feed.atom")
    assert len(queries) <= 6
    for query in queries.captured_queries:
        for table in ANY_TABLE.findall(query["sql"] or ""):
            assert PUBLIC_TABLES.fullmatch(table), query["sql"]
