"""Makes the files that the tests read: small PDF grids, workbooks, and files that are not what they say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "intake"

CODES_HEADING = [
    "Deployment Location", "Date", "Duration of Deployment", "LFR Purpose Reference / LFR Purpose",
    "Watchlist Size", "Min Threshold Setting", "Total Alerts", "True Alerts Confirmed", "Unconfirmed",
    "False Alerts Confirmed Unconfirmed Confirmed", "False Alert Rate", "Engagement Outcomes Arrest",
    "Other Disposal", "No Action", "Faces seen (Estimate )",
]  # fmt: skip
WORDS_HEADING = [
    "Deployment Location", "Date", "Duration", "LFR Use Case", "Watchlist Size", "Min Threshold Setting",
    "Total Alerts", "True Alerts Confirmed", "Unconfirmed", "False Alerts Confirmed", "Unconfirmed",
    "False Alert Rate", "Engagement Outcomes Arrest", "Other Disposal", "No Action", "Faces seen (Estimate)",
]  # fmt: skip
HEADING_2025 = [
    "Deployment Location", "Date", "Duration", "LFR Use Case", "Watchlist Size", "Min Threshold Setting",
    "Total Alerts", "True Alerts Confirmed", "True Alerts Unconfirmed", "False Alerts Confirmed",
    "False Alerts Unconfirmed", "False Alert Rate", "Outcome - Arrest", "Outcome - Other", "No action",
    "Faces seen (estimate)",
]  # fmt: skip
HEADING_2020 = [
    "Deployment", "Date", "Purpose Reference", "Watchlist Size", "Total Alerts",
    "False Alert/Confirmed False Alerts", "False Alert Engagements", "True Alerts", "True Alert Engagements",
    "Arrests/Disposals", "Faces seen (Estimate)", "False Alert Rate",
]  # fmt: skip


def row_of(text: str) -> list[str]:
    """A row of cells, written with bars between them."""
    return text.split("|")


# Made-up places and figures, in the shape of a published grid with its traps.
CODES_ROWS = [
    row_of("Market Square|06/04/23|5h03m|1,2,3,4|9764|0.6|1|1|0|0|0|0%|1|0|0|5460"),
    row_of("Station Approach, Northgate|20/04/23|5h40|1,2,3,4|9816|0.6|3|1|1|1|0|0.08%|0|2|2|1123"),
    row_of("Old Bridge|10/01/24|4hr 47m|1,2,3,4|12418|0.6|1|1|1|0|0|0%|1|0|0|21,940"),
]
WORDS_ROWS = [
    row_of("High St, Eastfield|17/09/24|5h 55m|Crime Hotspot|15505|0.64|2|2|0|0|0|0%|1|1|1|14245"),
    row_of("Belgrave|24/10/24|4h 10m|Crime Hotspot|14858|0.64|0|0|0|0|0|0%|0|0|0|10520"),
]
BROKEN_OFF = ["Rd, Riverside"] + [""] * 15
LAST_ROW = row_of("Canal Walk|30/10/24|8h0m|Event PSO|14415|0.64|5|5|0|0|0|0%|2|3|3|10780")
KEY = [["Reference", "Purpose"], ["1.", "Locating suspects"], ["2.", "Locating people wanted by the courts"]]

TableSpec = list[list[str]]


def pdf(pages: Sequence[Sequence[TableSpec]], *, locked: bool = False) -> bytes:
    """A PDF of ruled tables, one list of tables for each page. The same input gives the same bytes."""
    contents = [_page_content(tables) for tables in pages]
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for content in contents:
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1200 800] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _document(objects, locked=locked)


def pictures_pdf() -> bytes:
    """A PDF whose one page is a picture, as a scanner makes it."""
    pixels = "80" * 16 + ">"
    content = "q 500 0 0 500 50 50 cm /Im1 Do Q"
    return _document(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /XObject << /Im1 5 0 R >> >> "
            "/Contents 4 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
            "<< /Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            f"/Filter /ASCIIHexDecode /Length {len(pixels)} >>\nstream\n{pixels}\nendstream",
        ]
    )


def two_layouts_pdf() -> bytes:
    """Two layouts, a key to the codes, and a row that is broken over a page."""
    return pdf(
        [
            [[CODES_HEADING], CODES_ROWS],
            [KEY],
            [[WORDS_HEADING, *WORDS_ROWS]],
            [[BROKEN_OFF, LAST_ROW]],
        ]
    )


def xlsx(rows: Sequence[Sequence[object]], *, formula_at: str = "") -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Deployments"
    for row in rows:
        sheet.append(list(row))
    if formula_at:
        sheet[formula_at] = "=SUM(A1:A2)"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def ods(rows: Sequence[Sequence[str]], *, formula: bool = False) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Deployments")
    for row in rows:
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    if formula:
        line = TableRow()
        line.addElement(TableCell(valuetype="float", value="3", formula="of:=[.A1]+1"))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def html(rows: Sequence[Sequence[str]]) -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<!doctype html><html><body><p>Published.</p><table>{lines}</table></body></html>".encode()


def csv(rows: Sequence[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    import csv as writer

    out = io.StringIO(newline="")
    writer.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return out.getvalue()


def with_member(workbook: bytes, name: str, content: bytes) -> bytes:
    """The same container with one part put in or replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as container:
        members = {member: container.read(member) for member in container.namelist()}
    return archive({**members, name: content})


def _page_content(tables: Sequence[TableSpec]) -> str:
    top = 760.0
    parts = ["0.5 w"]
    for table in tables:
        width = 1140 / len(table[0])
        for row in table:
            for index, cell in enumerate(row):
                left = 30 + index * width
                parts.append(f"{left:.1f} {top - 60:.1f} {width:.1f} 60 re S")
                for number, words in enumerate(_lines(cell)):
                    parts.append(
                        f"BT /F1 6 Tf {left + 3:.1f} {top - 10 - number * 8:.1f} Td ({_escaped(words)}) Tj ET"
                    )
            top -= 60
        top -= 40
    return "\n".join(parts)


def _lines(cell: str) -> list[str]:
    lines, line = [], ""
    for word in cell.split():
        if line and len(line) + len(word) > 14:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else []


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _document(objects: Sequence[str], *, locked: bool = False) -> bytes:
    bodies = list(objects)
    trailer = f"/Size {len(bodies) + 1} /Root 1 0 R"
    if locked:
        bodies.append(f"<< /Filter /Standard /V 1 /R 2 /O <{'AB' * 32}> /U <{'CD' * 32}> /P -4 >>")
        trailer += f" /Encrypt {len(bodies)} 0 R /ID [<{'EF' * 16}> <{'EF' * 16}>]"
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    ending = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}trailer\n<< {trailer} >>\n"
    return out + f"{ending}startxref\n{start}\n%%EOF\n".encode()


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / "two-layouts.pdf").write_bytes(two_layouts_pdf())
