"""The goals, and whether a measurement meets one. Every one is a ratio taken within one run, or says why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.rounds import Spread

GOALS = {
    1: "Page of 50 by the public API, uncached",
    2: "One record by the public API",
    3: "The same public address again and again, unchanged (304)",
    4: "Cost of a page from 10,000 records to the full number, and from the first page to the last",
    5: "From commit to every subscriber done, through Celery",
    6: "Sustained rate of events, and what recording one adds",
    7: "From event to statistic",
    8: "A page of statistics",
    9: "Import: staging and rules",
    10: "Row-level security as the second lock",
    11: "Public pages among the full number of records: budgets, and a recount",
    12: "A version of the legal framework tried against 5,000 plans of 43 forces",
}
# Which part of the program measures them.
MEASURED_BY = {
    "reads": (1, 2, 3, 4),
    "delivery": (5, 6),
    "sums": (7, 8),
    "imports": (9,),
    "locks": (10,),
    "pages": (11,),
    "tryout": (12,),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `target` is in the unit of `got`; `at_least` says on which side of it is well.

    `target` None: nothing is asked for, the figure is there to be seen.
    """

    goal: int
    what: str
    got: Spread
    target: float | None = None
    at_least: bool = True
    unit: str = "x"
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.target is None:
            return None
        return self.got.median >= self.target if self.at_least else self.got.median <= self.target

    @property
    def asked(self) -> str:
        if self.target is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {number(self.target)}{self.unit_shown}"

    @property
    def unit_shown(self) -> str:
        return self.unit if self.unit == "x" else f" {self.unit}"

    @property
    def shown(self) -> str:
        return f"{number(self.got.median)}{self.unit_shown}"

    @property
    def from_to(self) -> str:
        return f"{number(self.got.low)} to {number(self.got.high)}" if len(self.got.values) > 1 else ""

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "short"}[self.is_met]


@dataclass
class Findings:
    """What a run found, the plain figures behind it, and which area failed, with why."""

    rows: list[Row] = field(default_factory=list)
    figures: list[tuple[str, str, Spread, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        self.rows.extend(rows)

    def note(self, area: str, what: str, got: Spread, unit: str) -> None:
        self.figures.append((area, what, got, unit))


def number(value: float) -> str:
    """Three figures that count, no exponent."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size >= 1:
        return f"{value:.2f}"
    return f"{value:.3g}"
