"""The published deployments that come with the project: figures in our own schema, with their provenance.

`reference/deployments-primary.jsonl` and `-secondary.jsonl` hold one mapped row a line, made by
`manage.py export_reference` from the published documents. They go through the same matching and acceptance as any
import, so that importing the documents later changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from coordination.intake import actions, staging
from coordination.intake.headed import Mapped
from coordination.intake.models import Batch, Document
from coordination.intake.profile import profiles
from forces.clock import db_now

FOLDER = Path(settings.BASE_DIR) / "reference"
FILES = ("deployments-primary.jsonl", "deployments-secondary.jsonl")


def load() -> str:
    """What `manage.py load_reference` runs: returns one line for the terminal."""
    entered = standing = 0
    for name in FILES:
        for document, rows in _by_document(FOLDER / name):
            batch = load_document(document, rows)
            entered += batch.counts.get("entered", 0) if batch else 0
            standing += len(rows)
    return f"{standing} published deployments, {entered} of them new"


def load_document(document: dict[str, Any], rows: list[dict[str, Any]]) -> Batch | None:
    """Take in the rows of one document, unless exactly these were taken in, or undone, before."""
    at = db_now()
    label = f"reference {_digest(rows)[:16]}"
    with transaction.atomic():
        known, _made = Document.objects.get_or_create(
            sha256=document["sha256"],
            defaults={"name": document["name"], "state": Document.State.NOT_HELD, "received_at": at},
        )
        if Batch.objects.filter(document=known, asked_profile=label).exists():
            return None
        profile = profiles()[document["profile"]]
        batch = Batch.objects.create(
            document=known,
            asked_profile=label,
            profile=profile.name,
            series=profile.series,
            tier=profile.tier,
            requested_at=at,
        )
        batch.rows = staging.copy_rows(batch, (_mapped(row) for row in rows))
        actions.check_staged(batch, profile, at=at)
        batch.state, batch.staged_at = Batch.State.STAGED, at
        batch.save()
        return actions.accept(batch, by=None, at=at)


def line_of(row: Mapped, document: dict[str, str]) -> str:
    """One mapped row as a line of a reference file."""
    place = {"page": row.page, "sheet": row.sheet, "row": row.row, "line": row.line}
    fields = {
        "document": document,
        "place": {name: value for name, value in place.items() if value is not None},
        "force": row.force,
        "fingerprint": row.fingerprint,
        "false_alert_rate": row.false_alert_rate,
        "result": row.result,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _by_document(path: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for sha256, group in groupby(rows, key=lambda row: row["document"]["sha256"]):
        found = list(group)
        assert found[0]["document"]["sha256"] == sha256  # noqa: S101
        yield found[0]["document"], found


def _mapped(row: dict[str, Any]) -> Mapped:
    place = row["place"]
    return Mapped(
        page=place.get("page"),
        sheet=place.get("sheet"),
        row=place["row"],
        line=place["line"],
        force=row["force"],
        printed=row["result"]["provenance"]["printed"],
        fingerprint=row["fingerprint"],
        result=row["result"],
        false_alert_rate=row["false_alert_rate"],
    )


def _digest(rows: Iterable[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()
