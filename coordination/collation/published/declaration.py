"""What a published table is, said once: pages, files and their descriptions all follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from coordination.collation.measures import Measure, Rate

if TYPE_CHECKING:
    from coordination.collation.published.dimensions import Dimension

Words = str | Promise
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that are read together: one table on the page, one sheet of a spreadsheet."""

    caption: Words
    measures: tuple[Measure | Rate, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page draws: one count, counts that add up (stacked), or one rate with its interval.

    `latest` draws no more than so many of the latest rows, where a table is long; the table has them all. Fewer rows
    than `fewest` are not drawn.
    """

    measures: tuple[Measure | Rate, ...]
    latest: int = 0
    fewest: int = 1


@dataclass(frozen=True, slots=True)
class Published:
    """A table: a row for each value of its `dimension`, and in it the measures of its groups.

    `code` is its address and stays for good. `says` is one or two sentences for readers who have not seen it; `notes`
    is what must be known to read it rightly, beside what is said of every table. `drawing` is None where a picture
    would set side by side what does not compare.
    """

    code: str
    title: Words
    says: Words
    dimension: Dimension
    groups: tuple[Group, ...]
    drawing: Drawing | None
    notes: tuple[Words, ...] = ()

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} cannot be an address: use small letters, digits and hyphens")
        if len(set(self.measures)) != len(self.measures) or not self.measures:
            raise ValueError(f"{self.code}: each measure stands in one group, and there is at least one")
        if self.drawing and not set(self.drawing.measures) <= set(self.measures):
            raise ValueError(f"{self.code}: only what stands in the table can be drawn")

    @property
    def measures(self) -> tuple[Measure | Rate, ...]:
        """All of them, in the order of the groups."""
        return tuple(measure for group in self.groups for measure in group.measures)
