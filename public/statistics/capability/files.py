"""Force capability as CSV and JSON: the numbers of the page, and the statements behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from coordination.collation.capability import LIVE, NAMES, NOT_KNOWN, STANDINGS, Capability
from forces.models import LfrUse
from public.statistics.capability.shown import coverage, finding
from public.worlds import World
from register.spreadsheets import cell

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
COLUMNS = ("quarter", "last_day", *STANDINGS, NOT_KNOWN, "forces")
STATEMENT = ("force", "force_name", "status", "from", "to", "is_verified", "source", "source_url")


def rows(read: Capability) -> list[list[Any]]:
    """A row for each quarter, latest first, as in every table of time."""
    return [
        [
            row.quarter.code,
            row.quarter.last_day.isoformat(),
            *(row.counts[each] for each in (*STANDINGS, NOT_KNOWN)),
            row.forces,
        ]
        for row in reversed(read.rows)
    ]


def as_csv(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180, UTF-8, nothing that a spreadsheet would work out."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in line] for line in lines)
    return written.getvalue().encode()


def statement(use: LfrUse) -> list[Any]:
    """`to` is empty while it goes on, as far as is known."""
    return [
        use.force.code,
        use.force.name,
        use.status,
        use.period.lower.isoformat() if use.period.lower else None,
        use.last_day.isoformat() if use.last_day else None,
        use.is_verified,
        use.source,
        use.source_url,
    ]


def document(read: Capability, world: World, *, on: date) -> dict[str, Any]:
    definitions = {
        "quarter": (_("Quarter"), _("The quarter of a calendar year."), "text"),
        "last_day": (_("Last day"), _("The day on which each force is looked at."), "day"),
        **{
            each: (str(NAMES[each]), _("How many forces are known to have stood so on that day."), "whole")
            for each in STANDINGS
        },
        NOT_KNOWN: (
            str(NAMES[NOT_KNOWN]),
            _("Forces of which nothing is recorded for that day. It does not mean that they do not use it."),
            "whole",
        ),
        "forces": (
            _("Forces"),
            _("Territorial forces that existed on that day: the sum of the others."),
            "whole",
        ),
    }
    return {
        "table": "force-capability",
        "title": _("Force capability over time"),
        "finding": finding(read, world),
        "is_made_up": world.is_made_up,
        "realm": world.realm,
        "technology": LIVE,
        "dimension": "quarter",
        "read_on": on.isoformat(),
        "coverage": coverage(read),
        "licence": LICENCE,
        "columns": [
            {"name": name, "title": title, "definition": definition, "kind": kind}
            for name, (title, definition, kind) in definitions.items()
        ],
        "rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows(read)],
        "statements": [dict(zip(STATEMENT, statement(use), strict=True)) for use in read.statements],
        "forces_not_known": [{"force": force.code, "force_name": force.name} for force in read.unknown],
    }
