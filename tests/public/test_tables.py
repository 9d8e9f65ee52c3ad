"""Published tables over HTTP: the page shows every cell, files come whole and fresh, and all stay within budget."""

import gzip
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from coordination.collation.measures import Measure
from coordination.collation.published.formats import FORMATS
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import DEPLOYMENTS_BY_MONTH, TABLES
from tests.people import make_force
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
CSV = "/statistics/deployments-by-year.csv"


@pytest.fixture
def records(entered, kent):
    """Two forces, three years, and figures that are missing, estimated or few."""
    met = make_force("E23000001", "metropolitan", "Metropolitan Police Service")
    for on in ("2022-05-01", "2023-05-01", "2024-03-01"):
        entered(met, on=on, figures={"alerts": 1286, "false_alerts": 27, "faces_seen": 902_748})
    entered(met, on="2024-04-01", figures={"arrests": None, "alerts": 12, "false_alerts": 1})
    entered(kent, on="2024-04-02", figures={"faces_seen": None, "alerts": None, "false_alerts": None})
    return met


def cells(page):
    """The cells of each group's table on a page, as rows of words; the first is the label."""
    tables = html.fromstring(page.content).xpath("//section[@id='table']//table")
    return [
        [
            [" ".join("".join(cell.itertext()).split()) for cell in row.xpath("./th|./td")]
            for row in table.xpath(".//tr")
        ]
        for table in tables
    ]


@pytest.mark.parametrize("published", TABLES, ids=lambda each: each.code)
def test_the_page_shows_every_cell_of_the_grid(client, records, published):
    page = client.get(f"/statistics/{published.code}/")
    table = Table.of(published, Question("national"))
    named = [column.name for column in table.grid.columns]
    rows = [dict(zip(named, row, strict=True)) for row in [*table.grid.rows, table.grid.total]]
    shown = cells(page)
    assert len(shown) == len(published.groups)
    for group, (headings, *lines) in zip(published.groups, shown, strict=True):
        assert headings[1 : len(group.measures) + 1] == [str(measure.label) for measure in group.measures]
        for line, row in zip(lines, rows, strict=True):
            for measure, words in zip(group.measures, line[1:], strict=False):
                value, status = row[measure.code], row[f"{measure.code}_status"].split()
                if isinstance(value, str):
                    assert words.startswith(value)
                    continue
                for code in status:
                    assert f"[{code}]" in words, (measure.code, words)
                if isinstance(measure, Measure):
                    assert re.match(rf"{value:,}(?![\d,.])", words), (measure.code, words, value)
                else:
                    top, bottom = row[f"{measure.code}_numerator"], row[f"{measure.code}_denominator"]
                    joined = "of" if measure.is_share else "in"
                    assert words.startswith(f"{top:,} {joined} {bottom:,} "), words
                    assert measure.is_share or f", {round(value):,} " in words, words


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_comes_whole_under_its_name_and_may_be_read_by_anybody(client, records, ending):
    answer = client.get(f"/statistics/deployments-by-year.{ending}")
    assert answer["Content-Type"] == FORMATS[ending].media_type
    assert answer["Content-Disposition"] == f'attachment; filename="deployments-by-year.{ending}"'
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, no-cache"
    assert not answer.cookies
    made_up = client.get(f"/demonstration/statistics/deployments-by-year.{ending}")
    assert 'filename="deployments-by-year-demonstration.' in made_up["Content-Disposition"]
    narrowed = client.get(f"/statistics/deployments-by-year.{ending}?force=metropolitan&from=2023&to=2024")
    assert 'filename="deployments-by-year-metropolitan-2023-2024.' in narrowed["Content-Disposition"]
    assert len(narrowed.content) != len(answer.content)


