"""Areas in degrees as the paths of a drawing: small enough for a page, and the same for everybody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypedDict

from forces.areas.geojson import Areas, Point
from forces.areas.lines import Spot, simpler

WIDTH, HEIGHT = 480, 640  # the drawing fits into this box
FINE = 10  # spots on the grid for each unit of the drawing
MOST_POINTS = 2_500  # with them a page stays below 30 kB
SMALLEST_ISLAND, SMALLEST_HOLE = 1.5, 4.0  # units: smaller parts are not drawn, except an area's largest


class Drawn(TypedDict):
    """As stored: the box of the drawing, each area's path and the box it fills (left, top, right, bottom)."""

    width: int
    height: int
    paths: dict[str, str]
    boxes: dict[str, list[int]]


def draw(areas: Areas) -> Drawn:
    """North is up; a degree east is as long as it is in the middle of the map, so shapes are those people know."""
    every = [point for polygons in areas.values() for polygon in polygons for point in polygon[0]]
    west, east = min(x for x, _y in every), max(x for x, _y in every)
    south, north = min(y for _x, y in every), max(y for _x, y in every)
    narrow = math.cos(math.radians((south + north) / 2))
    across, down = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min(WIDTH / across, HEIGHT / down)

    def spot(point: Point) -> Spot:
        x, y = (point[0] - west) * narrow * scale, (north - point[1]) * scale
        return round(x * FINE), round(y * FINE)

    # In one list, for lines belong to two areas.
    rings = [
        (code, part > 0, [spot(point) for point in ring])
        for code, polygons in sorted(areas.items())
        for polygon in polygons
        for part, ring in enumerate(polygon)
    ]
    drawn = simpler([ring for _code, _is_hole, ring in rings], MOST_POINTS)
    paths: dict[str, str] = {}
    boxes: dict[str, list[int]] = {}
    for code in sorted(areas):
        own = [
            (is_hole, full, ring)
            for (owner, is_hole, full), ring in zip(rings, drawn, strict=True)
            if owner == code
        ]
        kept = _kept(own)
        paths[code] = "".join(map(_path, kept))
        boxes[code] = _box([spot for ring in kept for spot in ring])
    return {
        "width": math.ceil(across * scale),
        "height": math.ceil(down * scale),
        "paths": paths,
        "boxes": boxes,
    }


def _kept(rings: Sequence[tuple[bool, list[Spot], list[Spot]]]) -> list[list[Spot]]:
    """What can be seen of an area: never nothing, for its largest part stays, as it was if need be."""
    largest = max((each for each in rings if not each[0]), key=lambda each: _size(each[1]))
    kept = []
    for each in rings:
        is_hole, full, ring = each
        if each is largest:
            kept.append(ring or full)
        elif ring and _size(ring) >= FINE * (SMALLEST_HOLE if is_hole else SMALLEST_ISLAND):
            kept.append(ring)
    return kept


def _size(ring: Sequence[Spot]) -> int:
    left, top, right, bottom = _ends(ring)
    return max(right - left, bottom - top)


def _ends(spots: Sequence[Spot]) -> tuple[int, int, int, int]:
    return (
        min(x for x, _y in spots),
        min(y for _x, y in spots),
        max(x for x, _y in spots),
        max(y for _x, y in spots),
    )


def _box(spots: Sequence[Spot]) -> list[int]:
    return [round(end / FINE) for end in _ends(spots)]


def _path(ring: Sequence[Spot]) -> str:
    """From the first spot by steps, which are shorter to write than places."""
    (x, y), parts = ring[0], []
    for next_x, next_y in ring[1:-1]:
        parts.append(f"{_r(next_x - x)} {_r(next_y - y)}")
        x, y = next_x, next_y
    return f"M{_r(ring[0][0])} {_r(ring[0][1])}l{' '.join(parts)}z"


def _r(tenths: int) -> str:
    return f"{tenths / FINE:.1f}".removesuffix(".0")
