"""Histories of publications, and their delivery to the statistics in any order, any number of times."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from coordination.collation.subscriptions import count_entered, count_redacted
from events.models import Event
from events.registry import EVENTS, Delivered
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import acting, national_scope
from register import actions
from register.models import Entry, Head, Origin, Tier
from tests.documents import result

HANDLERS = {"register.entered.v1": count_entered, "register.redacted.v1": count_redacted}


def publish(
    force: Force, *, tier: str = Tier.PRIMARY, origin: str = "", at: datetime | None = None, **fields: Any
) -> Entry:
    """`origin` follows from the tier if it is not given."""
    origin = origin or (Origin.SUBMITTED if tier == Tier.PRIMARY else Origin.COLLATED)
    return actions.enter(
        result(force, **fields), force=force, origin=origin, tier=tier, by=None, at=at or db_now()
    )


def correct(entry: Entry, *, tier: str | None = None, at: datetime | None = None, **fields: Any) -> Entry:
    document = result(entry.force, reference=entry.reference, **fields)
    return actions.correct(
        document,
        force=entry.force,
        origin=entry.origin if tier != Tier.PRIMARY else Origin.SUBMITTED,
        tier=tier or entry.tier,
        by=None,
        at=at or db_now(),
        reason="The record was misread.",
    )


def withdraw(entry: Entry) -> Entry:
    return actions.withdraw(
        entry.reference, force=entry.force, by=None, at=db_now(), reason="It was published by mistake."
    )


def redact(entry: Entry, proposer: Person, approver: Person) -> None:
    request = actions.propose_redaction(
        entry,
        force=entry.force,
        by=proposer,
        at=db_now(),
        why="A name.",
        public_reason="It held personal data.",
    )
    actions.redact(request, force=entry.force, by=approver, at=db_now())


def happened() -> list[Delivered]:
    """Every event of the register so far, oldest first, as a subscriber receives it."""
    with national_scope():
        events = list(Event.objects.filter(name__in=HANDLERS).order_by("pk"))
    return [
        Delivered(
            event.pk,
            str(event.uid),
            event.name,
            EVENTS[event.name].decode(event.payload),
            event.force_id,
            event.recorded_at,
        )
        for event in events
    ]


def deliver(events: Iterable[Delivered], *, largest: int = 1000) -> None:
    """Hand the events over in this order, in batches of one force and kind, as the worker does."""
    forces = {force.pk: force for force in Force.objects.all()}
    for (force_id, name), same in groupby(events, key=lambda event: (event.force_id, event.name)):
        batch = list(same)
        for start in range(0, len(batch), largest):
            with acting(forces[force_id], None):
                HANDLERS[name](batch[start : start + largest])


def deliver_carelessly(events: list[Delivered], seed: int) -> None:
    """In any order, some twice or thrice, in batches of any size."""
    rng = random.Random(seed)
    repeated = [event for event in events for _time in range(rng.choice((1, 1, 2, 3)))]
    rng.shuffle(repeated)
    deliver(repeated, largest=rng.randint(1, 7))


def standing() -> list[str]:
    """References that count."""
    return list(Head.objects.standing().values_list("reference", flat=True))