@pytest.mark.parametrize(
    "address",
    [
        "/statistics/",
        "/statistics/deployments-by-year/",
        *(f"/statistics/deployments-by-year.{e}" for e in FORMATS),
    ],
)
def test_a_copy_is_good_until_a_figure_changes(client, records, entered, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert client.get(address).content == first.content
    entered(records, on="2024-06-01")
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_each_format_and_each_question_has_a_tag_of_its_own(client, records):
    """Two bodies under one address never share one; the bytes are those that the tag was given for."""
    for ending in FORMATS:
        plain, narrowed = (
            client.get(f"/statistics/deployments-by-year.{ending}{asked}") for asked in ("", "?to=2023")
        )
        assert plain["ETag"] != narrowed["ETag"]
        assert plain.content != narrowed.content


def test_the_csv_names_its_description_and_both_fit(client, records):
    for asked in ("", "?force=metropolitan"):
        answer = client.get(f"{CSV}{asked}")
        found = re.fullmatch(r'<([^>]+)>; rel="describedby"; type="application/csvm\+json"', answer["Link"])
        described = client.get(found[1]).json()
        assert described["url"] == f"deployments-by-year.csv{asked}"
        names = [column["name"] for column in described["tableSchema"]["columns"]]
        assert answer.content.decode().splitlines()[0].split(",") == names


def test_the_csv_begins_with_the_columns_it_always_had(client, records):
    """Other people's programs read them by name or by place: columns are added at the end."""
    figures = [
        *(
            "deployments",
            "aborted_deployments",
            "faces_seen",
            "alerts",
            "true_alerts",
            "true_alerts_unconfirmed",
        ),
        *("false_alerts", "undetermined_alerts", "far_alerts", "far_faces", "arrests", "enforcement_actions"),
    ]
    ends = {name: ["", "_status", "_known"] for name in figures}
    for rate in ("far_alerts", "far_faces"):
        ends[rate] = ["", "_status", "_numerator", "_denominator", "_lower_95", "_upper_95", "_known"]
    kept = ["year", "realm", "tier", "technology", "records", "forces_with_records", "forces"]
    kept += [f"{name}{end}" for name in figures for end in ends[name]]
    heading, latest, *_rest = client.get(CSV).content.decode().split("\r\n")
    assert heading.split(",")[: len(kept)] == kept
    assert latest.startswith("2024,national,primary,live,3,2,2,3,,3,0,,3,")


def test_a_page_can_be_cited_and_its_address_answers_the_same(client, records):
    page = client.get("/statistics/deployments-by-year/?to=2023&force=metropolitan&from=")
    said = re.search(
        r"National register of police facial recognition: Deployments by year, Metropolitan Police Service, to 2023\. "
        r"Records of one force: Metropolitan Police Service\. As of \d+ \w+ \d{4}\. (\S+)",
        text(page),
    )
    assert said[1] == "http://testserver/statistics/deployments-by-year/?force=metropolitan&to=2023"
    assert cells(client.get(said[1])) == cells(page)


def test_files_of_other_sources_and_of_made_up_records_say_so(client, records, northmoor, entered):
    entered(records, tier="secondary", origin="collated")
    entered(northmoor)
    others = client.get("/statistics/deployments-by-year.json?tier=secondary").json()
    assert (others["tier"], others["title"]) == ("secondary", "Deployments by year, other sources")
    assert any("Never add these" in note for note in others["notes"])
    made_up = json.loads(client.get("/demonstration/statistics/deployments-by-force.json").content)
    assert (made_up["is_made_up"], made_up["title"]) == (True, "Made up: Deployments by force")
    assert [row["force_name"] for row in made_up["rows"]] == [northmoor.name]


def test_many_months_stay_within_the_budgets(client, entered, kent):
    """Seven years of months with records, in every table."""
    for number in range(84):
        entered(kent, on=f"{2018 + number // 12}-{number % 12 + 1:02}-11", figures={"alerts": 100 + number})
    assert len(Table.of(DEPLOYMENTS_BY_MONTH, Question("national")).rows) == 84
    for published in TABLES:
        address = f"/statistics/{published.code}/"
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert len(queries) <= 12, (address, len(queries))
        weight = len(gzip.compress(page.content))
        assert weight <= 15_000, (address, weight)
        for ending in FORMATS:
            with CaptureQueriesContext(connection) as queries:
                file = client.get(f"/statistics/{published.code}.{ending}")
            assert len(queries) <= 12, (published.code, ending)
            assert len(file.content) < 150_000, (published.code, ending, len(file.content))


@pytest.mark.django_db
def test_a_file_that_cannot_be_narrowed_so_says_by_what(client, kent):
    page = client.get("/statistics/deployments-by-year.ods?force=zz")
    assert page.status_code == 400
    assert b"force: No force of this register has that name." in page.content


def test_a_force_without_records_is_named_in_the_filters_all_the_same(client, records):
    make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")
    page = client.get("/statistics/deployments-by-year/?force=avon-and-somerset")
    assert "There are no records for this choice." in text(page)
    assert "Remove this filter: Force: Avon and Somerset Constabulary" in text(page)
    assert "Avon and Somerset" not in text(client.get("/statistics/deployments-by-year/"))
