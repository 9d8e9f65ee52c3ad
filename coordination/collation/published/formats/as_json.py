"""JSON: the rows by the names of their columns, with all that must be said beside them."""

from __future__ import annotations

import json
from typing import Any

from coordination.collation.published import words
from coordination.collation.published.grid import Column, Value
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

MEDIA_TYPE = "application/json"


def write(table: Table, place: Place) -> bytes:
    return json.dumps(said(table, place), ensure_ascii=False, indent=1).encode()


def said(table: Table, place: Place) -> dict[str, Any]:
    question, grid, covers = table.question, table.grid, table.coverage
    force = question.force
    return {
        "table": table.published.code,
        "title": words.title(table),
        "says": str(table.published.says),
        "is_made_up": words.is_made_up(table),
        "realm": question.realm,
        "tier": question.tier,
        "technology": question.technology,
        "force": None if force is None else {"code": force.code, "slug": force.slug, "name": force.name},
        "from_year": question.first_year,
        "to_year": question.last_year,
        "dimension": table.published.dimension.code,
        "period": None
        if table.total is None
        else {"from": table.total.period.first.isoformat(), "to": table.total.period.last.isoformat()},
        "first_record_on": table.reach.first.isoformat() if table.reach.first else None,
        "last_record_on": table.reach.last.isoformat() if table.reach.last else None,
        "as_of": words.moment(table.reach.as_of),
        "coverage": None
        if covers is None
        else {
            "forces": covers.counted,
            "of": covers.territorial,
            "others": list(covers.others),
            "phrase": covers.phrase,
        },
        "source": words.source(table),
        "citation": words.citation(table, place),
        "licence": words.LICENCE,
        "notes": words.notes(table),
        "shorthand": dict(words.shorthand(table)),
        "columns": [
            {
                "name": column.name,
                "title": str(column.title),
                "definition": str(column.definition),
                "kind": column.kind.value,
            }
            for column in grid.columns
        ],
        "rows": [_named(grid.columns, row) for row in grid.rows],
        "total": None if grid.total is None else _named(grid.columns, grid.total),
    }


def _named(columns: tuple[Column, ...], row: tuple[Value, ...]) -> dict[str, Value]:
    return {column.name: value for column, value in zip(columns, row, strict=True)}
