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


@event("register.notice_entered.v1", public=True)
@dataclass(frozen=True, slots=True)
class NoticeEntered:
    """A notice of a deployment has been placed on the register: for the first time, or changed or cancelled.

    `status` is planned, deferred, under_review or cancelled. A notice is no result: statistics do not hear of it.
    """

    entry: int
    reference: str
    version: int
    act: str
    force: str
    realm: str
    status: str


@event("register.redacted.v1", public=True)
@dataclass(frozen=True, slots=True)
class EntryRedacted:
    """The body of an entry, a result or a notice, has been removed as it held personal data; its tombstone stands."""

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
