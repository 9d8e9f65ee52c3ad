"""Whether the statistics say of every record what it says now. They follow the register by a moment."""

from __future__ import annotations

from django.db import connection

_BEHIND = """
SELECT EXISTS (
  SELECT 1 FROM register_head h LEFT JOIN collation_counted c ON c.reference = h.reference
   WHERE h.realm = %s
     AND c.entry_id IS DISTINCT FROM CASE WHEN h.is_withdrawn OR h.is_redacted THEN NULL ELSE h.entry_id END)
"""


def statistics_are_behind(realm: str) -> bool:
    """Whether a record has changed that the statistics have not counted yet."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [realm])
        return bool(cursor.fetchone()[0])
