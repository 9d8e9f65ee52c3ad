"""The columns of each CSV file, and how they are taken out of what the API answers as JSON.

Columns may be added at the end of a file; none is renamed or moved within version 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register.canonical import RESULT, schema

Record = Mapping[str, Any]
Column = tuple[str, Callable[[Record], Any]]


def at(*path: str) -> Callable[[Record], Any]:
    """The value at that path; None where something on the way is missing or null."""

    def find(record: Record) -> Any:
        value: Any = record
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    return find


def plain(*names: str) -> list[Column]:
    return [(name, at(name)) for name in names]


def _uses(force: Record) -> list[str]:
    """`live own 2024-04-01/2025-01-01`: technology, status, first day, first day it was no longer so."""
    return [
        f"{use['technology']} {use['status']} {use['from'] or '..'}/{use['until'] or '..'}"
        for use in force["uses"]
    ]


FIGURES = tuple(schema(RESULT)["properties"]["figures"]["properties"])
ABSENT = tuple(name for name in schema(RESULT)["properties"]["absent"]["properties"] if name not in FIGURES)

DEPLOYMENTS: tuple[Column, ...] = (
    *plain("reference", "version", "act", "state", "reason", "realm", "tier", "origin"),
    ("force_code", at("force", "code")),
    ("force_slug", at("force", "slug")),
    ("force_name", at("force", "name")),
    *((name, at("document", name)) for name in ("technology", "on", "ends_on", "started_at", "ended_at")),
    ("duration_minutes", at("document", "duration_minutes")),
    ("place", at("document", "place", "name")),
    ("area", at("document", "place", "area")),
    ("use_case", at("document", "use_case", "label")),
    ("use_case_code", at("document", "use_case", "code")),
    ("use_case_scheme", at("document", "use_case", "scheme")),
    *((name, at("document", name)) for name in ("status", "abort_reason", "watchlist_size")),
    *((f"algorithm_{name}", at("document", "algorithm", name)) for name in ("vendor", "product", "version")),
    ("threshold", at("document", "threshold")),
    *(
        column
        for name in FIGURES
        for column in (
            (name, at("document", "figures", name)),
            (f"{name}_absent", at("document", "absent", name, "code")),
            (f"{name}_method", at("document", "methods", name)),
        )
    ),
    *((f"{name}_absent", at("document", "absent", name, "code")) for name in ABSENT),
    ("quality", at("document", "quality")),
    *(
        (f"source_{name}", at("document", "provenance", name))
        for name in ("publisher", "document", "url", "sha256", "page", "row")
    ),
    *plain("first_entered_at", "entered_at", "sha256", "commitment"),
    ("schema", at("document", "schema")),
)
FORCES: tuple[Column, ...] = (
    *plain("code", "slug", "name", "area_name", "region", "body_type", "realm"),
    ("population", at("population", "people")),
    ("population_year", at("population", "year")),
    ("population_source", at("population", "source")),
    *plain("valid_from", "valid_until"),
    ("successors", lambda force: [each["slug"] for each in force["successors"]]),
    ("uses", _uses),
)
MEASURES: tuple[Column, ...] = tuple(
    plain(
        *("code", "label", "definition", "unit", "source", "comparing"),
        *("is_estimate", "numerator", "denominator"),
    )
)
STATISTICS: tuple[Column, ...] = (
    *plain("measure", "from", "to"),
    ("force_code", at("force", "code")),
    ("force_slug", at("force", "slug")),
    ("force_name", at("force", "name")),
    *plain("realm", "tier", "value", "code", "marks", "meanings", "numerator", "denominator"),
    ("lower_95", at("interval", "lower")),
    ("upper_95", at("interval", "upper")),
    *plain("records", "known"),
    *(
        (f"not_known_{name}", at("not_known", name))
        for name in ("not_published", "not_applicable", "aborted", "misleading")
    ),
    ("forces_with_records", at("coverage", "forces")),
    ("forces", at("coverage", "of")),
    ("other_bodies", at("coverage", "others")),
    *plain("completeness", "as_of", "records_at", "page_at"),
)
