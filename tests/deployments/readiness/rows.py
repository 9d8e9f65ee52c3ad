"""Plans and versions as rows, put there without the actions that would make them one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from coordination.framework.models import Requirement, Version
from deployments.models import Plan
from deployments.planning.fields import moment
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import acting
from register.canonical import canonical_bytes
from register.references import new_reference
from tests.deployments.readiness.planned import SAID


def plan_of(force: Force, planner: Person, *, status: str = "assessed", **tasks: Mapping[str, Any]) -> Plan:
    """A plan that says what `planned.SAID` says but for `tasks`, brought to a state before authority."""
    said = {task: {**values, **tasks.get(task, {})} for task, values in SAID.items()}
    del said["protection"]["dpia"], said["people"]["commander"], said["system"]["algorithm"]
    with acting(force, planner):
        plan = Plan.objects.create(
            force=force,
            reference=new_reference(),
            content=canonical_bytes(said),
            starts_at=moment(said["place"]["starts_at"]),
            ends_at=moment(said["place"]["ends_at"]),
            place=said["place"]["place"],
            authors=[planner.pk],
            proposed_by=planner,
            proposed_at=db_now(),
        )
        for step in ("submitted", "assessed")[: ("draft", "submitted", "assessed").index(status)]:
            assessed = {"assessed_by": force._owner, "assessed_at": db_now()} if step == "assessed" else {}
            Plan.objects.owned_by(force).filter(pk=plan.pk).update(status=step, **assessed)
        return Plan.objects.owned_by(force).with_people().get(pk=plan.pk)


def next_version(
    changes: Mapping[str, Mapping[str, Any]], *, by: Person, takes_effect_on: date | None = None, at: datetime
) -> Version:
    """A draft after the latest version, with columns of some requirements changed; None drops a requirement."""
    latest = Version.objects.latest_adopted()
    assert latest is not None
    made = Version.objects.create(
        number=latest.number + 1,
        summary="As tried out in a test.",
        takes_effect_on=takes_effect_on,
        drafted_by=by,
        drafted_at=at,
    )
    for each in latest.requirements.all():
        each.pk, each.version = None, made
        for name, value in changes.get(each.code, {}).items():
            setattr(each, name, value)
        each._state.adding = True
        Requirement.objects.bulk_create([each])
    return made
