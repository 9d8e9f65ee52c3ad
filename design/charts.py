"""Bar charts drawn on the server: shapes and words only, coloured by classes, readable at two widths.

One series is drawn as columns where there is room and labels are short, and as lines of bars on a phone, for one
scaled drawing would leave letters of 7 pixels there. Several series are stacked. Every value is written beside its
bar, and a table with the same values always stands with the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coordination.collation.figures import MEANINGS, Code
from design.components import Column, Link, Shorthand, Table
from design.numbers import number_text

MOST_SERIES = 4
LONGEST_BELOW = 15  # letters of a label that still stands below a column
LETTER = 8.2  # width of an average bold figure at 15 px, on the safe side


@dataclass(frozen=True, slots=True)
class Bar:
    """One label with a value for each series: a number, or anything with `number` and `code`; None is [x].

    `href` leads from the value in the table to the records behind it. `name` is the label in full, for the table and
    for those who hear the chart, where the drawing has no room for it.
    """

    label: str
    values: Sequence[Any]
    href: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """`title` states the finding; `subtitle` the measure, place and time; `series` names what is counted."""

    id: str
    title: str
    subtitle: str
    series: Sequence[str]
    bars: Sequence[Bar]
    label_name: str
    source: str = ""
    note: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(f"a chart shows 1 to {MOST_SERIES} series, not {len(self.series)}")
        for bar in self.bars:
            if len(bar.values) != len(self.series):
                raise ValueError(f"{bar.label}: {len(bar.values)} values for {len(self.series)} series")
            if any((_number(value) or 0) < 0 for value in bar.values):
                raise ValueError(f"{bar.label}: a bar cannot be shorter than nothing")

    @property
    def stacked(self) -> bool:
        return len(self.series) > 1

    @property
    def table(self) -> Table:
        return Table(
            caption=self.subtitle,
            columns=[Column(self.label_name), *(Column(name, numeric=True) for name in self.series)],
            rows=[
                [Link(name, bar.href) if bar.href else name, *map(_shown, bar.values)]
                for bar in self.bars
                for name in [bar.name or bar.label]
            ],
        )

    @property
    def description(self) -> str:
        """The values in words, for those who hear the chart."""
        return "; ".join(
            f"{bar.name or bar.label}: "
            + ", ".join(self._said(name, value) for name, value in zip(self.series, bar.values, strict=True))
            for bar in self.bars
        )

    def _said(self, name: str, value: Any) -> str:
        number = _number(value)
        code = Code(str(getattr(value, "code", None) or Code.NOT_AVAILABLE))
        said = str(MEANINGS[code]) if number is None else number_text(number)
        return f"{said} {name}" if self.stacked else said

    @property
    def wide(self) -> Drawing:
        has_room = max((len(bar.label) for bar in self.bars), default=0) <= LONGEST_BELOW
        return self._columns() if has_room and not self.stacked else self._lines(width=640)

    @property
    def narrow(self) -> Drawing:
        return self._lines(width=320)

    @property
    def legend(self) -> list[tuple[str, str]]:
        return [(self._colour(index), name) for index, name in enumerate(self.series)] if self.stacked else []

    def _colour(self, series: int) -> str:
        """Two series are dark blue and orange, the pair best told apart; more follow the palette's order."""
        return "c4" if len(self.series) == 2 and series == 1 else f"c{series + 1}"

    def _columns(self, width: int = 640, height: int = 300) -> Drawing:
        top, bottom, right = 24, 30, 4
        ticks = _ticks(max((_number(bar.values[0]) or 0 for bar in self.bars), default=0))
        left = 12 + LETTER * max(len(number_text(tick)) for tick in ticks)
        room, full = width - left - right, height - top - bottom
        drawing = Drawing(width, height)
        for tick in ticks:
            y = top + full * (1 - tick / ticks[-1])
            drawing.line(left, y, width - right, y, "axis" if tick == 0 else "grid")
            drawing.text(left - 8, y + 5, number_text(tick), "muted end")
        each = room / max(len(self.bars), 1)
        # Labels that would touch are shown every second (third, …) time; the table has them all.
        widest = max((len(bar.label) for bar in self.bars), default=1) * LETTER + 8
        every = max(1, math.ceil(widest / each))
        for index, bar in enumerate(self.bars):
            middle, number = left + each * (index + 0.5), _number(bar.values[0])
            tall = 0 if number is None else full * number / ticks[-1]
            if number:
                thick = min(each * 0.7, 60)
                drawing.box(middle - thick / 2, top + full - max(tall, 1), thick, max(tall, 1), "c1")
            if len(_label(bar.values[0])) * LETTER <= each or index % every == 0:
                drawing.text(middle, top + full - tall - 7, _label(bar.values[0]), "bold middle")
            if index % every == 0:
                drawing.text(middle, height - 8, bar.label, "middle")
        return drawing

    def _lines(self, width: int) -> Drawing:
        wide = width > 400
        longest = max((len(bar.label) for bar in self.bars), default=0)
        # Labels that would run into the bars stand above them.
        beside = (wide or not self.stacked) and longest * LETTER + 12 <= width * 0.45
        left = longest * LETTER + 12 if beside else 0
        step, thick = (44, 26) if beside else (64, 26)
        drawing = Drawing(width, max(step * len(self.bars), step))
        ends = [self._end(bar) for bar in self.bars]
        room = width - left - max((len(end) for end in ends if beside), default=0) * LETTER - 12
        most = max((sum(_number(v) or 0 for v in bar.values) for bar in self.bars), default=0) or 1
        for index, (bar, end) in enumerate(zip(self.bars, ends, strict=True)):
            y, x = step * index + (9 if beside else 30), left
            if beside:
                drawing.text(0, y + 18, bar.label, "")
            else:
                drawing.text(0, y - 9, f"{bar.label}: {end}", "")
            for series, value in enumerate(bar.values):
                number = _number(value)
                if number:
                    long = max(room * number / most, 1)
                    drawing.box(x, y, long, thick, self._colour(series))
                    x += long + (1 if self.stacked else 0)
            if beside:
                drawing.text(x + 8, y + 18, end, "bold")
        return drawing

    def _end(self, bar: Bar) -> str:
        if not self.stacked:
            return _label(bar.values[0])
        return ", ".join(
            f"{_label(value)} {name.lower()}" for name, value in zip(self.series, bar.values, strict=True)
        )


