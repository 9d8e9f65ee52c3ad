"""The JSON lines between the child and its parent, and the limits that every reader shares.

    ["kind", "pdf"]                       what the content turned out to be; first line
    ["table", table, page, sheet]         a table begins; page and sheet may be null
    ["row", line, [cell, …]]              one row; a cell is text, or null where there is no cell
    ["note", code, {…}]                   something a person should know, such as an encoding
    ["stop", code, {…}]                   the file cannot be read; last line
    ["end", rows]                         it was read in full; last line

`line` counts from 1 within the page, sheet or file, headings included: what a person counts when looking.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from coordination.intake.extract.limits import Limits
from coordination.intake.extract.stop import Stop


class Lines:
    """Writes what a reader finds and stops it at the limits."""

    def __init__(self, out: TextIO, limits: Limits):
        self.out = out
        self.limits = limits
        self.tables = 0
        self.rows = 0
        self.cells = 0
        self.room = limits.output_bytes

    def _write(self, *parts: object) -> None:
        line = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        # Four bytes is the most that UTF-8 takes for a character.
        self.room -= len(line) * (1 if line.isascii() else 4) + 1
        if self.room < 0 and parts[0] != "stop":
            raise Stop("too_much_output")
        self.out.write(line)
        self.out.write("\n")

    def kind(self, kind: str) -> None:
        self._write("kind", kind)

    def note(self, code: str, **values: str | int) -> None:
        self._write("note", code, values)

    def table(self, *, page: int | None = None, sheet: str | None = None) -> None:
        self._write("table", self.tables, page, sheet)
        self.tables += 1

    def row(self, line: int, cells: Sequence[str | None]) -> None:
        """Write one row, unless nothing is printed in it."""
        if not any(cells):
            return
        limits = self.limits
        if len(cells) > limits.columns:
            raise Stop("too_many_columns", row=line, limit=limits.columns)
        if any(cell is not None and len(cell) > limits.cell_chars for cell in cells):
            raise Stop("cell_too_long", row=line, limit=limits.cell_chars)
        self.rows += 1
        self.cells += len(cells)
        if self.rows > limits.rows:
            raise Stop("too_many_rows", limit=limits.rows)
        if self.cells > limits.cells:
            raise Stop("too_many_cells", limit=limits.cells)
        self._write("row", line, cells)

    def stop(self, stop: Stop) -> None:
        self._write("stop", stop.code, stop.values)

    def end(self) -> None:
        if not self.rows:
            raise Stop("no_table")
        self._write("end", self.rows)


def printed(text: str | None) -> str | None:
    """The text of a cell on one line: a break inside a cell is layout, not content."""
    return None if text is None else " ".join(text.split())
