"""Descriptions of the files for programs: Data Package v1 (Frictionless) and Metadata for Tabular Data (CSVW)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.archive.fields import TYPES, Field
from api.archive.packing import Member

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LICENCE_NAME = "Open Government Licence v3.0"
TITLE = "National register of police facial recognition: everything published"
SAYS = (
    "Every published deployment of live facial recognition by police in England and Wales with its source, what was "
    "changed since, and the national statistics made from them."
)


@dataclass(frozen=True, slots=True)
class Described:
    """A file of the archive and what is said of it; `fields` of a CSV only."""

    member: Member
    title: str
    fields: Sequence[Field] = ()


def written(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def data_package(files: Sequence[Described], *, as_of: datetime | None, version: str) -> bytes:
    said: dict[str, Any] = {
        "profile": "data-package",
        "name": "police-facial-recognition-register",
        "title": TITLE,
        "description": SAYS,
        "version": version,
        "licenses": [{"name": "OGL-UK-3.0", "path": LICENCE, "title": LICENCE_NAME}],
        # Readers of JSON lines take a file without any line for a broken one.
        "resources": [_resource(each) for each in files if each.fields or each.member.rows],
    }
    if as_of is not None:
        said["created"] = moment(as_of)
    return written(said)


def _resource(each: Described) -> dict[str, Any]:
    name, _, ending = each.member.name.rpartition(".")
    said: dict[str, Any] = {
        "name": name.replace("/", "-").lower() + ("" if ending == "csv" else f"-{ending}"),
        "path": each.member.name,
        "title": each.title,
        "format": ending,
        "mediatype": {"csv": "text/csv", "jsonl": "application/jsonl"}[ending],
        "encoding": "utf-8",
        "bytes": each.member.size,
        "hash": f"sha256:{each.member.sha256}",
        "rows": each.member.rows,
    }
    if each.fields:
        missing = sorted({code for field in each.fields for code in field.missing})
        said |= {
            "profile": "tabular-data-resource",
            "dialect": {
                "delimiter": ",",
                "lineTerminator": "\r\n",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
            },
            "schema": {"fields": [_field(field) for field in each.fields], "missingValues": ["", *missing]},
        }
    return said


def _field(field: Field) -> dict[str, Any]:
    said = {"name": field.name, "type": field.kind, "description": field.description}
    # An offset from UTC is part of what was published, and the plain format of this type has none.
    return {**said, "format": "any"} if field.kind == "datetime" else said


def csvw(each: Described, *, as_of: datetime | None) -> bytes:
    """Stands beside its CSV in the same folder, so the address in it is the bare name."""
    said: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-gb"}],
        "url": each.member.name.rpartition("/")[2],
        "dc:title": each.title,
        "dc:license": {"@id": LICENCE},
        "dialect": {
            "encoding": "utf-8",
            "header": True,
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "tableSchema": {"columns": [_column(field) for field in each.fields]},
    }
    if as_of is not None:
        said["dc:modified"] = {"@value": moment(as_of), "@type": "xsd:dateTime"}
    return written(said)


def _column(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "titles": [field.name],
        "dc:description": field.description,
        "datatype": TYPES[field.kind],
        "null": ["", *field.missing],
    }
