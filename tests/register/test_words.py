"""Words in records: found by any form of them, gone with what they stood in, and shown where they stand."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection

from forces.clock import db_now
from forces.tenancy import acting
from register import actions, items, search, words
from register.exports import Records
from register.models import Entry, Head
from register.ordering import Cursor
from register.search import InvalidSearch, Reader, Search
from tests.records import entered, redacted  # noqa: F401

pytestmark = pytest.mark.django_db
HIDDEN = "Zanzibar"
OTHER = {"code": None, "scheme": None, "label": "Crime hotspot"}


def references(**asked):
    listed = [
        row.reference
        for row in search.page(Search("national", **asked), "reference", after=None, size=50).rows
    ]
    assert [
        text.decode().split('"')[3]
        for text in items.page(Search("national", **asked), after=None, size=50).texts
    ] == listed
    with_all = Records(Search("national", **asked))
    assert [text.split('"')[3] for text in with_all] == listed
    return listed


def held():
    """Every word that the index holds, of whatever record."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM ts_stat('SELECT words FROM register_head')")
        return {word for (word,) in cursor.fetchall()}


def correct(force, document, **changed):
    actions.correct(
        {**document, **changed},
        force=force,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="It was wrong before.",
    )


def test_words_are_found_in_every_text_of_the_document(kent, entered):  # noqa: F811
    document = entered(
        kent,
        place={"name": "Broad Street", "area": "Ébury"},
        use_case={"code": "H7", "scheme": "northmoor", "label": "Missing people"},
        algorithm={"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"},
        status="aborted",
        abort_reason="Thunderstorms",
        arithmetic=[{"check": "x", "answer": "Both squads were briefed together."}],
        provenance={
            **dict.fromkeys(("url", "sha256", "page", "row")),
            "publisher": "Kent Gazette",
            "document": "grid.pdf",
            "printed": {"Faces": "unprinted"},
            "corrections": [{"field": "on", "printed": "a", "corrected": "b", "reason": "The season is impossible."}],
        },
    )  # fmt: skip
    entered(kent, place={"name": "Elsewhere", "area": None}, threshold="0.6")
    for asked in (
        *(
            "street",
            "STREETS broad",
            "ébury",
            '"missing people"',
            "H7",
            "neoscan",
            "4.2",
            "0.64",
            "thunderstorm",
        ),
        *(
            "briefing squad",
            "gazette",
            "grid.pdf",
            "seasons impossible",
            document["reference"],
            "broad -elsewhere",
        ),
        *(document["reference"].lower(), "nothing or gazettes"),
    ):
        assert references(q=asked) == [document["reference"]], asked
    for asked in (
        '"people missing"',
        "street elsewhere",
        "broad -street",
        "unprinted",
        '"street ébury"',
        "5460",
    ):
        assert references(q=asked) == [], asked


def test_words_keep_to_the_filters_and_the_realm(kent, avon, northmoor, entered):  # noqa: F811
    mine = entered(kent, place={"name": "Pier", "area": None})["reference"]
    theirs = entered(avon, place={"name": "Pier", "area": None}, on="2023-01-01")["reference"]
    entered(northmoor, place={"name": "Pier", "area": None})
    assert references(q="pier") == [mine, theirs]
    assert references(q="pier", force=avon) == references(q="piers", year=2023) == [theirs]


def test_the_best_match_comes_first(kent, entered):  # noqa: F811
    last = entered(kent, arithmetic=[{"check": "x", "answer": "Seen from the harbour."}], on="2024-05-01")[
        "reference"
    ]
    first = entered(kent, place={"name": "Harbour", "area": "Harbour"}, on="2020-01-01")["reference"]
    assert references(q="harbour") == [first, last]
    assert references(q="harbour", sort="latest") == [last, first]


def test_words_go_with_what_they_stood_in(kent, avon, entered, redacted):  # noqa: F811
    """A correction, a withdrawal and a removal: the index holds none of the words in the same transaction."""
    for leave in (
        lambda document: correct(kent, document, place={"name": "Market", "area": None}, use_case=OTHER),
        lambda document: actions.withdraw(
            document["reference"], force=kent, by=None, at=db_now(), reason=f"{HIDDEN} was never it."
        ),
        lambda document: redacted(kent, document["reference"]),
    ):
        document = entered(kent, place={"name": HIDDEN, "area": HIDDEN}, use_case={**OTHER, "label": HIDDEN})
        assert references(q=HIDDEN) == [document["reference"]]
        assert HIDDEN.lower() in held()
        leave(document)
        assert references(q=HIDDEN) == []
        assert HIDDEN.lower() not in held()


