"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

MEDIA_TYPE = "text/csv"
AT_ONCE = 500  # rows written in one go
FORMULA = frozenset("=+-@")


def is_formula(text: str) -> bool:
    """Whether some spreadsheet would work the text out, or lose its first character.

    Full-width and small forms count as what they look like; blanks and characters without a shape are looked past,
    as some programs do.
    """
    if not text:
        return False
    if unicodedata.category(text[0]) == "Cc":
        return True
    for character in text:
        if unicodedata.category(character)[0] not in "ZC":
            return unicodedata.normalize("NFKC", character)[:1] in FORMULA
    return False


def cell(value: Any) -> Any:
    """A value as it stands in a cell: null is empty, a list is joined, a formula is text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if is_formula(text) else text


def lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file, a few hundred rows at a time. Every text is quoted, so no comma or semicolon inside one splits it."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(headings)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if number % AT_ONCE == 0:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()
