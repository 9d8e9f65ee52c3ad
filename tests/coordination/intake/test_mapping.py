"""From printed rows to documents of the public schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import register
from coordination.intake.extract.reading import read
from coordination.intake.fields import FIGURES, Unfit, count, date, duration, rate, threshold
from coordination.intake.mapping import Source, map_rows, rate_is_right
from coordination.intake.profile import FOLDER, BadProfile, load, profiles
from coordination.intake.quality import QUALITY
from coordination.intake.recognise import NotRecognised, profile_for
from tests.coordination.intake import making

SCHEMA = json.loads((Path(register.__file__).parent / "schemas" / "deployment-result.v1.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)

ROW_2020 = ["High Street", "27/02/20", "1, 2", "7292", "8", "7", "5", "1", "1", "1", "8600", "0.08%"]
STOPPED_2020 = ["High Street", "21/02/20", "1, 2", "7316", *["N/A"] * 8]
ROW_2025 = making.row_of("Old Bridge|02/05/25|6h 32m|Crime Hotspot|16199|0.64|8|7|0|1|0|0.003%|5|1|1|30,855")


@pytest.fixture
def mapped(tmp_path):
    """Write rows as CSV (or bytes as they are) and map them by the profile they are recognised as."""

    def run(content, *, profile=None, name="grid.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else making.csv(content))
        with read(path) as extract:
            found = profile or profile_for(extract.rows(), profiles().values(), name=name)
            return list(map_rows(extract.rows(), found, Source(name, extract.sha256)))

    return run


def only(rows):
    assert len(rows) == 1
    assert rows[0].result is not None, [problem.message for problem in rows[0].problems]
    return rows[0].result


def complete(row):
    """A mapped row as the register will be given it."""
    return {**row.result, "reference": "LFR-7K2M-Q4XD", "force": row.force, "arithmetic": []}


# Values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5h03m", 303),
        ("5h40", 340),
        ("4hr 47m", 287),
        ("8h0m", 480),
        ("6h 02m", 362),
        ("0h33m", 33),
        ("05:40", 340),
    ],
)
def test_durations_are_read_in_every_way_they_are_printed(text, minutes):
    assert duration(text) == minutes


@pytest.mark.parametrize("text", ["5h75m", "about 5 hours", "5.5", ""])
def test_a_duration_that_is_none_is_refused(text):
    with pytest.raises(Unfit):
        duration(text)


def test_a_day_is_never_taken_for_a_month():
    assert date("11/02/20", ("%d/%m/%y",)) == "2020-02-11"
    with pytest.raises(Unfit):
        date("02/13/20", ("%d/%m/%y",))


def test_counts_take_a_thousands_comma_and_nothing_else():
    assert count("21,940") == 21940
    for text in ("21,94", "1.5", "-3", "2 1", "1e3", "١"):
        with pytest.raises(Unfit):
            count(text)


def test_thresholds_keep_their_places_and_gain_two():
    assert [threshold(text) for text in ("0.6", "0.62", "0.625", "1")] == ["0.60", "0.62", "0.625", "1.00"]


@pytest.mark.parametrize(
    ("printed", "false", "faces", "right"),
    [
        ("0%", 0, 5460, True),
        ("0.08%", 1, 1123, False),
        ("0.01%", 1, 3940, False),
        ("0.008%", 1, 12120, True),
        ("0%", 1, 3940, False),
        ("0.08%", 7, 8600, True),
        ("0.1%", 1, None, True),
    ],
)
def test_a_printed_rate_is_recomputed(printed, false, faces, right):
    assert rate_is_right(rate(printed), false, faces) is right


# The layouts ------------------------------------------------------------------------------------------


def test_a_pdf_of_two_layouts_maps_to_the_public_schema(mapped):
    rows = mapped(making.two_layouts_pdf(), name="grid.pdf")
    assert [(row.page, row.row) for row in rows] == [(1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (4, 2)]
    for row in rows:
        assert list(VALIDATOR.iter_errors(complete(row))) == []
    first = rows[0].result
    assert first["on"] == "2023-04-06"
    assert first["use_case"]["scheme"] == "met-2023"
    assert rows[3].result["use_case"] == {"code": None, "scheme": "met-2024", "label": "Crime hotspot"}
    assert first["figures"]["other_action"] is None
    assert first["absent"]["other_action"]["code"] == "misleading"
    assert first["provenance"]["printed"]["Other Disposal"] == "0"
    assert rows[2].result["figures"]["faces_seen"] == 21940


def test_a_row_broken_over_a_page_is_joined_and_says_so(mapped):
    row = mapped(making.two_layouts_pdf(), name="grid.pdf")[4]
    assert row.result["place"]["name"] == "Belgrave Rd, Riverside"
    assert row.result["provenance"]["printed"]["Deployment Location"] == "Belgrave"
    assert row.result["provenance"]["corrections"][0]["printed"] == "Belgrave"
    assert "row_joined" in row.result["quality"]


def test_contradictions_are_marked_and_kept(mapped):
    rows = mapped(making.two_layouts_pdf(), name="grid.pdf")
    assert "false_alert_rate_mismatch" in rows[1].result["quality"]
    assert "alert_split_does_not_sum" in rows[2].result["quality"]
    assert rows[2].result["figures"]["alerts"] == 1
    assert rows[2].result["figures"]["true_alerts"] == 2


@pytest.mark.parametrize("make", [making.csv, making.html, making.xlsx, making.ods])
def test_the_grid_of_2025_is_recognised_in_every_kind_of_file(mapped, make):
    result = only(mapped(make([making.HEADING_2025, ROW_2025])))
    assert result["on"] == "2025-05-02"
    assert result["figures"] == {
        "faces_seen": 30855, "alerts": 8, "true_alerts": 7, "true_alerts_confirmed": 7,
        "true_alerts_unconfirmed": 0, "false_alerts": 1, "false_alerts_confirmed": 1,
        "false_alerts_unconfirmed": 0, "undetermined_alerts": None, "engagements": None, "arrests": 5,
        "other_action": 1, "no_action": 1,
    }  # fmt: skip


@pytest.mark.parametrize("make", [making.csv, making.html])
def test_the_grid_of_2020_prints_true_alerts_unsplit(mapped, make):
    result = only(mapped(make([making.HEADING_2020, ROW_2020])))
    figures = result["figures"]
    assert (figures["alerts"], figures["true_alerts"], figures["false_alerts"]) == (8, 1, 7)
    assert figures["engagements"] == 6, "true and false alert engagements together"
    assert figures["true_alerts_confirmed"] is None
    assert result["absent"]["true_alerts_confirmed"]["code"] == "not_published"
    assert result["use_case"] == {
        "code": "1, 2",
        "scheme": "met-2020",
        "label": "Violent and serious crime; Outstanding warrants",
    }
    assert {"true_alerts_unsplit", "arrests_includes_disposals", "engagements_are_a_sum"} <= set(
        result["quality"]
    )


def test_a_row_of_not_applicable_is_an_aborted_deployment(mapped):
    result = only(mapped([making.HEADING_2020, STOPPED_2020]))
    assert (result["status"], result["abort_reason"]) == ("aborted", "technical fault")
    assert set(result["figures"].values()) == {None}
    assert {result["absent"][name]["code"] for name in FIGURES} == {"aborted"}
    assert result["watchlist_size"] == 7316


def test_blank_stays_absent_and_is_never_zero(mapped):
    row = [*ROW_2025]
    row[12] = ""
    result = only(mapped([making.HEADING_2025, row]))
    assert result["figures"]["arrests"] is None
    assert result["absent"]["arrests"]["code"] == "not_published"
    row[12] = "N/A"
    assert only(mapped([making.HEADING_2025, row]))["absent"]["arrests"]["code"] == "not_applicable"
    row[12] = "0"
    assert only(mapped([making.HEADING_2025, row]))["figures"]["arrests"] == 0


def test_every_null_figure_says_why_and_no_other_does(mapped):
    for content in ([making.HEADING_2025, ROW_2025], [making.HEADING_2020, ROW_2020]):
        result = only(mapped(content))
        null = {name for name in FIGURES if result["figures"][name] is None}
        assert null == {name for name in result["absent"] if name in FIGURES}


def test_a_sum_is_said_to_be_derived(mapped):
    assert only(mapped([making.HEADING_2025, ROW_2025]))["methods"]["true_alerts"] == "derived"
    assert "true_alerts" not in only(mapped([making.HEADING_2020, ROW_2020]))["methods"]


# Errors -----------------------------------------------------------------------------------------------


def test_each_bad_cell_is_named_by_row_and_column(mapped):
    row = [*ROW_2025]
    row[1], row[2], row[6], row[12] = "31/02/25", "long", "-4", "five"
    (bad,) = mapped([making.HEADING_2025, row])
    assert bad.result is None
    assert [(problem.code, problem.column) for problem in bad.problems] == [
        ("not_a_date", "Date"),
        ("not_a_duration", "Duration"),
        ("negative", "Total Alerts"),
        ("not_a_count", "Outcome - Arrest"),
    ]
    assert bad.line == 2
    assert "“31/02/25” is not a date written as DD/MM/YY" in bad.problems[0].message


def test_a_row_without_date_or_place_is_an_error_not_a_gap(mapped):
    row = [*ROW_2025]
    row[0], row[1] = "", ""
    (bad,) = mapped([making.HEADING_2025, row])
    assert {problem.code for problem in bad.problems} == {"missing_date", "missing_place"}


def test_a_short_row_is_an_error(mapped):
    rows = mapped([making.HEADING_2025, ROW_2025, ROW_2025[:9]])
    assert [problem.code for problem in rows[1].problems] == ["too_few_cells"]


def test_a_table_that_is_not_in_the_profile_is_an_error_not_left_out(mapped):
    other = [["Reference", "Something new"], ["1", "2"]]
    content = making.pdf([[[making.HEADING_2025, ROW_2025]], [other]])
    rows = mapped(content, name="grid.pdf")
    assert [problem.code for problem in rows[-1].problems] == ["table_not_recognised"]
    assert "Something new" in rows[-1].problems[0].message


def test_an_erratum_is_applied_with_what_was_printed(mapped):
    row = making.row_of("Dalston|11/07/23|3h 06m|1,2,3,4|15695|0.62|1|1|0|0|0|0%|1|0|0|60")
    content = making.pdf([[[making.CODES_HEADING], [row]]])
    result = only(mapped(content, name="grid.pdf"))
    assert result["on"] == "2024-07-11"
    assert result["provenance"]["printed"]["Date"] == "11/07/23"
    (correction,) = result["provenance"]["corrections"]
    assert (correction["field"], correction["printed"], correction["corrected"]) == (
        "on",
        "11/07/23",
        "2024-07-11",
    )
    assert "corrected" in result["quality"]


def test_an_erratum_leaves_other_rows_alone(mapped):
    row = making.row_of("Dalston|11/07/23|3h 06m|1,2,3,4|9999|0.62|1|1|0|0|0|0%|1|0|0|60")
    assert only(mapped(making.pdf([[[making.CODES_HEADING], [row]]]), name="grid.pdf"))["on"] == "2023-07-11"


def test_a_withheld_column_that_no_longer_repeats_is_reported(mapped):
    row = making.row_of("Old Bridge|11/07/24|3h 06m|1,2,3,4|15695|0.62|3|3|0|0|0|0%|1|2|1|60")
    (mapped_row,) = mapped(making.pdf([[[making.CODES_HEADING], [row]]]), name="grid.pdf")
    assert "repeat_broken" in [problem.code for problem in mapped_row.problems]
    assert mapped_row.result["figures"]["other_action"] is None


# Identity ---------------------------------------------------------------------------------------------


def test_a_fingerprint_is_of_what_is_printed_and_not_of_where(mapped):
    one = mapped([making.HEADING_2025, ROW_2025])
    two = mapped(making.xlsx([["Met grid"], [], making.HEADING_2025, ROW_2025]), name="other.xlsx")
    assert one[0].fingerprint == two[0].fingerprint
    changed = [*ROW_2025]
    changed[12] = "4"
    assert mapped([making.HEADING_2025, changed])[0].fingerprint != one[0].fingerprint


# Recognition ------------------------------------------------------------------------------------------


def test_an_unknown_layout_is_told_what_was_seen_and_what_is_near(mapped):
    heading = [*making.HEADING_2025]
    heading[15] = "People counted"
    with pytest.raises(NotRecognised) as caught:
        mapped([heading, ROW_2025])
    text = str(caught.value)
    assert "People counted" in text
    assert "The nearest is met-2025; of its 16 headings these were not found: Faces seen (estimate)" in text


def test_two_fitting_profiles_are_named(tmp_path):
    path = tmp_path / "grid.csv"
    path.write_bytes(making.csv([making.HEADING_2025, ROW_2025]))
    twin = load(FOLDER / "met-2025.toml")
    with (
        read(path) as extract,
        pytest.raises(NotRecognised, match="more than one profile fits: met-2025, met-2025"),
    ):
        profile_for(extract.rows(), [twin, twin])


def test_a_title_above_the_heading_is_passed_over(mapped):
    content = [["Live facial recognition"], ["Published in May"], making.HEADING_2025, ROW_2025]
    assert only(mapped(content))["place"]["name"] == "Old Bridge"


# Profiles ---------------------------------------------------------------------------------------------


def test_every_profile_loads_and_uses_only_known_quality_codes():
    assert set(profiles()) == {
        "met-2020-2022",
        "met-2023-2024",
        "met-2025",
        "normalised-primary",
        "normalised-secondary",
    }
    for profile in profiles().values():
        used = {*profile.quality, *(mark.code for mark in profile.marks)}
        used |= {code for column in profile.columns.values() for code in column.quality}
        used |= {code for codes in profile.quality_codes.values() for code in codes}
        used |= {f"{w.field}_withheld" for w in profile.withheld if w.code == "misleading"}
        assert used <= set(QUALITY), used - set(QUALITY)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('tier = "primary"', 'tier = "other"', "tier"),
        ('field = "arrests", as', 'field = "arests", as', "arests"),
        ('field = "arrests", as = "count"', 'field = "arrests", as = "number"', "number"),
        ("[absent]\nundetermined_alerts", "[absent]\n#", "undetermined_alerts has no column"),
        ('"Outcome - Other", "No action"', '"Outcome - Other", "No deed"', "No deed"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(tmp_path, before, after, complaint):
    text = (FOLDER / "met-2025.toml").read_text()
    assert before in text
    (tmp_path / "bad.toml").write_text(text.replace(before, after))
    with pytest.raises(BadProfile, match=complaint):
        load(tmp_path / "bad.toml")


def test_a_new_layout_is_a_new_file_and_no_code(mapped, tmp_path):
    text = (making.FIXTURES / "northmoor.toml").read_text()
    (tmp_path / "northmoor.toml").write_text(text)
    northmoor = load(tmp_path / "northmoor.toml")
    rows = mapped(
        [["Where", "When", "Hours", "Seen", "Alerts", "Right", "Wrong", "Arrested"],
         ["Market Square", "6 April 2024", "5h03m", "5,460", "3", "2", "1", "1"]],
        profile=northmoor,
    )  # fmt: skip
    result = only(rows)
    assert rows[0].force == "X99000001"
    assert result["on"] == "2024-04-06"
    assert result["figures"]["false_alerts"] == 1
    assert list(VALIDATOR.iter_errors(complete(rows[0]))) == []
