"""Telling the public: the notice as it will be read, withholding it, and that a deployment will not take place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.actions.changing import standing_of
from deployments.planning.choices import DeferralGround
from deployments.planning.models import Plan
from deployments.planning.notice import deferred
from deployments.readiness import notice_deadline, readiness_of
from design.notices import notice_view
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Force, Person
from forces.permissions import may, require
from forces.ranks import Rank
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.attempts import keep
from portal.force.authority.forms import DeferForm, NoticeForm, PlanForm, WhyForm, seen_now
from portal.force.authority.interrupting import changed_meanwhile, own_plan
from portal.force.authority.pages import not_now, public_notice, show_plan
from portal.force.authority.reading import readiness_context
from portal.force.colleagues import holders
from portal.force.pages import address, plan_page
from portal.typed import posted
from register.notices import rules
from register.queries import documents

S = Plan.Status


@plan_page
def notice(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """The public page as it will be, when it must be out, and the button that makes it so."""
    person: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    may_notify = may(person, Capability.NOTIFY_PUBLIC, force)
    if request.method == "POST":
        require(person, Capability.NOTIFY_PUBLIC, force)
    latest = notice_deadline(plan, at=at)
    is_short = latest is not None and at > latest
    form = NoticeForm(posted(request), is_short=is_short, initial=seen_now(plan))
    if request.method == "POST" and form.is_valid():
        try:
            actions.notify(
                plan,
                content_hash=form.cleaned_data["seen"],
                short_notice_reason=form.cleaned_data.get("reason", ""),
                by=person,
                at=at,
            )
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="notify")
            return changed_meanwhile(request, force, plan, form, again=address("notice", plan))
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="notify")
            form.add_error(None, str(refusal))
        else:
            return redirect(address("decided", plan))
    elif request.method == "POST" and is_short and "reason" in form.errors:
        keep(request, plan, actions.TooLate(""), tried="notify")
    if plan.missing():
        return not_now(
            request, plan, _("Finish the plan first: then you can see the notice as the public will.")
        )
    found = holders(force, Capability.NOTIFY_PUBLIC)
    readiness = readiness_of(plan, at=at)
    context = {
        "form": form,
        "latest": latest,
        "is_short": is_short,
        "can_publish": may_notify and plan.status == S.AUTHORISED,
        "is_told": S.NOTIFIED in (plan.status, plan.held_from),
        "able": [each.name for each in found[Capability.NOTIFY_PUBLIC]],
        "may_defer": may(person, Capability.AUTHORISE_DEPLOYMENTS, force)
        and plan.status == S.AUTHORISED
        and (plan.notice_entry is None or plan.is_deferred),
        "public_address": public_notice(force, plan),
        **_drawn(_told(plan) or actions.preview(plan, at=at), at),
        "blocking": readiness_context(readiness)["blocking"] if plan.status == S.AUTHORISED else [],
    }
    return show_plan(request, "notice", plan, context)


@plan_page
def defer(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """An authorising officer decides that the public is told later; what it is told at once is shown."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.AUTHORISE_DEPLOYMENTS, force)
    if plan.wrote_some(person):
        title = _("You cannot withhold the notice of your own plan")
        return own_plan(request, force, plan, Capability.AUTHORISE_DEPLOYMENTS, tried="defer", title=title)
    if plan.status != S.AUTHORISED:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="defer")
        return not_now(request, plan, _("Only the notice of an authorised plan can be withheld."))
    at = db_now()
    form = DeferForm(posted(request), initial=seen_now(plan))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.defer_notice(
                plan,
                ground=said["ground"],
                reason=said["reason"],
                review_on=said["review_on"],
                content_hash=said["seen"],
                by=person,
                at=at,
            )
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="defer")
            return changed_meanwhile(request, force, plan, form, again=address("defer", plan))
        except Invalid as invalid:
            keep(request, plan, invalid, tried="defer")
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="defer")
            form.add_error(None, str(refusal))
        else:
            return redirect(address("decided", plan))
    context = {
        "form": form,
        **_drawn(_withheld(plan, form, person, at), at),
    }
    return show_plan(request, "defer", plan, context)


@plan_page
def cancel(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """It will not take place: why, and what the public will read, where it was told of it."""
    person: Person = request.person  # type: ignore[attr-defined]
    rights = (
        Capability.AUTHORISE_DEPLOYMENTS,
        Capability.COMMAND_DEPLOYMENTS,
        Capability.PLAN_DEPLOYMENTS,
    )
    if not any(may(person, each, force) for each in rights):
        require(person, Capability.PLAN_DEPLOYMENTS, force)
    if plan.status == S.CANCELLED:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="cancel")
        return not_now(request, plan, _("It has been cancelled already."))
    at = db_now()
    was_told = plan.notice_entry is not None
    form = WhyForm(
        posted(request),
        label=_("Why will it not take place?"),
        hint=_("The public reads this in the notice, as you write it. Name no person.")
        if was_told
        else _("Kept in your force’s history. Name no person."),
        missing=_("Say why it will not take place"),
        initial=seen_now(plan),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(plan, reason=form.cleaned_data["reason"], by=person, at=at)
        except Forbidden:
            raise
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="cancel")
            form.add_error(None, str(refusal))
        else:
            return redirect(address("decided", plan))
    standing = _told(plan)
    context: dict[str, Any] = {"form": form}
    if standing is not None:
        words = form["reason"].value() or _("Here stands the reason that you write above.")
        context |= _drawn({**standing, "status": rules.CANCELLED, "cancelled_reason": str(words)}, at)
    return show_plan(request, "cancel", plan, context)


def _drawn(document: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What design/notice.html draws, and the line above it."""
    return {"notice": notice_view(document, now=at), "document": document}


def _told(plan: Plan) -> dict[str, Any] | None:
    """What the public reads now, if it was told of these words or of their withholding."""
    if plan.notice_entry is None:
        return None
    return documents([plan.notice_entry]).get(plan.notice_entry)


def _withheld(plan: Plan, form: PlanForm, by: Person, at: datetime) -> dict[str, Any]:
    """The document that becomes public with the decision, with what was chosen so far."""
    rank, _roles = standing_of(by, plan.force, Capability.AUTHORISE_DEPLOYMENTS, at=at)
    chosen = form["ground"].value()
    ground = (
        str(DeferralGround(chosen).label)
        if chosen in DeferralGround.values
        else _("The ground that you choose")
    )
    review_on = getattr(form, "cleaned_data", {}).get("review_on")
    shown = review_on if isinstance(review_on, date) else london_date(at)
    document = deferred(actions.preview(plan, at=at))
    return document | {
        "deferral": {
            "ground": ground,
            "rank": str(Rank(rank).label) if rank else _("Rank not recorded"),
            "decided_on": london_date(at).isoformat(),
            "review_on": shown.isoformat(),
        }
    }
