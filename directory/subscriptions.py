"""What the directory does when something has happened: tell those who answer for it."""

from __future__ import annotations

from collections.abc import Sequence

from directory.alerts import raise_alert
from directory.events import RoleGranted
from events.models import Event
from events.registry import Delivered, subscribe
from forces.capabilities import Capability
from forces.models import Force


@subscribe(RoleGranted, name="directory.alert_role_granted")
def alert_role_granted(batch: Sequence[Delivered]) -> None:
    """A role was given: whoever else answers for the team is told, so that no right is given unseen."""
    given_by = dict(Event.objects.filter(pk__in=[each.id for each in batch]).values_list("pk", "person_id"))
    forces = Force.objects.in_bulk({each.force_id for each in batch if each.force_id is not None})
    for each in batch:
        if each.force_id is None:
            continue
        raise_alert(
            forces[each.force_id],
            kind="role_granted",
            capability=Capability.MANAGE_TEAM,
            without=given_by.get(each.id),
            subject=each.subject,
            params={"person": each.happened.person, "role": each.happened.role},
            event=each.uid,
            at=each.happened_at or each.recorded_at,
        )
