"""Rounds: every contestant in each, their order reversed from one to the next; the median stands for them all.

The machine is shared and its speed drifts. What drifts moves all contestants of a round alike, so a ratio is taken
within each round and the median of the ratios is what counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several measurements, with the lowest and the highest."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)


def rounds(contestants: Mapping[str, Callable[[], Got]], times: int) -> dict[str, list[Got]]:
    """What each contestant gave, round by round."""
    given: dict[str, list[Got]] = {name: [] for name in contestants}
    for number in range(times):
        order = list(contestants) if number % 2 == 0 else list(reversed(contestants))
        for name in order:
            given[name].append(contestants[name]())
    return given


def at_least_five(times: int) -> int:
    """For what is short and varies: five rounds, unless so few were asked for that a look is all that is wanted."""
    return times if times < 3 else max(times, 5)


def spread(values: Sequence[float]) -> Spread:
    return Spread(tuple(values))


def ratio(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Round by round, one divided by the other."""
    return Spread(tuple(a / b for a, b in zip(over, under, strict=True)))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
