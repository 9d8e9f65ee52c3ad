"""What others may know of the legal framework."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("framework.drafted.v1")
@dataclass(frozen=True, slots=True)
class FrameworkDrafted:
    """A new version of the legal framework has been begun as a copy of the one before."""

    version: int
    summary: str


@event("framework.amended.v1")
@dataclass(frozen=True, slots=True)
class FrameworkAmended:
    """A requirement of a draft has been added, changed or removed (`what`), or its summary changed."""

    version: int
    requirement: str
    what: str


@event("framework.proposed.v1")
@dataclass(frozen=True, slots=True)
class FrameworkProposed:
    """A version stands still for a second person to look at; they may adopt it to take effect on this day."""

    version: int
    takes_effect_on: str


@event("framework.sent_back.v1")
@dataclass(frozen=True, slots=True)
class FrameworkSentBack:
    """A proposed version has become a draft again; the reason is the event's."""

    version: int


@event("framework.adopted.v1", public=True)
@dataclass(frozen=True, slots=True)
class FrameworkAdopted:
    """A version of the legal framework has been adopted, by a second person; its rules hold from this day on."""

    version: int
    summary: str
    takes_effect_on: str


@event("framework.tightened.v1", public=True)
@dataclass(frozen=True, slots=True)
class RuleTightened:
    """A force holds itself to more than the nation asks. `value` and `national` are JSON texts."""

    force: str
    requirement: str
    parameter: str
    value: str
    national: str
    why: str
    starts_on: str


@event("framework.tightening_ended.v1", public=True)
@dataclass(frozen=True, slots=True)
class TighteningEnded:
    """A force's tighter value holds no longer from this day on; the nation's holds again."""

    force: str
    requirement: str
    parameter: str
    why: str
    ends_on: str
