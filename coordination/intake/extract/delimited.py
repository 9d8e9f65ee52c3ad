"""CSV and its relatives: comma, semicolon, tab or bar; UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from coordination.intake.extract.kinds import MARKS
from coordination.intake.extract.limits import MIB
from coordination.intake.extract.lines import Lines, printed
from coordination.intake.extract.stop import Stop

DELIMITERS = ",;\t|"
SAMPLE_LINES = 60


def read_delimited(path: Path, lines: Lines) -> None:
    """Write the rows of one table. `line` is the row's first line in the file, as a text editor counts."""
    encoding = _encoding(path)
    if encoding not in ("utf-8", "utf-8-sig"):
        lines.note("encoding", encoding=encoding)
    csv.field_size_limit(lines.limits.cell_chars * 2)
    delimiter = _delimiter(path, encoding)
    lines.table()
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            start = 1
            for cells in reader:
                lines.row(start, [printed(cell) for cell in cells])
                start = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise Stop("cell_too_long", row=start, limit=lines.limits.cell_chars) from error
        raise Stop("damaged", detail=f"CSV, line {start}: {error}") from error


def _encoding(path: Path) -> str:
    """The first encoding in which the whole file is text. UTF-8 is tried before Windows-1252."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((encoding for start, encoding in MARKS.items() if head.startswith(start)), None)
    problem = 0
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while text := file.read(MIB):
                    if "\0" in text:
                        raise Stop("unknown_kind")
        except UnicodeError as error:
            problem = getattr(error, "start", 0)
            continue
        return encoding
    raise Stop("not_text", byte=problem)


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that gives the most columns in the most alike rows of the first lines."""
    with path.open(encoding=encoding, newline="") as file:
        sample = [line for _, line in zip(range(SAMPLE_LINES), file, strict=False)]

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if row)
        except csv.Error:
            return (0, 0)
        width, rows = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(0, 0))
        return (rows if width > 1 else 0, width)

    return max(DELIMITERS, key=score)
