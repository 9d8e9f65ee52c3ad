"""ODS (OpenDocument), which government publishes first. Every text is a text, whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from odf import dc, meta, number, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet

from coordination.collation.published import words
from coordination.collation.published.formats.packing import NEVER, packed_again
from coordination.collation.published.formats.sheets import Sheet, workbook
from coordination.collation.published.grid import Value
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_CHARACTER = 0.21  # centimetres, on the safe side


def write(read: Table, place: Place) -> bytes:
    return written(workbook(read, place), title=words.title(read), at=read.reach.as_of)


def written(sheets: Iterable[Sheet], *, title: str, at: datetime | None) -> bytes:
    """Any workbook. `at` is the date it bears: the same sheets under the same date give the same bytes."""
    book = OpenDocumentSpreadsheet()
    styles = _Styles(book)
    named = table.DatabaseRanges()
    for sheet in sheets:
        _put(book, sheet, styles, named)
    book.spreadsheet.addElement(named)
    dated = (at or NEVER).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for kept in list(book.meta.childNodes):
        book.meta.removeChild(kept)
    for element, said in (
        (meta.Generator, "National register of police facial recognition"),
        (dc.Title, title),
        (dc.Language, "en-GB"),
        (meta.CreationDate, dated),
        (dc.Date, dated),
    ):
        book.meta.addElement(element(text=said))
    file = io.BytesIO()
    book.write(file)
    return packed_again(file.getvalue(), first="mimetype", canonical=True)


class _Styles:
    """The styles of a workbook, each made when it is first wanted."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[object, Any] = {}
        default = style.DefaultStyle(family="table-cell")
        default.addElement(
            style.TextProperties(fontsize="12pt", language="en", country="GB", fontfamily="Arial")
        )
        book.styles.addElement(default)
        self.title = self._text("Title", fontsize="16pt", fontweight="bold")
        self.heading = self._text("Heading", fontweight="bold", wrapped=True)
        self.wrapped = self._text("Wrapped", wrapped=True)
        self.plain = self._text("Plain")

    def _text(self, name: str, *, wrapped: bool = False, **properties: str) -> Any:
        made = style.Style(name=name, family="table-cell")
        if wrapped:
            made.addElement(style.TableCellProperties(wrapoption="wrap", verticalalign="top"))
        if properties:
            made.addElement(style.TextProperties(**properties))
        self.book.styles.addElement(made)
        return made

    def of_width(self, characters: int) -> Any:
        key = ("width", characters)
        if key not in self.made:
            made = style.Style(name=f"W{characters}", family="table-column")
            made.addElement(style.TableColumnProperties(columnwidth=f"{characters * _CHARACTER:.2f}cm"))
            self.book.automaticstyles.addElement(made)
            self.made[key] = made
        return self.made[key]

    def of_decimals(self, decimals: int) -> Any:
        key = ("decimals", decimals)
        if key not in self.made:
            shown = number.NumberStyle(name=f"N{decimals}")
            shown.addElement(number.Number(minintegerdigits="1", decimalplaces=str(decimals)))
            made = style.Style(name=f"C{decimals}", family="table-cell", datastylename=f"N{decimals}")
            self.book.automaticstyles.addElement(shown)
            self.book.automaticstyles.addElement(made)
            self.made[key] = made
        return self.made[key]


def _put(book: Any, sheet: Sheet, styles: _Styles, named: Any) -> None:
    page = table.Table(name=sheet.name)
    for width in sheet.widths:
        page.addElement(table.TableColumn(stylename=styles.of_width(width)))
    page.addElement(_row([_text(sheet.title, styles.title)]))
    for line in sheet.lines:
        page.addElement(_row([_text(line, styles.wrapped if sheet.block is None else styles.plain)]))
    if (block := sheet.block) is not None:
        top = len(sheet.lines) + 2
        header = table.TableHeaderRows()
        header.addElement(_row([_text(each, styles.heading) for each in block.headings]))
        page.addElement(header)
        for row in block.rows:
            page.addElement(
                _row(
                    [
                        _value(value, block.decimals[at] if block.decimals else 0, styles)
                        for at, value in enumerate(row)
                    ]
                )
            )
        quoted = sheet.name.replace("'", "''")
        last = f"{_letters(len(block.headings))}{top + len(block.rows)}"
        where = f"'{quoted}'.A{top}:'{quoted}'.{last}"
        named.addElement(
            table.DatabaseRange(name=block.name, targetrangeaddress=where, displayfilterbuttons="false")
        )
    book.spreadsheet.addElement(page)


def _row(cells: list[Any]) -> Any:
    row = table.TableRow()
    for cell in cells:
        row.addElement(cell)
    return row


def _text(said: str, stylename: Any) -> Any:
    cell = table.TableCell(valuetype="string", stylename=stylename)
    cell.addElement(text.P(text=said))
    return cell


def _value(value: Value, decimals: int, styles: _Styles) -> Any:
    if isinstance(value, str):
        return _text(value, styles.wrapped)
    shown = f"{value:.{decimals}f}" if isinstance(value, float) else str(value)
    cell = table.TableCell(
        valuetype="float",
        value=repr(value),
        stylename=styles.of_decimals(decimals if isinstance(value, float) else 0),
    )
    cell.addElement(text.P(text=shown))
    return cell


def _letters(number: int) -> str:
    """The name of a column: A, B … Z, AA."""
    said = ""
    while number:
        number, place = divmod(number - 1, 26)
        said = chr(ord("A") + place) + said
    return said
