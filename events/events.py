"""What happens to events themselves."""

from __future__ import annotations

from dataclasses import dataclass

from events.registry import event


@event("delivery.replayed.v1")
@dataclass(frozen=True, slots=True)
class DeliveryReplayed:
    """A person looked at a parked event and sent it to its subscriber again."""

    delivery: int
    subscriber: str
    event: int
    cause: str
