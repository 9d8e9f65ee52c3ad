"""What waits for an authorising officer: written authority, urgent authority, its confirmation, a plan that is held.

One page for all: everything an officer must weigh, most important first, and one form at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deployments.planning import actions
from deployments.planning.actions.changing import standing_of
from deployments.planning.models import Authority, Plan
from deployments.readiness import (
    Act,
    NoRule,
    Readiness,
    confirmation_due,
    readiness_of,
    to_authorise_separately,
)
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import require
from forces.ranks import Rank
from forces.refusals import Forbidden, Invalid, Refusal
from forces.words import Words
from portal.force import answers
from portal.force.attempts import keep
from portal.force.authority import reading
from portal.force.authority.assessing import revision_seen
from portal.force.authority.forms import (
    APPROVE,
    ASK,
    CONDITIONS,
    CONFIRM,
    REFUSE,
    UPHOLD,
    AuthorityForm,
    DecisionForm,
    OralForm,
    authority_form,
    seen_now,
)
from portal.force.authority.interrupting import changed_meanwhile, own_plan
from portal.force.authority.pages import not_now, show_plan
from portal.force.pages import address, people_named, plan_page
from portal.typed import posted

S, K = Plan.Status, Authority.Kind


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that waits for an officer. `tried` is the word of it in the history; `offers` what may be decided."""

    code: str
    title: Words
    tried: str
    kind: str  # of authority, by which the rules are judged
    offers: tuple[str, ...]
    decide: Callable[[Plan, Any, Person, datetime], object]


@plan_page
def authorise(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.AUTHORISE_DEPLOYMENTS, force)
    stage = stage_of(plan)
    if plan.wrote_some(person):
        title = _("You cannot authorise your own plan")
        return own_plan(
            request, force, plan, Capability.AUTHORISE_DEPLOYMENTS, tried="authorise", title=title
        )
    if stage is None:
        if request.method == "POST":
            refusal = actions.WrongState(_("Nothing waits for an authorising officer."))
            keep(request, plan, refusal, tried="authorise")
        return not_now(request, plan, _nothing_waits(plan))
    at = db_now()
    separately = to_authorise_separately(plan, at=at)
    readiness = readiness_of(plan, at=at, act=_act(plan, person, stage, separately, at))
    form = _form(request, plan, stage, separately, readiness)
    asks_for_a_row = stage.code == "written" and bool(request.POST.get("add"))
    if request.method == "POST" and not asks_for_a_row and form.is_valid():
        try:
            stage.decide(plan, form, person, at)
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried=stage.tried)
            return changed_meanwhile(request, force, plan, form, again=address("authorise", plan))
        except Invalid as invalid:
            keep(request, plan, invalid, tried=stage.tried)
            form.take(invalid)
        except actions.NotReady as refusal:
            keep(request, plan, refusal, tried=stage.tried)
            readiness = refusal.readiness
            form.add_error(None, _("It does not meet what it must. What blocks it is told below."))
        except Refusal as refusal:
            keep(request, plan, refusal, tried=stage.tried)
            form.add_error(None, str(refusal))
        else:
            did = form.cleaned_data["decision"]
            return redirect(address("decided", plan) + (f"?did={did}" if did in (CONFIRM, UPHOLD) else ""))
    return show_plan(request, "authorise", plan, _context(plan, stage, form, readiness, separately, at))


def stage_of(plan: Plan) -> Stage | None:
    """What of this plan waits for an authorising officer now, if anything."""
    if plan.status == S.ASSESSED:
        return STAGES["written"]
    if plan.status == S.SUBMITTED and plan.is_urgent:
        return STAGES["oral"]
    if plan.status == S.HELD:
        return STAGES["held"]
    if plan.authority is not None and plan.authority.is_unconfirmed:
        return STAGES["confirm"]
    return None


def _context(
    plan: Plan,
    stage: Stage,
    form: DecisionForm,
    readiness: Readiness,
    separately: tuple[str, ...],
    at: datetime,
) -> dict[str, Any]:
    force = plan.force
    known = answers.known_of(force, plan.said)
    before = reading.before(plan)
    ids = {
        plan.submitted_by_id,
        plan.assessed_by_id,
        plan.authority.decided_by_id if plan.authority else None,
    }
    names = people_named(ids)
    return {
        "stage": stage,
        "form": form,
        "facts": reading.facts_of(plan, known),
        "case": reading.case_of(plan),
        "watchlist": reading.watchlist_of(plan, separately),
        "watchlist_facts": reading.watchlist_facts(plan, known),
        "before": before,
        "changes": reading.changes(force, before.said, plan.said) if before is not None else None,
        "sections": answers.sections(plan, known),
        "sent_by": names.get(plan.submitted_by_id, ""),
        "assessed_by": names.get(plan.assessed_by_id, ""),
        "given_by": names.get(plan.authority.decided_by_id, "") if plan.authority else "",
        "given_rank": Rank(plan.authority.rank).label if plan.authority and plan.authority.rank else "",
        "has_begun": plan.has_begun(at),
        "is_late": bool(plan.authority and plan.authority.confirm_by and plan.authority.confirm_by < at),
        "if_given_now": _due(force, at) if stage.code == "oral" else None,
        **reading.readiness_context(readiness),
        "met_count": len(readiness.met),
    }


