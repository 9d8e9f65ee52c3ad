"""What tells records apart: taken from the document, kept by the head, gone when the document is."""

from __future__ import annotations

import importlib
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from forces.clock import db_now
from forces.tenancy import acting
from register import actions
from register.facets import PUBLISHED, WATCHLIST, band_of, days_to_publish, facets_of
from register.models import Head, Origin
from tests.documents import result
from tests.people import make_force, make_national
from tests.records import entered, redact, redacted  # noqa: F401
from tests.register.documents import results

BLANK = {"use_case": "", "algorithm": "", "threshold": "", "watchlist_size": None}
ALGORITHM = {"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"}


def head(reference):
    return Head.objects.filter(reference=reference).values(*BLANK, "days_to_publish").get()


def case(label=None, code=None, scheme=None):
    return {"label": label, "code": code, "scheme": scheme}


@pytest.mark.parametrize(
    ("use_case", "said"),
    [
        (case("Crime hotspot"), "Crime hotspot"),
        (case("Crime hotspot", "1", "A list of 2023"), "Crime hotspot"),
        (case(None, "1", "A list of 2023"), "1 (A list of 2023)"),
        (case(None, "1"), "1"),
        (case(None, None, "A list of 2023"), ""),
        (case("not_published"), ""),
        (case(), ""),
    ],
)
def test_use_case_is_the_label_or_else_the_code_with_its_list(kent, use_case, said):
    assert facets_of(result(kent, use_case=use_case)).use_case == said


def test_algorithm_is_named_with_its_version_or_says_that_it_has_none(kent):
    assert facets_of(result(kent, algorithm=ALGORITHM)).algorithm == "Made-up Vision NeoScan 4.2"
    without = facets_of(result(kent, algorithm=ALGORITHM | {"version": None})).algorithm
    assert without == "Made-up Vision NeoScan, version not published"
    assert facets_of(result(kent, algorithm=None, threshold=None, watchlist_size=None))[1:] == ("", "", None)


@given(results())
def test_every_document_has_facets_that_a_head_has_room_for(document):
    for name, value in facets_of(document)._asdict().items():
        field = Head._meta.get_field(name)
        field.clean(value, None)


@given(st.none() | st.integers(-5, 10_000_000))
def test_each_number_is_in_one_band(number):
    for bands in (WATCHLIST, PUBLISHED):
        holding = [band.code for band in bands.values() if band.holds(number)]
        assert holding == ([band_of(number, bands)] if holding else [])
        assert holding or (bands is WATCHLIST and number is not None and number < 0)


@pytest.mark.parametrize(
    ("published_at", "days"),
    [
        ("2024-07-01T22:59:59+00:00", 0),  # a minute before midnight of a summer's day in London
        ("2024-07-01T23:00:00+00:00", 1),
        ("2024-12-01T23:59:59+00:00", 153),
    ],
)
def test_days_are_those_of_london(published_at, days):
    assert days_to_publish(date(2024, 7, 1), datetime.fromisoformat(published_at)) == days


# The head -----------------------------------------------------------------------------------------------


def test_head_shows_what_the_standing_document_says(db, kent):
    at = db_now()
    document = result(kent, on=(at.date() - timedelta(days=9)).isoformat(), algorithm=ALGORITHM)
    actions.enter(document, force=kent, origin="submitted", by=None, at=at)
    before = head(document["reference"])
    assert before == {
        "use_case": "Crime hotspot", "algorithm": "Made-up Vision NeoScan 4.2", "threshold": "0.64",
        "watchlist_size": 9764, "days_to_publish": before["days_to_publish"],
    }  # fmt: skip
    assert before["days_to_publish"] in (8, 9, 10)  # the day may turn meanwhile, here and in London
    later = document | {
        "use_case": case(None, "2"),
        "algorithm": None,
        "threshold": None,
        "watchlist_size": None,
    }
    actions.correct(
        later, force=kent, origin="submitted", by=None, at=at + timedelta(days=40), reason="It was misread."
    )
    assert head(document["reference"]) == BLANK | {
        "use_case": "2",
        "days_to_publish": before["days_to_publish"],
    }
    actions.withdraw(document["reference"], force=kent, by=None, at=db_now(), reason="It was recorded twice.")
    assert head(document["reference"])["use_case"] == "2"


