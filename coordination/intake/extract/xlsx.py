"""XLSX workbooks, streamed, as a reader of the sheet sees them. Formulas are refused."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zlib
from pathlib import Path
from typing import BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from coordination.intake.extract.lines import Lines, printed
from coordination.intake.extract.stop import Stop

PERCENT = re.compile(r"0(?:\.(0+))?%")


def read_xlsx(path: Path, lines: Lines) -> None:
    """Write every visible sheet as one table."""
    warnings.simplefilter("ignore")
    try:
        # Opened here, because openpyxl judges a path by its name.
        with path.open("rb") as file:
            _read(file, lines)
    except (Stop, MemoryError):
        raise
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        SyntaxError,
        zlib.error,
    ) as error:
        raise Stop("damaged", detail=f"XLSX: {type(error).__name__}") from error


def _read(file: BinaryIO, lines: Lines) -> None:
    # data_only=False: with cached values a formula would pass for a figure that somebody typed.
    most, width = lines.limits.rows, 0
    workbook = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            lines.note("hidden_sheet", sheet=sheet.title[:100])
            continue
        # The size a file declares for its sheet is a claim; the rows themselves are counted.
        sheet.reset_dimensions()
        lines.table(sheet=sheet.title[:100])
        # One row more than is allowed: a row that says it is the 4,294,967,295th must not be counted up to.
        for number, row in enumerate(sheet.iter_rows(max_row=most + 1), start=1):
            if number > most:
                raise Stop("too_many_rows", limit=most)
            width += len(row)
            if width > lines.limits.cells:
                raise Stop("too_many_cells", limit=lines.limits.cells)
            if len(row) > lines.limits.columns and any(cell.value is not None for cell in row):
                row = _trimmed(row)
            cells = []
            for cell in row:
                if cell.data_type == "f":
                    raise Stop("formula", cell=cell.coordinate, sheet=sheet.title[:100])
                cells.append(_printed(cell.value, cell.number_format if cell.value is not None else ""))
            lines.row(number, cells)


def _trimmed(row: tuple) -> tuple:
    last = max(index for index, cell in enumerate(row) if cell.value is not None)
    return row[: last + 1]


def _printed(value: object, number_format: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}h{minutes % 60:02d}m"
    if isinstance(value, int | float):
        percent = PERCENT.search(number_format)
        if percent:
            return f"{value * 100:.{len(percent[1] or '')}f}%"
        return str(int(value)) if float(value).is_integer() else repr(value)
    return printed(str(value))
