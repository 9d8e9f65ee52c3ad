"""One requirement of a version: what it says, and, while the version is a draft, adding, changing and dropping it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.framework import actions, queries, wording
from coordination.framework.checks import CHECKS
from coordination.framework.models import Requirement, Version
from coordination.framework.rules import rule_of
from coordination.framework.stating import fingerprint
from design.components import Row
from design.forms import Form
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.permissions import may, require
from forces.refusals import Invalid
from portal.national.framework import NEEDED, closed, page_of, predecessor, version_of
from portal.national.framework_forms import ATTESTED, AddForm, RequirementForm, initial_of
from portal.national.pages import answers, changing, decide, show


@changing
def add(request: HttpRequest, version: int) -> HttpResponse:
    """First a code and how it is judged; what there is to say of it depends on these."""
    found = version_of(version)

    def act(given: dict[str, Any]) -> HttpResponse:
        if Requirement.objects.filter(version=found, code=given["code"]).exists():
            raise Invalid({"code": [_("The version has a requirement with this code already.")]})
        address = reverse("admin:national-framework-requirement", args=[found.number, given["code"]])
        return redirect(f"{address}?{urlencode({'judged': given['judged']})}")

    return closed(request, found) or decide(
        request,
        AddForm(answers(request)),
        act,
        needs=NEEDED,
        title=_("Add a requirement to %(version)s") % {"version": found},
        button=_("Continue"),
        back=page_of(found),
    )


@changing
def requirement(request: HttpRequest, version: int, requirement: str) -> HttpResponse:
    """Read by everybody at the centre. Whoever keeps the framework changes it here, while the version is a draft."""
    require(request.person, Capability.READ_ALL_FORCES)  # type: ignore[attr-defined]
    found = version_of(version)
    stated = Requirement.objects.filter(version=found, code=requirement).first()
    judged = _judged(stated, request.GET.get("judged", ""))
    if stated is None and (judged is None or found.status != Version.Status.DRAFT):
        raise Http404(_("The version has no such requirement."))
    may_change = may(request.person, NEEDED) and found.status == Version.Status.DRAFT  # type: ignore[attr-defined]
    if stated is not None and request.method != "POST" and (not may_change or "change" not in request.GET):
        return _read(request, found, stated, may_change=may_change)
    return _change(request, found, requirement, stated, judged or "")


@changing
def drop(request: HttpRequest, version: int, requirement: str) -> HttpResponse:
    found = version_of(version)
    stated = Requirement.objects.filter(version=found, code=requirement).first()
    require(request.person, NEEDED)  # type: ignore[attr-defined]
    if stated is None:
        raise Http404(_("The version has no such requirement."))

    def act(given: dict[str, Any]) -> str:
        actions.drop(found, requirement, by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _("“%(title)s” is taken out of %(version)s.") % {"title": stated.title, "version": found}

    return closed(request, found) or decide(
        request,
        Form(answers(request)),
        act,
        needs=NEEDED,
        title=_("Take a requirement out of %(version)s") % {"version": found},
        button=_("Take it out"),
        back=page_of(found),
        about=[Row(_("Requirement"), stated.title), Row(_("What it asks"), stated.sentence)],
        note=_(
            "Versions before keep it, and so do the days on which they held. To end a rule from a day on, give it "
            "an end instead."
        ),
        warns=True,
    )


# Parts ------------------------------------------------------------------------------------------------


def _judged(stated: Requirement | None, asked: str) -> str | None:
    """How it is judged: a name in CHECKS or ATTESTED; for one that is there, as it is. None for nonsense."""
    if stated is not None:
        return stated.check_name or ATTESTED
    return asked if asked in CHECKS or asked == ATTESTED else None


def _read(request: HttpRequest, version: Version, stated: Requirement, *, may_change: bool) -> HttpResponse:
    rule = rule_of(stated, (), version.number)
    before = predecessor(version)
    changed = queries.changes([before, version], stated.code)[version.number] if before is not None else []
    context = {
        "version": version,
        "requirement": stated,
        "rows": [
            *(Row(str(label), words) for label, words in queries.said(stated)),
            Row(_("If not met"), wording.effect(rule)),
        ],
        "change": changed[0] if changed else None,
        "before": before,
        "may_change": may_change,
    }
    return show(request, "framework_requirement", context)


def _change(
    request: HttpRequest, version: Version, code: str, stated: Requirement | None, judged: str
) -> HttpResponse:
    initial: dict[str, Any] = (
        initial_of(stated, fingerprint(stated))
        if stated is not None
        else {"effective_from": london_date(db_now()), "technology": "live", "seen": ""}
    )
    if judged not in CHECKS and judged != ATTESTED:
        raise Http404(_("This version of the service knows no such check."))
    form = RequirementForm(answers(request), initial=initial, check=judged)

    def act(given: dict[str, Any]) -> HttpResponse:
        try:
            made = actions.state(
                version,
                code,
                form.stated(),
                seen=given["seen"],
                by=request.person,  # type: ignore[attr-defined]
                at=db_now(),
            )
        except Invalid as refusal:
            raise Invalid(form.fields_of(refusal.errors)) from refusal
        messages.success(
            request, _("“%(title)s” is saved in %(version)s.") % {"title": made.title, "version": version}
        )
        return redirect(page_of(version))

    title = stated.title if stated is not None else _("New requirement: %(code)s") % {"code": code}
    how = (
        CHECKS[judged].sentence if judged in CHECKS else _("Somebody in a role attests it, with a document.")
    )
    about = [Row(_("Version"), str(version)), Row(_("Code"), code)]
    if judged == ATTESTED or not CHECKS[judged].parameters:
        about.append(Row(_("How it is judged"), str(how)))
    return closed(request, version) or decide(
        request,
        form,
        act,
        needs=NEEDED,
        title=title,
        button=_("Save"),
        back=page_of(version),
        about=about,
    )
