"""When each force's results on the register last changed. Public; no scope is needed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from forces.models import Force
from register.canonical import NOTICE

# For each force the first row of an index, where a maximum over all entries would read them all. Notices are left
# out: no figure is of them, and "as of" is said of figures.
_AT = f"""
greatest((SELECT e.entered_at FROM register_entry e
           WHERE e.force_id = f.id AND e.schema <> '{NOTICE}' ORDER BY e.id DESC LIMIT 1),
         (SELECT max(r.redacted_at) FROM register_redaction r JOIN register_entry e ON e.id = r.entry_id
           WHERE r.force_id = f.id AND e.schema <> '{NOTICE}'))
"""  # noqa: S608 - our own names
_LATEST = f"""
SELECT f.code, f.slug, f.name, {_AT} FROM forces_force f WHERE f.realm = %s ORDER BY f.name, f.code
"""  # noqa: S608 - our own names


# As above: the latest of those, of all forces of the realm or of one.
_LAST = f"SELECT max({_AT}) FROM forces_force f WHERE f.realm = %s AND f.id = coalesce(%s, f.id)"  # noqa: S608


class Changed(NamedTuple):
    """A force and when its latest entry or removal was; None if it has none."""

    code: str
    slug: str
    name: str
    at: datetime | None


def by_force(realm: str) -> list[Changed]:
    """Every force of a realm, by name, in one short query however many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [realm])
        return [Changed(*row) for row in cursor.fetchall()]


def last_changed(realm: str, force: Force | None = None) -> datetime | None:
    """When the register last changed, for a realm or one force: what figures are "as of", wherever they are shown.

    None if nothing was ever entered. The latest of the forces', not the last entry's: what was entered last may be
    dated earlier.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [realm, force.pk if force else None])
        row: tuple[datetime | None] = cursor.fetchone()
    return row[0]
