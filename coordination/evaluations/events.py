"""What others may know of the register of algorithms."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("algorithm.added.v1", public=True)
@dataclass(frozen=True, slots=True)
class AlgorithmAdded:
    """A version of an algorithm has been put on the register of algorithms."""

    algorithm: int
    vendor: str
    product: str
    version: str
    technology: str


@event("algorithm.described.v1", public=True)
@dataclass(frozen=True, slots=True)
class AlgorithmDescribed:
    """The source or the notes of an algorithm version have been changed, or it has been verified."""

    algorithm: int
    is_verified: bool
