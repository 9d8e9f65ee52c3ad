"""Where a plan stands, in a few words; how far it has come; and whom it waits for next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from deployments.planning.models import Plan
from design.components import Step
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import may
from portal.force.colleagues import holders
from portal.force.pages import address

S, C = Plan.Status, Capability
COLOURS = {
    S.DRAFT: "grey",
    S.SUBMITTED: "yellow",
    S.RETURNED: "orange",
    S.ASSESSED: "yellow",
    S.REFUSED: "red",
    S.AUTHORISED: "teal",
    S.NOTIFIED: "green",
    S.HELD: "orange",
    S.CANCELLED: "grey",
}


@dataclass(frozen=True, slots=True)
class Standing:
    text: str
    colour: str


def standing(plan: Plan, at: datetime) -> Standing:
    """The plan's state and the colour of its tag; what runs or is over says so."""
    if plan.status == S.HELD:
        return Standing(_("Look at it again"), "orange")
    if plan.is_live(at):
        return Standing(_("In progress"), "purple")
    if plan.is_binding and plan.is_over(at):
        return Standing(_("Has taken place"), "grey")
    if plan.status == S.SUBMITTED:
        return (
            Standing(_("Urgent authority"), "red") if plan.is_urgent else Standing(_("To assess"), "yellow")
        )
    if plan.status == S.ASSESSED:
        return Standing(_("To authorise"), "yellow")
    if plan.status == S.NOTIFIED:
        return Standing(_("Public is told"), "green")
    if plan.status == S.AUTHORISED and plan.is_deferred:
        return Standing(_("Authorised, notice deferred"), "teal")
    if plan.status == S.RETURNED:
        return Standing(_("Sent back"), "orange")
    return Standing(str(S(plan.status).label), COLOURS[S(plan.status)])


def waits_as(plan: Plan, at: datetime, *, is_recorded: bool) -> Standing | None:
    """What somebody still has to do for it, as a tag; None where nothing waits, or while it is being written."""
    authority = plan.authority if plan.is_binding else None
    if plan.status == S.HELD:
        return standing(plan, at)
    if authority is not None and authority.is_unconfirmed:
        return Standing(_("To confirm"), "orange")
    if plan.is_live(at) and plan.affected_at is not None:
        return Standing(_("Commander to decide"), "red")
    if authority is not None and plan.is_over(at):
        return None if is_recorded else Standing(_("To record"), "yellow")
    if plan.status == S.AUTHORISED and not plan.is_deferred:
        return Standing(_("To tell the public"), "blue")
    if plan.status in (S.SUBMITTED, S.ASSESSED, S.RETURNED, S.REFUSED):
        return standing(plan, at)
    return None


def steps(plan: Plan, at: datetime, *, is_recorded: bool) -> list[Step]:
    """How far the plan has come; nothing for one that was cancelled."""
    if plan.status == S.CANCELLED:
        return []
    stage = {S.SUBMITTED: 1, S.ASSESSED: 2, S.AUTHORISED: 3, S.HELD: 2, S.NOTIFIED: 4}.get(S(plan.status), 0)
    if plan.status == S.SUBMITTED and plan.is_urgent:
        stage = 2
    if plan.is_binding and plan.is_over(at):
        stage = 6 if is_recorded else 5
    names = [_("Plan"), _("Assess"), _("Authorise"), _("Tell the public"), _("Deploy"), _("Record")]
    # An urgent plan goes by its assessment, and a deferred notice may never come: neither is told as done.
    passed_by = {1} if plan.assessed_at is None else set()
    passed_by |= {3} if plan.notified_at is None else set()
    return [
        Step(name, "now" if place == stage else "done" if place < stage and place not in passed_by else "")
        for place, name in enumerate(names)
    ]


@dataclass(frozen=True, slots=True)
class Next:
    """What must happen next, who can do it, and where this person does it. `people` are names."""

    what: str
    people: list[str]
    nobody: str = ""
    href: str = ""
    button: str = ""


def next_of(plan: Plan, person: Person, at: datetime, *, is_recorded: bool) -> Next | None:
    """What the plan waits for; None while its writers are writing it, and where nothing is left."""
    step = _step(plan, at, is_recorded)
    if step is None:
        return None
    what, right, name, button, by_another = step
    found = holders(plan.force, right, C.MANAGE_TEAM)
    authors = set(plan.authors) if by_another else set()
    people = [each.name for each in found[right] if each.pk not in authors]
    mine = may(person, right, plan.force) and person.pk not in authors
    nobody = ""
    if not people:
        nobody = _("Nobody who wrote none of it may %(doing)s. %(who)s can give somebody the role.") % {
            "doing": right.doing,
            "who": _(" or ").join(each.name for each in found[C.MANAGE_TEAM]) or _("The national centre"),
        }
    return Next(what, people, nobody, address(name, plan) if mine else "", button)


def _step(plan: Plan, at: datetime, is_recorded: bool):
    if plan.is_binding and plan.authority is not None and plan.authority.is_unconfirmed:
        told = (_("Confirm the urgent authority in writing"), C.AUTHORISE_DEPLOYMENTS)
        return *told, "authorise", _("Confirm it"), True
    if plan.is_live(at) and plan.affected_at is not None and plan.status != S.HELD:
        told = (_("Its commander decides what follows from a change"), C.COMMAND_DEPLOYMENTS)
        return *told, "running", _("Decide"), False
    match plan.status:
        case S.SUBMITTED if plan.is_urgent:
            return _("Urgent authority"), C.AUTHORISE_DEPLOYMENTS, "authorise", _("Decide on it"), True
        case S.SUBMITTED:
            return _("Assess it"), C.ASSESS_PLANS, "assess", _("Assess it"), True
        case S.ASSESSED:
            return _("Authorise it"), C.AUTHORISE_DEPLOYMENTS, "authorise", _("Decide on it"), True
        case S.HELD:
            told = (_("Look at it again: what it relied on has changed"), C.AUTHORISE_DEPLOYMENTS)
            return *told, "authorise", _("Look at it again"), True
        case S.AUTHORISED if not plan.is_over(at):
            return _("Tell the public"), C.NOTIFY_PUBLIC, "notice", _("Preview the notice"), False
    if plan.is_binding and plan.has_begun(at) and not is_recorded:
        return (
            _("Record what happened"),
            C.RECORD_RESULTS,
            "record-plan",
            _("Record what happened"),
            False,
        )
    return None
