"""A paper before it is PDF or ODS: facts about it, then sections of texts, lists and tables of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says. `value` is the number behind it where there is one, `href` where it can be checked."""

    text: str
    value: Value | None = None
    decimals: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `href` is printed in full below it."""

    said: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first cell of a row names it. `numeric` says which columns hold numbers; `href` is printed below.

    `name` is that of its sheet in a spreadsheet: short, and one of its own.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    href: str = ""


Block = Text | Points | Grid


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """`facts` are pairs of name and value: who made it, when, of which state of the register. `at` is its date."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    at: datetime
    notes: tuple[str, ...] = field(default=())  # below the facts, before the first section

    def grids(self) -> Iterator[Grid]:
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Grid):
                    yield block