def test_a_removal_before_a_correction_leaves_the_words_that_stand(kent, entered):  # noqa: F811
    """What was taken away is an earlier version's: the record itself stays found."""
    document = entered(kent, place={"name": HIDDEN, "area": None})
    correct(kent, document, place={"name": "Harbour", "area": None})
    assert references(q="harbour") == [document["reference"]]
    assert HIDDEN.lower() not in held()


def test_nobody_can_put_other_words_or_numbers_there(kent, entered):  # noqa: F811
    document = entered(kent, figures={"alerts": 9, "false_alerts": 2})
    with acting(kent, None):
        Head.objects.filter(pk=document["reference"]).update(words=HIDDEN, alerts=1, false_alerts=1)
    head = Head.objects.get(pk=document["reference"])
    assert HIDDEN.lower() not in held()
    assert (head.alerts, head.false_alerts) == (9, 2)


def test_many_corrected_at_once_have_their_new_words(kent, entered):  # noqa: F811
    documents = [entered(kent, place={"name": HIDDEN, "area": None}) for _ in range(3)]
    actions.correct_all(
        [
            ({**each, "place": {"name": f"Quay {n}", "area": None}}, "It was wrong.")
            for n, each in enumerate(documents)
        ],
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
    )
    assert references(q=HIDDEN) == []
    assert references(q="quay 1") == [documents[1]["reference"]]


def test_heads_of_before_take_their_words(kent, entered):  # noqa: F811
    """What the migration does to heads that were there: without the trigger they have nothing."""
    reference = entered(kent, place={"name": "Harbour", "area": None})["reference"]
    filling = importlib.import_module("register.migrations.0012_heads_take_their_words")
    with acting(kent, None), connection.cursor() as cursor:
        assert filling.fill(cursor) == reference
        assert filling.fill(cursor, reference) is None
    assert references(q="harbour") == [reference]


def test_numbers_are_those_of_the_document(kent, entered):  # noqa: F811
    parts = {"false_alerts": None, "false_alerts_confirmed": 2, "false_alerts_unconfirmed": 3}
    for figures, expected in (
        ({"alerts": 9, "false_alerts": 4}, (9, 4)),
        ({"alerts": None, **parts}, (None, 5)),
        ({**parts, "false_alerts_unconfirmed": None}, (3, None)),
        ({"false_alerts": 0}, (3, 0)),
    ):
        head = Head.objects.get(pk=entered(kent, figures=figures)["reference"])
        assert (head.alerts, head.false_alerts) == expected


def test_records_are_found_and_put_in_order_by_false_alerts(kent, entered):  # noqa: F811
    by_number = {
        number: entered(kent, figures={"false_alerts": number, "false_alerts_confirmed": None})["reference"]
        for number in (0, 7, None, 3)
    }
    assert references(false_alerts="some", sort="false_alerts") == [by_number[7], by_number[3]]
    assert references(false_alerts="none") == [by_number[0]]
    assert references(false_alerts="not_published") == [by_number[None]]
    assert references(sort="false_alerts") == [by_number[number] for number in (7, 3, 0, None)]
    assert len(references(sort="alerts")) == 4


@pytest.mark.parametrize(
    "asked",
    [{"sort": "alerts"}, {"sort": "false_alerts"}, {"q": "market"}, {"q": "hotspot", "sort": "latest"}],
)
def test_pages_hold_every_record_once_in_every_order(kent, entered, asked):  # noqa: F811
    wanted = Search("national", **asked)
    for n in range(7):
        entered(
            kent,
            figures={"alerts": n % 3, "false_alerts": None if n == 4 else n % 2},
            on=f"2024-04-0{1 + n // 2}",
        )
    whole = [row.reference for row in search.page(wanted, "reference", after=None, size=50).rows]
    walked, after = [], None
    while True:
        listed = search.page(wanted, "reference", after=after, size=2)
        walked += [row.reference for row in listed.rows]
        after = listed.after and Cursor.read(str(listed.after))
        assert items.page(wanted, after=None, size=2).after == search.page(wanted, after=None, size=2).after
        if after is None:
            break
    assert walked == whole
    assert len(set(whole)) == 7


