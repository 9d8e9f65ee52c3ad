"""One requirement of one plan: set aside by a chief officer, or attested by the role that it names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning import actions
from deployments.planning.models import Plan
from deployments.readiness import Verdict, readiness_of
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Membership, Person
from forces.permissions import require
from forces.refusals import Forbidden, Invalid, Refusal
from portal.force.attempts import keep
from portal.force.authority.documents import of_kind
from portal.force.authority.forms import AttestForm, WhyForm, seen_now
from portal.force.authority.interrupting import changed_meanwhile, own_plan
from portal.force.authority.pages import not_now, plan_address, show_plan
from portal.force.authority.reading import lines, role_name
from portal.force.pages import plan_page
from portal.typed import posted

S = Plan.Status


@plan_page
def override(request: HttpRequest, force: Force, plan: Plan, requirement: str) -> HttpResponse:
    """A chief officer lets the plan go on although it fails a national condition; the reason is published."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.OVERRIDE_CONDITIONS, force)
    if plan.wrote_some(person):
        title = _("You cannot set aside a condition of your own plan")
        return own_plan(request, force, plan, Capability.OVERRIDE_CONDITIONS, tried="override", title=title)
    readiness = readiness_of(plan, at=db_now())
    verdict = next((each for each in readiness.overridable if each.rule.code == requirement), None)
    if plan.status not in (S.SUBMITTED, S.ASSESSED, S.HELD) or verdict is None:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="override")
        return not_now(
            request,
            plan,
            _("That is no national condition that this plan fails, so there is nothing to set aside."),
        )
    form = WhyForm(
        posted(request),
        label=_("Why may it go on all the same?"),
        hint=_("Published in the notice as you write it, with your rank. Name no person."),
        initial=seen_now(plan),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.override(
                plan,
                requirement,
                reason=form.cleaned_data["reason"],
                content_hash=form.cleaned_data["seen"],
                by=person,
                at=db_now(),
            )
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="override")
            return changed_meanwhile(request, force, plan, form, again=request.path)
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="override")
            form.add_error(None, str(refusal))
        else:
            done = _("The condition is set aside for these words of the plan. The notice will say so.")
            messages.success(request, f"{force.name}: {done}")
            return redirect(plan_address(plan))
    context = {
        "form": form,
        "line": lines([verdict], readiness)[0],
        "sentence": verdict.rule.sentence,
    }
    return show_plan(request, "override", plan, context)


@plan_page
def attest(request: HttpRequest, force: Force, plan: Plan, requirement: str) -> HttpResponse:
    """Whoever holds the role that a requirement names says that the plan meets it, with the document asked for."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.READ_RECORDS, force)
    readiness = readiness_of(plan, at=db_now())
    verdict = _attested(readiness.of(requirement))
    if verdict is None or verdict.rule.attestation is None:
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="attest")
        return not_now(request, plan, _("No requirement of that name is attested for this plan."))
    wanted = verdict.rule.attestation
    holds = Membership.objects.filter(person=person, force=force, role=wanted.role, period__contains=db_now())
    if not holds.exists():
        if request.method == "POST":
            keep(request, plan, actions.WrongState(""), tried="attest")
        context: dict[str, Any] = {"role": role_name(wanted.role), "title": verdict.rule.title}
        return show_plan(request, "other_role", plan, context, status=403)
    form = AttestForm(
        posted(request),
        label=_("What do you attest?"),
        hint=_("Say what you looked at and what you found. Kept in your force’s history. Name no person."),
        missing=_("Say what you attest"),
        asks_document=bool(wanted.document_kind),
        documents=of_kind(plan, wanted.document_kind) if wanted.document_kind else (),
        initial=seen_now(plan),
    )
    if request.method == "POST" and form.is_valid():
        document = form.cleaned_data.get("document")
        try:
            actions.attest(
                plan,
                requirement,
                words=form.cleaned_data["reason"],
                content_hash=form.cleaned_data["seen"],
                document=int(document) if document else None,
                by=person,
                at=db_now(),
            )
        except Forbidden:
            raise
        except actions.StalePlan as refusal:
            keep(request, plan, refusal, tried="attest")
            return changed_meanwhile(request, force, plan, form, again=request.path)
        except Invalid as invalid:
            form.take(invalid)
        except Refusal as refusal:
            keep(request, plan, refusal, tried="attest")
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{force.name}: " + _("Attested for these words of the plan."))
            return redirect(plan_address(plan))
    context = {
        "form": form,
        "line": lines([verdict], readiness)[0],
        "sentence": verdict.rule.sentence,
        "role": role_name(wanted.role),
        "wants_document": bool(wanted.document_kind),
    }
    return show_plan(request, "attest", plan, context)


def _attested(verdict: Verdict | None) -> Verdict | None:
    return verdict if verdict is not None and verdict.rule.attestation is not None else None
