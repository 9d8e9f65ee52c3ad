"""CSV (RFC 4180, UTF-8): a row of names, then a row for each row of the table, and none that adds them up, which
readers would add in again. Texts that a spreadsheet would work out get an apostrophe."""

from __future__ import annotations

import csv
import io

from coordination.collation.published.grid import Column, Value
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place
from register.spreadsheets import cell

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"


def write(table: Table, place: Place) -> bytes:
    grid = table.grid
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([column.name for column in grid.columns])
    for row in grid.rows:
        writer.writerow([text(column, value) for column, value in zip(grid.columns, row, strict=True)])
    return written.getvalue().encode()


def text(column: Column, value: Value) -> str:
    if isinstance(value, str):
        return str(cell(value))
    return f"{value:.{column.decimals}f}" if isinstance(value, float) else str(value)
