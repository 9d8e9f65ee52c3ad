"""What others may know of the statistics."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("signal.raised.v1")
@dataclass(frozen=True, slots=True)
class SignalRaised:
    """A run chart of a force's published figures shows what chance seldom gives, which it did not show before.

    `first` and `last` are months (2024-04); `rules` are the rules that say so, with a space between them.
    """

    signal: int
    measure: str
    first: str
    last: str
    rules: str


@event("signal.ended.v1")
@dataclass(frozen=True, slots=True)
class SignalEnded:
    """A force's figures no longer show a sign of change that they showed before: they were corrected, or went on."""

    signal: int
    measure: str


@event("signal.decided.v1")
@dataclass(frozen=True, slots=True)
class SignalDecided:
    """Somebody at the national centre has looked at a sign of change and said what they make of it, and why."""

    signal: int
    measure: str
    decision: str
