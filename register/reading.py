"""One question to the database in one round trip: prepared once for each connection, answered as bytes.

Django's own cursor writes the values into the text of each statement, so that PostgreSQL plans it anew each time, and
asks first whether the connection still lives. Public reads are the same few statements again and again; here they are
prepared, and a connection that has died is found out by the statement itself, which is then asked once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection


class _Prepared(psycopg.Cursor[Any]):
    """Leaves the values to the server, and the plan too."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, prepare=True, **more)


def ask(statement: str, values: Mapping[str, Any]) -> list[list[bytes | None]]:
    """All rows, each value as PostgreSQL writes it, in UTF-8. Reads only: the statement may run twice.

    Values stand in the statement as `%(name)s`. Its text is kept by PostgreSQL for each connection, so it must not hold
    what people ask for; codes of a closed list may stand in it, which lets each have a plan of its own.
    """
    try:
        return _asked(statement, values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _asked(statement, values)


def _asked(statement: str, values: Mapping[str, Any]) -> list[list[bytes | None]]:
    connection.health_check_done = True  # type: ignore[attr-defined]  # the statement is the check
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:  # Django's way to say never; its own cursors cannot prepare in any case
        raw.prepare_threshold = 0
    made = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with made(_Prepared(raw)) as cursor:  # type: ignore[arg-type]
        cursor.execute(statement, values)
        found = cursor.pgresult
        columns = range(found.nfields)
        return [[found.get_value(row, column) for column in columns] for row in range(found.ntuples)]
