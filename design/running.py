"""Running sums drawn on the server: steps over time in stacked parts, with a line at a value to hold them against.

Drawn of boxes and words like the other charts, twice, and with a table of the same values beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.dates import MONTHS_3

from design.charts import LETTER, Drawing, _ticks
from design.components import Column, Link, Table
from design.numbers import month_text, number_text

COLOURS = ("c1", "c4")
LINE = "c3"


@dataclass(frozen=True, slots=True)
class RunningChart:
    """`steps` maps the first day of a month to the sums of the parts at its end, as many as `series` has names.

    Months without a step keep the sums before them. The drawing reaches from the first step to `last`. `value` is
    drawn as a line across, `value_name` says what it is; `total_name` is the table's last column.
    """

    id: str
    title: str
    subtitle: str
    series: Sequence[str]
    steps: Mapping[date, Sequence[int]]
    last: date
    value: int
    value_name: str
    label_name: str
    total_name: str
    source: str = ""
    note: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 3

    def __post_init__(self) -> None:
        if not self.steps or not 1 <= len(self.series) <= len(COLOURS):
            raise ValueError("a running sum has steps, in one or two parts")
        if any(len(sums) != len(self.series) for sums in self.steps.values()):
            raise ValueError("each step has a sum for each part")

    @property
    def legend(self) -> list[tuple[str, str]]:
        return [*zip(COLOURS, self.series, strict=False), (LINE, self.value_name)]

    @property
    def table(self) -> Table:
        many = len(self.series) > 1
        return Table(
            caption=self.subtitle,
            columns=[
                Column(self.label_name),
                *(Column(name, numeric=True) for name in self.series),
                *([Column(self.total_name, numeric=True)] if many else []),
            ],
            rows=[
                [month_text(month), *sums, *([sum(sums)] if many else [])]
                for month, sums in sorted(self.steps.items())
            ],
        )

    @property
    def description(self) -> str:
        """What the drawing ends at, in words; every step stands in the table."""
        month, sums = max(self.steps.items())
        ends = ", ".join(
            f"{name}: {number_text(total)}" for name, total in zip(self.series, sums, strict=True)
        )
        return f"{month_text(month)}: {ends}. {self.value_name}: {number_text(self.value)}"

    @property
    def wide(self) -> Drawing:
        return self._drawn(640, 280)

    @property
    def narrow(self) -> Drawing:
        return self._drawn(320, 260)

    def _drawn(self, width: int, height: int) -> Drawing:
        top, bottom, right = 30, 30, 4
        ticks = _ticks(max(self.value, *(sum(sums) for sums in self.steps.values())))
        left = 12 + LETTER * max(len(number_text(tick)) for tick in ticks)
        room, full = width - left - right, height - top - bottom
        months = sorted(self.steps)
        begins, ends = _months(months[0]), _months(self.last) + 1
        drawing = Drawing(width, height)

        def across(month: int) -> float:
            return left + room * (month - begins) / max(ends - begins, 1)

        def down(total: float) -> float:
            return top + full * (1 - total / ticks[-1])

        for tick in ticks:
            drawing.line(left, down(tick), width - right, down(tick), "axis" if tick == 0 else "grid")
            drawing.text(left - 8, down(tick) + 5, number_text(tick), "muted end")
        for month, following in zip(months, [*months[1:], None], strict=True):
            x, until = across(_months(month)), across(_months(following) if following else ends)
            below = 0
            for colour, total in zip(COLOURS, self.steps[month], strict=False):
                if total:
                    y = down(below + total)
                    drawing.box(x, y, until - x, down(below) - y, colour)
                    below += total
        line = down(self.value)
        # A box, for lines lie behind the boxes that this one is to cross.
        drawing.box(left, line - 1, width - left - right, 2, LINE)
        drawing.text(left + 4, max(line - 7, 15), f"{self.value_name}: {number_text(self.value)}", "bold")
        drawing.text(left, height - 8, _short(months[0]), "")
        drawing.text(width - right, height - 8, _short(self.last), "end")
        edge = LETTER * len(_short(self.last)) + 30
        between = [
            year
            for year in range(begins // 12 + 1, ends // 12 + 1)
            if left + edge <= across(year * 12) <= width - right - edge
        ]
        every = -(-len(between) // max(1, int((room - 2 * edge) // 60))) or 1
        for year in between[::every]:
            drawing.text(across(year * 12), height - 8, str(year), "middle muted")
        return drawing


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _short(day: date) -> str:
    """Sep 2025."""
    return f"{str(MONTHS_3[day.month]).capitalize()} {day.year}"
