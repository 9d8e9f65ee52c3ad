"""One plan of a force as the centre reads it: what it says, how it stands to the rules, who decided, what happened.

Nothing is decided here: a plan is the force's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.framework.rules import Rule
from coordination.framework.vocabulary import Weight
from deployments.planning.models import Authority, Override, Plan
from deployments.readiness import Readiness, State, readiness_of
from design import components
from design.components import Column, Link, Row, Table
from design.numbers import date_text, moment_text
from events.models import Event
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person
from forces.roles import FORCE_ROLES
from portal.force.answers import known_of, sections, where_and_when, window
from portal.national.pages import needs, show
from portal.national.picture import rank_words
from portal.national.wording import label_of, people_in

LATEST_EVENTS = 100
# What is wrong stands first, and what is not is folded away.
OPEN, SETTLED = (State.NOT_MET, State.NOT_KNOWN), (State.MET, State.NOT_APPLICABLE)


@needs(Capability.READ_ALL_FORCES)
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    reader: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    found = Plan.objects.seen_by(reader, at=at).filter(reference=reference).with_people().first()
    if found is None:
        raise Http404(_("There is no such plan."))
    authorities = list(
        found.authorities.select_related("decided_by", "confirmed_by", "voided_by").order_by("-pk")
    )
    overrides = list(found.overrides.select_related("decided_by").order_by("-pk"))
    readiness = readiness_of(found, at=at)
    events = list(
        Event.objects.filter(force=found.force, subject=found.reference)
        .select_related("force")
        .order_by("-id")[:LATEST_EVENTS]
    )
    names = dict(Person.objects.filter(pk__in=people_in(events)).values_list("pk", "name"))
    context = {
        "plan": found,
        "heading": where_and_when(found),
        "facts": _facts(found, at),
        "authorities": [_authority(each, found) for each in authorities],
        "overrides": [_override(each, found, readiness) for each in overrides],
        "open_points": _verdicts(readiness, OPEN),
        "settled": _verdicts(readiness, SETTLED),
        "counts": _counts(readiness),
        "sections": sections(found, known_of(found.force, found.said)),
        "lines": [_line(each, names) for each in events],
    }
    return show(request, "plan", context)


# Parts ------------------------------------------------------------------------------------------------


def _facts(plan: Plan, at: Any) -> list[Row]:
    state = plan.get_status_display()
    if plan.is_live(at):
        state = _("%(state)s. Its time has begun and is not over.") % {"state": state}
    elif plan.is_binding and plan.is_over(at):
        state = _("%(state)s. Its time is over.") % {"state": state}
    rows = [
        Row(_("Reference"), plan.reference),
        Row(_("Force"), plan.force.name),
        Row(_("State"), state),
        Row(_("When"), window(plan)),
        Row(_("Operation"), plan.operation.name if plan.operation is not None else _("None")),
        Row(_("Proposed by"), plan.proposed_by.name),
    ]
    if plan.urgency:
        rows.append(Row(_("Why it could not wait for written authority"), plan.urgency))
    if plan.question:
        rows.append(Row(_("What was asked, or why it was refused"), plan.question))
    if plan.affected_by:
        rows.append(Row(_("What it relied on and has changed"), plan.affected_by))
    if plan.is_deferred:
        rows.append(Row(_("Notice deferred"), plan.get_deferral_ground_display()))
        rows.append(Row(_("Why, in the officer's words"), plan.deferral_reason))
        if plan.deferral_review_on is not None:
            rows.append(Row(_("To be looked at again by"), date_text(plan.deferral_review_on)))
    if plan.notified_at is not None:
        rows.append(Row(_("Public told"), moment_text(plan.notified_at)))
    if plan.short_notice_reason:
        rows.append(Row(_("Why notice was short"), plan.short_notice_reason))
    if plan.cancelled_reason:
        rows.append(Row(_("Why it was cancelled"), plan.cancelled_reason))
    return rows


def _authority(given: Authority, plan: Plan) -> dict[str, Any]:
    roles = ", ".join(str(FORCE_ROLES[code].name) for code in given.roles if code in FORCE_ROLES)
    rows = [
        Row(_("State"), standing_words(given, plan)),
        Row(
            _("By"),
            _("%(who)s: %(rank)s, %(roles)s")
            % {"who": given.decided_by.name, "rank": rank_words(given.rank), "roles": roles or _("no role")},
        ),
        Row(_("Recorded"), moment_text(given.decided_at)),
        Row(_("Why"), given.reason),
    ]
    if given.given_at is not None and given.confirm_by is not None:
        rows.append(Row(_("Given by word of mouth, as the officer says"), moment_text(given.given_at)))
        rows.append(Row(_("To be confirmed in writing by"), moment_text(given.confirm_by)))
    if given.confirmed_by is not None and given.confirmed_at is not None:
        told = {
            "who": given.confirmed_by.name,
            "rank": rank_words(given.confirmed_rank),
            "when": moment_text(given.confirmed_at),
        }
        rows.append(Row(_("Confirmed in writing"), _("%(when)s, by %(who)s: %(rank)s") % told))
    if given.conditions:
        rows.append(Row(_("Conditions"), list(given.conditions)))
    if given.voided_at is not None:
        rows.append(Row(_("Void since"), moment_text(given.voided_at)))
        rows.append(Row(_("Why it is void"), given.voided_reason))
    if given.framework_version is not None:
        rows.append(Row(_("Legal framework"), _("Version %(n)d") % {"n": given.framework_version}))
    return {"title": given.get_kind_display(), "rows": rows}


def standing_words(given: Authority, plan: Plan) -> str:
    """Whether it stands: for these very words of the plan alone."""
    if given.voided_at is not None:
        return _("Void")
    if plan.authority_id != given.pk:
        return _("No longer stands")
    return _("Stands, and is not confirmed in writing yet") if given.is_unconfirmed else _("Stands")


def _override(made: Override, plan: Plan, readiness: Readiness) -> dict[str, Any]:
    verdict = readiness.of(made.requirement)
    stands = made.content_hash == plan.content_hash
    return {
        "title": verdict.rule.title if verdict is not None else made.requirement,
        "rows": [
            Row(_("By"), f"{made.decided_by.name}: {rank_words(made.rank)}"),
            Row(_("When"), moment_text(made.decided_at)),
            Row(_("Why"), made.reason),
            Row(
                _("State"),
                _("Holds for the plan as it is") if stands else _("Was made for other words of the plan"),
            ),
        ],
    }


def _verdicts(readiness: Readiness, states: Sequence[State]) -> Table | None:
    """Rules of the plan's day that stand so, in the order of these states. None if there are none."""
    found = [verdict for state in states for verdict in readiness.verdicts if verdict.state == state]
    rows = [
        [
            rule_link(verdict.rule),
            _("Not met; overridden")
            if verdict.overridden and verdict.state == State.NOT_MET
            else verdict.state.label,
            verdict.words,
            weight_words(verdict.rule),
        ]
        for verdict in found
    ]
    columns = [_("Requirement"), _("Verdict"), _("Why"), _("Weight")]
    table = Table(
        _("Requirements"), [Column(each) for each in columns], rows, caption_hidden=True, stacked=True
    )
    return table if rows else None


def rule_link(rule: Rule) -> Link:
    return Link(rule.title, reverse("admin:national-framework-requirement", args=[rule.version, rule.code]))


def weight_words(rule: Rule) -> str:
    """How heavily it weighs; what is not verified only warns, whatever its weight."""
    weight = str(Weight(rule.weight).label)
    if rule.weight == Weight.ADVICE or rule.source.verified:
        return weight
    return _("%(weight)s, source not verified: only warns") % {"weight": weight}


def _line(event: Event, names: Mapping[int, str]) -> components.Event:
    """Which plan and force need no saying here."""
    who = _("the system") if event.person_id is None else names.get(event.person_id, "")
    return components.Event(str(label_of(event.name)), event.happened_at, by=who, text=event.reason)


def _counts(readiness: Readiness) -> Iterable[tuple[str, int]]:
    verdicts = readiness.verdicts
    return [
        (str(state.label), sum(verdict.state == state for verdict in verdicts)) for state in (*OPEN, *SETTLED)
    ]
