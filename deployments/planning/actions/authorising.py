"""An authorising officer decides about exactly the words they were shown: authorise, refuse, confirm, uphold.

What officers say of themselves is not asked: rank and roles are read from the memberships of that moment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from deployments.facts import is_plain, one_line
from deployments.planning import events
from deployments.planning.actions.changing import (
    checked_reason,
    move,
    must_be,
    not_own,
    standing_of,
    taken,
    tell,
)
from deployments.planning.actions.refusals import NotReady, StalePlan, TooLate, WrongState
from deployments.planning.actions.submitting import complete
from deployments.planning.models import BINDING, Attestation, Authority, Override, Plan
from deployments.planning.notice import told_it_stands
from deployments.readiness import Act, Readiness, confirmation_due, readiness_of
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid
from forces.tenancy import acting

S = Plan.Status
MOST_CONDITIONS, LONGEST_CONDITION = 10, 500
# What an officer may authorise separately: contentious categories, and people under 18.
SEPARATELY = ("under_18", "associate", "witness", "victim")
LONGEST_SILENCE = timedelta(days=7)  # after which an oral authority is no longer recorded as one


def authorise(
    plan: Plan,
    *,
    reason: str,
    content_hash: str,
    conditions: Sequence[str] = (),
    separately: Collection[str] = (),
    by: Person,
    at: datetime,
) -> Plan:
    """Give written authority for the words with this hash, with conditions where there are any.

    Never by whoever wrote part of it. `separately` names what is authorised by itself: contentious categories, and
    people under 18. Raises Forbidden, Invalid, NotReady, OwnPlan, StalePlan, TooLate, WrongState.
    """
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    stated = _conditions(conditions)
    refuse_personal_data({"conditions": "\n".join(stated)}, force=force)
    kind = Authority.Kind.CONDITIONAL if stated else Authority.Kind.STANDARD
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.ASSESSED)
        not_own(now, by)
        if now.has_begun(at):
            raise TooLate(_("The start has passed: authority comes before a deployment, not after it."))
        _decide(now, kind, reason, by=by, at=at, conditions=stated, separately=separately)
    return now


def record_oral_authority(
    plan: Plan,
    *,
    given_at: datetime,
    reason: str,
    content_hash: str,
    separately: Collection[str] = (),
    by: Person,
    at: datetime,
) -> Plan:
    """Write down that `by` gave urgent authority by word of mouth. `given_at` is what they say; it is kept as that.

    It must have been given before the deployment began and at most seven days ago. Written confirmation is then due.
    Raises Forbidden, Invalid, NotReady, OwnPlan, StalePlan, WrongState.
    """
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.SUBMITTED)
        if not now.is_urgent:
            raise WrongState(_("The plan was not submitted as urgent. It is assessed first."))
        not_own(now, by)
        _check_given(now, given_at, at)
        _decide(
            now,
            Authority.Kind.URGENT_ORAL,
            reason,
            by=by,
            at=at,
            separately=separately,
            given_at=given_at,
            confirm_by=confirmation_due(force, given_at),
        )
    return now


def confirm(plan: Plan, *, reason: str, content_hash: str, by: Person, at: datetime) -> Plan:
    """Confirm an urgent authority in writing, as an officer who could have given it in writing.

    Late is better than never, and is told as late. Raises Forbidden, Invalid, NotReady, OwnPlan, StalePlan, WrongState.
    """
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, *BINDING)
        not_own(now, by)
        authority = now.standing
        if not authority.is_unconfirmed:
            raise WrongState(_("There is no urgent authority that waits to be confirmed."))
        rank, roles = standing_of(by, force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
        act = Act(by, rank, roles, Authority.Kind.STANDARD, frozenset(authority.separately), None, at)
        _ready(readiness_of(now, at=at, act=act))
        confirmed = (
            Authority.objects.owned_by(force)
            .filter(pk=authority.pk, confirmed_by=None, voided_at=None)
            .update(confirmed_by=by, confirmed_at=at, confirmed_rank=rank, confirmed_reason=reason)
        )
        if not confirmed:
            raise WrongState(_("Somebody else has confirmed it."))
        tell(
            events.AuthorityConfirmed(now.reference, rank, authority.is_late(at)),
            now,
            by=by,
            at=at,
            reason=reason,
            role=roles[0] if roles else "",
        )
        now.read_again()
    return now


def refuse(plan: Plan, *, reason: str, content_hash: str, by: Person, at: datetime) -> Plan:
    """Refuse it as it is. It may be changed and submitted again. Raises Forbidden, Invalid, StalePlan, WrongState."""
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.ASSESSED, S.SUBMITTED)
        rank, roles = standing_of(by, force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
        move(now, to=S.REFUSED, question=reason, assessed_by=None, assessed_at=None, assessment="")
        tell(
            events.PlanRefused(now.reference, now.revision, rank),
            now,
            by=by,
            at=at,
            reason=reason,
            role=roles[0] if roles else "",
        )
    return now


def uphold(plan: Plan, *, reason: str, content_hash: str, by: Person, at: datetime) -> Plan:
    """Let the authority stand although what the plan relied on has changed.

    Judged anew under the rules as they are now. Raises Forbidden, Invalid, NotReady, OwnPlan, StalePlan, WrongState.
    """
    force = plan.force
    require(by, Capability.AUTHORISE_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.HELD)
        not_own(now, by)
        rank, roles = standing_of(by, force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
        separately = frozenset(now.standing.separately)
        _ready(readiness_of(now, at=at, act=Act(by, rank, roles, now.standing.kind, separately, None, at)))
        move(now, to=now.held_from, held_from="", affected_at=None, affected_by="")
        if now.status == S.NOTIFIED:
            told_it_stands(now, by=by, at=at)
        tell(
            events.PlanUpheld(now.reference, rank),
            now,
            by=by,
            at=at,
            reason=reason,
            role=roles[0] if roles else "",
        )
    return now


def override(
    plan: Plan, requirement: str, *, reason: str, content_hash: str, by: Person, at: datetime
) -> Override:
    """Let the plan, as these words, go on although it does not meet a national condition. The reason is published.

    Never by whoever wrote part of it; never of what the law asks. Raises Forbidden, Invalid, OwnPlan, StalePlan,
    WrongState.
    """
    force = plan.force
    require(by, Capability.OVERRIDE_CONDITIONS, force)
    reason = checked_reason(reason, force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        must_be(now, S.SUBMITTED, S.ASSESSED, S.HELD)
        not_own(now, by)
        verdict = next(
            (one for one in readiness_of(now, at=at).overridable if one.rule.code == requirement), None
        )
        if verdict is None:
            raise WrongState(
                _("That is no national condition that this plan fails, so there is nothing to override.")
            )
        rank, roles = standing_of(by, force, Capability.OVERRIDE_CONDITIONS, at=at)
        try:
            with transaction.atomic():
                made = Override.objects.create(
                    force=force,
                    plan=now,
                    requirement=requirement,
                    content_hash=now.content_hash,
                    reason=reason,
                    decided_by=by,
                    rank=rank,
                    decided_at=at,
                )
        except IntegrityError as error:
            raise WrongState(_("It has been overridden already.")) from error
        tell(
            events.ConditionOverridden(now.reference, requirement, rank),
            now,
            by=by,
            at=at,
            reason=reason,
            role=roles[0] if roles else "",
        )
    return made


def attest(
    plan: Plan,
    requirement: str,
    *,
    words: str,
    content_hash: str,
    document: int | None = None,
    by: Person,
    at: datetime,
) -> Attestation:
    """Say that these words of the plan meet a requirement, as the role that the requirement names.

    Raises Forbidden, Invalid, StalePlan, WrongState.
    """
    force = plan.force
    require(by, Capability.READ_RECORDS, force)
    words = checked_reason(words, "words", force=force)
    with acting(force, by):
        now = _looked_at(plan, content_hash)
        verdict = next(
            (
                one
                for one in readiness_of(now, at=at).verdicts
                if one.rule.code == requirement and one.rule.attestation is not None
            ),
            None,
        )
        if verdict is None or verdict.rule.attestation is None:
            raise WrongState(_("No requirement of that name is attested for this plan."))
        attestation = verdict.rule.attestation
        rank, roles = standing_of(by, force, Capability.READ_RECORDS, at=at)
        if attestation.role not in roles:
            raise WrongState(
                _("That is for another role to attest: %(role)s.")
                % {"role": attestation.role.replace("_", " ")}
            )
        try:
            with transaction.atomic():
                made = Attestation.objects.create(
                    force=force,
                    plan=now,
                    requirement=requirement,
                    content_hash=now.content_hash,
                    words=words,
                    document=document,
                    attested_by=by,
                    role=attestation.role,
                    rank=rank,
                    attested_at=at,
                )
        except IntegrityError as error:
            raise WrongState(_("It has been attested already.")) from error
        tell(
            events.RequirementAttested(now.reference, requirement),
            now,
            by=by,
            at=at,
            reason=words,
            role=made.role,
        )
    return made


def _looked_at(plan: Plan, content_hash: str) -> Plan:
    now = taken(plan, None)
    if now.content_hash != content_hash:
        raise StalePlan(
            _("%(reference)s was changed after you opened it. Read what it says now before you decide.")
            % {"reference": now.reference}
        )
    return now


def _decide(
    plan: Plan,
    kind: str,
    reason: str,
    *,
    by: Person,
    at: datetime,
    conditions: Sequence[str] = (),
    separately: Collection[str] = (),
    given_at: datetime | None = None,
    confirm_by: datetime | None = None,
) -> None:
    if wrong := set(separately) - set(SEPARATELY):
        raise Invalid(
            {"separately": [_("Nothing is authorised separately as %(code)s.") % {"code": wrong.pop()}]}
        )
    complete(plan)
    rank, roles = standing_of(by, plan.force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
    act = Act(by, rank, roles, kind, frozenset(separately), given_at, at)
    readiness = readiness_of(plan, at=at, act=act)
    _ready(readiness)
    authority = Authority.objects.create(
        force=plan.force,
        plan=plan,
        kind=kind,
        content_hash=plan.content_hash,
        revision=plan.revision,
        conditions=list(conditions),
        separately=sorted(set(separately)),
        reason=reason,
        authors=plan.authors,
        decided_by=by,
        rank=rank,
        roles=list(roles),
        decided_at=at,
        framework_version=readiness.framework_version,
        readiness=readiness.snapshot(),
        given_at=given_at,
        confirm_by=confirm_by,
    )
    move(
        plan,
        to=S.AUTHORISED,
        authority=authority,
        authorised_by=by,
        authorised_hash=plan.content_hash,
    )
    tell(
        events.PlanAuthorised(
            plan.reference,
            plan.revision,
            str(kind),
            rank,
            " ".join(roles),
            plan.content_hash,
            given_at.isoformat() if given_at else "",
        ),
        plan,
        by=by,
        at=at,
        reason=reason,
        role=roles[0] if roles else "",
    )


def _ready(readiness: Readiness) -> None:
    if readiness.blocking:
        raise NotReady(readiness)


def _conditions(given: Sequence[str]) -> list[str]:
    found = [one_line(each) for each in given if each.strip()]
    if len(found) > MOST_CONDITIONS:
        raise Invalid({"conditions": [_("Set %(most)d conditions or fewer.") % {"most": MOST_CONDITIONS}]})
    if any(len(each) > LONGEST_CONDITION or not is_plain(each) for each in found):
        raise Invalid(
            {
                "conditions": [
                    _("Write each condition in %(most)d plain characters or fewer.")
                    % {"most": LONGEST_CONDITION}
                ]
            }
        )
    return found


def _check_given(plan: Plan, given_at: datetime, at: datetime) -> None:
    wrong = ""
    if given_at > at:
        wrong = _("The time at which you gave it is in the future.")
    elif at - given_at > LONGEST_SILENCE:
        wrong = _("It is too long ago to be recorded. Ask the national centre how to put it right.")
    elif plan.starts_at is not None and given_at > plan.starts_at:
        wrong = _("Authority comes before a deployment. At that time it had begun already.")
    elif given_at < plan.proposed_at - LONGEST_SILENCE:
        wrong = _("That is long before anybody began the plan.")
    if wrong:
        raise Invalid({"given_at": [wrong]})
