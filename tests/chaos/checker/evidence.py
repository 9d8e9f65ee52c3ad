"""What the checker is given, and what it hands back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.history import Operation


@dataclass(frozen=True)
class Evidence:
    """From outside the database.

    `standing` is, for each realm, what the public lists show: version by reference. `totals` is what the public
    statistics say: faces seen by realm. `before` is the last event that was there before anybody began.
    """

    operations: Sequence[Operation]
    followers: Mapping[str, Sequence[tuple[int, int]]]
    snapshots: Mapping[str, str]
    leaks: Sequence[str] = ()
    changed: Sequence[str] = ()
    standing: Mapping[str, Mapping[str, int]] | None = None
    totals: Mapping[str, int] | None = None
    before: int = 0


@dataclass
class Findings:
    by_invariant: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, invariant: str, words: str) -> None:
        self.by_invariant[invariant].append(words)

    def is_clean(self) -> bool:
        return not self.by_invariant

    def of(self, invariant: str) -> list[str]:
        return self.by_invariant.get(invariant, [])

    def told(self, most: int = 5) -> dict[str, list[str]]:
        """A few of each, for people."""
        return {
            name: [*found[:most], *([f"and {len(found) - most} more"] if len(found) > most else [])]
            for name, found in sorted(self.by_invariant.items())
        }
