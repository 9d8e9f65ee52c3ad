"""What the centre does with documents that forces published elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("import.staged.v1")
@dataclass(frozen=True, slots=True)
class ImportStaged:
    """A document has been read and checked; nothing of it is on the register yet."""

    batch: str
    document: str
    profile: str
    rows: int
    errors: int
    warnings: int


@event("import.refused.v1")
@dataclass(frozen=True, slots=True)
class ImportRefused:
    """A document could not be read, or no profile fits it; it was not kept."""

    batch: str
    document: str
    why: str


@event("import.accepted.v1")
@dataclass(frozen=True, slots=True)
class ImportAccepted:
    """The rows of a document are on the register: new ones entered, changed ones corrected."""

    batch: str
    document: str
    entered: int
    corrected: int
    unchanged: int
    waiting: int


@event("import.undone.v1")
@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What a batch entered has been withdrawn, and what it corrected has been put back."""

    batch: str
    withdrawn: int
    restored: int
    kept: int


@event("import.discarded.v1")
@dataclass(frozen=True, slots=True)
class ImportDiscarded:
    """A batch was looked at and left; nothing of it is on the register."""

    batch: str


@event("import.match_resolved.v1")
@dataclass(frozen=True, slots=True)
class MatchResolved:
    """A person has said which deployment an ambiguous or missing row is."""

    batch: str
    row: int
    decision: str
    reference: str
