"""Tables in an HTML page."""

from __future__ import annotations

from pathlib import Path

from lxml import etree, html

from coordination.intake.extract.lines import Lines, printed
from coordination.intake.extract.stop import Stop

UNSEEN = ("script", "style", "template", "noscript")
MOST_SPAN = 100


def read_html(path: Path, lines: Lines) -> None:
    """Write every table that holds no other table. A spanned cell stands where it begins; the rest is empty."""
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = html.parse(str(path), parser=parser)
    except (etree.XMLSyntaxError, OSError) as error:
        if "memory" in str(error).lower():
            raise MemoryError from error
        raise Stop("damaged", detail="HTML") from error
    root = tree.getroot()
    if root is None:
        raise Stop("no_table")
    etree.strip_elements(root, *UNSEEN, with_tail=False)
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is not None:
            continue
        caption = table.findtext("caption")
        lines.table(sheet=(printed(caption) or "")[:100] or None)
        _write(table, lines)


def _write(table, lines: Lines) -> None:
    held: dict[int, int] = {}
    for number, row in enumerate(table.iter("tr"), start=1):
        cells: list[str | None] = []
        for cell in row.iterchildren("td", "th"):
            while held.get(len(cells), 0):
                held[len(cells)] -= 1
                cells.append(None)
            for break_ in cell.iter("br"):
                break_.tail = f" {break_.tail or ''}"
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            column = len(cells)
            cells.append(printed(cell.text_content()))
            cells.extend([None] * (width - 1))
            if len(cells) > lines.limits.columns:
                raise Stop("too_many_columns", row=number, limit=lines.limits.columns)
            for spanned in range(column, column + width):
                held[spanned] = height - 1
        while held.get(len(cells), 0):
            held[len(cells)] -= 1
            cells.append(None)
        lines.row(number, cells)


def _span(cell, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    if not text.isdecimal():
        return 1
    # Python refuses to read a number of thousands of digits.
    return MOST_SPAN if len(text) > 4 else min(max(1, int(text)), MOST_SPAN)
