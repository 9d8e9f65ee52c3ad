"""Holding claims against the records: reads what stands, and keeps the answer until the records move again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from coordination.collation.figures import Tally
from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    ENFORCEMENT_ACTIONS,
    FALSE_ALERTS,
    OTHER_ACTION,
    TRUE_ALERTS,
    TRUE_ALERTS_UNCONFIRMED,
    UNDETERMINED_ALERTS,
)
from coordination.collation.reconciliation.answers import Answer, Beside, by_force, merged
from coordination.collation.reconciliation.ledger import Lump, Question, added, lumps
from coordination.collation.reconciliation.models import Claim, Moved, Reconciled, Role
from coordination.collation.reconciliation.running import (
    Counts,
    Passing,
    by_month,
    own,
    passing,
    with_others,
)
from forces.clock import db_now
from forces.models import Realm
from register.models import Head, Tier
from register.search import LIVE

# Under this advisory lock claims are held against the records: one at a time, and whoever comes second leaves.
_LOCK = 0x7265636F

# By which other measures a figure is explained.
RELATED = {
    TRUE_ALERTS.code: (TRUE_ALERTS_UNCONFIRMED.code, UNDETERMINED_ALERTS.code),
    FALSE_ALERTS.code: (UNDETERMINED_ALERTS.code,),
    ALERTS.code: (UNDETERMINED_ALERTS.code,),
    ENFORCEMENT_ACTIONS.code: (ARRESTS.code, OTHER_ACTION.code),
}


@transaction.atomic
def reconcile() -> int:
    """Hold every claim against the records, if records of their days have moved; returns how many claims.

    What moves while this works is noted by whoever moves it, and read the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    noted, _by_model = Moved.objects.all().delete()
    if not noted:
        return 0
    at, claims = db_now(), list(Claim.objects.all())
    worked = [claim for claim in claims if claim.role == Role.CLAIM]
    for claim in worked:
        answer = answer_for(claim, claims).as_json()
        Reconciled.objects.update_or_create(claim=claim, defaults={"answer": answer, "as_of": at})
    return len(worked)


def answer_for(claim: Claim, claims: Sequence[Claim]) -> Answer:
    """How the claim stands beside the records now. `claims` are all that are known, of every role."""
    question = _question(claim, claim.measure)
    found = lumps(question)
    beside = [other for other in claims if _is_beside(other, claim)]
    early = [other for other in beside if other.role == Role.EARLY and not _has_records(other, found)]
    before = [(other.last, other.value) for other in early]
    both = [lump for lump in found if with_others(lump)]
    is_summed = not added(both).misleading

    def met(counts: Counts, *before: tuple[date, int]) -> Passing | None:
        return passing(question, found, claim.value, counts, before) if is_summed else None

    return Answer(
        own=added(filter(own, found)),
        others=added(lump for lump in both if not own(lump)),
        doubled=added(lump for lump in found if lump.doubled),
        early=tuple(other.pk for other in early),
        early_total=sum(other.value for other in early),
        own_last=_last(claim, Tier.PRIMARY),
        others_last=_last(claim, Tier.SECONDARY),
        parts=by_force((lump.force, own(lump), lump.tally) for lump in both),
        beside=tuple(Beside(other.pk, _of(other)) for other in beside),
        own_passing=met(own),
        both_passing=met(with_others),
        early_passing=met(with_others, *before) if before else None,
        running=merged(by_month(found, own), by_month(found, with_others)),
        related={measure: _both(claim, measure) for measure in RELATED.get(claim.measure, ())},
    )


# --- parts -------------------------------------------------------------------------------------------------


def _question(claim: Claim, measure: str) -> Question:
    return Question(measure, claim.first, claim.last, claim.subject_id)


def _is_beside(other: Claim, claim: Claim) -> bool:
    """Whether a figure speaks of part of what the claim speaks of. Trials count only if all of them do."""
    if other.role == Role.CLAIM or other.measure != claim.measure:
        return False
    if claim.subject_id not in (None, other.subject_id):
        return False
    if other.role == Role.EARLY:
        return claim.first <= other.first and other.last <= claim.last
    return other.first <= claim.last and other.last >= claim.first


def _has_records(early: Claim, found: Sequence[Lump]) -> bool:
    """Whether a record of the force stands in the time of its trials: then nothing is added, or it may count twice."""
    return any(
        lump.force == early.subject_id and lump.first <= early.last and lump.last >= early.first
        for lump in found
    )


def _of(claim: Claim) -> Tally:
    return added(filter(with_others, lumps(_question(claim, claim.measure))))


def _both(claim: Claim, measure: str) -> tuple[Tally, Tally]:
    found = lumps(_question(claim, measure))
    return (
        added(filter(own, found)),
        added(lump for lump in found if with_others(lump) and not own(lump)),
    )


def _last(claim: Claim, tier: str) -> date | None:
    heads = Head.objects.in_realm(Realm.NATIONAL.value).standing().of_tier(tier).filter(technology=LIVE)
    heads = heads.between(claim.first, claim.last)
    if claim.subject_id is not None:
        heads = heads.filter(force_id=claim.subject_id)
    return heads.latest_first().values_list("on", flat=True).first()
