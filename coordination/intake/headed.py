"""The rows of a file under our column names: headings and ignored tables left out, broken rows joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coordination.intake.extract.reading import Row
from coordination.intake.problems import Problem
from coordination.intake.profile import Layout, Profile
from coordination.intake.recognise import HEAD, columns_of, find_heading, is_ignored

SHOWN = 10


@dataclass(slots=True)
class Mapped:
    """One printed row, read. `result` is null where an error stands in `problems`.

    `row` counts from 1 on the page or sheet without headings, `line` with them. `false_alert_rate` is the percentage
    that is printed: for checking only.
    """

    page: int | None
    sheet: str | None
    row: int
    line: int
    force: str
    printed: dict[str, str | None]
    fingerprint: str
    result: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)
    false_alert_rate: str | None = None


@dataclass(slots=True)
class Printed:
    """A row's cells under our names, before they are read."""

    position: Row
    row: int
    cells: dict[str, str | None]
    joined: dict[str, tuple[str | None, str]] = field(default_factory=dict)


def under_headings(rows: Iterable[Row], profile: Profile) -> Iterator[Printed | Mapped]:
    """Give each row its column names; leave out headings and tables that the profile ignores."""
    layout: Layout | None = None
    columns: tuple[str, ...] = ()
    counted: dict[tuple[int | None, str | None], int] = {}
    for head, rest in _tables(rows):
        found = find_heading(head, profile.layouts, profile)
        start = 0
        if found:
            layout, start = found
            columns = columns_of(layout, head, start)
        elif is_ignored(head, profile):
            for _row in rest:
                pass
            continue
        elif layout is None or len(head[0].cells) != len(columns):
            seen = " | ".join(cell for cell in head[0].cells if cell)[:300]
            yield complaint(head[0], Problem("table_not_recognised", values={"seen": seen}))
            for _row in rest:
                pass
            continue
        for row in _chain(head[start:], rest):
            key = (row.page, row.sheet)
            counted[key] = counted.get(key, 0) + 1
            cells = row.cells
            if len(cells) != len(columns):
                if any(cells[len(columns) :]) or len(cells) < len(columns):
                    values = {"seen": len(cells), "expected": len(columns)}
                    yield complaint(row, Problem("too_few_cells", values=values), counted[key])
                    continue
                cells = cells[: len(columns)]
            yield Printed(row, counted[key], dict(zip(columns, cells, strict=True)))


def _tables(rows: Iterable[Row]) -> Iterator[tuple[list[Row], Iterator[Row]]]:
    """Each table as its first rows and an iterator over the others, without holding the table."""
    iterator = iter(rows)
    pending = next(iterator, None)
    while pending is not None:
        table = pending.table
        head = [pending]
        pending = None
        for row in iterator:
            if row.table != table or len(head) == HEAD:
                pending = row
                break
            head.append(row)
        following: list[Row] = []

        def rest(first: Row | None, table: int, following: list[Row] = following) -> Iterator[Row]:
            row = first
            while row is not None and row.table == table:
                yield row
                row = next(iterator, None)
            if row is not None:
                following.append(row)

        others = rest(pending, table)
        yield head, others
        for _row in others:
            pass
        pending = following[0] if following else None


def _chain(head: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from head
    yield from rest


def continues(item: Printed, held: Printed, profile: Profile) -> bool:
    """The first row of a page that holds words only, and nothing where figures stand, ends the row before."""
    if item.row != 1 or item.position.page is None or item.position.page != (held.position.page or 0) + 1:
        return False
    filled = [label for label, text in item.cells.items() if text]
    return all(profile.columns[label].convert in ("text", "place") for label in filled)


def complaint(row: Row, problem: Problem, number: int = 0) -> Mapped:
    printed = {str(index + 1): cell for index, cell in enumerate(row.cells[:SHOWN])}
    return Mapped(row.page, row.sheet, number, row.line, "", printed, "", None, [problem])
