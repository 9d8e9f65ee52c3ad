"""What the centre records of its queue. None of it is public: what a decision changes has events of its own."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("decision.claimed.v1")
@dataclass(frozen=True, slots=True)
class DecisionClaimed:
    """Somebody has taken an item of the queue, or taken it for longer; nobody else decides on it until then."""

    kind: str
    item: str
    until: str


@event("decision.released.v1")
@dataclass(frozen=True, slots=True)
class DecisionReleased:
    """Whoever had taken an item of the queue has given it back undecided."""

    kind: str
    item: str


@event("decision.proposed.v1")
@dataclass(frozen=True, slots=True)
class DecisionProposed:
    """The first of two people has decided on an item of the queue; a second must confirm it."""

    kind: str
    item: str
    choice: str


@event("decision.declined.v1")
@dataclass(frozen=True, slots=True)
class DecisionDeclined:
    """A second person did not confirm what was proposed; the item waits again. `person` had proposed it."""

    kind: str
    item: str
    choice: str
    person: int


@event("decision.made.v1")
@dataclass(frozen=True, slots=True)
class DecisionMade:
    """An item of the queue has been decided, and that carried out. `person` proposed it, where two had to agree."""

    kind: str
    item: str
    choice: str
    person: int | None


Happened = DecisionClaimed | DecisionReleased | DecisionProposed | DecisionDeclined | DecisionMade
