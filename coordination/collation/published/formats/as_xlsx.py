"""XLSX. Every text is a text, whatever it begins with: none is worked out."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as NamedTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from coordination.collation.published import words
from coordination.collation.published.formats.packing import NEVER, packed_again
from coordination.collation.published.formats.sheets import Block, Sheet, workbook
from coordination.collation.published.grid import Value
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write(table: Table, place: Place) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in workbook(table, place):
        _put(book.create_sheet(sheet.name), sheet)
    at = (table.reach.as_of or NEVER).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = at
    book.properties.creator = "National register of police facial recognition"
    book.properties.title = words.title(table)
    book.properties.language = "en-GB"
    written = io.BytesIO()
    # Not book.save(): it would write the hour.
    ExcelWriter(book, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED)).save()
    return packed_again(written.getvalue(), first="[Content_Types].xml")


def _put(page: Worksheet, sheet: Sheet) -> None:
    _cell(page, 1, 1, sheet.title)
    page.cell(1, 1).font = Font(bold=True, size=16)
    for number, line in enumerate(sheet.lines, 2):
        _cell(page, number, 1, line)
        page.cell(number, 1).alignment = _WRAPPED if sheet.block is None else Alignment()
    for place, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    if sheet.block is not None:
        _table(page, sheet.block, len(sheet.lines) + 2)


def _table(page: Worksheet, block: Block, top: int) -> None:
    for place, heading in enumerate(block.headings, 1):
        _cell(page, top, place, heading)
        page.cell(top, place).font = Font(bold=True)
        page.cell(top, place).alignment = _WRAPPED
    for number, row in enumerate(block.rows, top + 1):
        for place, value in enumerate(row, 1):
            _cell(page, number, place, value)
            if isinstance(value, str):
                page.cell(number, place).alignment = _WRAPPED
            elif block.decimals:
                page.cell(number, place).number_format = _shown(block.decimals[place - 1], value)
    last = f"{get_column_letter(len(block.headings))}{top + max(len(block.rows), 1)}"
    if block.rows:
        named = NamedTable(displayName=block.name, ref=f"A{top}:{last}")
        named.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        page.add_table(named)


def _shown(decimals: int, value: Value) -> str:
    if isinstance(value, float):
        return "0." + "0" * decimals
    # Years are numbers too: 2,024 is not one.
    return "0"


def _cell(page: Worksheet, row: int, column: int, value: Value) -> None:
    cell = page.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
