"""A plan: its eight tasks, where it stands, whom it waits for, and what it meets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deployments.models import Deployment
from deployments.planning.fields import TASKS, Field, Kind
from deployments.planning.fields import Task as Asked
from deployments.planning.models import WRITABLE, Authority, Plan
from deployments.readiness import notice_deadline, readiness_of
from design.components import Link, Row, Task
from design.numbers import moment_text, number_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from forces.ranks import Rank
from portal.force import answers
from portal.force.pages import address, people_named, plan_page, public_address, show
from portal.force.planning import readiness
from portal.force.planning.standing import next_of, standing, steps
from portal.force.planning.tasks import why_shut

S = Plan.Status
NAMED = 2  # missing answers by name


@plan_page
def plan(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    outcome = outcome_of(plan)
    writes = may(person, Capability.PLAN_DEPLOYMENTS, force)
    known = answers.known_of(force, plan.said)
    names = people_named(
        {plan.proposed_by_id, plan.submitted_by_id, plan.assessed_by_id, plan.cancelled_by_id}
        | ({plan.authority.decided_by_id} if plan.authority else set())
    )
    wanting = {*plan.missing(), *plan.to_confirm()}
    verdicts = readiness_of(plan, at=at)
    latest = notice_deadline(plan, at=at)
    context = {
        "plan": plan,
        "where": answers.where_and_when(plan) if plan.place or plan.starts_at else _("New plan"),
        "standing": standing(plan, at),
        "steps": steps(plan, at, is_recorded=outcome is not None),
        "next": next_of(plan, person, at, is_recorded=outcome is not None),
        "tasks": tasks_of(plan, known, latest=latest, writes=writes and not why_shut(plan)),
        "done": len(TASKS) - len(wanting),
        "of": len(TASKS),
        "is_writable": plan.status in WRITABLE,
        "is_complete": not wanting,
        "may_write": writes,
        "latest": latest if latest and latest > at and not plan.notified_at else None,
        "is_short": bool(latest and latest <= at and not plan.has_begun(at) and not plan.notified_at),
        "groups": readiness.groups_of(verdicts, force),
        "readiness_says": readiness.summary_of(verdicts),
        "is_ready": not verdicts.blocking,
        "framework_version": verdicts.framework_version,
        "framework": _framework(force),
        "about": _about(plan, names, outcome),
        "voided": _voided(plan),
        "offers": _offers(plan, person, at),
        "public_notice": public_address(force, "notice", plan.reference)
        if plan.notice_entry is not None
        else "",
        "outcome": outcome,
    }
    return show(request, "planning/plan", force, context)


def tasks_of(plan: Plan, known: answers.Known, *, latest: datetime | None = None, writes: bool) -> list[Task]:
    """Rows of the task list, and at its end what submitting waits for."""
    missing, waiting = plan.missing(), plan.to_confirm()
    rows = [
        _row(
            plan,
            each,
            missing=missing.get(each.code, []),
            waiting=waiting.get(each.code, []),
            known=known,
            latest=latest,
            href=_address(plan, each, writes),
        )
        for each in TASKS
    ]
    if plan.status in WRITABLE:
        rows.append(_submit_row(plan, missing, waiting, writes))
    return rows


def outcome_of(plan: Plan) -> Deployment | None:
    """The record of what happened under this plan, if somebody wrote one down."""
    return Deployment.objects.owned_by(plan.force).filter(plan=plan).first()


def _framework(force: Force) -> str:
    return reverse("public:demonstration:framework" if force.is_made_up else "public:framework")


def _address(plan: Plan, asked: Asked, writes: bool) -> str:
    if not writes:
        return f"{address('check-plan', plan)}#{asked.code}"
    return f"{address('plan', plan)}tasks/{asked.code}/"


def _row(
    plan: Plan,
    asked: Asked,
    *,
    missing: list[Field],
    waiting: list[str],
    known: answers.Known,
    latest: datetime | None,
    href: str,
) -> Task:
    title = str(asked.title)
    said = plan.answers(asked.code)
    if waiting:
        hint = _("Copied from %(plan)s. Check it for this deployment.") % {"plan": plan.copied_from}
        return Task(title, _("To confirm"), href=href, hint=hint, colour="yellow")
    if missing and not any(value not in (None, "", []) for value in said.values()):
        return Task(title, _("Not started"), href=href, hint=_ahead(asked, latest), colour="grey")
    if missing:
        return Task(title, _("In progress"), href=href, hint=_wanting(missing), colour="teal")
    return Task(title, _("Completed"), href=href, hint=_gist(plan, asked, known))


def _submit_row(plan: Plan, missing: Mapping[str, Any], waiting: Mapping[str, Any], writes: bool) -> Task:
    title = _("Check your answers and submit")
    titles = [str(each.title) for each in TASKS if each.code in missing or each.code in waiting]
    if titles:
        hint = _("Finish first: %(tasks)s.") % {"tasks": ", ".join(titles)}
        return Task(title, _("Cannot start yet"), hint=hint, blocked=True)
    if plan.status == S.REFUSED:
        return Task(title, _("Cannot start yet"), hint=_("Change what was refused first."), blocked=True)
    href = f"{address('check-plan', plan)}#submit" if writes else ""
    return Task(
        title, _("Ready to submit"), href=href, hint=_("It then waits to be assessed."), colour="green"
    )


def _wanting(missing: list[Field]) -> str:
    labels = "; ".join(str(each.label) for each in missing[:NAMED])
    more = len(missing) - NAMED
    if more > 0:
        return _("Still to answer: %(labels)s; and %(more)d more") % {"labels": labels, "more": more}
    return _("Still to answer: %(labels)s") % {"labels": labels}


def _ahead(asked: Asked, latest: datetime | None) -> str:
    if asked.code == "notice" and latest is not None:
        return _("Notice is due by %(latest)s") % {"latest": moment_text(latest)}
    return ""


def _gist(plan: Plan, asked: Asked, known: answers.Known) -> str:
    """One line of what the task says."""
    said = plan.answers(asked.code)

    def word(name: str) -> str:
        return str(answers.in_words(asked.field(name), said.get(name), known))

    match asked.code:
        case "purpose":
            return word("use_case")
        case "place":
            return ", ".join(filter(None, [plan.place, answers.window(plan)]))
        case "watchlist":
            in_all = len(said["categories"])
            return ngettext(
                "At most %(most)s on it, in %(n)d category",
                "At most %(most)s on it, in %(n)d categories",
                in_all,
            ) % {"most": number_text(said["most"]), "n": in_all}
        case "system":
            return _("%(algorithm)s at %(threshold)s") % {
                "algorithm": word("algorithm"),
                "threshold": word("threshold"),
            }
        case "people":
            return _("Commanded by %(name)s") % {"name": word("commander")}
        case "notice":
            return Truncator(said["summary"]).chars(90)
        case "necessity":
            return Truncator(said["necessity"]).chars(90)
    relied = sum(1 for each in asked.fields if each.kind is Kind.DOCUMENT and said.get(each.name))
    return ngettext("%d document relied on", "%d documents relied on", relied) % relied if relied else ""


def _about(plan: Plan, names: Mapping[int | None, str], outcome: Deployment | None) -> list[Row]:
    nobody = _("somebody outside the force")
    rows = [
        Row(_("Reference"), plan.reference),
        Row(_("Operation"), plan.operation.name if plan.operation else _("None")),
        Row(_("Begun by"), names.get(plan.proposed_by_id, nobody)),
    ]
    if plan.copied_from:
        rows.append(
            Row(
                _("Copied from"),
                Link(plan.copied_from, address("plan", plan).replace(plan.reference, plan.copied_from)),
            )
        )
    if plan.submitted_by_id and plan.status not in WRITABLE:
        rows.append(Row(_("Submitted by"), names.get(plan.submitted_by_id, nobody)))
    if plan.assessed_by_id:
        rows.append(Row(_("Assessed by"), names.get(plan.assessed_by_id, nobody)))
    if plan.authority is not None:
        who = names.get(plan.authority.decided_by_id, nobody)
        rank = str(Rank(plan.authority.rank).label) if plan.authority.rank else ""
        rows.append(Row(_("Authorised by"), ", ".join(filter(None, [who, rank]))))
        rows.append(Row(_("Authority"), str(Authority.Kind(plan.authority.kind).label)))
    if outcome is not None:
        rows.append(Row(_("What happened"), Link(outcome.reference, address("deployment", outcome))))
    return rows


def _voided(plan: Plan) -> Authority | None:
    """The authority that an edit undid last, while none stands."""
    if plan.authority is not None or plan.status == S.CANCELLED:
        return None
    found = Authority.objects.owned_by(plan.force).filter(plan=plan, voided_at__isnull=False)
    return found.order_by("-voided_at").first()


def _offers(plan: Plan, person: Person, at: datetime) -> list[Link]:
    """What else this person can do. Only the actions decide."""
    force, found = plan.force, []
    is_over = plan.is_binding and plan.is_over(at)

    def offer(text: str, name: str, *rights: Capability) -> None:
        if any(may(person, right, force) for right in rights):
            found.append(Link(text, address(name, plan)))

    if plan.status == S.AUTHORISED and not is_over and not plan.wrote_some(person):
        offer(_("Defer the notice"), "defer", Capability.AUTHORISE_DEPLOYMENTS)
    if plan.status != S.CANCELLED and not is_over:
        offer(
            _("Cancel the deployment"),
            "cancel-plan",
            Capability.PLAN_DEPLOYMENTS,
            Capability.AUTHORISE_DEPLOYMENTS,
            Capability.COMMAND_DEPLOYMENTS,
        )
    return found
