"""I5: every cell recounted from the published bytes, by rules written down here a second time."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings

KNOWN, REASONS = "known", ("aborted", "misleading", "not_published", "not_applicable")
COLUMNS = ("total", "base", KNOWN, "not_published", "not_applicable", "aborted", "misleading")
AS_GIVEN = (
    "faces_seen", "alerts", "true_alerts_confirmed", "true_alerts_unconfirmed", "false_alerts_confirmed",
    "false_alerts_unconfirmed", "undetermined_alerts", "engagements", "arrests", "other_action", "no_action",
    "duration_minutes", "watchlist_size",
)  # fmt: skip
# The last entry that is not a withdrawal, of each reference whose last entry is not one.
_STANDING = """
SELECT f.id, e.realm, e.tier, convert_from(b.body, 'UTF8')
  FROM (SELECT DISTINCT ON (reference) * FROM register_entry ORDER BY reference, version DESC) e
  JOIN register_entrybody b ON b.entry_id = e.id JOIN forces_force f ON f.id = e.force_id
 WHERE e.act <> 'withdrawal'
"""
Given = tuple[str, int, int]  # known or the reason why not, the number, a rate's denominator


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    wanted: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
    for force, realm, tier, body in database.execute(_STANDING).fetchall():
        document = json.loads(body)
        for measure, (state, total, base) in measures(document).items():
            for span, day in (("month", document["on"][:7] + "-01"), ("year", document["on"][:4] + "-01-01")):
                cell = wanted[realm, tier, force, span, day, document["technology"], measure]
                cell[0] += total
                cell[1] += base
                cell[COLUMNS.index(state)] += 1
    rows = database.execute(
        f"SELECT realm, tier, force_id, span, starts_on::text, technology, measure, {', '.join(COLUMNS)}"
        " FROM collation_cell"
    ).fetchall()
    have = {row[:7]: list(row[7:]) for row in rows}
    for key in sorted(wanted.keys() | have.keys(), key=str):
        now, right = have.get(key, [0] * len(COLUMNS)), wanted.get(key, [0] * len(COLUMNS))
        if now != right:
            found.add("I5", f"{' '.join(map(str, key))} says {now}; the register adds up to {right}")
    for realm, shown in (evidence.totals or {}).items():
        right_total = sum(
            sums[0] for key, sums in wanted.items()
            if key[0] == realm and key[1] == "primary" and key[3] == "year" and key[5] == "live"
            and key[6] == "faces_seen"
        )  # fmt: skip
        if shown != right_total:
            found.add(
                "I5", f"the public is told {shown} faces in {realm}; the register adds up to {right_total}"
            )


def measures(document: dict[str, Any]) -> dict[str, Given]:
    """What one published result adds, by measure."""

    def given(name: str) -> Given:
        figures = document["figures"]
        number = figures[name] if name in figures else document.get(name)
        if number is not None:
            return KNOWN, number, 0
        if name in document["absent"]:
            return document["absent"][name]["code"], 0, 0
        return ("aborted" if document["status"] == "aborted" else "not_published"), 0, 0

    def added(*parts: Given) -> Given:
        missing = {part[0] for part in parts} - {KNOWN}
        if missing:
            return next(reason for reason in REASONS if reason in missing), 0, 0
        return KNOWN, sum(part[1] for part in parts), 0

    def either(total: Given, sum_: Given) -> Given:
        if total[0] == KNOWN or sum_[0] == KNOWN:
            return total if total[0] == KNOWN else sum_
        return added(total, sum_)

    def share(top: Given, bottom: Given) -> Given:
        both = added(top, bottom)
        return both if both[0] != KNOWN else (KNOWN, top[1], bottom[1])

    said = {name: given(name) for name in AS_GIVEN}
    parts = (said["true_alerts_confirmed"], said["true_alerts_unconfirmed"])
    said["deployments"] = (KNOWN, 1, 0)
    said["aborted_deployments"] = (KNOWN, int(document["status"] == "aborted"), 0)
    said["true_alerts"] = either(given("true_alerts"), added(*parts))
    said["true_alerts_unsplit"] = (
        ("not_applicable", 0, 0) if all(part[0] == KNOWN for part in parts) else given("true_alerts")
    )
    said["false_alerts"] = either(
        given("false_alerts"), added(said["false_alerts_confirmed"], said["false_alerts_unconfirmed"])
    )
    said["enforcement_actions"] = added(said["arrests"], said["other_action"])
    said["far_faces"] = share(said["false_alerts"], said["faces_seen"])
    said["far_alerts"] = share(said["false_alerts"], said["alerts"])
    said["faces_per_hour"] = share(said["faces_seen"], said["duration_minutes"])
    return said
