"""A force's deployments: the list, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deployments.models import Deployment, Result
from deployments.planning.models import Plan
from deployments.twins import twins_of
from design.components import Row, Step
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import may
from portal.force import history, redacting, wording
from portal.force.colleagues import steps_left
from portal.force.forms import DeploymentFilter
from portal.force.pages import (
    address,
    deployment_page,
    force_page,
    people_named,
    plans_of,
    public_address,
    show,
)

PER_PAGE = 25


@force_page
def deployments(request: HttpRequest, force: Force) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    filters = DeploymentFilter(request.GET)
    found = Deployment.objects.visible_to(person).filter(force=force)
    status = filters.cleaned_data.get("status") if filters.is_valid() else ""
    if status:
        found = getattr(found, status)()
    paginator = Paginator(found.with_results().latest_first(), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "rows": [(each, wording.standing(each)) for each in page],
        "page": page,
        "count": paginator.count,
        "previous": _page_address(request, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_address(request, page.next_page_number()) if page.has_next() else "",
        "may_record": may(person, Capability.RECORD_RESULTS, force),
    }
    return show(request, "deployments", force, context)


@deployment_page
def deployment(request: HttpRequest, force: Force, deployment: Deployment) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    result = deployment.shown
    in_work = deployment.in_work
    sender = in_work.sent_back_by_id if in_work else None
    events = history.events_of(deployment)
    named = {*result.authors, result.reviewed_by_id, result.published_by_id, deployment.asked_by_id, sender}
    names = people_named(named | history.people_in(events))
    context = {
        "deployment": deployment,
        "result": result,
        "in_work": in_work,
        "standing": wording.standing(deployment),
        "steps": _steps(deployment),
        "actions": what_may_be_done(person, force, deployment),
        "twins": twins_of(force, in_work.facts, besides=deployment) if in_work else [],
        "steps_left": steps_left(force, deployment),
        "may_manage_team": may(person, Capability.MANAGE_TEAM, force),
        "is_own_work": in_work is not None and in_work.wrote_some(person),
        "unanswered": in_work.open_questions() if in_work else [],
        "public_address": _public_address(deployment),
        "timeline": history.in_words(events, force, names=names),
        "people": _people(result, names),
        "plan": _plan(person, deployment),
        "open_requests": redacting.open_requests(force, deployment),
        "sent_back_by": names.get(sender, _("somebody outside the force")) if sender else "",
        "asked_by": names.get(deployment.asked_by_id, ""),
        **said(result, change=_change(person, force, deployment, result)),
    }
    if deployment.correction is not None:
        context["correction"] = deployment.correction
        context["differences"] = wording.differences(result.facts, deployment.correction.facts)
    return show(request, "deployment", force, context)


def said(result: Result, change: str = "") -> dict[str, Any]:
    """What a result says, for summary lists."""
    facts = result.facts
    return {
        "place_rows": wording.rows(facts, wording.PLACE, change),
        "system_rows": wording.rows(facts, wording.SYSTEM, change),
        "figure_rows": wording.figure_rows(facts, change),
        "question_rows": wording.questions(result),
    }


def what_may_be_done(person: Person, force: Force, deployment: Deployment) -> dict[str, bool]:
    """Which buttons this person is shown. Only the actions decide."""
    in_work = deployment.in_work
    is_published = deployment.stage == Deployment.Stage.PUBLISHED
    recorded = in_work is not None and in_work.status == Result.Status.RECORDED
    writable = in_work is not None and in_work.is_writable
    reviewed = in_work is not None and in_work.status == Result.Status.REVIEWED
    own = in_work is not None and in_work.wrote_some(person)
    unanswered = in_work is not None and bool(in_work.open_questions())
    writes = may(
        person,
        Capability.CORRECT_RESULTS
        if in_work is not None and in_work.is_correction
        else Capability.RECORD_RESULTS,
        force,
    )
    reviews = may(person, Capability.REVIEW_RESULTS, force)
    publishes = may(person, Capability.PUBLISH_RESULTS, force)
    return {
        "amend": writable and writes,
        "answer": writable and writes and unanswered,
        "resubmit": in_work is not None and in_work.is_sent_back and writes,
        "review": recorded and reviews and not own and not unanswered,
        "send_back": (recorded or reviewed) and reviews and not own,
        "publish": reviewed and publishes and not own,
        "discard": in_work is not None and writes,
        "own_work": in_work is not None and own and ((recorded and reviews) or (reviewed and publishes)),
        "correct": is_published and in_work is None and may(person, Capability.CORRECT_RESULTS, force),
        "withdraw": is_published
        and may(person, Capability.WITHDRAW_RESULTS, force)
        and person.pk not in deployment.askers,
        "ask_withdrawal": is_published
        and not deployment.is_asked_for
        and may(person, Capability.ASK_WITHDRAWAL, force),
        "decline_withdrawal": deployment.is_asked_for
        and may(person, Capability.WITHDRAW_RESULTS, force)
        and person.pk not in deployment.askers,
        "redact": redacting.may_ask(person, force, deployment),
    }


def _change(person: Person, force: Force, deployment: Deployment, result: Result) -> str:
    """The address of the form that changes what is shown, if there is one for this person."""
    may_be = what_may_be_done(person, force, deployment)
    if may_be["correct"]:
        return address("correct", deployment)
    return address("amend", deployment) if may_be["amend"] and result is deployment.in_work else ""


def _steps(deployment: Deployment) -> list[Step]:
    """How far the version in work has come; nothing for what has ended."""
    result = deployment.in_work
    if result is None:
        return []
    first = _("Correct") if result.is_correction else _("Record")
    is_reviewed = result.status == Result.Status.REVIEWED
    if result.is_sent_back:
        return [Step(_("Change"), "now"), Step(_("Review")), Step(_("Publish"))]
    return [
        Step(first, "done"),
        Step(_("Review"), "done" if is_reviewed else "now"),
        Step(_("Publish"), "now" if is_reviewed else ""),
    ]


def _people(result: Result, names: Mapping[int | None, str]) -> list[Row]:
    """Who recorded, reviewed and published what stands, or is in work."""
    wrote = ", ".join(names.get(author, _("somebody outside the force")) for author in result.authors)
    rows = [Row(_("Written by"), wrote)]
    if result.reviewed_by_id:
        rows.append(Row(_("Reviewed by"), names.get(result.reviewed_by_id)))
    if result.published_by_id:
        rows.append(Row(_("Published by"), names.get(result.published_by_id)))
        rows.append(Row(_("Published on"), result.published_at))
    return rows


def _plan(person: Person, deployment: Deployment) -> Plan | None:
    """The plan under which it took place, for whoever may read it."""
    if deployment.plan_id is None:
        return None
    return plans_of(person, deployment.force).filter(pk=deployment.plan_id).first()


def _public_address(deployment: Deployment) -> str:
    if deployment.stage not in {Deployment.Stage.PUBLISHED, Deployment.Stage.WITHDRAWN}:
        return ""
    return public_address(deployment.force, "deployment", deployment.public_reference)


def _page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
