"""What the register tells everybody."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("register.entered.v1", public=True)
@dataclass(frozen=True, slots=True)
class EntryEntered:
    """An entry has been placed on the register: a first publication, a correction or a withdrawal."""

    entry: int
    reference: str
    version: int
    act: str
    force: str
    realm: str
    tier: str


@event("register.redacted.v1", public=True)
@dataclass(frozen=True, slots=True)
class EntryRedacted:
    """The body of an entry has been removed because it held personal data; its tombstone stands."""

    entry: int
    reference: str
    force: str


@event("redaction.proposed.v1")
@dataclass(frozen=True, slots=True)
class RedactionProposed:
    """Somebody asked for personal data to be removed from an entry."""

    request: int
    reference: str


@event("redaction.refused.v1")
@dataclass(frozen=True, slots=True)
class RedactionRefused:
    """The removal that was asked for was refused; the entry stands as it is."""

    request: int
    reference: str