def _form(
    request: HttpRequest, plan: Plan, stage: Stage, separately: tuple[str, ...], readiness: Readiness
) -> DecisionForm:
    # What cannot be given is not offered; sent all the same, the action refuses it and it is kept.
    offers = stage.offers
    if request.method != "POST" and readiness.blocking:
        offers = tuple(code for code in offers if code in (REFUSE, ASK)) or offers
    if stage.code == "written":
        return authority_form(request, plan, separately=separately, offers=offers)
    data, initial = posted(request), seen_now(plan)
    if stage.code == "oral":
        return OralForm(data, plan=plan, separately=separately, offers=offers, initial=initial)
    return DecisionForm(data, offers=offers, initial=initial)


def _act(plan: Plan, by: Person, stage: Stage, separately: tuple[str, ...], at: datetime) -> Act:
    """The authority that this officer could give now, to say beforehand what would stand in its way."""
    rank, roles = standing_of(by, plan.force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
    kind = plan.authority.kind if stage.code == "held" and plan.authority else stage.kind
    given_at = at if kind == K.URGENT_ORAL else None
    return Act(by, rank, roles, kind, frozenset(separately), given_at, at)


def _due(force: Force, given_at: datetime) -> datetime | None:
    try:
        return confirmation_due(force, given_at)
    except NoRule:
        return None


def _nothing_waits(plan: Plan) -> str:
    if plan.status == S.SUBMITTED:
        return _("This plan is assessed first. Then it waits for an authorising officer.")
    return _("Nothing of this plan waits for an authorising officer. It stands so: %(state)s.") % {
        "state": plan.get_status_display()
    }


def _written(plan: Plan, form: AuthorityForm, by: Person, at: datetime) -> object:
    said = form.cleaned_data
    told = {"reason": said["reason"], "content_hash": said["seen"], "by": by, "at": at}
    match said["decision"]:
        case "approve" | "conditions":
            return actions.authorise(
                plan, conditions=form.conditions, separately=said.get("separately", []), **told
            )
        case "refuse":
            return actions.refuse(plan, **told)
    return _ask(plan, form, by, at)


def _oral(plan: Plan, form: OralForm, by: Person, at: datetime) -> object:
    said = form.cleaned_data
    told = {"reason": said["reason"], "content_hash": said["seen"], "by": by, "at": at}
    match said["decision"]:
        case "approve":
            return actions.record_oral_authority(
                plan, given_at=form.given_at, separately=said.get("separately", []), **told
            )
        case "refuse":
            return actions.refuse(plan, **told)
    return _ask(plan, form, by, at)


def _confirm(plan: Plan, form: DecisionForm, by: Person, at: datetime) -> object:
    said = form.cleaned_data
    return actions.confirm(plan, reason=said["reason"], content_hash=said["seen"], by=by, at=at)


def _held(plan: Plan, form: DecisionForm, by: Person, at: datetime) -> object:
    said = form.cleaned_data
    if said["decision"] == UPHOLD:
        return actions.uphold(plan, reason=said["reason"], content_hash=said["seen"], by=by, at=at)
    return _ask(plan, form, by, at)


def _ask(plan: Plan, form: DecisionForm, by: Person, at: datetime) -> object:
    said = form.cleaned_data
    seen = revision_seen(plan, said["seen"])
    return actions.send_back(plan, question=said["reason"], seen=seen, by=by, at=at)


STAGES = {
    stage.code: stage
    for stage in (
        Stage(
            "written",
            gettext_lazy("Authorise"),
            "authorise",
            K.STANDARD,
            (APPROVE, CONDITIONS, REFUSE, ASK),
            _written,
        ),
        Stage(
            "oral",
            gettext_lazy("Urgent authority"),
            "record_oral_authority",
            K.URGENT_ORAL,
            (APPROVE, REFUSE, ASK),
            _oral,
        ),
        Stage("confirm", gettext_lazy("Confirm in writing"), "confirm", K.STANDARD, (CONFIRM,), _confirm),
        Stage("held", gettext_lazy("Look at it again"), "uphold", K.STANDARD, (UPHOLD, ASK), _held),
    )
}
