"""Tables by what records say of themselves: every row leads to its records, and says what its rows cannot tell."""

from coordination.collation.figures import Code
from coordination.collation.measures import DEPLOYMENTS, FALSE_ALERTS, FAR_ALERTS
from coordination.collation.published import words
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import (
    DEPLOYMENTS_BY_SETTING,
    DEPLOYMENTS_BY_TIME_TO_PUBLISH,
    DEPLOYMENTS_BY_USE_CASE,
    DEPLOYMENTS_BY_WATCHLIST,
)
from forces.clock import db_now
from forces.models import Realm
from tests.coordination.collation.histories import deliver, happened, publish

NATIONAL = Realm.NATIONAL.value
NEOSCAN = {"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"}


def case(label):
    return {"code": None, "label": label, "scheme": None}


def read(published, **narrowed):
    deliver(happened())
    return Table.of(published, Question(NATIONAL, **narrowed))


def test_each_row_leads_to_its_records_in_its_years(kent):
    publish(kent, on="2023-03-01", use_case=case("Crime hotspot"))
    publish(kent, on="2024-03-01", use_case=case(None))
    table = read(DEPLOYMENTS_BY_USE_CASE, first_year=2023, last_year=2024)
    assert {row.label: table.cell(row, DEPLOYMENTS).query for row in table.rows} == {
        "Crime hotspot": "since=2023-01-01&until=2024-12-31&use_case=Crime+hotspot&tier=primary&measure=deployments",
        "Not published": "since=2023-01-01&until=2024-12-31&use_case=not_published&tier=primary&measure=deployments",
    }
    one = read(DEPLOYMENTS_BY_USE_CASE, force=kent, first_year=2024, last_year=2024)
    assert [row.query for row in one.rows] == ["force=kent&year=2024&use_case=not_published&tier=primary"]
    assert one.total.period.first.year == one.total.period.last.year == 2024


def test_the_rest_is_added_up_and_leads_nowhere(kent):
    for number in range(23):
        publish(kent, use_case=case(f"Case {number:02}"))
    table = read(DEPLOYMENTS_BY_USE_CASE)
    *_largest, rest = table.rows
    assert (len(table.rows), rest.label) == (21, "All others (3)")
    assert table.figure(rest, DEPLOYMENTS).number == 3
    assert {cell.query for cell in rest.cells} == {""}
    assert table.figure(table.total, DEPLOYMENTS).number == 23


def test_the_total_reaches_from_the_first_year_of_any_row_to_the_last(kent):
    publish(kent, on="2022-03-01", use_case=case("Rare"))
    for _time in range(2):
        publish(kent, on="2024-03-01", use_case=case("Often"))
    table = read(DEPLOYMENTS_BY_USE_CASE)
    assert [row.label for row in table.rows] == ["Often", "Rare"]
    assert (table.total.period.first.year, table.total.period.last.year) == (2022, 2024)


def test_settings_without_an_algorithm_are_said_to_compare_with_nothing(kent):
    publish(kent, algorithm=None, threshold="0.6")
    publish(kent, algorithm=None, threshold="0.64")
    table = read(DEPLOYMENTS_BY_SETTING)
    said = " ".join(words.notes(table))
    assert "The algorithm is not published in any of these records." in said
    assert "Thresholds of different algorithms, or of different versions of one, do not compare." in said
    publish(kent, algorithm=NEOSCAN, threshold="0.64")
    publish(kent, algorithm={**NEOSCAN, "version": None}, threshold="0.64")
    said = " ".join(words.notes(read(DEPLOYMENTS_BY_SETTING)))
    assert "in any of these records" not in said
    assert "Some records do not say which algorithm was used" in said
    assert "Some records name an algorithm without its version." in said


def test_settings_show_both_rates_with_their_counts_and_intervals(kent, avon):
    figures = {"alerts": 1_000, "false_alerts": 20, "faces_seen": 100_000}
    publish(kent, algorithm=NEOSCAN, threshold="0.64", figures=figures)
    publish(avon, algorithm=NEOSCAN, threshold="0.64", figures=figures)
    table = read(DEPLOYMENTS_BY_SETTING)
    (row,) = table.rows
    assert row.values == ("Made-up Vision NeoScan 4.2", "0.64")
    rate = table.figure(row, FAR_ALERTS)
    assert (rate.numerator, rate.denominator, table.figure(row, FALSE_ALERTS).number) == (40, 2_000, 40)
    assert rate.interval.lower < 0.02 < rate.interval.upper
    assert list(table.published.dimension.remarks(table)) == []


def test_sizes_stand_in_the_order_of_their_bands(kent):
    for size in (20_000, 800, None, 800):
        publish(kent, watchlist_size=size)
    table = read(DEPLOYMENTS_BY_WATCHLIST)
    assert [row.values[0] for row in table.rows] == ["under_1000", "15000_and_over", "not_published"]
    assert [table.figure(row, DEPLOYMENTS).number for row in table.rows] == [2, 1, 1]


def test_what_the_centre_transcribed_says_nothing_of_the_time_of_the_force(kent):
    publish(kent, origin="collated")
    table = read(DEPLOYMENTS_BY_TIME_TO_PUBLISH)
    assert [row.label for row in table.rows] == ["[z] Does not apply: transcribed by the national centre"]
    assert any("says nothing about how long a force takes" in note for note in words.notes(table))
    publish(kent, on=f"{db_now():%Y-%m-%d}")
    table = read(DEPLOYMENTS_BY_TIME_TO_PUBLISH)
    assert [row.values[0] for row in table.rows] == ["within_5_days", "not_applicable"]
    assert not any("says nothing about how long a force takes" in note for note in words.notes(table))


def test_rates_from_too_little_are_marked_beside_the_others(kent):
    publish(kent, watchlist_size=20_000, figures={"alerts": 1_000, "false_alerts": 20})
    publish(kent, watchlist_size=800, figures={"alerts": 40, "false_alerts": 0})
    table = read(DEPLOYMENTS_BY_WATCHLIST)
    small, large = table.rows
    assert Code.LOW_RELIABILITY in table.figure(small, FAR_ALERTS).marks
    assert Code.LOW_RELIABILITY not in table.figure(large, FAR_ALERTS).marks


def test_labels_that_begin_alike_can_be_told_apart_where_room_is_scarce(kent):
    for label in (
        "Violent and serious crime; Outstanding warrants",
        "Violent and serious crime; Outstanding fines",
    ):
        publish(kent, use_case=case(label))
    shorts = [row.short for row in read(DEPLOYMENTS_BY_USE_CASE).rows]
    assert len(set(shorts)) == 2
    assert max(map(len, shorts)) <= 32
