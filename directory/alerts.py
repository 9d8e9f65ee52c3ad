"""Alerts: told to whoever can act on something, on their dashboard, until they say that they have seen it.

A subscriber calls `raise_alert` while it handles an event; handling it again raises nothing. Add a kind of alert by
adding its words to `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Alert, AlertSeen
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.words import Words

# The words of each kind. `person` and `role` in the params are shown by name.
KINDS: dict[str, Words] = {
    "role_granted": _("%(person)s has been given the role %(role)s."),
}
# What nobody said they had seen is in the history; a dashboard is for what is new.
SHOWN_FOR = timedelta(days=90)


def raise_alert(
    force: Force,
    *,
    kind: str,
    subject: str,
    params: Mapping[str, Any],
    event: str | UUID,
    capability: Capability | None = None,
    person: Person | None = None,
    without: int | None = None,
    at: datetime,
) -> None:
    """Tell whoever holds `capability` in the force, or this one person; not the person with the id `without`.

    Within `acting(force, …)`. Raises nothing a second time for the same `event`. KeyError for a kind without words.
    """
    KINDS[kind]
    Alert.objects.bulk_create(
        [
            Alert(
                force=force,
                kind=kind,
                subject=subject,
                params=dict(params),
                event=event,
                capability=capability.value if capability is not None else "",
                person=person,
                without_id=without,
                raised_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def alerts_for(person: Person, force: Force, *, now: datetime) -> list[Alert]:
    """What this person is told of in this force and has not said they have seen, latest first. One query."""
    seen = AlertSeen.objects.owned_by(force).filter(alert=OuterRef("pk"), person=person)
    held = person.grants.national | person.grants.by_force.get(force.pk, frozenset())
    return list(
        Alert.objects.owned_by(force)
        .filter(Q(capability__in=sorted(held)) | Q(person=person), raised_at__gt=now - SHOWN_FOR)
        .exclude(without=person)
        .exclude(Exists(seen))
        .order_by("-pk")
    )
