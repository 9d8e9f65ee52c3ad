"""One table, every format: each holds the same cells, and says what must be said beside them."""

import csv
import io
import json
from pathlib import Path

import odf.opendocument
import pandas
import pytest
from django.db import transaction

from coordination.collation.figures import Code
from coordination.collation.measures import DEPLOYMENTS, FACES_PER_HOUR, FALSE_ALERTS, FAR_ALERTS
from coordination.collation.published import words
from coordination.collation.published.declaration import Drawing, Group, Published
from coordination.collation.published.dimensions import YEAR
from coordination.collation.published.formats import FORMATS
from coordination.collation.published.grid import INSTEAD, Kind
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import (
    DEPLOYMENTS_BY_FORCE,
    DEPLOYMENTS_BY_MONTH,
    DEPLOYMENTS_BY_YEAR,
    FACES_PER_HOUR_BY_MONTH,
    FALSE_ALERT_RATES_BY_FORCE,
    FALSE_ALERT_RATES_BY_YEAR,
    TABLES,
)
from coordination.intake.reference import load as load_records
from forces.models import Force, Realm
from forces.reference import load as load_forces
from register.search import InvalidSearch, Reader
from tests.coordination.collation.histories import deliver, happened, publish
from tests.coordination.collation.published import (
    FIRST_SHEETS,
    PLACE,
    as_xml,
    by_libreoffice,
    expected,
    from_csv,
    from_csvw,
    from_json,
    from_workbook,
    members,
    together,
    typed,
    written,
)

NATIONAL, DEMONSTRATION = Realm.NATIONAL.value, Realm.DEMONSTRATION.value
SPREADSHEETS = ("ods", "xlsx")


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """Every table of the record that comes with the project, whole, narrowed and from other sources."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_forces()
        load_records()
        deliver(happened())
        met = Force.objects.get(slug="metropolitan")
        found = []
        for each in TABLES:
            found.append(Table.of(each, Question(NATIONAL)))
            found.append(Table.of(each, Question(NATIONAL, tier="secondary")))
            narrowed = {"force": met} if "force" in each.dimension.filters else {}
            found.append(Table.of(each, Question(NATIONAL, first_year=2024, last_year=2024, **narrowed)))
            found.append(Table.of(each, Question(DEMONSTRATION)))
        transaction.set_rollback(True)
    return found


@pytest.fixture
def whole(published):
    """The tables with their records, one of each."""
    return [table for table in published if table.question == Question(NATIONAL)]


def test_csv_holds_every_cell(published):
    for table in published:
        assert from_csv(table) == expected(table), words.title(table)


def test_json_holds_every_cell(published):
    for table in published:
        assert from_json(table, total=True) == expected(table, total=True), words.title(table)


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_spreadsheets_hold_every_cell(published, ending, tmp_path):
    for table in published:
        found, _sheets = from_workbook(table, ending, tmp_path)
        assert found == expected(table, total=True), words.title(table)


def test_csvw_describes_every_cell(published, tmp_path):
    for table in published:
        if not table.rows:
            continue
        for read, row in zip(from_csvw(table, tmp_path), expected(table), strict=True):
            assert read.keys() == row.keys()
            for column in table.grid.columns:
                value = row[column.name]
                known = None if value in INSTEAD or value == "" else value
                assert undated(column.kind, read[column.name]) == known, (column.name, read, value)


def undated(kind, read):
    """What the metadata's reader made a date of, as it was written; and its decimals as we count."""
    if kind is Kind.YEAR:
        return int(read)
    if kind is Kind.DAY:
        return read.strftime("%Y-%m-%d")
    return float(read) if kind is Kind.DECIMAL and read is not None else read


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_libreoffice_opens_every_spreadsheet(whole, ending, tmp_path):
    paths = {tmp_path / f"{table.published.code}.{ending}": table for table in whole}
    for path, table in paths.items():
        path.write_bytes(written(table, ending))
    for path, files in by_libreoffice(list(paths), tmp_path).items():
        sheets = [
            list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8"))))
            for sheet in files
            if not any(sheet.stem.endswith(f"-{name}") for name in FIRST_SHEETS)
        ]
        table = paths[path]
        *rows, _total = together(table, sheets)
        assert [typed(table, row) for row in rows] == expected(table), words.title(table)


