"""How all of a group stood at the end of each period: columns of the same whole, parted by how many stood how.

What is not known is drawn with a broken line and no colour at the end of each column, so that it is seen to be most of
it where it is. Drawn on the server at two widths, like bar charts, and always with a table of the same values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from design.charts import LETTER, Drawing
from design.components import Column, Link, Table
from design.numbers import number_text


@dataclass(frozen=True, slots=True)
class Standing:
    """What one may be; `kind` is the class it is drawn with, “unknown” where it is not known."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One period: `counts` in the order of the chart's standings, `short` its label where room is scarce; `group` is
    shared by those that follow each other, such as the quarters of a year, and stands below the first of them."""

    label: str
    counts: Sequence[int]
    short: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class StandingChart:
    """`title` states the finding; `subtitle` measure, place and time; `whole` heads the column of their sum."""

    id: str
    title: str
    subtitle: str
    standings: Sequence[Standing]
    moments: Sequence[Moment]
    label_name: str
    whole: str
    source: str = ""
    note: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2

    def __post_init__(self) -> None:
        for moment in self.moments:
            if len(moment.counts) != len(self.standings) or min(moment.counts) < 0:
                raise ValueError(f"{moment.label}: {moment.counts} for {len(self.standings)} standings")

    @property
    def drawn(self) -> list[int]:
        """Places of the standings in which anybody ever was: the others are in the table alone."""
        return [
            place
            for place, standing in enumerate(self.standings)
            if standing.kind == "unknown" or any(moment.counts[place] for moment in self.moments)
        ]

    @property
    def legend(self) -> list[tuple[str, str]]:
        return [(self.standings[place].kind, self.standings[place].name) for place in self.drawn]

    @property
    def table(self) -> Table:
        names = [Column(standing.name, numeric=True) for standing in self.standings]
        return Table(
            caption=self.subtitle,
            columns=[Column(self.label_name, nowrap=True), *names, Column(self.whole, numeric=True)],
            rows=[[moment.label, *moment.counts, sum(moment.counts)] for moment in self.moments],
        )

    @property
    def description(self) -> str:
        """The values in words, for those who hear the chart."""
        return "; ".join(
            f"{moment.label}: "
            + ", ".join(
                f"{number_text(count)} {standing.name.lower()}"
                for standing, count in zip(self.standings, moment.counts, strict=True)
                if count
            )
            for moment in self.moments
        )

    @property
    def _most(self) -> int:
        return max((sum(moment.counts) for moment in self.moments), default=0) or 1

    @property
    def wide(self) -> Drawing:
        """Columns, with the number of those known above what is known."""
        width, height, top, bottom, left = 640, 356, 24, 30, 30
        drawing, full = Drawing(width, height), height - top - bottom
        each = (width - left) / max(len(self.moments), 1)
        for tick in (0, self._most):
            y = top + full * (1 - tick / self._most)
            drawing.line(left, y, width, y, "axis" if tick == 0 else "grid")
            drawing.text(left - 6, y + (5 if tick == 0 else 12), number_text(tick), "muted end")
        groups = [moment.group or moment.short or moment.label for moment in self.moments]
        starts = [place for place, group in enumerate(groups) if place == 0 or group != groups[place - 1]]
        narrowest = min((after - before for before, after in pairwise([*starts, len(groups)])), default=1)
        every = max(1, math.ceil((max(map(len, groups), default=1) + 1) * LETTER / (each * narrowest)))
        for index, moment in enumerate(self.moments):
            x, y = left + each * index + each * 0.09, float(top + full)
            for place in self.drawn:
                tall = full * moment.counts[place] / self._most
                y -= tall
                if tall:
                    drawing.box(x, y, each * 0.82, tall, self.standings[place].kind)
            known = self._known(moment)
            tall = full * known / self._most
            if known and len(str(known)) * LETTER <= each:
                drawing.text(x + each * 0.41, top + full - tall - 6, number_text(known), "bold middle")
            if index in starts[::every]:
                drawing.text(x, height - 8, groups[index], "")
        return drawing

    @property
    def narrow(self) -> Drawing:
        """Lines, each with its label before it and the number of those known behind what is known."""
        width, step, thick = 320, 26, 18
        left = max((len(moment.short or moment.label) for moment in self.moments), default=0) * LETTER + 8
        drawing = Drawing(width, step * max(len(self.moments), 1))
        room = width - left - 1
        for index, moment in enumerate(self.moments):
            x, y = left, step * index + 4
            drawing.text(0, y + 14, moment.short or moment.label, "")
            for place in self.drawn:
                long = room * moment.counts[place] / self._most
                if long:
                    drawing.box(x, y, long, thick, self.standings[place].kind)
                    x += long
            known = self._known(moment)
            if known and known < sum(moment.counts):
                drawing.text(left + room * known / self._most + 5, y + 14, number_text(known), "bold")
        return drawing

    def _known(self, moment: Moment) -> int:
        return sum(
            count
            for standing, count in zip(self.standings, moment.counts, strict=True)
            if standing.kind != "unknown"
        )
