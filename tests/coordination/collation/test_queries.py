"""What pages ask of the statistics."""

import csv
import io
from datetime import date
from urllib.parse import parse_qs

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.collation.figures import Code
from coordination.collation.measures import DECLARED, MEASURES
from coordination.collation.published.formats import FORMATS
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import DEPLOYMENTS_BY_YEAR
from coordination.collation.published.words import Place
from coordination.collation.queries import Period, altogether, by_force, by_month, by_year
from forces.models import BodyType, Realm
from register.search import PARAMETERS
from tests.coordination.collation.histories import deliver, happened, publish, withdraw
from tests.people import make_force

pytestmark = pytest.mark.django_db
NATIONAL, DEMONSTRATION = Realm.NATIONAL.value, Realm.DEMONSTRATION.value


def by_years(**more):
    """The table of years."""
    columns = more.pop("columns", None)
    return Table.of(DEPLOYMENTS_BY_YEAR, Question(NATIONAL, **more), columns=columns)


def national(**more):
    return by_year(NATIONAL, tier="primary", **more)


@pytest.fixture
def btp(db):
    return make_force(
        "BTP", "british-transport-police", "British Transport Police", body_type=BodyType.SPECIAL
    )


@pytest.fixture
def records(kent, avon, btp, northmoor):
    """Three years, with a hole in the middle."""
    publish(kent, on="2022-03-01", figures={"alerts": 10, "false_alerts": 1, "faces_seen": 1000})
    publish(kent, on="2024-03-01", figures={"alerts": 20, "false_alerts": 0, "faces_seen": 2000})
    publish(avon, on="2024-12-31", figures={"alerts": 30, "false_alerts": 2, "faces_seen": None})
    publish(btp, on="2024-06-01", figures={"alerts": 40, "false_alerts": 0, "faces_seen": 500})
    publish(kent, on="2024-05-01", tier="secondary", figures={"alerts": 5})
    publish(northmoor, on="2024-05-01", figures={"alerts": 1000})
    deliver(happened())


def test_nobody_has_published_anything(kent):
    assert national() == ()
    assert altogether(NATIONAL, tier="primary") is None
    assert by_force(NATIONAL, tier="primary") == ()
    assert by_years().total is None


def test_the_nation_is_the_sum_of_its_forces(records):
    year = national()[-1]
    assert year.period == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert (year["deployments"].number, year["alerts"].number) == (3, 90)
    assert (year["faces_seen"].number, year["faces_seen"].known, year["faces_seen"].records) == (2500, 2, 3)


def test_each_national_figure_says_of_how_many_forces(records):
    coverage = national()[-1].coverage
    assert coverage.sentence == (
        "Records from 2 of 2 forces. Also from British Transport Police, not counted among the 2."
    )
    assert national()[0].coverage.phrase == "records from 1 of 2 forces"


def test_a_force_that_came_later_is_not_missing_before(records, avon):
    avon.valid_from = date(2023, 1, 1)
    avon.save()
    assert national()[0].coverage.phrase == "records from 1 of 1 force"
    assert national()[-1].coverage.phrase == "records from 2 of 2 forces"


def test_a_year_without_records_is_there_and_not_zero(records):
    hole = national()[1]
    assert hole.period.year == 2023
    assert not hole.has_records
    assert {figure.code for figure in hole.by_measure.values()} == {Code.NOT_AVAILABLE}
    assert hole.coverage.phrase == "records from 0 of 2 forces"


def test_rates_are_of_the_records_that_give_both(records):
    year = national()[-1]
    assert (year["far_faces"].numerator, year["far_faces"].denominator) == (0, 2500)
    assert (year["far_alerts"].numerator, year["far_alerts"].denominator) == (2, 90)
    assert Code.LOW_RELIABILITY in national()[0]["far_alerts"].marks
    assert Code.LOW_RELIABILITY not in year["far_alerts"].marks


def test_tiers_realms_and_technologies_stand_apart(records):
    assert by_year(NATIONAL, tier="secondary")[0]["alerts"].number == 5
    made_up = by_year(DEMONSTRATION, tier="primary")
    assert made_up[0]["alerts"].number == 1000
    assert made_up[0].coverage.phrase == "records from 1 of 1 made-up force"
    assert national(technology="retrospective") == ()


def test_a_force_has_its_own_figures_and_no_coverage(records, kent):
    years = national(force=kent)
    assert [year["alerts"].number for year in years] == [10, None, 20]
    assert years[0].coverage is None


def test_all_years_together_are_the_sum(records):
    together = altogether(NATIONAL, tier="primary")
    assert together["alerts"].number == 100
    assert together.period == Period(date(2022, 1, 1), date(2024, 12, 31))
    assert together.coverage.counted == 2
    assert altogether(NATIONAL, tier="primary", year=2022)["alerts"].number == 10


def test_months_run_from_the_first_to_the_last(records):
    months = by_month(NATIONAL, tier="primary", first=date(2024, 3, 15), last=date(2024, 12, 31))
    assert [month.period.month for month in months] == list(range(3, 13))
    assert [month["alerts"].number for month in months][:4] == [20, None, None, 40]
    assert months[0].period == Period(date(2024, 3, 1), date(2024, 3, 31))


