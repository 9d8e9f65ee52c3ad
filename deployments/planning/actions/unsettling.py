"""When a rule, a document or a product changes: plans that relied on it are held, and running ones told of.

Nothing stops by itself. What is authorised waits for an officer to look again; of what runs, its commander decides.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from deployments.planning import events
from deployments.planning.actions.changing import checked_reason, move, must_be, rows_of, taken, tell
from deployments.planning.actions.refusals import WrongState
from deployments.planning.choices import LiveDecision
from deployments.planning.models import BINDING, Plan
from deployments.planning.notice import told_of_hold
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting

S = Plan.Status


def hold(plan: Plan, *, why: str, at: datetime) -> bool:
    """Say that the plan relied on what has changed; whether anything moved. As the system: what changed has its author.

    What is authorised and has not begun is held until an officer looks again, and the public is told so if it was told
    of the plan. Of what runs the commander is alerted; what is still being written or decided on shows it by itself.
    `why` is shown.
    """
    with acting(plan.force, None):
        now = taken(plan, None)
        if now.status not in (S.AUTHORISED, S.NOTIFIED) or now.is_over(at):
            return False
        if now.is_live(at):
            rows_of(now).update(affected_at=at, affected_by=why)
            tell(events.CommanderAlerted(now.reference), now, by=None, at=at, reason=why)
            return True
        was_told = now.status == S.NOTIFIED
        move(now, to=S.HELD, held_from=now.status, affected_at=at, affected_by=why)
        if was_told:
            told_of_hold(now, at=at)
        tell(events.PlanHeld(now.reference), now, by=None, at=at, reason=why)
    return True


def decide_live(plan: Plan, *, decision: str, reason: str, by: Person, at: datetime) -> Plan:
    """As the commander of a running deployment, say what follows from a change: go on, pause or stop, and why.

    Its commander decides, or whoever may command where none was named. Raises Forbidden, Invalid, WrongState.
    """
    force = plan.force
    require(by, Capability.COMMAND_DEPLOYMENTS, force)
    reason = checked_reason(reason, force=force)
    if decision not in LiveDecision.values:
        raise Invalid({"decision": [_("Choose what happens.")]})
    with acting(force, by):
        now = taken(plan, None)
        must_be(now, *BINDING)
        if now.commander_id is not None and now.commander_id != by.pk:
            raise Forbidden(by, Capability.COMMAND_DEPLOYMENTS, force)
        if not now.is_live(at) or now.affected_at is None or now.status == S.HELD:
            raise WrongState(_("Nothing waits for a decision of the commander."))
        rows_of(now).update(affected_at=None, affected_by="")
        tell(events.CommanderDecided(now.reference, decision), now, by=by, at=at, reason=reason)
        now.read_again()
    return now
