"""The parts that the actions share: taking a plan under its lock, moving it, voiding what was decided, telling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deployments.facts import is_plain, one_line
from deployments.planning import events
from deployments.planning.actions.refusals import OwnPlan, StalePlan, WrongState
from deployments.planning.models import Authority, Plan, PlanQuerySet
from events.outbox import record as announce
from forces.capabilities import Capability
from forces.models import Force, Membership, Person
from forces.personal_data import refuse_personal_data
from forces.ranks import Rank
from forces.refusals import Invalid
from forces.roles import FORCE_ROLES

SHORTEST, LONGEST = 10, 2000
UNDECIDED: dict[str, Any] = {
    "assessed_by": None,
    "assessed_at": None,
    "assessment": "",
    "authority": None,
    "authorised_hash": "",
    "authorised_by": None,
    "held_from": "",
    "affected_at": None,
    "affected_by": "",
}


def rows_of(plan: Plan) -> PlanQuerySet:
    return Plan.objects.owned_by(plan.force).filter(pk=plan.pk)


def taken(plan: Plan, revision: int | None) -> Plan:
    """The plan as it is now, under its lock. Raises StalePlan if it is not the revision that was looked at."""
    rows_of(plan).select_for_update().get()
    now = rows_of(plan).with_people().get()
    if revision is not None and now.revision != revision:
        raise StalePlan(
            _("%(reference)s was changed after you opened it. Look at what it says now.")
            % {"reference": now.reference}
        )
    return now


def not_own(plan: Plan, by: Person) -> None:
    if plan.wrote_some(by):
        raise OwnPlan(
            _(
                "You wrote part of %(reference)s, so somebody else must decide on it. "
                "Ask a colleague who did not write any of it."
            )
            % {"reference": plan.reference}
        )


def must_be(plan: Plan, *statuses: str) -> None:
    if plan.status not in statuses:
        raise WrongState(
            _("That cannot be done now. %(reference)s: %(state)s.")
            % {"reference": plan.reference, "state": plan.get_status_display()}
        )


def move(plan: Plan, *, to: str, **values: Any) -> None:
    """Set the state from what `taken` saw, and read the plan again."""
    moved = rows_of(plan).filter(status=plan.status, revision=plan.revision).update(status=to, **values)
    if not moved:
        raise StalePlan(_("Somebody changed this plan meanwhile. Look at what it says now."))
    plan.read_again()


def void(plan: Plan, *, reason: str, by: Person, at: datetime) -> None:
    """Say that the standing authority no longer stands. The caller moves the plan and clears it there."""
    authority = plan.authority
    if authority is None:
        return
    Authority.objects.owned_by(plan.force).filter(pk=authority.pk, voided_at=None).update(
        voided_by=by, voided_at=at, voided_reason=reason
    )
    tell(events.AuthorityVoided(plan.reference, plan.revision), plan, by=by, at=at, reason=reason)


def checked_reason(text: str, name: str = "reason", *, force: Force, least: int = SHORTEST) -> str:
    """One line, long enough to say something, naming nobody. Raises Invalid."""
    words = one_line(text)
    if not least <= len(words) <= LONGEST:
        raise Invalid(
            {name: [_("Say why in %(least)d to %(most)d characters.") % {"least": least, "most": LONGEST}]}
        )
    if not is_plain(words):
        raise Invalid({name: [_("Remove characters that cannot be seen or printed.")]})
    refuse_personal_data({name: words}, force=force)
    return words


def standing_of(
    by: Person, force: Force, capability: Capability, *, at: datetime
) -> tuple[str, tuple[str, ...]]:
    """Rank and roles by which somebody holds a right in the force at that moment: of several ranks the most senior."""
    roles = [code for code, role in FORCE_ROLES.items() if capability in role.capabilities]
    held = list(
        Membership.objects.filter(person=by, force=force, role__in=roles, period__contains=at).order_by(
            "role"
        )
    )
    order = list(Rank.values)
    ranks = sorted((each.rank for each in held if each.rank), key=order.index)
    return (ranks[-1] if ranks else ""), tuple(each.role for each in held)


def tell(
    happened: Any, plan: Plan, *, by: Person | None, at: datetime, reason: str = "", role: str = ""
) -> None:
    announce(happened, force=plan.force, by=by, at=at, subject=plan.reference, reason=reason, role=role)
