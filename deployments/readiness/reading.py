"""Plans as subjects: what the database knows of them, read in a few statements however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from coordination.evaluations.models import AlgorithmVersion
from coordination.framework.vocabulary import Phase
from deployments.models import Result
from deployments.planning.models import BINDING, Attestation, Authority, Override, Plan, PlanQuerySet
from deployments.readiness.papers import documents_for
from deployments.readiness.services import (
    NOT_RECORDED,
    NOTHING_RECORDED,
    SERVICES,
    Answers,
    Asked,
    NotRecorded,
)
from deployments.readiness.subject import Attested, Given, Held, Subject, Told
from forces.clock import london_date
from forces.models import Force, Person

PEOPLE = ("operators", "engagement_officers")


@dataclass(frozen=True, slots=True)
class Act:
    """An authority about to be given: by whom, in which rank and roles, how, and what it authorises separately.

    `given_at` is when it was given by word of mouth, `at` when it is recorded.
    """

    person: Person
    rank: str
    roles: tuple[str, ...]
    kind: str
    separately: frozenset[str]
    given_at: datetime | None
    at: datetime

    def as_given(self) -> Given:
        return Given(
            self.kind, self.person.pk, self.rank, self.roles, self.separately, self.at, given_at=self.given_at
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a plan beside what it says: about these very words where it was decided or attested."""

    authority: Given | None = None
    overridden: frozenset[str] = frozenset()
    attested: Mapping[str, Attested] = field(default_factory=dict)
    published_at: datetime | None = None
    documents: Mapping[str, Held] | NotRecorded = NOT_RECORDED
    answers: Answers = NOTHING_RECORDED


def subject_of(plan: Plan, *, at: datetime, act: Act | None = None) -> Subject:
    """One plan, in a scope in which its force's rows can be read."""
    return subjects_of([plan], at=at, act=act)[0]


def subjects_of(plans: Sequence[Plan], *, at: datetime, act: Act | None = None) -> list[Subject]:
    """Many, in their order: a statement for each kind of fact. `act` is for one plan alone.

    Reads what the caller's scope lets through; `force`, `authority` and `algorithm` should come with the plans.
    """
    forces = {plan.force_id: plan.force for plan in plans}
    own = {plan.pk: plan.content_hash for plan in plans}
    given = _given_to(plans, forces)
    overridden, attested = _overridden(own, forces), _attested(own, forces)
    published = _published([plan for plan in plans if plan.is_over(at)])
    days = {plan.pk: london_date(plan.starts_at) if plan.starts_at else None for plan in plans}
    documents = documents_for({(plan.force, days[plan.pk] or london_date(at)) for plan in plans})
    answers = SERVICES.ask([_asked(plan) for plan in plans]) if SERVICES.are_there else {}
    return [
        subject_from(
            plan,
            Facts(
                authority=given.get(plan.authority_id),
                overridden=overridden[plan.pk],
                attested=attested[plan.pk],
                published_at=published.get(plan.pk),
                documents=documents[plan.force_id, days[plan.pk] or london_date(at)],
                answers=answers.get(plan.reference, NOTHING_RECORDED),
            ),
            at=at,
            act=act,
        )
        for plan in plans
    ]


def subject_from(plan: Plan, facts: Facts, *, at: datetime, act: Act | None = None) -> Subject:
    """The subject of a plan and of what is known beside it. Reads nothing but the two."""
    return Subject(
        reference=plan.reference,
        technology=plan.technology,
        on=london_date(plan.starts_at) if plan.starts_at else None,
        at=at,
        said=plan.said,
        to_confirm={code: frozenset(names) for code, names in plan.to_confirm().items()},
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        authors=frozenset(plan.authors),
        is_urgent=plan.is_urgent,
        authority=act.as_given() if act is not None else facts.authority,
        told=_told(plan),
        attested=facts.attested,
        overridden=facts.overridden,
        documents=facts.documents,
        algorithm_for=plan.algorithm.technology if plan.algorithm is not None else None,
        published_at=facts.published_at,
        answers=facts.answers,
        phases=_PLAN if act is not None else phases_of(plan, at),
    )


_PLAN = frozenset({str(Phase.PLAN)})


def phases_of(plan: Plan, at: datetime) -> frozenset[str]:
    """The phases whose rules must be met now: a rule of the day keeps nobody from authorising."""
    if plan.status not in BINDING:
        return _PLAN
    reached = {str(Phase.PLAN), str(Phase.NOTICE)}
    if plan.has_begun(at):
        reached.add(str(Phase.DAY))
    if plan.is_over(at):
        reached.add(str(Phase.AFTER))
    return frozenset(reached)


GIVEN = (
    *("kind", "decided_by_id", "rank", "roles", "separately", "decided_at", "given_at", "confirm_by"),
    *("confirmed_at", "confirmed_rank"),
)


