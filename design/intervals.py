"""Rates drawn with the range in which each truly lies: a point and a bar on one scale, with the words above it.

Drawn on the server at two widths, like bar charts, and always with a table of the same values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from design.charts import LETTER, Drawing
from design.components import Column, Link, Table


@dataclass(frozen=True, slots=True)
class Point:
    """One rate. `share`, `lower` and `upper` are shares of 1, None where there is no number; `said` is all of it in
    words, with its counts, or the code in its place. `href` leads to the records behind it."""

    label: str
    share: float | None
    lower: float | None
    upper: float | None
    said: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """`title` states the finding; `subtitle` the measure, place and time; `measure` heads the column of the table."""

    id: str
    title: str
    subtitle: str
    measure: str
    points: Sequence[Point]
    label_name: str
    source: str = ""
    note: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2
    legend: tuple[tuple[str, str], ...] = ()

    @property
    def table(self) -> Table:
        return Table(
            caption=self.subtitle,
            columns=[Column(self.label_name, nowrap=True), Column(self.measure)],
            rows=[
                [Link(point.label, point.href) if point.href else point.label, point.said]
                for point in self.points
            ],
        )

    @property
    def description(self) -> str:
        """The values in words, for those who hear the chart."""
        return "; ".join(f"{point.label}: {point.said}" for point in self.points)

    @property
    def wide(self) -> Drawing:
        return self._drawn(640, in_one_line=True)

    @property
    def narrow(self) -> Drawing:
        return self._drawn(320, in_one_line=False)

    def _drawn(self, width: int, *, in_one_line: bool) -> Drawing:
        step = 58 if in_one_line else 78
        drawing = Drawing(width, step * max(len(self.points), 1) + 28)
        ticks = _ticks(max((point.upper or point.share or 0 for point in self.points), default=0))
        # A percent sign is wider than a figure.
        ends = LETTER * (len(_percent(ticks[-1])) + 1) / 2
        left, room = ends, width - 2 * ends
        bottom = drawing.height - 24
        for tick in ticks:
            x = left + room * tick / ticks[-1]
            drawing.line(x, 0, x, bottom, "axis" if tick == 0 else "grid")
            drawing.text(x, drawing.height - 6, _percent(tick), "muted middle")
        for index, point in enumerate(self.points):
            y = step * index
            drawing.text(
                left + 6, y + 20, f"{point.label}: {point.said}" if in_one_line else point.label, "bold"
            )
            if not in_one_line:
                drawing.text(left + 6, y + 40, point.said, "")
            if point.share is None:
                continue
            middle, x = y + step - 20, left + room * min(point.share / ticks[-1], 1)
            if point.lower is not None and point.upper is not None:
                start = left + room * point.lower / ticks[-1]
                drawing.box(
                    start, middle - 3, max(room * (point.upper - point.lower) / ticks[-1], 1), 6, "q2"
                )
            drawing.box(x - 4, middle - 8, 8, 16, "c1")
        return drawing


def _ticks(most: float) -> list[float]:
    """Four to six round shares from 0 to at least `most`."""
    if most <= 0:
        return [0, 0.01]
    rough = most / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def _percent(share: float) -> str:
    """A round share without idle zeros: 2%, 0.001%."""
    return f"{float(f'{share * 100:.6g}'):.10f}".rstrip("0").rstrip(".") + "%"
