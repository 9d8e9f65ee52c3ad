"""ODS workbooks, streamed from content.xml. Formulas are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from coordination.intake.extract.archive import BROKEN
from coordination.intake.extract.lines import Lines, printed
from coordination.intake.extract.stop import Stop

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TRACKED = f"{TABLE}tracked-changes"


def read_ods(path: Path, lines: Lines) -> None:
    """Write every sheet as one table."""
    try:
        with zipfile.ZipFile(path) as container, container.open("content.xml") as content:
            _read(content, lines)
    except etree.XMLSyntaxError as error:
        raise Stop("damaged", detail="ODS: content.xml") from error
    except BROKEN as error:
        raise Stop("damaged", detail=f"ODS: {type(error).__name__}") from error


def _read(content, lines: Lines) -> None:
    sheet, number, inside_changes = "", 0, 0
    events = etree.iterparse(
        content,
        events=("start", "end"),
        tag=(f"{TABLE}table", f"{TABLE}table-row", TRACKED),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for event, element in events:
        if element.tag == TRACKED:
            inside_changes += 1 if event == "start" else -1
        elif inside_changes:
            continue
        elif element.tag == f"{TABLE}table":
            if event == "start":
                sheet, number = element.get(f"{TABLE}name", "")[:100], 0
                lines.table(sheet=sheet)
        elif event == "end":
            repeated = _repeated(element, "rows")
            cells = _cells(element, sheet, number + 1, lines)
            if any(cells):
                for offset in range(1, min(repeated, lines.limits.rows + 1) + 1):
                    lines.row(number + offset, cells)
            number += repeated
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _cells(row, sheet: str, number: int, lines: Lines) -> list[str | None]:
    cells: list[str | None] = []
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        if cell.get(f"{TABLE}formula"):
            raise Stop("formula", cell=f"{_letters(len(cells))}{number}", sheet=sheet)
        text = _text(cell)
        repeated = _repeated(cell, "columns")
        if text is None and repeated > lines.limits.columns:
            continue
        cells.extend([text] * min(repeated, lines.limits.columns + 1))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _text(cell) -> str | None:
    """What the cell shows. A percentage or date is taken as shown, for that is what was published."""
    paragraphs = ["".join(paragraph.itertext()) for paragraph in cell.findall(f"{TEXT}p")]
    text = printed(" ".join(paragraphs))
    if text:
        return text
    value = cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}value")
    return printed(value) if value else None


def _repeated(element, what: str) -> int:
    try:
        return max(1, int(element.get(f"{TABLE}number-{what}-repeated", "1")))
    except ValueError as error:
        raise Stop("damaged", detail="ODS: number repeated") from error


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
