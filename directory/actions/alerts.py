"""Saying that one has seen an alert."""

from __future__ import annotations

from datetime import datetime

from directory import events
from directory.models import Alert, AlertSeen
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.tenancy import acting


def acknowledge(alert: Alert, *, by: Person, at: datetime) -> bool:
    """Say that one has seen an alert that is meant for oneself; it goes on standing for others.

    False if one has said so before. Raises Forbidden.
    """
    force = alert.force
    if alert.person_id != by.pk:
        require(by, Capability(alert.capability or Capability.MANAGE_TEAM.value), force)  # type: ignore[call-arg]
    with acting(force, by):
        new = AlertSeen(force=force, alert=alert, person=by, at=at)
        if AlertSeen.objects.owned_by(force).filter(alert=alert, person=by).exists():
            return False
        AlertSeen.objects.bulk_create([new], ignore_conflicts=True)
        record(
            events.AlertAcknowledged(alert.kind, alert.subject),
            force=force,
            by=by,
            at=at,
            subject=alert.subject,
        )
    return True
