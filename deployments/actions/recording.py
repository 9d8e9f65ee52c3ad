"""Writing down the result of a deployment, changing it, explaining it, giving it up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from deployments import events
from deployments.actions.refusals import NothingChanged, Seen, Twins
from deployments.actions.versions import (
    checked_reason,
    columns,
    new_result,
    rows_of,
    rows_of_result,
    taken,
    tell,
    why_not,
    write,
    writing,
)
from deployments.facts import Facts, is_plain, one_line
from deployments.models import Deployment, Result
from deployments.planning.actions.refusals import WrongState
from deployments.planning.models import BINDING, Plan
from deployments.twins import hold, twins_of
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Force, Person
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid
from forces.tenancy import acting
from register.references import new_reference

LONGEST_ANSWER = 2000


def record(
    force: Force,
    facts: Facts,
    *,
    by: Person,
    at: datetime,
    despite: Collection[str] | None = None,
    plan: Plan | None = None,
) -> Deployment:
    """Write down the result of a deployment that took place, and under which plan, if it was planned here.

    `despite` names results of the same day and place that whoever records has been told of and says are others;
    None does not look for any. A plan was authorised, has begun, and has one result.
    Raises Forbidden, Invalid, Twins, WrongState.
    """
    require(by, Capability.RECORD_RESULTS, force)
    facts = facts.tidy()
    facts.check(force, today=london_date(at))
    with acting(force, by):
        if plan is not None:
            _took_place(force, plan, at)
        if despite is not None:
            hold(force, facts)
            twins = twins_of(force, facts)
            if {twin.reference for twin in twins} - set(despite):
                raise Twins(twins)
        deployment = Deployment.objects.create(
            force=force, reference=new_reference(), recorded_at=at, plan=plan
        )
        result = new_result(deployment, facts, number=1, reason="", by=by, at=at)
        Deployment.objects.owned_by(force).filter(pk=deployment.pk).update(current=result)
        deployment.current = result
        tell(events.DeploymentRecorded(deployment.reference, 1), deployment, by=by, at=at)
    return deployment


def amend(
    deployment: Deployment, facts: Facts, *, seen: Seen, reason: str = "", by: Person, at: datetime
) -> Result:
    """Change what waits for review, or was sent back. It then waits for review.

    `reason` replaces that of a correction where it is given.
    Answers to questions stay while the figures they are about do. Whoever amends has written part of it.
    Raises Forbidden, Invalid, Stale, WrongStage, NothingChanged.
    """
    force = deployment.force
    require(by, writing(seen), force)
    facts = facts.tidy()
    facts.check(force, today=london_date(at))
    with acting(force, by):
        result = taken(deployment, seen)
        changed = facts.changes_from(result.facts)
        values = columns(facts)
        if result.is_correction and reason and checked_reason(reason) != result.reason:
            changed.append("reason")
            values["reason"] = checked_reason(reason)
        if not changed:
            raise NothingChanged(_("Nothing has been changed."))
        write(result, values, seen=seen, by=by, at=at)
        tell(
            events.DeploymentAmended(
                deployment.reference, result.number, result.revision, ", ".join(changed)
            ),
            deployment,
            by=by,
            at=at,
        )
    return result


def answer(
    deployment: Deployment, answers: Mapping[str, str], *, seen: Seen, by: Person, at: datetime
) -> Result:
    """Say why figures contradict each other: `answers` by check. They are published with the figures.

    Whoever answers has written part of it. Raises Forbidden, Invalid, Stale, WrongStage, NothingChanged.
    """
    force = deployment.force
    require(by, writing(seen), force)
    given = {check: one_line(words) for check, words in answers.items()}
    with acting(force, by):
        result = taken(deployment, seen)
        about = {question.check: question.about for question in result.facts.questions()}
        _check_answers(given, about)
        kept = {check: old for check, old in result.answers.items() if about.get(check) == old["about"]}
        kept |= {
            check: {"about": about[check], "answer": words, "by": by.pk, "at": at.isoformat()}
            for check, words in given.items()
            if kept.get(check, {}).get("answer") != words
        }
        if kept == result.answers:
            raise NothingChanged(_("Nothing has been changed."))
        write(result, {"answers": kept}, seen=seen, by=by, at=at)
        tell(
            events.QuestionsAnswered(
                deployment.reference, result.number, result.revision, ", ".join(sorted(given))
            ),
            deployment,
            by=by,
            at=at,
        )
    return result


def discard(deployment: Deployment, *, seen: Seen, reason: str, by: Person, at: datetime) -> Result:
    """Give up a recording, or a correction being prepared, before publication. What stands goes on standing.

    Raises Forbidden, Invalid, Stale, WrongStage.
    """
    force = deployment.force
    require(by, writing(seen), force)
    reason = checked_reason(reason)
    with acting(force, by):
        result = taken(deployment, seen)
        if result.is_correction:
            moved = rows_of(deployment).filter(correction=result).update(correction=None)
        else:
            moved = (
                rows_of(deployment)
                .filter(current=result, stage=Deployment.Stage.PREPARING)
                .update(stage=Deployment.Stage.DISCARDED)
            )
        if not moved:
            raise why_not(result)
        rows_of_result(result).update(status=Result.Status.DISCARDED)
        result.refresh_from_db()
        tell(
            events.DeploymentDiscarded(deployment.reference, result.number),
            deployment,
            by=by,
            at=at,
            reason=reason,
        )
    return result


def _took_place(force: Force, plan: Plan, at: datetime) -> None:
    """Hold the plan, and refuse one that nothing can have come of, or that has its record."""
    now = Plan.objects.owned_by(force).select_for_update().filter(pk=plan.pk).first()
    if now is None:
        raise Invalid({"plan": [_("That is no plan of your force.")]})
    if now.status not in BINDING or not now.has_begun(at):
        raise WrongState(
            _("%(reference)s is not authorised, or has not begun, so there is nothing to record under it.")
            % {"reference": now.reference}
        )
    if Deployment.objects.owned_by(force).filter(plan=now).exists():
        raise WrongState(
            _("What happened under %(reference)s has been recorded already.") % {"reference": now.reference}
        )


def _check_answers(given: Mapping[str, str], about: Mapping[str, str]) -> None:
    errors: dict[str, list[str]] = {}
    for check, words in given.items():
        if check not in about:
            errors[check] = [_("That question no longer arises. Look at the figures again.")]
        elif not words:
            errors[check] = [_("Say why the figures differ. The answer is published.")]
        elif len(words) > LONGEST_ANSWER or not is_plain(words):
            errors[check] = [_("Use %(limit)d plain characters or fewer.") % {"limit": LONGEST_ANSWER}]
    if errors:
        raise Invalid(errors)
    refuse_personal_data(given)
