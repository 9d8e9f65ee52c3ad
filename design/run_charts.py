"""Months of one rate round their median, drawn on the server: what chance seldom gives stands out and is named.

Drawn of boxes, lines and words like the other charts, twice, and with a table of the same values beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from design.charts import LETTER, Drawing
from design.components import Link, Table
from design.intervals import _percent, _ticks
from design.running import _months, _short

PLAIN, SIGNAL, MEDIAN = "c1", "c4", "c3"
HALF = 4  # of a point's side


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """The rate of one month, as a share; `on` is its first day."""

    on: date
    share: float
    is_signal: bool = False


@dataclass(frozen=True, slots=True)
class MonthsChart:
    """`points` in the order of time, at least one; `signals` name what stands out: the first and last month, and words.

    `table` has every value; `median_name` stands at the line of the median.
    """

    id: str
    title: str
    subtitle: str
    points: Sequence[MonthPoint]
    median: float
    median_name: str
    signals: Sequence[tuple[date, date, str]]
    table: Table
    description: str
    legend: Sequence[tuple[str, str]] = ()
    note: str = ""
    source: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2

    @property
    def wide(self) -> Drawing:
        return self._drawn(640, 280)

    @property
    def narrow(self) -> Drawing:
        return self._drawn(320, 260)

    def _drawn(self, width: int, height: int) -> Drawing:
        top, bottom, right = 34, 30, 12 + LETTER * len(self.median_name)
        ticks = _ticks(max(point.share for point in self.points))
        left = 14 + LETTER * max(len(_percent(tick)) for tick in ticks)
        room, full = width - left - right, height - top - bottom
        begins, ends = _months(self.points[0].on), _months(self.points[-1].on)
        drawing = Drawing(width, height)

        def x(on: date) -> float:
            return left + HALF + (room - 2 * HALF) * (_months(on) - begins) / max(ends - begins, 1)

        def y(share: float) -> float:
            return top + full * (1 - share / ticks[-1])

        for tick in ticks:
            drawing.line(left, y(tick), width - right, y(tick), "axis" if tick == 0 else "grid")
            drawing.text(left - 6, y(tick) + 5, _percent(tick), "muted end")
        if len(self.points) > 1:
            drawing.path([(x(point.on), y(point.share)) for point in self.points], "axis")
        drawing.box(left, y(self.median) - 1, room, 2, MEDIAN)
        drawing.text(width - right + 4, y(self.median) + 5, self.median_name, "bold")
        for point in self.points:
            kind = SIGNAL if point.is_signal else PLAIN
            drawing.box(x(point.on) - HALF, y(point.share) - HALF, 2 * HALF, 2 * HALF, kind)
        for first, last, words in self.signals:
            drawing.line(x(first) - HALF, top - 12, x(last) + HALF, top - 12, "axis")
            middle, long = (x(first) + x(last)) / 2, LETTER * len(words)
            begin = min(max(middle - long / 2, left), width - right - long)
            drawing.text(max(begin, 0), top - 18, words, "bold")
        drawing.text(left, height - 8, _short(self.points[0].on), "")
        if ends > begins:
            drawing.text(width - right + HALF, height - 8, _short(self.points[-1].on), "end")
        edge = LETTER * 9 + 30
        for year in range(begins // 12 + 1, ends // 12 + 1):
            if left + edge <= x(date(year, 1, 1)) <= width - right - edge:
                drawing.text(x(date(year, 1, 1)), height - 8, str(year), "middle muted")
        return drawing
