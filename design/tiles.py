"""A picture of areas, drawn on the server: a grid of equal tiles, or a map where one is loaded.

Each area is a link and is coloured by a number in at most four steps. What is not known is drawn with a broken line
and no colour, and zero with its number, so that neither can be taken for the other, nor told by colour alone. A phone
always gets tiles, for most areas of a map are too small for a finger there. A table with the same values stands beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from design.components import Link, Table
from design.numbers import number_text

MOST_STEPS = 4
# The steps whose colour is too dark for dark letters; tests/design/test_tiles.py measures all of them.
DARK = ("q3", "q4")
SMALLEST = 24  # pixels: what a finger still hits
GAP = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """One area. `column` and `row` count from 0; `value` is None where it is not known; `said` tells it in words.

    `label` is what fits on a wide tile, in one or two lines parted by “|”; `short`, of five letters at most, what fits
    on a narrow one. `has_dot` marks an area of which something else is known: the grid's `dot` says what.
    """

    code: str
    name: str
    label: str
    short: str
    column: int
    row: int
    value: int | None
    said: str
    href: str
    has_dot: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """Areas drawn to scale in a box of `width` by `height`: for each code the data of a path, and the box it fills
    (left, top, right, bottom). `credit` names who made them and under which licence."""

    width: int
    height: int
    paths: Mapping[str, str]
    boxes: Mapping[str, tuple[int, int, int, int]]
    credit: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words on an area; `kind` is their class."""

    x: str
    y: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Area:
    """One area as drawn: a path, or a box where `path` is empty."""

    name: str
    href: str
    kind: str
    path: str = ""
    x: str = ""
    y: str = ""
    width: str = ""
    height: str = ""
    labels: tuple[Label, ...] = ()
    dot: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Areas in the order in which they are read, in a box of `width` by `height`."""

    width: int
    height: int
    areas: tuple[Area, ...]
    is_map: bool = False


@dataclass(frozen=True, slots=True)
class TileGrid:
    """`title` states the finding; `subtitle` measure, place and time. `steps` are the lowest numbers of each colour,
    the first of them 1; `unit` is what is counted, `unknown` and `dot` say what those tiles mean."""

    id: str
    title: str
    subtitle: str
    tiles: Sequence[Tile]
    steps: Sequence[int]
    unknown: str
    zero: str
    table: Table
    dot: str = ""
    outline: Outline | None = None
    source: str = ""
    note: str = ""
    downloads: Sequence[Link] = field(default=())
    level: int = 2

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS or list(self.steps) != sorted(set(self.steps)):
            raise ValueError(f"a picture has 1 to {MOST_STEPS} rising steps, not {list(self.steps)}")
        if self.steps[0] != 1:
            raise ValueError("the first step begins at 1: zero has a look of its own")
        places = [(tile.column, tile.row) for tile in self.tiles]
        if len(set(places)) < len(places):
            raise ValueError("two tiles share a place")

    @property
    def in_order(self) -> list[Tile]:
        """As one reads: line by line, each from the left."""
        return sorted(self.tiles, key=lambda tile: (tile.row, tile.column))

    @property
    def wide(self) -> Picture:
        return self._map() if self.outline is not None else self._tiles(640, 56, is_wide=True)

    @property
    def narrow(self) -> Picture:
        return self._tiles(290, 46, is_wide=False)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Classes of what is there to be seen, with their meaning; “dot” is the mark."""
        values = [tile.value for tile in self.tiles]
        ends = [step - 1 for step in self.steps[1:]]
        shown = [("unknown", self.unknown)] if None in values else []
        shown += [("q0", self.zero)] if 0 in values else []
        for step, (first, last) in enumerate(zip(self.steps, [*ends, None], strict=True), 1):
            words = number_text(first)
            if last is None:
                words += "+"
            elif last > first:
                words += f" – {number_text(last)}"
            shown.append((f"q{step}", words))
        if self.dot and any(tile.has_dot for tile in self.tiles):
            shown.append(("dot", self.dot))
        return shown

    def kind(self, value: int | None) -> str:
        """The class of a value: “unknown”, or q0 to q4."""
        if value is None:
            return "unknown"
        return f"q{sum(value >= step for step in self.steps)}"

    def _name(self, tile: Tile, shown: str = "") -> str:
        """What a screen reader says. It holds what is `shown` on the area, so that somebody who steers by voice can say
        it; where the force's name holds it already, once is enough."""
        is_said = re.search(rf"(^|\s){re.escape(shown)}(\s|$)", tile.name) or not shown
        known = tile.name if is_said else f"{shown} – {tile.name}"
        dot = f"; {self.dot}" if tile.has_dot and self.dot else ""
        return f"{known}: {tile.said}{dot}"

    def _tiles(self, width: int, height: int, *, is_wide: bool) -> Picture:
        columns = 1 + max((tile.column for tile in self.tiles), default=0)
        rows = 1 + max((tile.row for tile in self.tiles), default=0)
        each, corner = width / columns, 8 if is_wide else 5.5
        areas = []
        for tile in self.in_order:
            x, y = each * tile.column + GAP / 2, height * tile.row + GAP / 2
            kind = self.kind(tile.value)
            words = tile.label.split("|") if is_wide else [tile.short]
            if tile.value is not None:
                words = [*words, number_text(tile.value)]
            name = self._name(tile, " ".join(words))
            step = 16 if is_wide else 15
            first = y + (height - GAP) / 2 + 5 - step * (len(words) - 1) / 2
            labels = tuple(
                Label(_r(x + (each - GAP) / 2), _r(first + step * line), text, _ink(kind, "middle"))
                for line, text in enumerate(words)
            )
            areas.append(
                Area(
                    name,
                    tile.href,
                    kind,
                    x=_r(x),
                    y=_r(y),
                    width=_r(each - GAP),
                    height=_r(height - GAP),
                    labels=labels,
                    dot=(_r(x + each - GAP - corner), _r(y + corner)) if tile.has_dot else None,
                )
            )
        return Picture(width, height * rows, tuple(areas))

    def _map(self) -> Picture:
        """Areas too small to be hit, and those without a shape, are boxes in a column beside the map."""
        outline = self.outline
        assert outline is not None  # noqa: S101 - asked only where there is one
        areas, beside = [], []
        for tile in self.in_order:
            box = outline.boxes.get(tile.code)
            if box is None or box[2] - box[0] < SMALLEST or box[3] - box[1] < SMALLEST:
                beside.append(tile)
                continue
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            areas.append(self._shape(tile, outline.paths[tile.code], middle))
        right = outline.width + 16
        height = max(outline.height, 50 * len(beside))
        areas += self._boxes(beside, right, height)
        return Picture(outline.width + (130 if beside else 0), height, tuple(areas), is_map=True)

    def _shape(self, tile: Tile, path: str, middle: tuple[float, float]) -> Area:
        kind, (x, y) = self.kind(tile.value), middle
        labels = (
            () if tile.value is None else (Label(_r(x), _r(y + 5), number_text(tile.value), "halo middle"),)
        )
        dot = (_r(x), _r(y + 13 if labels else y)) if tile.has_dot else None
        shown = " ".join(label.words for label in labels)
        return Area(self._name(tile, shown), tile.href, kind, path=path, labels=labels, dot=dot)

    def _boxes(self, tiles: Sequence[Tile], left: float, height: float) -> Iterator[Area]:
        """From the bottom up to the top, so that they stand where the map has most room."""
        top = height - 50 * len(tiles)
        for number, tile in enumerate(tiles):
            kind, y = self.kind(tile.value), top + 50 * number
            words = [*tile.label.split("|"), *([number_text(tile.value)] if tile.value is not None else [])]
            first = y + 23 + 5 - 7.5 * (len(words) - 1)
            yield Area(
                self._name(tile, " ".join(words)),
                tile.href,
                kind,
                x=_r(left),
                y=_r(y),
                width="112",
                height="46",
                labels=tuple(
                    Label(_r(left + 56), _r(first + 15 * line), text, _ink(kind, "middle"))
                    for line, text in enumerate(words)
                ),
                dot=(_r(left + 104), _r(y + 8)) if tile.has_dot else None,
            )


def _ink(kind: str, place: str) -> str:
    return f"light {place}" if kind in DARK else place


def _r(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