def test_a_csv_is_opened_in_one_line(whole):
    for table in whole:
        read = pandas.read_csv(io.BytesIO(written(table, "csv")), na_values=list(INSTEAD))
        assert len(read) == len(table.rows)
        for column in table.grid.columns:
            if column.kind in (Kind.WHOLE, Kind.DECIMAL):
                assert pandas.api.types.is_numeric_dtype(read[column.name]), column.name


def test_a_value_is_a_number_or_a_code_and_only_a_status_may_be_empty(published):
    for table in published:
        for row in [*table.grid.rows, *([table.grid.total] if table.grid.total else [])]:
            for column, value in zip(table.grid.columns, row, strict=True):
                if column.kind is Kind.STATUS:
                    assert set(value.split()) <= {code.value for code in Code}
                elif column.has_codes:
                    assert value in INSTEAD or isinstance(value, int | float)
                else:
                    assert value != ""


# --- spreadsheets as the Analysis Function wants them -------------------------------------------------------


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_spreadsheets_have_a_title_in_a1_and_no_blank_cell(whole, ending, tmp_path):
    for table in whole:
        _found, sheets = from_workbook(table, ending, tmp_path)
        groups = len(table.published.groups)
        assert list(sheets) == [*FIRST_SHEETS, *(f"Table {number}" for number in range(1, groups + 1))]
        for name, rows in sheets.items():
            assert rows[0][0], name
            top = next((number for number, row in enumerate(rows) if len(row) > 1 and all(row)), len(rows))
            for row in rows[top:]:
                assert all(cell != "" for cell in row), (name, row)
        listed = [row[0] for row in sheets["Contents"][3:]]
        assert listed == [name for name in sheets if name not in ("Cover", "Contents")]


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_spreadsheets_have_one_named_table_a_sheet_and_nothing_merged(whole, ending):
    for table in whole:
        texts = {
            name: content.decode()
            for name, content in members(written(table, ending)).items()
            if ".xml" in name
        }
        everything = "".join(texts.values())
        for word in ("mergeCell", "covered-table-cell", "number-columns-spanned", "<f>", "table:formula"):
            assert word not in everything
        sheets = len(FIRST_SHEETS) - 1 + len(table.published.groups)
        found = everything.count("<table:database-range ") or sum("xl/tables/" in name for name in texts)
        assert found == sheets
        assert "en-GB" in everything


def test_the_same_table_is_the_same_bytes(whole):
    for table in whole:
        before = {ending: written(table, ending) for ending in FORMATS}
        # odfpy remembers every namespace it has met: another file read in between must change nothing.
        odf.opendocument.load(io.BytesIO(before["ods"]))
        assert {ending: written(table, ending) for ending in FORMATS} == before
        assert members(before["ods"])["mimetype"] == b"application/vnd.oasis.opendocument.spreadsheet"
        assert before["ods"].index(b"mimetype") == 30


def test_files_are_small(whole):
    for table in whole:
        for ending in FORMATS:
            assert len(written(table, ending)) < 100_000, (table.published.code, ending)


# --- what is said beside the cells --------------------------------------------------------------------------


def test_every_file_says_coverage_date_and_where_it_is_published(whole):
    for table in whole:
        said = json.loads(written(table, "json"))
        assert said["coverage"]["phrase"] == "records from 1 of 43 forces"
        assert "Records from 1 of 43 forces. As of " in said["citation"]
        assert said["citation"].endswith(PLACE.page)
        for ending in SPREADSHEETS:
            everything = "".join("".join(root.itertext()) for root in as_xml(written(table, ending)).values())
            for words_said in (said["citation"], said["says"], *said["notes"]):
                assert words_said in everything, (ending, words_said)
        described = json.loads(written(table, "csv-metadata.json"))
        assert described["dc:bibliographicCitation"] == said["citation"]
        assert all(column["dc:description"] for column in described["tableSchema"]["columns"])


