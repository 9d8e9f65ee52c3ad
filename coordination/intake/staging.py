"""Rows beside the register: copied in, checked by rules, matched with what stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, transaction

from coordination.intake.extract.reading import Note
from coordination.intake.fields import FIGURES
from coordination.intake.headed import Mapped
from coordination.intake.models import Batch, Finding, StagedRow
from coordination.intake.problems import Problem
from coordination.intake.profile import Profile
from coordination.intake.rules import RULES, statements

Progress = Callable[[int], None]
CHUNK = 2_000

CELLS = (
    "on",
    "place",
    "technology",
    "status",
    "use_case",
    "duration_minutes",
    "watchlist_size",
    "threshold",
    "false_alert_rate",
    *FIGURES,
)
_ROW_COLUMNS = (
    *("batch_id", "number", "page", "sheet", "line", "row", "force_code", "fingerprint", "printed", "mapped"),
    *CELLS,
    *("match", "reference", "candidates", "differs", "decided", "entered"),
)
_FINDING_COLUMNS = ("batch_id", "number", "page", "row", "column", "code", "severity", "values")


def copy_rows(batch: Batch, rows: Iterable[Mapped], *, progress: Progress | None = None) -> int:
    """Put mapped rows beside the register by COPY, and what was said of them into findings.

    Committed a chunk at a time, so that others can see how far it is and memory stays flat; a batch that was left
    half-way begins again. Returns the number of rows.
    """
    StagedRow.objects.filter(batch=batch).delete()
    Finding.objects.filter(batch=batch).delete()
    number = 0
    while chunk := list(islice(rows := iter(rows), CHUNK)):
        with transaction.atomic():
            with connection.cursor() as cursor, cursor.copy(_copy(StagedRow, _ROW_COLUMNS)) as copy:
                for offset, row in enumerate(chunk, start=number + 1):
                    copy.write_row(_row(batch, offset, row))
            _copy_findings(
                _finding(batch, problem, offset, row)
                for offset, row in enumerate(chunk, start=number + 1)
                for problem in row.problems
            )
        number += len(chunk)
        if progress is not None:
            progress(number)
    return number


def note(batch: Batch, notes: Iterable[Note]) -> None:
    """What there is to say of the document as a whole."""
    _copy_findings(_finding(batch, Problem(note.code, values=note.values), None, None) for note in notes)


def check(batch: Batch, *, profile: Profile | None, today: date) -> None:
    """Run every rule over the batch, set by set. What rules found before goes first."""
    rules = list(RULES.values())
    Finding.objects.filter(batch=batch, code__in=list(RULES)).delete()
    table = Finding._meta.db_table
    with connection.cursor() as cursor:
        for statement in statements(rules):
            cursor.execute(
                f'INSERT INTO {table} (batch_id, number, page, row, "column", code, severity, "values")'  # noqa: S608
                ' SELECT %(batch)s, f.number, f.page, f.row, r."column", f.code, r.severity, f."values"'
                f' FROM ({statement}) AS f (code, number, page, row, "values")'
                " JOIN unnest(%(codes)s::text[], %(columns)s::text[], %(severities)s::text[])"
                ' AS r (code, "column", severity) USING (code)',
                {
                    "batch": batch.pk,
                    "today": today,
                    "codes": [rule.code for rule in rules],
                    "columns": [_label(profile, rule.about) for rule in rules],
                    "severities": [rule.severity for rule in rules],
                },
            )


def counts(batch: Batch) -> dict[str, int]:
    """Rows by match and findings by severity."""
    rows, findings = StagedRow._meta.db_table, Finding._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            # What the document no longer prints and somebody left is none of its rows.
            "SELECT CASE WHEN match = 'unchanged' AND number > %s THEN 'left'"  # noqa: S608
            f" ELSE coalesce(nullif(match, ''), 'unread') END, count(*) FROM {rows} WHERE batch_id = %s GROUP BY 1"
            f" UNION ALL SELECT severity || 's', count(*) FROM {findings} WHERE batch_id = %s GROUP BY 1",
            [batch.rows, batch.pk, batch.pk],
        )
        found = dict(cursor.fetchall())
    names = ("new", "unchanged", "correction", "ambiguous", "missing", "errors", "warnings", "notes")
    return {name: found.get(name, 0) for name in names}


def _copy(model: type, columns: Iterable[str]) -> str:
    quoted = ", ".join(f'"{column}"' for column in columns)
    return f"COPY {model._meta.db_table} ({quoted}) FROM STDIN"  # type: ignore[attr-defined]


def _row(batch: Batch, number: int, row: Mapped) -> list[Any]:
    result = row.result
    head = [batch.pk, number, row.page, row.sheet, row.line, row.row, row.force, row.fingerprint]
    printed = json.dumps(row.printed, ensure_ascii=False)
    if result is None:
        return [*head, printed, None, *[None] * len(CELLS), "", "", "[]", "{}", False, False]
    case = result["use_case"]
    # What is printed stands beside it already, and is the larger part: `entering` puts it back.
    source = {name: value for name, value in result["provenance"].items() if name != "printed"}
    mapped = json.dumps({**result, "provenance": source}, ensure_ascii=False)
    cells = [
        result["on"],
        result["place"]["name"],
        result["technology"],
        result["status"],
        case["code"] or case["label"],
        result["duration_minutes"],
        result["watchlist_size"],
        result["threshold"],
        row.false_alert_rate,
        *(result["figures"][name] for name in FIGURES),
    ]
    return [*head, printed, mapped, *cells, "", "", "[]", "{}", False, False]


def _finding(batch: Batch, problem: Problem, number: int | None, row: Mapped | None) -> list[Any]:
    place = [row.page, row.row or None] if row else [None, None]
    values = {key: value if isinstance(value, int) else str(value) for key, value in problem.values.items()}
    return [
        batch.pk,
        number,
        *place,
        problem.column[:120],
        problem.code,
        problem.severity,
        json.dumps(values),
    ]


def _copy_findings(findings: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(_copy(Finding, _FINDING_COLUMNS)) as copy:
        for finding in findings:
            copy.write_row(finding)


def _label(profile: Profile | None, about: str) -> str:
    if profile is None or not about:
        return about
    return next((label for label, column in profile.columns.items() if column.field == about), about)[:120]