def test_forces_are_compared_by_their_own_records(records, kent, avon, btp):
    found = by_force(NATIONAL, tier="primary", year=2024)
    assert [force for force, _figures in found] == [avon, btp, kent]
    assert [figures["alerts"].number for _force, figures in found] == [30, 40, 20]
    assert found[0][1]["faces_seen"].code is Code.NOT_AVAILABLE


def test_a_withdrawn_record_leaves_no_force_and_no_year_behind(kent, avon):
    publish(kent, on="2022-03-01")
    entry = publish(avon, on="2020-03-01")
    deliver(happened())
    withdraw(entry)
    deliver(happened())
    assert [year.period.year for year in national()] == [2022]
    assert national()[0].coverage.counted == 1
    assert [force for force, _figures in by_force(NATIONAL, tier="primary")] == [kent]


def test_the_metropolitan_series_break_is_marked(kent):
    met = make_force("E23000001", "metropolitan", "Metropolitan Police Service")
    for on in ("2023-05-01", "2024-05-01", "2025-02-01"):
        publish(met, on=on)
        publish(kent, on=on)
    deliver(happened())
    assert [Code.BREAK in year["faces_seen"].marks for year in national()] == [False, True, True]
    assert [Code.BREAK in year["far_faces"].marks for year in national()] == [False, True, True]
    assert not any(Code.BREAK in year["alerts"].marks for year in national())
    assert not any(Code.BREAK in year["faces_seen"].marks for year in national(force=kent))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: national(),
        lambda: by_month(NATIONAL, tier="primary"),
        lambda: altogether(NATIONAL, tier="primary"),
        lambda: by_force(NATIONAL, tier="primary"),
    ],
)
def test_pages_ask_few_questions(records, ask, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        ask()


# --- the table ---------------------------------------------------------------------------------------------


def test_table_has_a_row_a_year_latest_first_and_a_total(records):
    table = by_years()
    assert [row.label for row in table.rows] == ["2024", "2023", "2022"]
    assert table.total.label == "All years"
    assert [cell.figure.measure for cell in table.rows[0].cells] == list(DEPLOYMENTS_BY_YEAR.measures)
    assert table.total.cells[3].figure.number == sum(row.cells[3].figure.number or 0 for row in table.rows)


def test_each_total_leads_to_its_records_in_the_words_of_the_list(records, kent):
    table = by_years(force=kent)
    assert table.rows[0].cells[0].query == "force=kent&year=2024&tier=primary&measure=deployments"
    assert table.total.query == "force=kent&tier=primary"
    counts = {measure.code for measure in MEASURES}
    for row in (*table.rows, table.total):
        for cell in row.cells:
            asked = parse_qs(cell.query)
            assert asked.keys() <= {*PARAMETERS, "measure"}
            assert asked["measure"][0] in counts


def csv_of(table):
    return FORMATS["csv"].write(table, Place("https://register.example/")).decode()


def test_csv_never_leaves_a_value_blank_and_says_what_it_knows(records):
    rows = list(csv.DictReader(io.StringIO(csv_of(by_years()))))
    assert [row["year"] for row in rows] == ["2024", "2023", "2022"]
    latest, hole, _first = rows
    assert (latest["alerts"], latest["alerts_status"], latest["alerts_known"]) == ("90", "", "3")
    assert (latest["faces_seen"], latest["faces_seen_status"], latest["faces_seen_known"]) == (
        "2500",
        "e",
        "2",
    )
    assert (latest["forces_with_records"], latest["forces"], latest["records"]) == ("2", "2", "3")
    assert (hole["alerts"], hole["alerts_status"], hole["far_alerts_lower_95"]) == ("[x]", "x", "[x]")
    assert latest["far_alerts"] == "0.0222222222"
    assert float(latest["far_alerts_lower_95"]) < 2 / 90 < float(latest["far_alerts_upper_95"])
    for row in rows:
        assert all(value or name.endswith("_status") for name, value in row.items())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(2020, 2022), st.none() | st.integers(0, 9)), max_size=8)
)
def test_forces_add_up_to_the_nation(kent, avon, btp, published):
    with transaction.atomic():
        for owner, year, alerts in published:
            publish((kent, avon, btp)[owner], on=f"{year}-07-01", figures={"alerts": alerts})
        deliver(happened())
        together = altogether(NATIONAL, tier="primary")
        apart = by_force(NATIONAL, tier="primary")
        for measure in DECLARED if together else ():
            tallies = [figures[measure.code].tally for _force, figures in apart]
            assert sum(tallies[1:], tallies[0]) == together[measure.code].tally
        transaction.set_rollback(True)


@pytest.mark.parametrize("code", [measure.code for measure in DECLARED])
def test_a_figure_read_alone_is_the_figure_read_with_all_others(records, code):
    (measure,) = (each for each in DECLARED if each.code == code)
    for alone, among in zip(national(measures=[measure]), national(), strict=True):
        assert alone[code] == among[code]
        assert (alone.forces, alone.coverage, alone.has_records) == (
            among.forces,
            among.coverage,
            among.has_records,
        )
    alone, among = (by_force(NATIONAL, tier="primary", **more) for more in ({"measures": [measure]}, {}))
    assert [(force, found[code]) for force, found in alone] == [
        (force, found[code]) for force, found in among
    ]
    by_columns = by_years(columns=(measure,))
    assert (
        by_columns.total.cells[0].figure
        == by_years(columns=DECLARED).total.cells[DECLARED.index(measure)].figure
    )