def given_as(values: Sequence[Any]) -> Given:
    """An authority from its columns in the order of GIVEN."""
    kind, by, rank, roles, separately, *moments = values
    return Given(kind, by, rank, tuple(roles), frozenset(separately), *moments)


def _given_to(plans: Sequence[Plan], forces: Mapping[int, Force]) -> dict[int | None, Given]:
    """By the authority's id. One that came with its plan is not asked for again."""
    wanted = [plan for plan in plans if plan.authority_id is not None]
    if all(Plan.authority.is_cached(plan) for plan in wanted):
        rows = [plan.authority for plan in wanted if plan.authority is not None]
        return {each.pk: given_as([getattr(each, name) for name in GIVEN]) for each in rows}
    found = _among(
        _scoped(Authority.objects, forces), "id", [each for plan in wanted if (each := plan.authority_id)]
    )
    return {pk: given_as(values) for pk, *values in found.values_list("pk", *GIVEN)}


def _told(plan: Plan) -> Told:
    if Plan.Status.NOTIFIED in (plan.status, plan.held_from):
        return Told(at=plan.notified_at, short_because=plan.short_notice_reason)
    # What was told of other words, before the plan was changed, is not this plan's notice.
    return Told(deferred=plan.is_deferred, deferred_until=plan.deferral_review_on)


def _overridden(own: Mapping[int, str], forces: Mapping[int, Force]) -> Mapping[int, frozenset[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = _of_forces(Override.objects, own, forces).values_list("plan_id", "requirement", "content_hash")
    for plan, requirement, content_hash in rows:
        if own[plan] == content_hash:
            found[plan].add(requirement)
    return defaultdict(frozenset, {plan: frozenset(codes) for plan, codes in found.items()})


def _attested(own: Mapping[int, str], forces: Mapping[int, Force]) -> Mapping[int, dict[str, Attested]]:
    found: defaultdict[int, dict[str, Attested]] = defaultdict(dict)
    rows = _of_forces(Attestation.objects, own, forces).values_list(
        "plan_id", "requirement", "content_hash", "role", "attested_at", "document"
    )
    for plan, requirement, content_hash, role, attested_at, document in rows:
        if own[plan] == content_hash:
            found[plan][requirement] = Attested(role, attested_at, document)
    return found


def _of_forces(manager: Any, own: Collection[int], forces: Mapping[int, Force]) -> Any:
    return _among(_scoped(manager, forces), "plan_id", own)


def _among(rows: Any, column: str, ids: Collection[int]) -> Any:
    """One array for all ids: thousands of parameters take longer to write than to answer."""
    return rows.extra(where=[f"{column} = ANY (%s)"], params=[list(ids)])  # noqa: S610 - a name of our own


def _scoped(manager: Any, forces: Mapping[int, Force]) -> Any:
    """Rows of the one force, or of as many as the scope shows."""
    if len(forces) == 1:
        return manager.owned_by(next(iter(forces.values())))
    return manager.across_forces(reason="what was decided about plans of several forces")


def _published(plans: Sequence[Plan]) -> dict[int, datetime]:
    """By plan: when the first version of its result was published."""
    if not plans:
        return {}
    rows = Result.objects.across_forces(reason="results of these plans, of whichever forces they are")
    return dict(
        rows.filter(
            deployment__plan__in=[plan.pk for plan in plans], number=1, published_at__isnull=False
        ).values_list("deployment__plan_id", "published_at")
    )


def _asked(plan: Plan) -> Asked:
    system, people = plan.answers("system"), plan.answers("people")
    threshold = system.get("threshold")
    return Asked(
        reference=plan.reference,
        force=plan.force_id,
        technology=plan.technology,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        algorithm=plan.algorithm_id,
        threshold=Decimal(threshold) if threshold is not None else None,
        camera=plan.answers("place").get("camera") or "",
        watchlist=plan.answers("watchlist").get("most"),
        needed={part: people[part] for part in PEOPLE if people.get(part) is not None},
    )


def read(rows: PlanQuerySet) -> list[Plan]:
    """Plans with what judging needs and no more, the soonest first: three statements however many they are."""
    plans = list(rows.only(*_COLUMNS).order_by("starts_at", "pk"))
    forces = Force.objects.in_bulk({plan.force_id for plan in plans})
    algorithms = AlgorithmVersion.objects.in_bulk({plan.algorithm_id for plan in plans if plan.algorithm_id})
    for plan in plans:
        plan.force = forces[plan.force_id]
        plan.algorithm = algorithms.get(plan.algorithm_id)
    return plans


_COLUMNS = (
    *("force_id", "reference", "status", "technology", "content", "content_hash", "progress", "starts_at"),
    *("ends_at", "place", "algorithm_id", "authors", "urgency", "authority_id", "notified_at", "held_from"),
    *("short_notice_reason", "deferral_ground", "deferral_review_on"),
)
