"""All records that a search finds, one after another, as they stand at one instant. Public; no scope is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from register.items import _ITEM, _JOINED
from register.search import Search

AT_ONCE = 500  # records fetched in one go

# One statement sees one state: the count in it is the count of the rows that follow.
_ALL = f"""
SELECT (SELECT count(*) FROM (<heads>) AS c), {_ITEM}
  FROM (<heads>) AS h {_JOINED} ORDER BY h."on" DESC, h.entry_id DESC
"""  # noqa: S608 - our own names


class Records:
    """The records' texts, latest first, as the list gives them; `count` says how many there are.

    A cursor of the database holds the place, so memory does not grow with their number. It lasts until the records
    are read to the end or `close()` is called, whichever comes first: somebody has to.
    """

    def __init__(self, search: Search) -> None:
        self._atomic: Any = transaction.atomic()
        self._atomic.__enter__()
        self._cursor: Any = None
        try:
            heads, values = search.heads().query.sql_with_params()
            self._cursor = connection.chunked_cursor()
            self._cursor.execute(_ALL.replace("<heads>", heads), [*values, *values])
            self._first = self._cursor.fetchmany(AT_ONCE)
        except BaseException as error:
            self._leave(error)
            raise
        self.count: int = self._first[0][0] if self._first else 0

    def __iter__(self) -> Iterator[str]:
        try:
            rows = self._first
            self._first = []
            while rows:
                for _count, text in rows:
                    yield text
                rows = self._cursor.fetchmany(AT_ONCE)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the database; a second time does nothing."""
        self._leave(None)

    def _leave(self, error: BaseException | None) -> None:
        if self._atomic is None:
            return
        atomic, self._atomic = self._atomic, None
        try:
            if self._cursor is not None and error is None:
                self._cursor.close()
        finally:
            atomic.__exit__(type(error) if error else None, error, None)
