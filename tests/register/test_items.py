"""Lists as text: the same records as the pages find, in one round trip, under a tag that is never behind."""

from __future__ import annotations

import itertools
import threading
from contextlib import suppress
from datetime import date

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from forces.clock import db_now
from forces.models import Force
from register import actions, items, search
from register.models import ChangeCount, Entry, EntryBody, Head
from register.reading import ask
from register.search import Search
from tests.documents import result
from tests.people import make_force, make_member
from tests.records import entered, redacted  # noqa: F401
from tests.stack import STACK

LIST = "/api/v1/deployments"


def enter(force, **fields):
    document = result(force, **fields)
    actions.enter(document, force=force, origin="submitted", by=None, at=db_now())
    return document["reference"]


def found_by_item(wanted, after=None, size=3):
    return [row.decode().split('"')[3] for row in items.page(wanted, after=after, size=size).texts]


def version(realm="national"):
    return items.page(Search(realm), after=None, size=1).version


@pytest.fixture
def records(db, kent, avon, northmoor, entered, redacted):  # noqa: F811
    """Records that differ in all that can be asked for."""
    for force, day in itertools.product((kent, avon, northmoor), ("2023-12-31", "2024-01-01", "2024-04-06")):
        entered(force, on=day)
        entered(force, on=day, origin="collated", tier="secondary", status="aborted")
        entered(force, on=day, place={"name": r"100%_\ Wharf", "area": "Écluse"})
    entered(kent, technology="retrospective")
    gone = entered(kent)["reference"]
    actions.withdraw(gone, force=kent, by=None, at=db_now(), reason="It never took place at all.")
    redacted(avon, entered(avon)["reference"])
    return kent, avon


@pytest.mark.parametrize("realm", ["national", "demonstration"])
@pytest.mark.parametrize("state", ["standing", "withdrawn", "redacted"])
@pytest.mark.parametrize("technology", ["live", "retrospective"])
def test_every_filter_finds_the_records_that_pages_find(records, realm, state, technology):
    kent, _ = records
    for force, (year, month, since, until), tier, origin, status, place in itertools.product(
        (None, kent),
        (
            *(
                (None, None, None, None),
                (2024, None, None, None),
                (2024, 1, None, None),
                (2023, 12, None, None),
            ),
            (None, None, date(2024, 1, 1), None),
            (2024, None, date(2023, 1, 1), date(2024, 1, 1)),
        ),
        ("", "secondary"),
        ("", "submitted"),
        ("", "aborted"),
        ("", "WHARF", "100%_", "%", "\\", "écluse", "r_et"),
    ):
        wanted = Search(
            realm, force, year, month, tier, origin, status, state, technology, place, since, until
        )
        listed = search.page(wanted, "reference", after=None, size=3)
        assert found_by_item(wanted) == [row.reference for row in listed.rows], wanted
        if listed.after:
            following = search.page(wanted, "reference", after=listed.after, size=3)
            assert items.page(wanted, after=None, size=3).after == listed.after
            assert found_by_item(wanted, listed.after) == [row.reference for row in following.rows], wanted


def test_every_facet_finds_the_records_that_pages_find(db, kent, avon, entered):  # noqa: F811
    size = {"under_1000": 999, "1000_to_4999": 1_000, "15000_and_over": 15_000, "not_published": None}
    for number in (0, *size.values(), 4_999, 5_000, 9_999, 10_000, 14_999):
        entered(kent, watchlist_size=number, threshold=None)
    for label in ("Crime hotspot", "It's 100% “so”", " spaced ", None):
        entered(kent, use_case={"code": None, "scheme": None, "label": label})
    entered(avon, algorithm={"vendor": "A", "product": "B", "version": "1"}, on="2023-12-31")
    entered(avon, origin="collated", threshold="0.6")
    asked = [
        *(
            {"use_case": text}
            for text in ("Crime hotspot", "crime hotspot", "It's 100% “so”", " spaced ", "spaced", "none")
        ),
        *({"algorithm": text} for text in ("A B 1", "not_published", "A B 2")),
        *({"threshold": text} for text in ("0.64", "0.6", "0.60", "not_published")),
        *({"watchlist": code} for code in search.WATCHLIST),
        *({"published": code} for code in search.PUBLISHED),
        {"use_case": "not_published"},
        {"algorithm": "A B 1", "threshold": "0.64", "year": 2023, "watchlist": "5000_to_9999"},
    ]
    found = {}
    for words in asked:
        wanted = Search("national", **words)
        listed = search.page(wanted, "reference", after=None, size=50)
        assert found_by_item(wanted, size=50) == [row.reference for row in listed.rows], words
        found[str(words)] = len(listed.rows)
    assert found["{'use_case': ' spaced '}"] == 1
    assert found["{'use_case': 'spaced'}"] == found["{'use_case': 'crime hotspot'}"] == 0
    assert found["{'use_case': 'not_published'}"] == 1
    assert found["{'threshold': 'not_published'}"] == 10
    every_band = [found[str({"watchlist": code})] for code in search.WATCHLIST]
    assert (every_band, sum(every_band)) == ([2, 2, 8, 2, 1, 1], Head.objects.count())
    assert found["{'published': 'over_31_days'}"] == Head.objects.count() - 1


