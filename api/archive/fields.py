"""What each column means and holds, once: the descriptions of the archive are made of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api import columns
from coordination.collation.published.grid import INSTEAD, Grid, Kind
from register import revision_rows
from register.canonical import RESULT, schema


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is one of TYPES. `missing` are texts that stand in place of a value and are none."""

    name: str
    kind: str
    description: str
    missing: tuple[str, ...] = ()


# Names of Frictionless Table Schema, and the datatypes of CSVW.
TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "dateTime",
    "year": "gYear",
    "yearmonth": "gYearMonth",
}
_DOCUMENT: dict[str, Any] = schema(RESULT)["properties"]
_ENTRY = {
    "act": ("string", "What the latest entry of the record did: original, correction or withdrawal."),
    "state": ("string", "standing, withdrawn or redacted. Only standing records are counted in statistics."),
    "reason": ("string", "Why it was corrected or withdrawn."),
    "version": ("integer", "The latest version of the record, counted from 1."),
    "realm": ("string", "Always national here."),
    "tier": (
        "string",
        "primary: the force's own record. secondary: press and other sources. Never add the two.",
    ),
    "origin": ("string", "submitted by the force, or collated: transcribed by the national centre."),
    "force_code": ("string", "Code of the force: the ONS code of a territorial force."),
    "force_slug": ("string", "Short name of the force, as in its address."),
    "force_name": ("string", "Name of the force."),
    "place": ("string", "Name of the place, as the force names it."),
    "area": ("string", "Borough, town or wider area."),
    "first_entered_at": ("datetime", "When it was first placed on the register, in UTC."),
    "entered_at": ("datetime", "When the latest entry was placed on the register, in UTC."),
    "sha256": ("string", "SHA-256 of the document's bytes; nothing once it was removed."),
    "commitment": ("string", "SHA-256 of the salt and the bytes together. It stays when the document goes."),
    "quality": ("string", "Codes for what to know about the record, parted by semicolons."),
}
_WORDS = {
    "_absent": "Why the value beside it is missing: not_published, not_applicable, aborted or misleading.",
    "_method": "How the figure was made: count, estimate, rounded, derived or not_stated.",
}


def _of_schema(described: dict[str, Any]) -> tuple[str, str]:
    types = described.get("type", "string")
    types = [types] if isinstance(types, str) else types
    kind = next((each for each in types if each in ("integer", "boolean")), "string")
    return {"date": "date", "date-time": "datetime"}.get(described.get("format", ""), kind), described[
        "description"
    ]


def _of_deployment(name: str) -> Field:
    if name in _ENTRY:
        return Field(name, *_ENTRY[name])
    for ending, words in _WORDS.items():
        if name.endswith(ending):
            return Field(name, "string", words)
    if name in _DOCUMENT["figures"]["properties"]:
        return Field(name, *_of_schema(_DOCUMENT["figures"]["properties"][name]))
    for group, prefix in (("use_case", "use_case_"), ("algorithm", "algorithm_"), ("provenance", "source_")):
        inner = _DOCUMENT[group]["properties"]
        if name.startswith(prefix) and name.removeprefix(prefix) in inner:
            return Field(name, *_of_schema(inner[name.removeprefix(prefix)]))
    if name == "use_case":
        return Field(name, "string", _DOCUMENT["use_case"]["properties"]["label"]["description"])
    return Field(name, *_of_schema(_DOCUMENT[name]))


DEPLOYMENTS: Sequence[Field] = [_of_deployment(name) for name, _get in columns.DEPLOYMENTS]

_REVISION = {
    "revision": "The name of the revision, which stays: the reference, the version and, of a removal, that.",
    "kind": "correction, withdrawal or removal.",
    "at": "When it was made, in UTC.",
    "reference": "Reference of the record.",
    "version": "The version that it made; of a removal, the one whose document went.",
    "reason": "Why. Nothing where the document that it belongs to was removed.",
    "changes": "How many rows the revision has; [x] a document was removed, so it cannot be told; [z] does not apply.",
    "field": "The field that says something else, by its path in the document.",
    "value": "What stood there. Texts in JSON for lists and objects.",
    "absent": "The code of why there was no value.",
    "why": "The words of why there was no value.",
    "method": "How the figure was made.",
}
_REVISION_KINDS = {"at": "datetime", "version": "integer", "changes": "integer"}


def _of_revision(name: str) -> Field:
    side, _, what = name.partition("_")
    if side in ("old", "new"):
        before = "Before: " if side == "old" else "After: "
        return Field(name, "string", before + _REVISION[what])
    if name not in _REVISION:
        return Field(name, *_ENTRY[name])
    missing = (revision_rows.NOT_TOLD, revision_rows.DOES_NOT_APPLY) if name == "changes" else ()
    return Field(name, _REVISION_KINDS.get(name, "string"), _REVISION[name], missing)


REVISIONS: Sequence[Field] = [_of_revision(name) for name in revision_rows.COLUMNS]

FORCES: Sequence[Field] = [
    Field("code", "string", "ONS code of a territorial force, or this register's code for another body."),
    Field("slug", "string", "Short name, as in addresses."),
    Field("name", "string", "Name."),
    Field("area_name", "string", "Its area."),
    Field("region", "string", "The region that it lies in."),
    Field("body_type", "string", "territorial for the 43 forces; other bodies are never counted among them."),
    Field("realm", "string", "Always national here."),
    Field("population", "integer", "People in its area; nothing where it is not held."),
    Field("population_year", "year", "The year of that number."),
    Field("population_source", "string", "Where that number is from."),
    Field("valid_from", "date", "First day of the body; nothing where it is not held."),
    Field("valid_until", "date", "First day on which it no longer was."),
    Field("successors", "string", "Short names of bodies that took over from it."),
    Field(
        "uses",
        "string",
        "How it stood to the technology over time: technology, status, first day/first day after.",
    ),
]
MEASURES: Sequence[Field] = [
    Field("code", "string", "Code of the measure."),
    Field("label", "string", "What it is called."),
    Field("definition", "string", "What is counted."),
    Field("unit", "string", "Unit."),
    Field("source", "string", "Where the definition is from."),
    Field("comparing", "string", "What it may be compared with."),
    Field("is_estimate", "boolean", "Whether the numbers are estimates."),
    Field("numerator", "string", "Of a rate: the measure above the line."),
    Field("denominator", "string", "Of a rate: the measure below the line."),
]
_GRID = {
    Kind.TEXT: "string",
    Kind.YEAR: "year",
    Kind.MONTH: "yearmonth",
    Kind.DAY: "date",
    Kind.WHOLE: "integer",
    Kind.DECIMAL: "number",
    Kind.STATUS: "string",
}


def of_table(grid: Grid) -> list[Field]:
    """Of a published table, whose codes in square brackets stand in place of numbers."""
    return [
        Field(column.name, _GRID[column.kind], str(column.definition), INSTEAD if column.has_codes else ())
        for column in grid.columns
    ]