def test_made_up_figures_say_so_in_every_file(published):
    for table in published:
        if table.question.realm == DEMONSTRATION:
            for ending in FORMATS:
                data = written(table, ending)
                text = (
                    data.decode()
                    if FORMATS[ending].is_text
                    else "".join("".join(root.itertext()) for root in as_xml(data).values())
                )
                made_up = "demonstration" if ending == "csv" and table.rows else "ade up"
                assert made_up in text or (ending == "csv" and not table.rows), ending
            assert "-demonstration." in words.file_name(table, "csv")


def test_breaks_in_series_are_among_the_notes(whole):
    for table in whole:
        said = " ".join(words.notes(table))
        has_faces = any("faces" in measure.code for measure in table.columns)
        assert ("Break in series on 1 January 2024" in said) == has_faces, table.published.code


# --- reading ------------------------------------------------------------------------------------------------


@pytest.fixture
def records(db, kent, avon):
    """Two forces; three years, of which the last is small."""
    publish(kent, on="2022-03-01", figures={"alerts": 1_000, "false_alerts": 20, "faces_seen": 100_000})
    publish(avon, on="2023-03-01", figures={"alerts": 900, "false_alerts": 18, "faces_seen": 100_000})
    publish(kent, on="2024-03-01", figures={"alerts": 40, "false_alerts": 0, "faces_seen": 4_000})
    deliver(happened())


def marks(table, measure):
    return {row.label: table.figure(row, measure).marks for row in table.rows}


def test_a_rate_is_marked_where_too_few_false_alerts_were_to_be_expected(records):
    """40 alerts at 1.96 in a hundred: 0.8 to be expected. The measure's own rule, 30 alerts, lets it pass."""
    table = Table.of(FALSE_ALERT_RATES_BY_YEAR, Question(NATIONAL))
    assert marks(table, FAR_ALERTS) == {"2024": (Code.LOW_RELIABILITY,), "2023": (), "2022": ()}
    # Years left out change nothing of what is said of the others.
    narrowed = Table.of(FALSE_ALERT_RATES_BY_YEAR, Question(NATIONAL, first_year=2024, last_year=2024))
    assert marks(narrowed, FAR_ALERTS) == {"2024": (Code.LOW_RELIABILITY,)}
    by_force = Table.of(FALSE_ALERT_RATES_BY_FORCE, Question(NATIONAL, first_year=2022, last_year=2022))
    # One force alone: nothing to compare with.
    assert set(marks(by_force, FAR_ALERTS).values()) == {()}


def test_years_narrow_the_rows_and_the_total(records, kent):
    table = Table.of(DEPLOYMENTS_BY_YEAR, Question(NATIONAL, first_year=2023))
    assert [row.label for row in table.rows] == ["2024", "2023"]
    assert table.figure(table.total, FALSE_ALERTS).number == 18
    assert table.total.query == "since=2023-01-01&tier=primary"
    one = Table.of(DEPLOYMENTS_BY_YEAR, Question(NATIONAL, force=kent, first_year=2022, last_year=2022))
    assert one.total.query == "force=kent&year=2022&tier=primary"
    assert words.file_name(one, "ods") == "deployments-by-year-kent-2022.ods"
    assert words.title(one) == "Deployments by year, Kent Police, 2022"


