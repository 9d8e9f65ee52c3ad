"""Who is told when something a plan relied on has changed, besides those for whom it now waits."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from deployments.planning.events import CommanderAlerted, PlanHeld
from deployments.planning.models import Plan
from directory.alerts import KINDS, raise_alert
from events.registry import Delivered, subscribe
from forces.capabilities import Capability
from forces.models import Force

KINDS["plan_held"] = _(
    "%(plan)s, %(place)s, waits for an officer to look again: what it relied on has changed."
)
KINDS["deployment_running"] = _(
    "%(plan)s, %(place)s, is running and what it relied on has changed. Nothing stops by itself: you decide."
)


@subscribe(PlanHeld, name="deployments.alert_plan_held")
def alert_plan_held(batch: Sequence[Delivered]) -> None:
    """An authorised plan is held: whoever proposed it is told; it waits on the dashboard of who may decide."""
    for each, plan in _plans(batch):
        raise_alert(
            plan.force,
            kind="plan_held",
            subject=plan.reference,
            params={"plan": plan.reference, "place": plan.place},
            event=each.uid,
            person=plan.proposed_by,
            at=each.happened_at or each.recorded_at,
        )


@subscribe(CommanderAlerted, name="deployments.alert_commander")
def alert_commander(batch: Sequence[Delivered]) -> None:
    """Something a running deployment relied on has changed: its commander is told, or whoever may command."""
    for each, plan in _plans(batch):
        raise_alert(
            plan.force,
            kind="deployment_running",
            subject=plan.reference,
            params={"plan": plan.reference, "place": plan.place},
            event=each.uid,
            person=plan.commander,
            capability=None if plan.commander is not None else Capability.COMMAND_DEPLOYMENTS,
            at=each.happened_at or each.recorded_at,
        )


def _plans(batch: Sequence[Delivered]) -> list[tuple[Delivered, Plan]]:
    """Each event with its plan: the batch is of one force, and runs in its scope."""
    [force_id] = {each.force_id for each in batch if each.force_id is not None}
    force = Force.objects.get(pk=force_id)
    found = {
        plan.reference: plan
        for plan in Plan.objects.owned_by(force)
        .filter(reference__in=[each.subject for each in batch])
        .with_people()
    }
    return [(each, found[each.subject]) for each in batch]
