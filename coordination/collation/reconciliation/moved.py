"""Telling that records have changed on days of which somebody claims a total."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection

from forces.models import Force, Realm

# Nothing for days that no claim speaks of, which is what most publications are about.
_NOTE = """
INSERT INTO collation_moved (first, last)
SELECT %(first)s, %(last)s
 WHERE EXISTS (SELECT 1 FROM collation_claim WHERE first <= %(last)s AND last >= %(first)s)
"""


def note_moved(force: Force, days: Collection[date]) -> None:
    """Have the claims about these days held against the records again, soon after this transaction commits.

    The demonstration has no claims.
    """
    if days and force.realm == Realm.NATIONAL:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, {"first": min(days), "last": max(days)})


def note_all_moved() -> None:
    """Have every claim held against the records again."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"first": date.min, "last": date.max})