def test_months_lead_to_their_month_and_forces_to_their_records(records):
    months = Table.of(DEPLOYMENTS_BY_MONTH, Question(NATIONAL))
    assert [row.label for row in months.rows][::12] == ["March 2024", "March 2023", "March 2022"]
    assert (
        months.cell(months.rows[0], DEPLOYMENTS).query == "year=2024&month=3&tier=primary&measure=deployments"
    )
    forces = Table.of(DEPLOYMENTS_BY_FORCE, Question(NATIONAL))
    assert [row.label for row in forces.rows] == ["Avon and Somerset Constabulary", "Kent Police"]
    assert forces.cell(forces.rows[1], FAR_ALERTS).query == "force=kent&tier=primary&measure=false_alerts"
    assert forces.coverage.phrase == "records from 2 of 2 forces"


@pytest.mark.parametrize("published", TABLES, ids=lambda each: each.code)
def test_a_table_is_read_in_few_questions(records, published, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        Table.of(published, Question(NATIONAL))


def test_a_table_is_never_longer_than_a_file_may_be(records, monkeypatch):
    monkeypatch.setattr("coordination.collation.published.reading.MOST_ROWS", 20)
    with pytest.raises(InvalidSearch, match="more than 20 rows"):
        Table.of(DEPLOYMENTS_BY_MONTH, Question(NATIONAL))
    assert Table.of(DEPLOYMENTS_BY_MONTH, Question(NATIONAL, first_year=2024, last_year=2024)).rows


def test_faces_per_hour_have_no_interval_and_are_not_judged_as_shares(records):
    table = Table.of(FACES_PER_HOUR_BY_MONTH, Question(NATIONAL))
    names = [column.name for column in table.grid.columns]
    assert "faces_per_hour" in names
    assert "faces_per_hour_lower_95" not in names
    assert Code.LOW_RELIABILITY not in table.figure(table.rows[0], FACES_PER_HOUR).marks


def test_no_text_is_worked_out_by_a_spreadsheet(db, kent, tmp_path):
    kent.name = '=HYPERLINK("http://evil.example";"Kent")'
    kent.save()
    publish(kent, on="2024-03-01")
    deliver(happened())
    table = Table.of(DEPLOYMENTS_BY_FORCE, Question(NATIONAL))
    assert f'"\'{kent.name.replace(chr(34), chr(34) * 2)}"' in written(table, "csv").decode()
    assert from_json(table)[0]["force_name"] == kent.name
    for ending in SPREADSHEETS:
        found, _sheets = from_workbook(table, ending, tmp_path)
        assert found[0]["force_name"] == kent.name
        everything = b"".join(members(written(table, ending)).values())
        assert b"<f>" not in everything
        assert b"formula" not in everything


def test_what_an_address_asks_is_what_it_says(kent):
    for asked in (
        {},
        {"force": ["kent"]},
        {"tier": ["secondary"], "from": ["2023"]},
        {"from": ["2024"], "to": ["2024"]},
    ):
        found = Question.read(Reader(asked), DEPLOYMENTS_BY_YEAR, realm=NATIONAL)
        assert found.words(DEPLOYMENTS_BY_YEAR) == {name: value for name, (value,) in asked.items()}
    found = Question.read(Reader({"year": ["2024"]}), DEPLOYMENTS_BY_FORCE, realm=NATIONAL)
    assert found.words(DEPLOYMENTS_BY_FORCE) == {"year": "2024"}


def test_a_declaration_that_cannot_be_published_is_refused():
    group = Group("Counts", (DEPLOYMENTS,))
    with pytest.raises(ValueError, match="cannot be an address"):
        Published("Deployments by year", "T", "S", YEAR, (group,), Drawing((DEPLOYMENTS,)))
    with pytest.raises(ValueError, match="stands in one group"):
        Published("t", "T", "S", YEAR, (group, group), Drawing((DEPLOYMENTS,)))
    with pytest.raises(ValueError, match="can be drawn"):
        Published("t", "T", "S", YEAR, (group,), Drawing((FALSE_ALERTS,)))


def test_codes_of_tables_are_addresses_of_their_own():
    codes = [each.code for each in TABLES]
    assert len(set(codes)) == len(codes)
    assert (Path(__file__).parents[3] / "docs/how-to/add-a-table.md").exists()
