"""Reads published tables back with code that had no part in writing them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from csvw import Table as Described
from csvw.metadata import CSVW
from lxml import etree
from python_calamine import CalamineWorkbook

from coordination.collation.published.formats import FORMATS
from coordination.collation.published.grid import Kind
from coordination.collation.published.reading import Table
from coordination.collation.published.words import Place

PLACE = Place("https://register.example/statistics/a-table/")
FIRST_SHEETS = ["Cover", "Contents", "Notes", "Codes", "Definitions"]


def written(table: Table, ending: str) -> bytes:
    return FORMATS[ending].write(table, PLACE)


def expected(table: Table, *, total: bool = False):
    """Every cell as it was read: rows of (name of the column, value)."""
    grid = table.grid
    rows = [*grid.rows, *([grid.total] if total and grid.total else [])]
    return [dict(zip((column.name for column in grid.columns), row, strict=True)) for row in rows]


def typed(table: Table, row: dict[str, str]) -> dict[str, object]:
    """Texts of a CSV as the kinds of their columns say."""
    kinds = {column.name: column.kind for column in table.grid.columns}

    def of(name: str, text: str) -> object:
        if text.startswith("[") or kinds[name] not in (Kind.WHOLE, Kind.DECIMAL, Kind.YEAR):
            return text
        return float(text) if kinds[name] is Kind.DECIMAL else int(text)

    return {name: of(name, text) for name, text in row.items()}


def from_csv(table: Table):
    return [
        typed(table, row) for row in csv.DictReader(io.StringIO(written(table, "csv").decode(), newline=""))
    ]


def from_json(table: Table, *, total: bool = False):
    said = json.loads(written(table, "json"))
    return [*said["rows"], *([said["total"]] if total and said["total"] else [])]


def from_csvw(table: Table, folder: Path):
    """By its metadata alone, and valid by it: codes come back as no number."""
    metadata = written(table, "csv-metadata.json")
    # Its address as the metadata gives it, filters included.
    file = folder / json.loads(metadata)["url"]
    file.write_bytes(written(table, "csv"))
    described = folder / "metadata.json"
    described.write_bytes(metadata)
    checked = CSVW(str(file), md_url=str(described), validate=True)
    assert checked.is_valid, checked.warnings
    read = Described.from_file(described)
    return list(read.iterdicts(strict=True))


def from_workbook(table: Table, ending: str, folder: Path):
    """The rows of all its tables put together again, with the total last."""
    path = folder / f"table.{ending}"
    path.write_bytes(written(table, ending))
    with CalamineWorkbook.from_path(path) as book:
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    assert list(sheets)[: len(FIRST_SHEETS)] == FIRST_SHEETS
    return together(table, [rows for name, rows in sheets.items() if name not in FIRST_SHEETS]), sheets


def together(table: Table, sheets):
    named = {str(column.title): column.name for column in table.grid.columns}
    found: list[dict[str, object]] = []
    for sheet in sheets:
        top = next(number for number, row in enumerate(sheet) if all(row) and len(row) > 1)
        for number, row in enumerate(sheet[top + 1 :]):
            if number == len(found):
                found.append({})
            cells = zip((named[title] for title in sheet[top]), row, strict=True)
            found[number] |= {name: "" if value == "none" else value for name, value in cells}
    return found


def members(data: bytes):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def as_xml(data: bytes):
    return {
        name: etree.fromstring(content) for name, content in members(data).items() if name.endswith(".xml")
    }


def by_libreoffice(paths: Sequence[Path], folder: Path) -> dict[Path, list[Path]]:
    """Every sheet of each as CSV, as LibreOffice opens it; a test is skipped aloud where there is none."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not on this machine: ODS and XLSX were not opened by it")
    # -1 as last token writes each sheet to a file of its own.
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [program, f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", folder, *paths], check=True, timeout=280, capture_output=True)
    return {path: sorted(folder.glob(f"{path.stem}-*.csv")) for path in paths}
