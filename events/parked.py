"""Events that a subscriber could not take, for the page on which a person looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from events.models import Delivery
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person
from forces.permissions import require
from forces.tenancy import national_scope


@dataclass(frozen=True, slots=True)
class Parked:
    """`delivery` is what `events.actions.replay` takes. `age` runs from when the event was recorded."""

    delivery: Delivery
    name: str
    subject: str
    force: str
    subscriber: str
    cause: str
    attempts: int
    recorded_at: datetime
    age: timedelta


def parked(*, by: Person, limit: int = 200) -> list[Parked]:
    """The oldest `limit` parked deliveries of all forces. Raises Forbidden."""
    require(by, Capability.REPLAY_EVENTS)
    with national_scope(by):
        now = db_now()
        found = (
            Delivery.objects.filter(state=Delivery.State.PARKED)
            .select_related("event", "event__force")
            .order_by(F("id"))[:limit]
        )
        return [
            Parked(
                delivery=delivery,
                name=delivery.event.name,
                subject=delivery.event.subject,
                force=delivery.event.force.name if delivery.event.force else "",
                subscriber=delivery.subscriber,
                cause=delivery.cause,
                attempts=delivery.attempts,
                recorded_at=delivery.event.recorded_at,
                age=now - delivery.event.recorded_at,
            )
            for delivery in found
        ]
