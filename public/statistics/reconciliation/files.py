"""The reconciliation as CSV and JSON: the same numbers as the page, with codes where there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

from coordination.collation.figures import Tally
from coordination.collation.reconciliation.models import Claim
from coordination.collation.reconciliation.queries import NOT_SUMMED, Line, Lines
from coordination.collation.reconciliation.running import Passing
from public.statistics.reconciliation import words


def csv_text(lines: Lines) -> str:
    """RFC 4180, a row for each claim. Own and other records stand in columns of their own, then together."""
    written = io.StringIO()
    rows = [_flat(line, lines) for line in lines.lines]
    writer = csv.DictWriter(written, fieldnames=list(_EMPTY), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def document(lines: Lines) -> dict[str, Any]:
    return {
        "as_of": _moment(lines),
        "basis": "Standing records of live use, by the day on which the deployment started, both ends included.",
        "claims": [_whole(line, lines) for line in lines.lines],
    }


# --- a row -------------------------------------------------------------------------------------------------

_EMPTY: dict[str, Any] = dict.fromkeys(
    (
        *("code", "claimant", "subject", "subject_name", "first", "last", "precision", "measure", "claimed"),
        *("qualifier", "rounded_to", "source", "source_url", "published", "is_verified"),
        *("own_records", "own_known", "own_total", "other_records", "other_known", "other_total"),
        *("left_out_records", "both_total", "trials_total", "with_trials_total"),
        *("difference_from_own", "difference_from_both", "forces_with_records", "forces"),
        *("equal_from", "equal_to", "passed_on", "own_records_reach", "other_records_reach", "explanation"),
    ),
    "",
)


def _flat(line: Line, lines: Lines) -> dict[str, Any]:
    row = _EMPTY | _claim(line.claim) | {"explanation": words.in_short(line, lines.coverage(line))}
    row["claimed"] = row.pop("value")
    row["is_verified"] = "yes" if line.claim.is_verified else "no"
    row = {name: "" if value is None else value for name, value in row.items() if name in _EMPTY}
    answer = line.answer
    if answer is None:
        return row
    coverage = lines.coverage(line)
    meets = _passing(answer.both_passing) or {}

    def total(number: int) -> int | str:
        return number if line.is_summed else NOT_SUMMED.shown

    return row | {
        "own_records": answer.own.records,
        "own_known": answer.own.known,
        "own_total": total(answer.own.total),
        "other_records": answer.others.records,
        "other_known": answer.others.known,
        "other_total": total(answer.others.total),
        "left_out_records": answer.doubled.records,
        "both_total": total(answer.both.total),
        "trials_total": answer.early_total if answer.early else "",
        "with_trials_total": total(answer.with_early) if answer.early else "",
        "difference_from_own": total(line.claim.value - answer.own.total),
        "difference_from_both": total(line.claim.value - answer.both.total),
        "forces_with_records": coverage.counted if coverage else "",
        "forces": coverage.territorial if coverage else "",
        "own_records_reach": _day(answer.own_last) or "",
        "other_records_reach": _day(answer.others_last) or "",
        **{name: day or "" for name, day in meets.items()},
    }


# --- the whole ---------------------------------------------------------------------------------------------


def _whole(line: Line, lines: Lines) -> dict[str, Any]:
    said = _claim(line.claim) | {"counts": line.claim.counts, "note": line.claim.note}
    answer = line.answer
    if answer is None:
        return said | {"records": None, "explanation": words.explained(line, None)}
    coverage = lines.coverage(line)
    return said | {
        "records": {
            "is_summed": line.is_summed,
            "own": _tally(answer.own),
            "others": _tally(answer.others),
            "left_out": _tally(answer.doubled),
            "both_total": answer.both.total if line.is_summed else None,
            "with_trials_total": answer.with_early if answer.early and line.is_summed else None,
            "own_reach": _day(answer.own_last),
            "others_reach": _day(answer.others_last),
        },
        "difference": {"from_own": line.own_difference, "from_both": line.difference},
        "meets": {
            "own": _passing(answer.own_passing),
            "both": _passing(answer.both_passing),
            "with_trials": _passing(answer.early_passing),
            "what": "An arithmetical match, not an established cut-off.",
        },
        "coverage": {"forces": coverage.counted, "of": coverage.territorial} if coverage else None,
        "by_force": [
            {"force": line.forces[part.force].code, "own": _tally(part.own), "others": _tally(part.others)}
            for part in answer.parts
            if part.force in line.forces
        ],
        "beside": [
            _claim(line.figures[each.claim])
            | {"role": line.figures[each.claim].role, "records": _tally(each.records)}
            for each in answer.beside
        ],
        "running": [
            {"month": month.isoformat()[:7], "own": own, "both": both}
            for month, (own, both) in sorted(answer.running.items())
        ]
        if line.is_summed
        else [],
        "explanation": words.explained(line, coverage),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "code": claim.code,
        "claimant": claim.claimant,
        "subject": claim.subject.code if claim.subject else None,
        "subject_name": words.subject(claim),
        "first": claim.first.isoformat(),
        "last": claim.last.isoformat(),
        "precision": claim.precision,
        "measure": claim.measure,
        "value": claim.value,
        "qualifier": claim.qualifier,
        "rounded_to": claim.rounded_to,
        "source": claim.source,
        "source_url": claim.source_url or None,
        "published": claim.published or None,
        "is_verified": claim.is_verified,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    """How many records, what those come to that give the figure, and why others do not."""
    return {
        "records": tally.records,
        "known": tally.known,
        "total": tally.total if tally.known else None,
        "not_known": dict(_silent(tally)),
    }


def _silent(tally: Tally) -> Iterator[tuple[str, int]]:
    for reason in ("not_published", "not_applicable", "aborted", "misleading"):
        yield reason, getattr(tally, reason)


def _passing(passing: Passing | None) -> dict[str, str | None] | None:
    if passing is None:
        return None
    return {
        "equal_from": _day(passing.equal_from),
        "equal_to": _day(passing.equal_to),
        "passed_on": _day(passing.passed_on),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(lines: Lines) -> str | None:
    return lines.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z") if lines.as_of else None
