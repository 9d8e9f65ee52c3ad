"""Trying a version of the framework against the plans of today: which would it hit, and by which requirement?

Nothing is changed by asking. Only requirements that the two versions judge differently are judged, under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from coordination.evaluations.models import AlgorithmVersion
from coordination.framework.models import Version
from coordination.framework.rules import Rule, changed, rules_of_version_for_forces
from deployments.planning.models import Authority, Plan, PlanQuerySet
from deployments.readiness.judging import judge
from deployments.readiness.live import day_of
from deployments.readiness.moments import start_of
from deployments.readiness.reading import subjects_of
from deployments.readiness.subject import Subject
from deployments.readiness.verdicts import Verdict
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import require
from forces.tenancy import national_scope

RulesOn = Mapping[tuple[int | None, date], tuple[Rule, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement that a plan would newly fail, or whose failing would newly block. `before` None: it is new."""

    before: Verdict | None
    after: Verdict

    @property
    def code(self) -> str:
        return self.after.rule.code


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
        plans = read(_from_day_on(rows.open().filter(Q(ends_at=None) | Q(ends_at__gt=at)), new), at=at)
        forces, days = {plan.force for plan in plans}, {day_of(plan, at) for plan in plans}
        before = rules_of_version_for_forces(old, forces, days)
        after = rules_of_version_for_forces(new, forces, days)
        return _hit(plans, before, after, codes, at=at)


def read(rows: PlanQuerySet, *, at: datetime) -> list[Plan]:
    """Plans with what judging needs and no more, the soonest first: four statements however many they are."""
    plans = list(rows.only(*_COLUMNS).order_by("starts_at", "pk"))
    forces = Force.objects.in_bulk({plan.force_id for plan in plans})
    algorithms = AlgorithmVersion.objects.in_bulk({plan.algorithm_id for plan in plans if plan.algorithm_id})
    given = {
        authority.pk: authority
        for authority in Authority.objects.across_forces(reason="the authorities of these plans")
        .filter(pk__in=[plan.authority_id for plan in plans if plan.authority_id])
        .defer("readiness", "reason", "conditions")
    }
    for plan in plans:
        plan.force = forces[plan.force_id]
        plan.algorithm = algorithms.get(plan.algorithm_id)
        plan.authority = given.get(plan.authority_id)
    return plans


_COLUMNS = (
    *("force_id", "reference", "status", "technology", "content", "content_hash", "progress", "starts_at"),
    *("ends_at", "place", "algorithm_id", "authors", "urgency", "authority_id", "notified_at", "held_from"),
    *("short_notice_reason", "deferral_ground", "deferral_review_on"),
)


def worse(before: Iterable[Rule], after: Iterable[Rule], subject: Subject) -> tuple[Change, ...]:
    """What a plan would newly fail if the rules `after` held in place of `before`, or what would newly block it."""
    held = {rule.code: rule for rule in before}
    found = []
    for rule in after:
        now = judge(rule, subject)
        if not now.is_missed:
            continue
        was = judge(held[rule.code], subject) if rule.code in held else None
        if was is None or not was.is_missed or (rule.blocks and not was.rule.blocks):
            found.append(Change(was, now))
    return tuple(found)


def _hit(
    plans: Sequence[Plan], before: RulesOn, after: RulesOn, codes: frozenset[str], *, at: datetime
) -> list[Hit]:
    changed_before, changed_after = _among(before, codes), _among(after, codes)
    found = []
    for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True):
        key = plan.force_id, day_of(plan, at)
        if changes := worse(changed_before[key], changed_after[key], subject):
            found.append(Hit(plan.reference, plan.force, plan.status, plan.starts_at, plan.place, changes))
    return found


def _among(rules: RulesOn, codes: frozenset[str]) -> dict[tuple[int | None, date], tuple[Rule, ...]]:
    return {key: tuple(rule for rule in these if rule.code in codes) for key, these in rules.items()}


def _from_day_on(rows: PlanQuerySet, version: Version) -> PlanQuerySet:
    if version.takes_effect_on is None:
        return rows
    return rows.filter(Q(starts_at=None) | Q(starts_at__gte=start_of(version.takes_effect_on)))
