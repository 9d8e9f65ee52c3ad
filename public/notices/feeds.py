"""Feeds of notices: one item for each version, as the feeds of results have it, so that a change is news again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition

from design.notices import STATUSES, title, when
from forces.models import Force
from public.asked import told
from public.feeds import ITEMS, SHAPE, Feed, Item, as_atom, as_json_feed, stable_id
from public.worlds import ATOM, JSON_FEED, World, page
from register.happenings import changed_at
from register.models import Act, Entry
from register.notices import queries, rules
from register.search import LAST_ROW, InvalidSearch, Reader


def _feed(request: HttpRequest, world: World, slug: str) -> Feed:
    ask = Reader(dict(request.GET.lists()))
    ask.only(("before",))
    before = ask.whole_number("before", 1, LAST_ROW)
    try:
        ask.finish()
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    force = Force.objects.filter(slug=slug, realm=world.realm).first() if slug else None
    if slug and force is None:
        raise Http404(_("No force on this register has the name %(slug)s.") % {"slug": slug})
    found = queries.happened(world.realm, force=force, before=before, size=ITEMS + 1)
    shown = found[:ITEMS]
    first = request.build_absolute_uri(request.path)
    words = (
        _("Made up: notices of live facial recognition, %s")
        if world.is_made_up
        else _("Notices of live facial recognition, %s")
    )
    listed = world.url("notices") + (f"?{urlencode({'force': force.slug})}" if force else "")
    return Feed(
        id=stable_id("notices", world.realm, force.code if force else ""),
        title=words % (force.name if force else _("all forces")),
        page=request.build_absolute_uri(listed),
        here=f"{first}?{urlencode({'before': before})}" if before else first,
        first=first,
        next=f"{first}?{urlencode({'before': shown[-1].pk})}" if len(found) > ITEMS else "",
        items=tuple(_item(request, world, entry) for entry in shown),
    )


def _item(request: HttpRequest, world: World, entry: Entry) -> Item:
    redaction = getattr(entry, "redaction", None)
    kept = getattr(entry, "kept", None)
    document = json.loads(bytes(kept.body)) if kept and not redaction else None
    about = _about(entry, document)
    return Item(
        id=stable_id("notice", entry.reference, str(entry.version)),
        title=_("Made up: %s") % about if world.is_made_up else about,
        text=_("The document was removed because personal data had slipped into it: %(reason)s")
        % {"reason": redaction.public_reason}
        if redaction
        else _text(entry, document),
        page=request.build_absolute_uri(world.url("notice", entry.reference)),
        document=""
        if redaction
        else request.build_absolute_uri(world.url("notice-document", entry.reference, entry.version)),
        size=entry.size,
        author=entry.force.name,
        tags=("notice", *([document["status"]] if document else []), entry.force.slug),
        published=entry.entered_at,
        updated=changed_at(entry),
        is_removed=redaction is not None,
    )


def _about(entry: Entry, document: dict[str, Any] | None) -> str:
    if document is None:
        return f"{_('Removed')}: {entry.force.name}, {entry.reference}"
    where = entry.force.name if rules.is_withheld(document) else f"{entry.force.name}, {title(document)}"
    said = f"{where}, {when(document)}"
    if document["status"] != rules.PLANNED:
        return f"{STATUSES[document['status']]}: {said}"
    return said if entry.act == Act.ORIGINAL else f"{_('Changed')}: {said}"


def _text(entry: Entry, document: dict[str, Any] | None) -> str:
    if entry.act == Act.ORIGINAL:
        summary = (document or {}).get("summary") or ""
        return f"{_('Notice given as %s.') % entry.reference} {summary}".strip()
    return _("Version %(version)s of %(reference)s. Why: %(reason)s") % {
        "version": entry.version,
        "reference": entry.reference,
        "reason": entry.reason,
    }


def _tag(request: HttpRequest, *, world: World, **kwargs: Any) -> str:
    return f'W/"notices{SHAPE}-{queries.version(world.realm)}"'


def _served(write: Callable[[Feed], bytes], media: str) -> Callable[..., HttpResponse]:
    @condition(etag_func=_tag)
    def view(request: HttpRequest, *, world: World, slug: str = "") -> HttpResponse:
        response = HttpResponse(write(_feed(request, world, slug)), content_type=f"{media}; charset=utf-8")
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return page(view, takes=None)


atom = _served(as_atom, ATOM)
as_json = _served(as_json_feed, JSON_FEED)
