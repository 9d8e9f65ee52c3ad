"""Recording what happened, in the transaction that makes it true."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from events.models import Delivery, Event, Unsequenced
from events.registry import subscribers_of, type_of
from forces.models import Force, Person

CHANNEL = "events"


class NotInTransaction(RuntimeError):
    """record() outside a transaction would announce a change that may never commit."""


def record(
    happened: Any,
    *,
    force: Force | None,
    by: Person | None,
    at: datetime,
    subject: str = "",
    reason: str = "",
    role: str = "",
) -> Event:
    """Write the event, one delivery per subscriber and its place in the sequencer's queue; wake the relay.

    `happened` is an instance of a registered payload. `force` is whose history it belongs to (None: the
    centre's). `by` is who did it (None: the system). `at` is the action's instant. `subject` is the reference
    it is about. All of it commits with the caller's transaction or not at all.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{type_of(happened).name} was recorded outside a transaction.")
    kind = type_of(happened)
    event = Event.objects.create(
        name=kind.name,
        subject=subject,
        force=force,
        person_id=by.pk if by is not None else None,
        role=role,
        reason=reason,
        payload=kind.encode(happened),
        is_public=kind.public,
        happened_at=at,
    )
    Delivery.objects.bulk_create(
        Delivery(
            event=event,
            subscriber=subscriber.name,
            lane=force.pk if subscriber.per_force and force is not None else 0,
        )
        for subscriber in subscribers_of(kind)
    )
    Unsequenced.objects.create(event=event)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
    return event
