"""One notice: what the public is told, every version of it, the exact bytes, and where to complain."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from design.components import Event, Row
from design.notices import notice_view
from design.numbers import date_text
from forces.clock import db_now, london_date
from forces.documents import contact_of
from forces.models import Realm
from public.notices import shown
from public.stored import copy_of, sent
from public.worlds import World, page, world_of
from register.models import Act, Entry, NoticeHead
from register.queries import bodies, history


@page
def notice(request: HttpRequest, reference: str, *, world: World) -> HttpResponse:
    if reference != reference.upper():
        return redirect(world.url("notice", reference.upper()))
    head = NoticeHead.objects.select_related("force").filter(pk=reference).first()
    if head is None:
        raise Http404(_("No notice on the register has the reference %(it)s.") % {"it": reference})
    if head.realm != world.realm:
        return redirect(world_of(head.realm).url("notice", reference))
    versions = history(reference)
    kept = bodies(entry.pk for entry in versions)
    body = kept.get(head.entry_id)
    view = notice_view(json.loads(body), now=db_now()) if body else None
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("notices"),
        "head": head,
        "contact": contact_of(head.force),
        "title": view.title if view else shown.place_of(head),
        "when": view.when if view else shown.when_of(head),
        "tag": shown.tag(head.status),
        "notice": view,
        "redaction": getattr(versions[0], "redaction", None),
        "strip": _strip(head),
        "timeline": [_happened(entry) for entry in versions],
        "copies": [
            copy_of(entry, kept.get(entry.pk), world.url("notice-document", reference, entry.version))
            for entry in versions
        ],
        "citation": _citation(request, head, versions[0]),
        "force_url": world.url("force", head.force.slug),
        "list_url": world.url("notices"),
        "feeds": world.feeds_of_notices(head.force),
    }
    return render(request, "public/notices/one.html", context)


@page
def stored(request: HttpRequest, reference: str, version: int, *, world: World) -> HttpResponse:
    """The exact bytes of one version. They never change; they can only be removed."""
    return sent(request, Entry.objects.of_notices(), reference, version, world)


def _strip(head: NoticeHead) -> list[Row]:
    return [
        Row(_("Reference"), head.reference),
        Row(_("Notice given by"), head.force.name),
        Row(_("First given"), head.first_entered_at),
        Row(_("Latest version"), head.entered_at),
    ]


def _happened(entry: Entry) -> Event:
    redaction = getattr(entry, "redaction", None)
    words = {"version": entry.version}
    label = _("Notice given") if entry.act == Act.ORIGINAL else _("Changed, version %(version)d") % words
    if redaction:
        text = _("Its document was removed, as personal data had slipped into it: %(reason)s")
        return Event(label, entry.entered_at, text=text % {"reason": redaction.public_reason})
    return Event(label, entry.entered_at, text=entry.reason)


def _citation(request: HttpRequest, head: NoticeHead, latest: Entry) -> str:
    said = _(
        "National register of police facial recognition: notice by %(force)s, %(place)s, %(when)s. Notice "
        "%(reference)s, version %(version)s of %(entered)s. %(address)s"
    )
    told = {
        "force": head.force.name,
        "place": _("place not told") if head.is_withheld else shown.place_of(head),
        "when": shown.when_of(head),
        "reference": head.reference,
        "version": head.version,
        "entered": date_text(london_date(latest.entered_at)),
        "address": request.build_absolute_uri(request.path),
    }
    return (_("Made up: %s") if head.realm == Realm.DEMONSTRATION else "%s") % (said % told)