def test_only_codes_stand_in_a_statement(db):
    with pytest.raises(ValueError, match="live' OR"):
        items.page(Search("national", technology="live' OR 'a'='a"), after=None, size=1)


def test_sha256_is_that_of_the_bytes_and_goes_with_them(db, kent, entered, redacted):  # noqa: F811
    import hashlib

    reference = entered(kent)["reference"]
    kept = EntryBody.objects.get()
    assert kept.sha256 == hashlib.sha256(bytes(kept.body)).hexdigest()
    redacted(kent, reference)
    assert not EntryBody.objects.exists()


@pytest.mark.parametrize(
    ("address", "held"), [(LIST, False), (LIST, True), (f"{LIST}/{{}}", False), (f"{LIST}/{{}}", True)]
)
def test_a_public_read_takes_one_round_trip(client, db, kent, django_assert_num_queries, address, held):
    address = address.format(enter(kent))
    tag = client.get(address)["ETag"]
    with django_assert_num_queries(1):
        response = client.get(address, headers={"If-None-Match": tag if held else "none"})
    assert response.status_code == (304 if held else 200)


# The version --------------------------------------------------------------------------------------------


def test_every_change_of_a_list_changes_its_version(db, kent, northmoor, entered, redacted, national_lead):  # noqa: F811
    seen = [version()]
    reference = entered(kent)["reference"]
    seen.append(version())
    actions.correct(
        result(kent, reference=reference, duration_minutes=10),
        force=kent, origin="submitted", by=None, at=db_now(), reason="The time was misread.",
    )  # fmt: skip
    seen.append(version())
    redacted(kent, entered(kent)["reference"])
    seen.append(version())
    first = Entry.objects.get(reference=reference, version=1)
    officer = make_member(kent, "data_protection_officer")
    asked = actions.propose_redaction(
        first, force=kent, by=officer, at=db_now(), why="The place names a person.", public_reason="A name."
    )
    actions.redact(asked, force=kent, by=national_lead, at=db_now())
    seen.append(version())
    actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It never took place at all.")
    seen.append(version())
    Force.objects.filter(pk=kent.pk).update(name="Kent and Sussex Police")
    seen.append(version())
    assert len(set(seen)) == len(seen)
    made_up = version("demonstration")
    enter(northmoor)
    assert version() == seen[-1]
    assert version("demonstration") != made_up


def test_records_are_not_looked_for_where_the_version_is_held(db, kent):
    enter(kent)
    held = version()
    assert items.page(Search("national"), after=None, size=1, held=["0-0", held]).texts == []
    assert len(items.page(Search("national"), after=None, size=1, held=["0-0"]).texts) == 1


def test_what_was_taken_back_leaves_the_version(db, kent):
    before = version()
    with suppress(RuntimeError), transaction.atomic():
        enter(kent)
        raise RuntimeError
    assert version() == before


def in_thread(act):
    """Run `act` beside this thread, on a connection of its own; returns the thread and what it raised."""
    failed = []

    def run():
        try:
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed


def test_two_publications_of_one_force_do_not_wait_for_each_other(committed_db):
    kent = make_force("E23000032", "kent", "Kent Police")
    with transaction.atomic():
        enter(kent)
        thread, failed = in_thread(lambda: enter(kent))
        thread.join(30)
        assert not thread.is_alive(), "the second one waits"
        assert failed == []
    enter(kent)
    assert sorted(ChangeCount.objects.values_list("changes", flat=True)) == [1, 2], "rows are used again"


def test_a_read_begun_after_a_commit_shows_it_however_many_publish(committed_db, client):
    kent = make_force("E23000032", "kent", "Kent Police")
    enter(kent)
    missed, lost = [], []

    def publish_and_read():
        for _ in range(15):
            tag = client.get(LIST)["ETag"]
            reference = enter(kent)
            response = client.get(f"{LIST}?limit=200", headers={"If-None-Match": tag})
            if response.status_code != 200:
                missed.append(reference)
            elif reference.encode() not in response.content:
                lost.append(reference)

    threads = [in_thread(publish_and_read) for _ in range(4)]
    for thread, _failed in threads:
        thread.join(120)
    assert [failed for _thread, failed in threads] == [[], [], [], []]
    assert (missed, lost) == ([], [])
    assert Head.objects.count() == 61


# The connection -----------------------------------------------------------------------------------------


def kill_this_connection(place):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_died_is_replaced(committed_db):
    assert ask("SELECT %(word)s::text", {"word": "here"}) == [[b"here"]]
    kill_this_connection(committed_db)
    assert ask("SELECT %(word)s::text", {"word": "again"}) == [[b"again"]]


def test_a_connection_that_died_within_a_transaction_is_told(committed_db):
    with pytest.raises((OperationalError, InterfaceError)), transaction.atomic():
        ask("SELECT 1", {})
        kill_this_connection(committed_db)
        ask("SELECT 1", {})


def test_a_statement_that_fails_is_not_asked_again(db):
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        ask("SELECT set_config('statement_timeout', '50', true)", {})
        ask("SELECT pg_sleep(10)", {})