class Drawing:
    """Boxes, lines and words in a box of `width` by `height`; one unit is one pixel at full size."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.lines: list[dict[str, Any]] = []
        self.boxes: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []
        self.paths: list[dict[str, Any]] = []

    def path(self, points: Sequence[tuple[float, float]], kind: str, dashes: str = "") -> None:
        """A line through points, such as a curve; `dashes` as in SVG ("4 3")."""
        words = " ".join(f"{_r(x)},{_r(y)}" for x, y in points)
        self.paths.append({"d": f"M{words}", "kind": kind, "dashes": dashes})

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        self.lines.append({"x1": _r(x1), "y1": _r(y1), "x2": _r(x2), "y2": _r(y2), "kind": kind})

    def box(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        self.boxes.append({"x": _r(x), "y": _r(y), "width": _r(width), "height": _r(height), "kind": kind})

    def text(self, x: float, y: float, words: str, kind: str) -> None:
        self.texts.append({"x": _r(x), "y": _r(y), "words": words, "kind": kind})


def _r(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _number(value: Any) -> int | float | None:
    return value.number if hasattr(value, "marks") else value


def _label(value: Any) -> str:
    number = _number(value)
    if number is None:
        return f"[{getattr(value, 'code', None) or 'x'}]"
    marks = "".join(f" [{mark}]" for mark in getattr(value, "marks", ()))
    return number_text(number) + marks


def _shown(value: Any) -> Any:
    return Shorthand("x") if value is None else value


def _ticks(most: float) -> list[int | float]:
    """Four to six round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0, 1]
    rough = most / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    if step >= 1:
        step = int(step) if step == int(step) else step
    count = math.ceil(most / step)
    return [step * i for i in range(count + 1)]
