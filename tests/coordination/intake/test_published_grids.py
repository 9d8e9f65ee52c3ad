"""The real published grids, cell for cell. The documents are not carried by the project.

Set LFR_PUBLISHED_GRIDS to a folder that holds them, or put them in `../shared/data` beside the project.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from coordination.intake.extract.reading import read, sha256_of
from coordination.intake.mapping import Source, map_rows
from coordination.intake.profile import profiles
from coordination.intake.recognise import profile_for

HERE = Path(__file__).resolve()
FOLDER = Path(os.environ.get("LFR_PUBLISHED_GRIDS") or HERE.parents[4] / "shared" / "data")
GRIDS = {
    "met-lfr-grid-2023-to-2024": ("met-2023-2024", 203),
    "met-lfr-grid-2025-to-may2026": ("met-2025", 74),
}
SUMS = {
    "2020": {
        "deployments": 3, "aborted": 1, "faces_seen": 13_200, "alerts": 8, "true_alerts": 1, "false_alerts": 7,
        "arrests": 1,
    },
    "2022": {
        "deployments": 6, "faces_seen": 144_366, "alerts": 20, "true_alerts": 17, "false_alerts": 3, "arrests": 8,
    },
    "2023": {
        "deployments": 23, "faces_seen": 326_392, "alerts": 58, "true_alerts": 56, "false_alerts": 2,
        "arrests": 34,
    },
    "2024": {
        "deployments": 180, "faces_seen": 902_748, "alerts": 1_286, "true_alerts_confirmed": 1_242,
        "true_alerts_unconfirmed": 18, "true_alerts": 1_260, "false_alerts": 27, "arrests": 575,
    },
}  # fmt: skip


def published(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(
            f"THE PUBLISHED GRIDS ARE NOT HERE: set LFR_PUBLISHED_GRIDS to a folder that holds {name}"
        )
    return path


@cache
def mapped(path: Path):
    with read(path) as extract:
        profile = profile_for(extract.rows(), profiles().values())
        return profile, list(map_rows(extract.rows(), profile, Source(path.name, extract.sha256)))


def totals(rows) -> dict[str, Counter]:
    years: dict[str, Counter] = {}
    for row in rows:
        year = years.setdefault(row.result["on"][:4], Counter())
        year["deployments"] += 1
        year["aborted"] += row.result["status"] == "aborted"
        year.update({name: value for name, value in row.result["figures"].items() if value is not None})
    return years


@pytest.mark.parametrize("grid", sorted(GRIDS))
def test_a_published_grid_equals_its_answer_key_cell_for_cell(grid):
    name, count = GRIDS[grid]
    profile, rows = mapped(published(f"{grid}.pdf"))
    assert (profile.name, len(rows)) == (name, count)
    with published(f"{grid}.parsed.csv").open(encoding="utf-8", newline="") as file:
        key = [tuple(line) for line in list(csv.reader(file))[1:]]
    printed = [(str(row.page), *row.result["provenance"]["printed"].values()) for row in rows]
    assert printed == key


def test_what_differs_from_print_is_declared():
    _, rows = mapped(published("met-lfr-grid-2023-to-2024.pdf"))
    corrected = {
        (row.page, row.row): row.result["provenance"]["corrections"]
        for row in rows
        if row.result["provenance"]["corrections"]
    }
    assert {
        place: [(c["field"], c["printed"], c["corrected"]) for c in found]
        for place, found in corrected.items()
    } == {
        (4, 15): [("on", "11/07/23", "2024-07-11")],
        (6, 24): [("place.name", "Belvedere", "Belvedere Rd, Waterloo")],
    }
    for row in rows:
        if row.row == 15 and row.page == 4:
            continue
        day, month, year = row.result["provenance"]["printed"]["Date"].split("/")
        assert row.result["on"] == f"20{year}-{month}-{day}"


def test_an_erratum_names_the_place_where_it_stands():
    path = published("met-lfr-grid-2023-to-2024.pdf")
    (erratum,) = profiles()["met-2023-2024"].errata
    assert erratum.document == sha256_of(path)
    _, rows = mapped(path)
    found = [
        (row.page, row.row)
        for row in rows
        if row.result["provenance"]["corrections"] and row.result["on"] == "2024-07-11"
    ]
    assert found == [(erratum.page, erratum.row)]


def test_other_repeats_no_action_in_every_row_and_is_withheld():
    _, rows = mapped(published("met-lfr-grid-2023-to-2024.pdf"))
    assert not [problem for row in rows for problem in row.problems if problem.code == "repeat_broken"]
    assert {row.result["absent"]["other_action"]["code"] for row in rows} == {"misleading"}
    assert {row.result["figures"]["other_action"] for row in rows} == {None}


def test_the_known_traps_are_marked():
    _, rows = mapped(published("met-lfr-grid-2023-to-2024.pdf"))
    marked = Counter(code for row in rows for code in row.result["quality"])
    assert marked["false_alert_rate_mismatch"] == 11
    assert [
        (row.result["on"], row.result["place"]["name"])
        for row in rows
        if "alert_split_does_not_sum" in row.result["quality"]
    ] == [("2024-01-10", "Westminster")]
    _, rows = mapped(published("met-lfr-grid-2025-to-may2026.pdf"))
    by_mark = {code: row.result["place"]["name"] for row in rows for code in row.result["quality"]}
    assert by_mark["suspect_value"] == "Bond St Stn"
    assert by_mark["outcomes_exceed_alerts"] == "High St, Hounslow"
    assert [row.result["watchlist_size"] for row in rows if "suspect_value" in row.result["quality"]] == [
        19_199
    ]


def test_the_sums_of_the_primary_record_are_the_known_ones():
    _, rows = mapped(published("deployments-primary.csv"))
    assert len(rows) == 286
    years = totals(rows)
    for year, known in SUMS.items():
        assert {name: years[year][name] for name in known} == known


def test_the_grids_and_the_normalised_csv_agree_row_by_row():
    _, keyed = mapped(published("deployments-primary.csv"))
    _, first = mapped(published("met-lfr-grid-2023-to-2024.pdf"))
    _, second = mapped(published("met-lfr-grid-2025-to-may2026.pdf"))
    ours = {
        (r.result["on"], r.result["watchlist_size"], r.result["figures"]["faces_seen"]): r
        for r in first + second
    }
    assert len(ours) == 277
    for row in keyed[9:]:
        other = ours[row.result["on"], row.result["watchlist_size"], row.result["figures"]["faces_seen"]]
        for name in ("figures", "duration_minutes", "threshold", "status"):
            assert row.result[name] == other.result[name]


def test_secondary_rows_carry_their_own_source():
    profile, rows = mapped(published("deployments-secondary.csv"))
    assert (profile.tier, len(rows)) == ("secondary", 170)
    for row in rows:
        provenance = row.result["provenance"]
        assert provenance["url"].startswith("https://")
        assert provenance["publisher"] != "Metropolitan Police Service"
        assert "secondary_source" in row.result["quality"]
        assert "notes" not in provenance["printed"], "other people's sentences are not carried"