def test_what_the_centre_transcribed_says_nothing_of_the_forces_time(db, kent):
    at = db_now()
    document = result(kent, on=at.date().isoformat())
    actions.enter(document, force=kent, origin=Origin.COLLATED, by=None, at=at)
    assert head(document["reference"])["days_to_publish"] is None
    # The force's own publication replaces it, a month later: that is when the force published.
    actions.correct(
        document,
        force=kent,
        origin="submitted",
        by=None,
        at=at + timedelta(days=30),
        reason="Our own record.",
    )
    assert head(document["reference"])["days_to_publish"] in (29, 30, 31)


def test_a_redacted_head_has_no_facets(db, kent, entered, redacted):  # noqa: F811
    reference = entered(kent, algorithm=ALGORITHM)["reference"]
    redacted(kent, reference)
    assert {name: value for name, value in head(reference).items() if name in BLANK} == BLANK
    refused = pytest.raises(IntegrityError, match="head_redacted_has_no_facets")
    with acting(kent, None), refused, transaction.atomic():
        Head.objects.filter(reference=reference).update(use_case="A name")


def test_a_time_to_publish_is_the_forces_own(db, kent, entered):  # noqa: F811
    reference = entered(kent, origin="collated")["reference"]
    refused = pytest.raises(IntegrityError, match="head_days_are_the_forces_own")
    with acting(kent, None), refused, transaction.atomic():
        Head.objects.filter(reference=reference).update(days_to_publish=3)


# Heads of before ----------------------------------------------------------------------------------------


@pytest.mark.commits
def test_heads_of_before_are_filled_from_their_bytes(committed_db, as_owner):
    filling = importlib.import_module("register.migrations.0007_heads_take_their_facets")
    kent = make_force("E23000032", "kent", "Kent Police")
    at = db_now()

    def enter(origin="submitted", **fields):
        document = result(kent, **fields)
        actions.enter(document, force=kent, origin=origin, by=None, at=at)
        return document

    enter(use_case=case("It's “so”", "1", "x"), algorithm=ALGORITHM)
    enter(use_case=case(None, "1", "A list"), algorithm=ALGORITHM | {"version": None})
    enter(use_case=case(None, "7", None), threshold=None, watchlist_size=None)
    enter(use_case=case("not_published"), on="2024-06-30")
    enter(origin="collated", use_case=case())
    ours = enter(origin="collated", use_case=case())
    actions.correct(
        ours, force=kent, origin="submitted", by=None, at=at + timedelta(days=9), reason="Our own record."
    )
    gone = enter()
    actions.withdraw(gone["reference"], force=kent, by=None, at=at, reason="It was recorded twice.")
    redact(kent, enter()["reference"], by=make_national("national_lead"))
    as_entered = list(Head.objects.order_by("pk").values())
    with as_owner() as owner, owner.cursor() as cursor:
        filling.let_in(cursor)
        cursor.execute("ALTER TABLE register_head DROP CONSTRAINT head_days_are_the_forces_own")
        cursor.execute(
            "UPDATE register_head SET use_case = '', algorithm = '', threshold = '', watchlist_size = NULL,"
            " days_to_publish = NULL"
        )
        assert list(Head.objects.order_by("pk").values()) != as_entered
        last = ""
        while last is not None:
            last = filling.fill(cursor, last, most=3)
        filling.shut_out(cursor)
    assert list(Head.objects.order_by("pk").values()) == as_entered
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE policyname = 'filling'")
        assert cursor.fetchone() == (0,)