def test_too_many_to_rank_come_latest_first(kent, entered, monkeypatch):  # noqa: F811
    monkeypatch.setattr("register.ordering.MOST_RANKED", 2)
    old = entered(kent, place={"name": "Harbour", "area": "Harbour"}, on="2020-01-01")["reference"]
    new = [
        entered(kent, arithmetic=[{"check": "x", "answer": "The harbour."}], on=f"2024-05-0{n}")["reference"]
        for n in (1, 2)
    ]
    assert references(q="harbour") == [new[1], new[0], old]
    # A page that follows keeps to the order that was begun.
    first = search.page(Search("national", q="harbour"), after=None, size=1)
    monkeypatch.setattr("register.ordering.MOST_RANKED", 5)
    following = search.page(Search("national", q="harbour"), "reference", after=first.after, size=5)
    assert [row.reference for row in following.rows] == [new[0], old]


def test_no_address_has_more_put_in_order_than_are(kent, entered, monkeypatch):  # noqa: F811
    for day in range(1, 6):
        entered(kent, on=f"2024-05-0{day}")
    wanted = Search("national", q="market")
    forged = {"after": ["2024-05-09_9_999999"]}
    for most, is_refused in ((5, False), (3, False), (2, True)):
        monkeypatch.setattr("register.ordering.MOST_RANKED", most)
        ask = Reader(forged)
        ask.cursor("after", wanted)
        assert ("after" in ask.errors) is is_refused
    by_day = Reader({"after": ["2024-05-09_9"]})
    assert by_day.cursor("after", wanted) and not by_day.errors


def test_an_answer_that_is_held_is_not_looked_for_again(kent, entered):  # noqa: F811
    entered(kent)
    told = items.page(Search("national", q="market"), after=None, size=5)
    assert told.texts
    assert items.page(Search("national", q="market"), after=None, size=5, held=[told.version]).texts == []


@pytest.mark.parametrize(
    ("asked", "name", "said"),
    [
        ({"q": "the of and"}, "q", "These words cannot be looked for"),
        ({"q": "!!! ---"}, "q", "These words cannot be looked for"),
        ({"q": "-market"}, "q", "Give a word that the records do hold"),
        ({"q": "market or -street"}, "q", "Give a word that the records do hold"),
        ({"q": "\x00"}, "q", "Use letters and numbers"),
        ({"q": "-" * 200}, "q", "Take out signs that stand in a row"),
        ({"q": "market" + " -" * 90 + "street"}, "q", "Take out signs that stand in a row"),
        ({"q": "a" * 10_000}, "q", "Use 1 to 200 characters."),
        ({"q": "market", "state": "withdrawn"}, "q", "Words of withdrawn and removed records"),
        ({"sort": "relevance"}, "sort", "Give words to look for as well"),
        ({"sort": "luck"}, "sort", "Choose one of: latest, relevance"),
        ({"false_alerts": "27"}, "false_alerts", "Choose one of: some, none, not_published."),
        ({"sort": "alerts", "after": "2024-04-06_5"}, "after", "This is not a place in the list."),
        ({"after": "2024-04-06_5_7"}, "after", "This is not a place in the list."),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_said(asked, name, said):
    ask = Reader({key: [value] for key, value in asked.items()})
    wanted = Search.read(ask, realm="national")
    ask.cursor("after", wanted)
    with pytest.raises(InvalidSearch) as refused:
        ask.finish()
    assert list(refused.value.errors) == [name]
    assert said in refused.value.errors[name][0]


@pytest.mark.parametrize(
    "asked", ["'", '"', "a:* & | !b <-> (", "\\", "%", "'; DROP TABLE x --", "ﷺ𝔘", "a" * 200]
)
def test_signs_of_a_query_language_are_letters_like_others(kent, entered, asked):  # noqa: F811
    entered(kent)
    ask = Reader({"q": [asked]})
    Search.read(ask, realm="national")
    if not ask.errors:
        assert references(q=asked) == []


def test_excerpts_say_where_words_stand(kent, entered):  # noqa: F811
    long = "lorem " * 60
    document = entered(
        kent,
        place={"name": "Broad Street", "area": None},
        arithmetic=[{"check": "x", "answer": f"{long}several <b>streets</b> away {long}"}],
    )
    entry = Entry.objects.get(reference=document["reference"]).pk
    place, answer = words.excerpts("street broad", [entry])[entry]
    assert place.field == "place.name"
    assert [part for part in place.parts if part.is_found] == [("Broad", True), ("Street", True)]
    assert "".join(part.text for part in place.parts) == "Broad Street"
    whole = "".join(part.text for part in answer.parts)
    assert answer.field == "arithmetic"
    assert whole.startswith("… ") and whole.endswith(" …") and "<b>streets</b>" in whole
    assert len(whole) < 200
    assert words.excerpts("zebra", [entry]) == {} == words.excerpts("street", [])
