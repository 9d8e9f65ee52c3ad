"""Results that may be one deployment written down twice: of the same force, day and place.

Two deployments on one day at one place are not rare, so nothing is refused for good: whoever records is told first,
and so is whoever reviews.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from deployments.facts import Facts, one_line
from deployments.figures import NAMES
from deployments.models import Deployment, Result
from forces.models import Force

# What two of the same day and place are told apart by.
SAID = ("started_at", "ended_at", "duration_minutes", "is_aborted", *NAMES)
MOST = 10
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))"


@dataclass(frozen=True, slots=True)
class Twin:
    """Another deployment. `is_identical`: times and figures are the same, too."""

    reference: str
    is_identical: bool


def hold(force: Force, facts: Facts) -> None:
    """Until this transaction ends nobody else records for the force and day, so that twins cannot miss each other."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"deployments.twins {force.pk} {facts.on.isoformat()}"])


def twins_of(force: Force, facts: Facts, *, besides: Deployment | None = None) -> list[Twin]:
    """Results of the force that stand or are in work for the same day and place, `besides` one; identical ones first.

    Within a scope that reads the force.
    """
    found = _candidates(force, Q(current__on=facts.on, current__place__iexact=one_line(facts.place)))
    others = [each for each in found if besides is None or each.pk != besides.pk]
    return _sorted(facts, others)


def twins_among(force: Force, deployments: Iterable[Deployment]) -> dict[int, list[Twin]]:
    """The same for several at once, by id, of those that somebody must still decide on."""
    open_ones = {each.pk: work for each in deployments if (work := each.in_work) is not None}
    if not open_ones:
        return {}
    days = {work.on for work in open_ones.values()}
    by_place: dict[tuple, list[Deployment]] = {}
    for other in _candidates(force, Q(current__on__in=days)):
        by_place.setdefault((other.shown.on, other.shown.place.lower()), []).append(other)
    found = {}
    for pk, work in open_ones.items():
        others = [each for each in by_place.get((work.on, work.place.lower()), []) if each.pk != pk]
        found[pk] = _sorted(work.facts, others)
    return found


def _candidates(force: Force, which: Q):
    return (
        Deployment.objects.owned_by(force)
        .filter(which, stage__in=[Deployment.Stage.PREPARING, Deployment.Stage.PUBLISHED])
        .with_results()
        .order_by("pk")[:1000]
    )


def _sorted(facts: Facts, others: Iterable[Deployment]) -> list[Twin]:
    twins = [Twin(each.reference, _is_identical(facts, each.shown)) for each in others]
    return sorted(twins, key=lambda twin: (not twin.is_identical, twin.reference))[:MOST]


def _is_identical(facts: Facts, other: Result) -> bool:
    mine, theirs = facts.as_plain(), other.facts.as_plain()
    return all(mine[name] == theirs[name] for name in SAID)
