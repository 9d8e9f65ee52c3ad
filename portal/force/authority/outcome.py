"""What was decided about a plan, and what happens next: who does what, by when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deployments.planning.choices import LiveDecision
from deployments.planning.models import Authority, Plan
from deployments.readiness import notice_deadline
from design.components import Link
from design.numbers import date_text, moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from portal.force.authority.forms import CONFIRM, UPHOLD
from portal.force.authority.pages import public_notice, show_plan
from portal.force.colleagues import holders
from portal.force.pages import address, people_named, plan_page

S = Plan.Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """The panel's words, then what happens next, one sentence each, and where to go on."""

    title: str
    text: str
    following: list[str]
    links: list[Link]


@plan_page
def decided(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """Says how the plan stands now, to whoever has just decided and to whoever comes later."""
    person: Person = request.person  # type: ignore[attr-defined]
    live = request.GET.get("live", "")
    if live in LiveDecision.values:
        return show_plan(request, "decided", plan, {"outcome": _live(live)})
    outcome = outcome_of(force, plan, person, db_now())
    if title := _done(plan, request.GET.get("did", "")):
        outcome = replace(outcome, title=title)
    return show_plan(request, "decided", plan, {"outcome": outcome})


def _done(plan: Plan, did: str) -> str:
    """What an officer has just done to an authority that stood already; "" where the state says it by itself."""
    if did == UPHOLD and plan.is_binding and plan.status != S.HELD:
        return _("The authority stands")
    if did == CONFIRM and plan.authority is not None and plan.authority.confirmed_at is not None:
        return _("Confirmed in writing")
    return ""


def outcome_of(force: Force, plan: Plan, person: Person, at: datetime) -> Outcome:
    able = holders(force, Capability.ASSESS_PLANS, Capability.AUTHORISE_DEPLOYMENTS, Capability.NOTIFY_PUBLIC)

    def names(right: Capability, without: set[int]) -> str:
        return ", ".join(each.name for each in able[right] if each.pk not in without) or _("nobody yet")

    wrote = set(plan.authors)
    writers = ", ".join(filter(None, people_named(plan.authors).values()))
    following: list[str] = []
    links: list[Link] = []
    match plan.status:
        case S.SUBMITTED if plan.is_urgent:
            title, text = _("Waits for urgent authority"), plan.urgency
            who = names(Capability.AUTHORISE_DEPLOYMENTS, wrote)
            following.append(_("Who may give it: %(who)s.") % {"who": who})
        case S.SUBMITTED:
            title, text = _("Waits to be assessed"), ""
            following.append(
                _("Who may assess it: %(who)s.") % {"who": names(Capability.ASSESS_PLANS, wrote)}
            )
        case S.ASSESSED:
            title, text = _("Assessed"), _("It waits for an authorising officer.")
            who = names(Capability.AUTHORISE_DEPLOYMENTS, wrote)
            following.append(_("Who may authorise it: %(who)s.") % {"who": who})
            if plan.starts_at:
                following.append(
                    _("It starts on %(when)s: authority comes before that.")
                    % {"when": moment_text(plan.starts_at)}
                )
        case S.RETURNED:
            title, text = _("Sent back with a question"), plan.question
            following.append(
                _(
                    "It waits for whoever wrote it: %(who)s. They answer by changing the plan or submitting it again."
                )
                % {"who": writers}
            )
        case S.REFUSED:
            title, text = _("Refused"), plan.question
            following.append(
                _(
                    "It does not take place as it is. Whoever wrote it may change it and submit it again: %(who)s."
                )
                % {"who": writers}
            )
        case S.AUTHORISED:
            title, text = _authorised(plan.authority) if plan.authority else (_("Authorised"), "")
            following += _what_to_tell(plan, names(Capability.NOTIFY_PUBLIC, set()), at)
            links = _links(force, plan, person)
        case S.NOTIFIED:
            title, text = _("The public is told"), _("The notice stands on the national register.")
            following.append(
                _(
                    "A change to the plan makes its authority void, and the notice says that it is under review."
                )
            )
            following += _to_confirm(plan, at)
            links = _links(force, plan, person)
        case S.HELD:
            title, text = _("Must be looked at again"), plan.affected_by
            who = names(Capability.AUTHORISE_DEPLOYMENTS, wrote)
            following.append(_("An authorising officer decides: %(who)s.") % {"who": who})
        case S.CANCELLED:
            title, text = _("Cancelled"), plan.cancelled_reason
            if plan.notice_entry is not None:
                following.append(_("The public notice says so, with your reason."))
            else:
                following.append(_("The public was never told of it, so nothing is published."))
            links = _links(force, plan, person)
        case _other:
            title, text = str(plan.get_status_display()), ""
            following.append(_("It waits for whoever writes it: %(who)s.") % {"who": writers})
    return Outcome(title, text, following, links)


def _authorised(authority: Authority) -> tuple[str, str]:
    if authority.is_unconfirmed and authority.confirm_by is not None:
        return _("Urgent authority recorded"), _("Written confirmation is due by %(when)s.") % {
            "when": moment_text(authority.confirm_by)
        }
    number = len(authority.conditions)
    if number:
        return _("Authorised with conditions"), ngettext(
            "%(number)d condition, which the notice publishes.",
            "%(number)d conditions, which the notice publishes.",
            number,
        ) % {"number": number}
    return _("Authorised"), _("Exactly as it is written. Any change makes the authority void.")


def _what_to_tell(plan: Plan, who: str, at: datetime) -> list[str]:
    told = _to_confirm(plan, at)
    if plan.is_deferred:
        told.append(
            _(
                "The public is told that there is a deployment, not where and when. Look at that again by %(day)s."
            )
            % {"day": date_text(plan.deferral_review_on)}  # type: ignore[arg-type]
        )
        return told
    latest = notice_deadline(plan, at=at)
    if latest is None:
        told.append(_("Now the public is told. Who may publish the notice: %(who)s.") % {"who": who})
    elif at > latest:
        told.append(
            _(
                "The public should have been told by %(when)s. The notice can still be published, with the reason. "
                "Who may: %(who)s."
            )
            % {"when": moment_text(latest), "who": who}
        )
    else:
        told.append(
            _("Now the public is told, by %(when)s at the latest. Who may publish the notice: %(who)s.")
            % {"when": moment_text(latest), "who": who}
        )
    return told


def _to_confirm(plan: Plan, at: datetime) -> list[str]:
    authority = plan.authority
    if authority is None or not authority.is_unconfirmed or authority.confirm_by is None:
        return []
    due = moment_text(authority.confirm_by)
    if authority.confirm_by < at:
        return [_("Its written confirmation was due by %(when)s and is late.") % {"when": due}]
    return [_("An officer confirms it in writing by %(when)s.") % {"when": due}]


def _links(force: Force, plan: Plan, person: Person) -> list[Link]:
    links = []
    if public := public_notice(force, plan):
        links.append(Link(_("See the notice as the public does"), public))
    if plan.status == S.AUTHORISED:
        publishes = may(person, Capability.NOTIFY_PUBLIC, force)
        links.append(
            Link(
                _("Preview and publish the notice") if publishes else _("Preview the notice"),
                address("notice", plan),
            )
        )
        if may(person, Capability.AUTHORISE_DEPLOYMENTS, force) and not plan.wrote_some(person):
            links.append(Link(_("Withhold the notice for now"), address("defer", plan)))
    return links


def _live(decision: str) -> Outcome:
    words = {
        LiveDecision.GO_ON: _("It goes on. Your decision and your reason are kept."),
        LiveDecision.PAUSE: _("Tell your people to pause it now: this page switches nothing off."),
        LiveDecision.STOP: _("Tell your people to stop it now: this page switches nothing off."),
    }
    following = (
        [] if decision == LiveDecision.GO_ON else [_("Record afterwards what happened, with when it ran.")]
    )
    return Outcome(
        _("Decided: %(what)s") % {"what": LiveDecision(decision).label},
        words[LiveDecision(decision)],
        following,
        [],
    )
