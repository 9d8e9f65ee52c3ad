"""What the template tags are given. A dictionary with the same keys does as well.

Texts are already translated; values are shown escaped unless they are marked safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class NavItem:
    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary list. `change` is an address; `what` says what it changes, to a screen reader."""

    key: str
    value: Any
    change: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    numeric: bool = False
    nowrap: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows are sequences of cells in the order of the columns; the first cell is the row's header.

    A cell is text, a number, None (shown as "Not provided"), a Link, a Shorthand or a figure.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    caption_hidden: bool = False
    sortable: bool = False  # only when every row is on the page
    total: Sequence[Any] | None = None
    # On a narrow screen each row is a block, each cell below its column's name: for words.
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a task list. Without `colour` the status is plain text, as "Completed" must be."""

    title: str
    status: str
    href: str = ""
    hint: str = ""
    colour: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for a timeline."""

    label: str
    at: datetime | date
    by: str = ""
    text: str = ""
    href: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of something that goes through stages. `state` is "done", "now" or ""."""

    text: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the address of the page without it."""

    name: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A code in place of a number: x not available or would mislead, z not applicable, c confidential."""

    code: str
    number: None = field(default=None, init=False)
    marks: tuple[str, ...] = field(default=(), init=False)
