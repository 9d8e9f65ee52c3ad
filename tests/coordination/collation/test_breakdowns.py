"""Figures by value of a dimension: each record once, each row with the words that find its records."""

import pytest

from coordination.collation.breakdowns import by_force_within, by_value, values_there
from coordination.collation.dimensions import (
    BY_CODE,
    DIMENSIONS,
    PUBLISHED_WITHIN,
    SETTINGS,
    USE_CASE,
    WATCHLIST_BAND,
    Settings,
    found_by,
)
from coordination.collation.measures import ALERTS, DEPLOYMENTS, FAR_ALERTS, WATCHLIST_SIZE
from register.search import Reader, Search
from tests.records import entered  # noqa: F401

pytestmark = pytest.mark.django_db
NATIONAL = "national"


def case(label):
    return {"code": None, "scheme": None, "label": label}


def rows(found):
    return {row.value: row.figures[DEPLOYMENTS.code].number for row in found.rows}


@pytest.fixture
def records(kent, avon, northmoor, entered):  # noqa: F811
    entered(kent, use_case=case("A"), watchlist_size=700, figures={"alerts": 10, "false_alerts": 1})
    entered(kent, use_case=case("A"), on="2023-05-01", figures={"alerts": 30, "false_alerts": 2})
    entered(avon, use_case=case("B"), threshold="0.6", watchlist_size=None)
    entered(avon, use_case=case("B"), threshold=None, on="2022-05-01", technology="retrospective")
    entered(avon, use_case=case(" B"), threshold=None, tier="secondary", origin="collated")
    entered(avon, use_case=case(None), origin="collated", threshold="0.6")
    entered(avon, use_case=case("C"), origin="collated", tier="secondary")
    entered(northmoor, use_case=case("Made up"))
    return kent, avon


def test_every_row_leads_to_its_records_and_to_no_others(records):
    for dimension in DIMENSIONS:
        for tier in ("primary", "secondary"):
            found = by_value(NATIONAL, dimension, tier=tier)
            for row in found.rows:
                address = {"tier": [tier], **{name: [word] for name, word in row.words.items()}}
                ask = Reader(address)
                listed = Search.read(ask, realm=NATIONAL).heads().count()
                ask.finish()
                assert listed == row.figures[DEPLOYMENTS.code].number, (dimension.code, row.value)
                assert found_by(row.words) == (dimension, row.value)
            assert sum(rows(found).values()) == found.whole[DEPLOYMENTS.code].number


def test_values_are_counted_and_called_by_their_names(records):
    found = by_value(NATIONAL, USE_CASE, tier="primary")
    assert rows(found) == {"A": 2, "": 1, "B": 1}
    assert [row.label for row in found.rows] == ["A", "Not published", "B"]
    assert rows(by_value(NATIONAL, WATCHLIST_BAND, tier="primary")) == {
        "under_1000": 1,
        "5000_to_9999": 2,
        "not_published": 1,
    }
    assert rows(by_value(NATIONAL, PUBLISHED_WITHIN, tier="primary")) == {
        "over_31_days": 3,
        "not_applicable": 1,
    }
    shown = {row.label for row in by_value(NATIONAL, SETTINGS, tier="primary").rows}
    assert shown == {
        "Algorithm not published, threshold 0.64",
        "Algorithm not published, threshold 0.6",
    }


def test_figures_of_a_value_say_how_many_forces_and_records_they_speak_of(records):
    _kent, _avon = records
    row = by_value(NATIONAL, USE_CASE, tier="primary").rows[0]
    assert (row.figures[FAR_ALERTS.code].numerator, row.figures[FAR_ALERTS.code].denominator) == (3, 40)
    assert row.figures.coverage.sentence == "Records from 1 of 2 forces."
    assert (row.figures.period.first.year, row.figures.period.last.year) == (2023, 2024)
    banded = by_value(NATIONAL, WATCHLIST_BAND, tier="primary").rows[0].figures
    assert (banded[WATCHLIST_SIZE.code].number, banded[WATCHLIST_SIZE.code].known) == (700, 1)


def test_a_force_and_a_year_narrow_it(records):
    _kent, avon = records
    assert rows(by_value(NATIONAL, USE_CASE, tier="primary", force=avon)) == {"": 1, "B": 1}
    assert rows(by_value(NATIONAL, USE_CASE, tier="primary", first_year=2024)) == {"": 1, "A": 1, "B": 1}
    assert rows(by_value(NATIONAL, USE_CASE, tier="primary", last_year=2023)) == {"A": 1}
    assert by_value(NATIONAL, USE_CASE, tier="primary", first_year=2020, last_year=2022) is None
    assert by_value(NATIONAL, USE_CASE, tier="primary", force=avon).rows[0].figures.coverage is None


def test_the_smallest_values_are_added_up_as_one(kent, entered):  # noqa: F811
    for number in range(7):
        for _time in range(7 - number):
            entered(kent, use_case=case(f"Case {number}"), figures={"alerts": number})
    found = by_value(NATIONAL, USE_CASE, tier="primary", most=3)
    assert rows(found) == {"Case 0": 7, "Case 1": 6, "Case 2": 5}
    assert (found.others.value, found.others.words, found.values_in_others) == (None, {}, 4)
    assert found.others.figures[DEPLOYMENTS.code].number == 4 + 3 + 2 + 1
    assert found.others.figures[ALERTS.code].number == 4 * 3 + 3 * 4 + 2 * 5 + 1 * 6
    assert found.whole[DEPLOYMENTS.code].number == 28
    assert values_there(NATIONAL, USE_CASE, most=2) == ["Case 0", "Case 1"]


def test_few_queries_however_many_records(records, django_assert_max_num_queries):
    for dimension in DIMENSIONS:
        with django_assert_max_num_queries(4):
            by_value(NATIONAL, dimension, tier="primary", most=1)


def test_forces_within_one_value(records):
    kent, _avon = records
    found = by_force_within(
        NATIONAL, SETTINGS, Settings("", "0.64").value, tier="primary", measures=[FAR_ALERTS]
    )
    assert [(force, figures[DEPLOYMENTS.code].number) for force, figures in found] == [(kent, 2)]
    assert found[0][1][FAR_ALERTS.code].numerator == 3


def test_settings_are_one_value_however_odd_their_names():
    settings = Settings('A "b" \\ – 1', "0.64")
    assert Settings.of(settings.value) == settings
    assert str(Settings("", "")) == "Algorithm not published, threshold not published"


def test_every_dimension_says_what_it_is():
    for dimension in DIMENSIONS:
        for words in (dimension.label, dimension.definition, dimension.source):
            assert str(words).strip(), dimension.code
        for value in dimension.order:
            assert dimension.said(value)
    assert len(BY_CODE) == len(DIMENSIONS)
    assert found_by({}) is None
    assert found_by({"use_case": "A", "watchlist": "under_1000"}) is None
