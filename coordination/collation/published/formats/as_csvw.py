"""What the columns of the CSV mean, for programs: Metadata Vocabulary for Tabular Data (W3C, 17 December 2015)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.collation.published import words
from coordination.collation.published.dimensions import Dimension
from coordination.collation.published.grid import INSTEAD, Column, Kind
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

MEDIA_TYPE = "application/csvm+json"
DATATYPES: dict[Kind, Any] = {
    Kind.TEXT: "string",
    Kind.YEAR: "gYear",
    Kind.MONTH: "gYearMonth",
    Kind.DAY: "date",
    Kind.WHOLE: {"base": "integer", "minimum": 0},
    Kind.DECIMAL: {"base": "number", "minimum": 0},
    Kind.STATUS: {"base": "string", "format": "([a-z]( [a-z])*)?"},
}


def write(table: Table, place: Place) -> bytes:
    asked = urlencode(table.question.words(table.published))
    file = f"{table.published.code}.csv"
    said: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": get_language() or "en-gb"}],
        "url": f"{file}?{asked}" if asked else file,
        "dc:title": words.title(table),
        "dc:description": str(table.published.says),
        "dc:source": {"@id": place.of(table)},
        "dc:license": {"@id": words.LICENCE},
        "dc:bibliographicCitation": words.citation(table, place),
        "rdfs:comment": words.notes(table),
        "dialect": {
            "encoding": "utf-8",
            "header": True,
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "tableSchema": {
            "columns": [_described(column) for column in table.grid.columns],
            "primaryKey": _key(table.published.dimension),
        },
    }
    if table.reach.as_of is not None:
        said["dc:modified"] = {"@value": words.moment(table.reach.as_of), "@type": "xsd:dateTime"}
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _described(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": [column.name],
        "dc:title": str(column.title),
        "dc:description": str(column.definition),
        "datatype": DATATYPES[column.kind],
    }
    if column.has_codes:
        described["null"] = list(INSTEAD)
        described["dc:description"] += " " + _("A code in square brackets stands where there is no number.")
    return described


def _key(dimension: Dimension) -> str | list[str]:
    names = [column.name for column in dimension.columns[: dimension.keys]]
    return names[0] if len(names) == 1 else names
