"""Briefing packs: made by one press, dated, and kept as they were made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.briefing.figures import Line
from coordination.briefing.models import Pack
from coordination.briefing.pack import HEADLINES, waiting_from
from coordination.briefing.papers import totals
from design.components import Row
from design.numbers import moment_text
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Person
from jobs.actions import request_job
from jobs.models import Job
from portal.jobs import PACK
from portal.national.answers import file
from portal.national.imports import page_of, turning
from portal.national.pages import needs, show
from portal.national.public_addresses import site_of
from portal.national.said_so import around, drawn
from register.models import Tier

PACKS_A_PAGE = 25
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


@needs(Capability.ANSWER_QUESTIONS)
def packs(request: HttpRequest) -> HttpResponse:
    """Those being made, then every pack, newest first."""
    found = Pack.objects.select_related("by").defer("pdf", "ods", "content").order_by("-id")
    page = page_of(request, found, PACKS_A_PAGE)
    jobs = Job.objects.filter(kind=PACK, force=None).select_related("requested_by")
    last = jobs.order_by("-id").first()
    context = {
        "rows": page,
        "making": list(jobs.filter(state__in=UNFINISHED).order_by("id")),
        "failed": last if last is not None and last.state == Job.State.FAILED else None,
        "pages_of_it": around("packs"),
        **turning(request, page),
    }
    return show(request, "packs", context)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a pack of the register as it stands. Each press makes one, dated."""
    person: Person = request.person  # type: ignore[attr-defined]
    request_job(PACK, {"site": site_of(request)}, by=person, at=db_now())
    messages.success(request, _("The pack is being made. It is in the list below within seconds."))
    return redirect("admin:national-packs")


@needs(Capability.ANSWER_QUESTIONS)
def pack(request: HttpRequest, pack: Any) -> HttpResponse:
    """What the pack says first; all of it is in its files."""
    found = _pack(pack)
    headlines: dict[tuple[str, str, str], Line] = {}
    for line in map(Line.read, found.content["lines"]):
        if not line.key and line.measure in {measure.code for measure in HEADLINES}:
            headlines.setdefault(line.name, line)
    context = {
        "pack": found,
        "pages_of_it": around(""),
        "about": _about(found),
        "tables": [
            drawn(totals("", str(tier.label), some))
            for tier in Tier
            if (some := [line for line in headlines.values() if line.tier == tier])
        ],
        "decisions": [each for each in waiting_from(found.content["decisions"]) if each.count],
    }
    return show(request, "packs_one", context)


@needs(Capability.ANSWER_QUESTIONS)
def pack_pdf(request: HttpRequest, pack: Any) -> HttpResponse:
    found = _pack(pack)
    return file(found, "pdf", _name(found))


@needs(Capability.ANSWER_QUESTIONS)
def pack_ods(request: HttpRequest, pack: Any) -> HttpResponse:
    found = _pack(pack)
    return file(found, "ods", _name(found))


def _name(pack: Pack) -> str:
    return f"briefing-pack-{pack.at:%Y-%m-%d-%H%M}"


def _about(pack: Pack) -> list[Row]:
    return [
        Row(_("Made"), _("%(when)s, by %(who)s") % {"when": moment_text(pack.at), "who": pack.by.name}),
        Row(
            _("The register had last changed"),
            moment_text(pack.as_of) if pack.as_of else _("Never: it was empty"),
        ),
        Row(_("State of the register"), pack.register),
        Row(_("Fingerprint of its figures"), pack.figures),
    ]


def _pack(uid: Any) -> Pack:
    found = Pack.objects.select_related("by").filter(uid=uid).first()
    if found is None:
        raise Http404(_("There is no such pack."))
    return found
