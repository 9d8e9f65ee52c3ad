"""Rates over what they are out of, with limits that widen to the left: a funnel, each point called by its name.

Drawn of boxes, lines and words like the other charts, twice, and with a table of the same values beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from design.charts import LETTER, Drawing
from design.components import Link, Table
from design.intervals import _percent, _ticks
from design.numbers import number_text

STEPS = 28
FADED, FULL, CENTRE = "q2", "c1", "c3"
HALF = 5  # of a point's side
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """One rate of `trials`, as a share. `name` stands beside it where there is room, and `number`, its line in the
    table, where there is not. Faded ones say very little."""

    number: int
    name: str
    trials: int
    share: float
    is_faded: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """`limits` maps the name of a level to a function from trials to the lower and the upper share. `table` has every
    value; `centre` is the share that the limits are round; `across` names what a rate is out of."""

    id: str
    title: str
    subtitle: str
    spots: Sequence[Spot]
    centre: float
    centre_name: str
    limits: Sequence[tuple[str, Callable[[int], tuple[float, float]]]]
    across: str
    table: Table
    description: str
    legend: Sequence[tuple[str, str]] = ()
    note: str = ""
    source: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2

    @property
    def wide(self) -> Drawing:
        return self._drawn(640, 380)

    @property
    def narrow(self) -> Drawing:
        return self._drawn(320, 340)

    def _drawn(self, width: int, height: int) -> Drawing:
        most = max(round(max(spot.trials for spot in self.spots) * 1.08), 2)
        ticks = _ticks(self._highest(most))
        top, bottom, left, right = 14, 48, 14 + LETTER * max(len(_percent(tick)) for tick in ticks), 48
        room, full = width - left - right, height - top - bottom
        drawing = Drawing(width, height)

        def x(trials: float) -> float:
            return left + room * trials / most

        def y(share: float) -> float:
            return top + full * (1 - min(share / ticks[-1], 1))

        for tick in ticks:
            drawing.line(left, y(tick), width - right, y(tick), "axis" if tick == 0 else "grid")
            drawing.text(left - 6, y(tick) + 5, _percent(tick), "muted end")
        last: float = height - bottom
        for place, (name, limit) in enumerate(self.limits):
            lines = [(at, limit(at)) for at in self._places(most)]
            for side in (0, 1):
                # Limits of very few would leave no room for anything else: they are cut at the top.
                points = [(x(at), y(shares[side])) for at, shares in lines if shares[side] <= ticks[-1]]
                if len(points) > 1:
                    drawing.path(points, "axis", "5 4" if place else "")
            end = y(lines[-1][1][1]) + 5
            last = max(min(end, last - 16), 14)
            drawing.text(width - right + 4, last, name, "muted")
        drawing.box(left, y(self.centre) - 1, room, 2, CENTRE)
        drawing.text(width - right + 4, y(self.centre) + 5, self.centre_name, "bold")
        self._spots(drawing, x, y, (left, 0, width - right, height - bottom))
        drawing.text(left, height - 28, "0", "muted middle")
        drawing.text(x(most), height - 28, number_text(most), "muted end")
        drawing.text(left + room / 2, height - 8, self.across, "middle")
        return drawing

    def _highest(self, most: int) -> float:
        """What the drawing must reach: every point, and the limits from a quarter of the way on."""
        middle = max(1, round(most / 4))
        return min(
            max(*(spot.share for spot in self.spots), *(limit(middle)[1] for _name, limit in self.limits), 0)
            * 1.1,
            1,
        )

    @staticmethod
    def _places(most: int) -> list[int]:
        """Closer together on the left, where limits bend."""
        return sorted({max(1, round(most * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)})

    def _spots(
        self, drawing: Drawing, x: Callable[[float], float], y: Callable[[float], float], within: Box
    ) -> None:
        at = [(spot, x(spot.trials), y(spot.share)) for spot in self.spots]
        taken: list[Box] = [(px - HALF, py - HALF, px + HALF, py + HALF) for _spot, px, py in at]
        for spot, px, py in at:
            drawing.box(px - HALF, py - HALF, 2 * HALF, 2 * HALF, FADED if spot.is_faded else FULL)
        # What can be relied on is called by its name first.
        for spot, px, py in sorted(at, key=lambda one: one[0].is_faded):
            for words in (spot.name, str(spot.number)):
                found = _room_for(words, px, py, taken, within, must=words != spot.name)
                if found:
                    (left, bottom), box = found
                    taken.append(box)
                    drawing.text(left, bottom, words, "" if spot.is_faded else "bold")
                    break


def _room_for(
    words: str, x: float, y: float, taken: Sequence[Box], within: Box, *, must: bool
) -> tuple[tuple[float, float], Box] | None:
    """Where words begin beside a point without covering another; at its right if they `must` stand somewhere."""
    long, gap = LETTER * len(words), HALF + 4
    places = [
        (x + gap, y + 5),
        (x - gap - long, y + 5),
        (x - long / 2, y - gap),
        (x - long / 2, y + gap + 12),
    ]
    for left, bottom in places:
        box = (left, bottom - 13, left + long, bottom + 4)
        inside = box[0] >= within[0] and box[2] <= within[2] and box[1] >= within[1] and box[3] <= within[3]
        if inside and not any(_overlap(box, other) for other in taken):
            return (left, bottom), box
    left, bottom = places[0]
    return ((left, bottom), (left, bottom - 13, left + long, bottom + 4)) if must else None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
