"""Fewer points on the lines between areas, without tearing neighbours apart.

Each ring is cut where more than two lines meet. A line between two such points belongs to both its neighbours; it is
made simpler once (Douglas and Peucker's way) and stands in both, so no gap opens and nothing overlaps along it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

# A position on the grid of the drawing: whole numbers, so that what is equal compares equal.
Spot = tuple[int, int]
Line = tuple[Spot, ...]
COARSER = 1.25  # how much coarser the next attempt is


def simpler(rings: Sequence[Sequence[Spot]], most: int) -> list[list[Spot]]:
    """The rings (closed: the last spot is the first) with at most `most` spots together, in the same order.

    A ring of which nothing is left is empty. A few spots more remain where so many lines meet that fewer would tear.
    """
    whole = [_without_repeats(ring) for ring in rings]
    meeting = _meeting(whole)
    cut = [list(_cut(ring, meeting)) for ring in whole]
    tolerance = 0.0
    while True:
        made: dict[Line, Line] = {}
        drawn = [_joined(lines, made, tolerance) for lines in cut]
        count = sum(map(len, drawn))
        fewest = 4 * len(rings) + len(meeting)
        if count <= max(most, fewest) or tolerance > 1e6:
            return drawn
        tolerance = tolerance * COARSER if tolerance else 1.0


def _without_repeats(ring: Iterable[Spot]) -> list[Spot]:
    kept: list[Spot] = []
    for spot in ring:
        if not kept or spot != kept[-1]:
            kept.append(spot)
    return kept


def _meeting(rings: Iterable[Sequence[Spot]]) -> set[Spot]:
    """Spots with more than two different neighbours, counted over all rings: where lines meet or end."""
    beside: dict[Spot, set[Spot]] = defaultdict(set)
    for ring in rings:
        for one, other in pairwise(ring):
            beside[one].add(other)
            beside[other].add(one)
    return {spot for spot, others in beside.items() if len(others) != 2}


def _cut(ring: Sequence[Spot], meeting: set[Spot]) -> Iterable[Line]:
    """The lines of a ring, in its order. One that meets no other is cut in two at spots that both sides agree on."""
    if len(ring) < 3:
        return
    spots = list(ring[:-1])
    starts = [place for place, spot in enumerate(spots) if spot in meeting]
    if not starts:
        first = min(spots)
        starts = [spots.index(first)]
    start = starts[0]
    spots = [*spots[start:], *spots[:start]]
    ends = [place for place, spot in enumerate(spots) if place and spot in meeting]
    if not ends:
        # Of those as far away, the same one is taken whichever way round the ring goes.
        far = max(spots[1:], key=lambda spot: (_apart(spot, spots[0]), spot))
        ends = [spots.index(far)]
    spots.append(spots[0])
    for one, other in zip([0, *ends], [*ends, len(spots) - 1], strict=True):
        yield tuple(spots[one : other + 1])


def _joined(lines: Iterable[Line], made: dict[Line, Line], tolerance: float) -> list[Spot]:
    ring: list[Spot] = []
    for line in lines:
        forwards = min(line, line[::-1])
        if forwards not in made:
            made[forwards] = _fewer(forwards, tolerance)
        drawn = made[forwards] if line == forwards else made[forwards][::-1]
        ring += drawn if not ring else drawn[1:]
    return ring if len(set(ring)) >= 3 else []


def _fewer(line: Line, tolerance: float) -> Line:
    """Both ends, and each spot that lies farther than the tolerance from the line drawn without it."""
    keep = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        farthest, distance = first, tolerance * tolerance
        for place in range(first + 1, last):
            found = _off(line[place], line[first], line[last])
            if found > distance:
                farthest, distance = place, found
        if farthest != first:
            keep.add(farthest)
            waiting += [(first, farthest), (farthest, last)]
    return tuple(line[place] for place in sorted(keep))


def _off(spot: Spot, first: Spot, last: Spot) -> float:
    """The square of the distance from a spot to the stretch between two others."""
    (x, y), (x1, y1), (x2, y2) = spot, first, last
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return float((x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2)


def _apart(one: Spot, other: Spot) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
