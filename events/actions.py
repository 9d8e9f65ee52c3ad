"""What a person may do about events: send a parked one to its subscriber again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from events.events import DeliveryReplayed
from events.models import Delivery
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Refusal
from forces.tenancy import national_scope


class NotParked(Refusal):
    """It was replayed already, or never parked."""


def replay(delivery: Delivery, *, by: Person, at: datetime, reason: str) -> None:
    """Try a parked delivery again from the first attempt. Raises Forbidden, NotParked, Refusal (no reason)."""
    require(by, Capability.REPLAY_EVENTS)
    if not reason.strip():
        raise Refusal(_("Say why it is worth trying again."), pointer="reason")
    with national_scope(by):
        parked = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PARKED)
        if not parked.update(state=Delivery.State.PENDING, attempts=0, due_at=at):
            raise NotParked(_("That event is not parked: somebody has replayed it already."))
        record(
            DeliveryReplayed(delivery.pk, delivery.subscriber, delivery.event_id, delivery.cause),
            force=None,
            by=by,
            at=at,
            reason=reason.strip(),
        )
