"""Trying a version of the framework against the plans of today: which would it hit, and by which requirement?

Nothing is changed by asking. Only requirements that the two versions judge differently are judged, under both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from coordination.framework.models import Version
from coordination.framework.rules import changed, rules_of_version_for_forces
from deployments.planning.models import Plan, PlanQuerySet
from deployments.readiness.live import day_of
from deployments.readiness.moments import start_of
from deployments.readiness.reading import read, subjects_of
from deployments.readiness.worse import Change, RulesOn, among, worse
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import require
from forces.tenancy import national_scope


@dataclass(frozen=True, slots=True)
class Hit:
    """One plan and what the version changes for it, for the worse."""

    reference: str
    force: Force
    status: str
    starts_at: datetime | None
    place: str
    changes: tuple[Change, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(change.code for change in self.changes)


def hits(old: Version, new: Version, *, at: datetime, by: Person) -> list[Hit]:
    """Plans of every force that are worse off under `new` than under `old`, the soonest first; drafts included.

    A version with a day on which it takes effect is asked about plans from that day on; one without, about all that
    are neither cancelled nor over. Raises Forbidden.
    """
    require(by, Capability.READ_NATIONAL_PLANS)
    codes = changed(old, new)
    if not codes:
        return []
    with national_scope(by):
        rows = Plan.objects.across_forces(
            reason="a version of the framework is tried against every force's plans"
        )
        plans = read(_from_day_on(rows.open().filter(Q(ends_at=None) | Q(ends_at__gt=at)), new))
        forces, days = {plan.force for plan in plans}, {day_of(plan, at) for plan in plans}
        before = rules_of_version_for_forces(old, forces, days)
        after = rules_of_version_for_forces(new, forces, days)
        return _hit(plans, before, after, codes, at=at)


def _hit(
    plans: Sequence[Plan], before: RulesOn, after: RulesOn, codes: frozenset[str], *, at: datetime
) -> list[Hit]:
    changed_before, changed_after = among(before, codes), among(after, codes)
    found = []
    for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True):
        key = plan.force_id, day_of(plan, at)
        if changes := worse(changed_before[key], changed_after[key], subject):
            found.append(Hit(plan.reference, plan.force, plan.status, plan.starts_at, plan.place, changes))
    return found


def _from_day_on(rows: PlanQuerySet, version: Version) -> PlanQuerySet:
    if version.takes_effect_on is None:
        return rows
    return rows.filter(Q(starts_at=None) | Q(starts_at__gte=start_of(version.takes_effect_on)))
