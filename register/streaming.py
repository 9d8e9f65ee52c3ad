"""The rows of one statement, a few at a time: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction


class Rows:
    """What a statement finds, as it stands at one instant. Its first column says in each row how many there are.

    A cursor of the database holds the place. It lasts until the rows are read to the end or `close()` is called,
    whichever comes first: somebody has to.
    """

    def __init__(self, statement: str, values: Any, *, at_once: int) -> None:
        self._at_once = at_once
        self._atomic: Any = transaction.atomic()
        self._atomic.__enter__()
        self._cursor: Any = None
        try:
            self._cursor = connection.chunked_cursor()
            self._cursor.execute(statement, values)
            self._first = self._cursor.fetchmany(at_once)
        except BaseException as error:
            self._leave(error)
            raise
        self.is_empty = not self._first
        self.count: int = 0 if self.is_empty else self._first[0][0]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        try:
            rows = self._first
            self._first = []
            while rows:
                yield from rows
                rows = self._cursor.fetchmany(self._at_once)
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
