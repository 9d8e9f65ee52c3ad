"""Feeds of the register, for people's readers and for programs: Atom (RFC 4287) and JSON Feed 1.1.

One item for each entry: a publication, a correction or a withdrawal. An item never says again what an entry says: it
names the place, the day and the reason, and leads to the exact bytes. Where a document was removed, the item with the
same id says so, so that a reader who kept the old one replaces it, and Atom has a tombstone (RFC 6721) beside it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition
from lxml import etree

from design.numbers import date_text
from forces.models import Force
from public import wording
from public.asked import told
from public.worlds import ATOM, JSON_FEED, World, page
from register import items
from register.happenings import Happenings, changed_at, happenings
from register.models import Act, Entry, Origin
from register.search import LAST_ROW, InvalidSearch, Reader

ITEMS = 50
SHAPE = 1  # raise it when the same entries are told in another shape
# Ids are made from references, so they stay whatever this site is called. Never change this.
NAMESPACE = uuid.UUID("0d9f7f0e-6f0b-5a53-9b0e-3c1f7a2f4d11")
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
ATOM_XML, TOMBSTONES = "http://www.w3.org/2005/Atom", "http://purl.org/atompub/tombstones/1.0"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, in words."""

    id: str
    title: str
    text: str
    page: str
    document: str
    size: int
    author: str
    tags: tuple[str, ...]
    published: datetime
    updated: datetime
    is_removed: bool


@dataclass(frozen=True, slots=True)
class Feed:
    id: str
    title: str
    page: str
    here: str
    first: str
    next: str
    items: tuple[Item, ...]

    @property
    def updated(self) -> datetime:
        return max((item.updated for item in self.items), default=NOTHING_YET)


# --- what a feed holds --------------------------------------------------------------------------------------


def _feed(request: HttpRequest, world: World, slug: str, *, only_changes: bool) -> Feed:
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
    found = happenings(world.realm, force=force, before=before, size=ITEMS, only_changes=only_changes)
    first = request.build_absolute_uri(request.path)
    where = force.name if force else _("all forces")
    words = _("Corrections and removals, %s") if only_changes else _("Live facial recognition, %s")
    if world.is_made_up:
        words = (
            _("Made up: corrections and removals, %s")
            if only_changes
            else _("Made up: live facial recognition, %s")
        )
    page = world.url("force", force.slug) if force else world.url("deployments")
    return Feed(
        id=stable_id("feed", world.realm, "changes" if only_changes else force.code if force else ""),
        title=words % where,
        page=request.build_absolute_uri(world.url("revisions") if only_changes else page),
        here=f"{first}?{urlencode({'before': before})}" if before else first,
        first=first,
        next=f"{first}?{urlencode({'before': found.before})}" if found.before else "",
        items=_items(request, world, found),
    )


def _items(request: HttpRequest, world: World, found: Happenings) -> tuple[Item, ...]:
    items = [_item(request, world, entry) for entry in (*found.entries, *found.removed)]
    return tuple(sorted(items, key=lambda item: item.updated, reverse=True))


def _item(request: HttpRequest, world: World, entry: Entry) -> Item:
    redaction = getattr(entry, "redaction", None)
    document, what = _document(entry), _what(entry)
    about = _about(entry, document)
    title = f"{what}: {about}" if what else about
    return Item(
        id=stable_id("entry", entry.reference, str(entry.version)),
        title=_("Made up: %s") % title if world.is_made_up else title,
        text=_("The document was removed because personal data had slipped into it: %(reason)s")
        % {"reason": redaction.public_reason}
        if redaction
        else _text(entry),
        page=request.build_absolute_uri(world.url("deployment", entry.reference)),
        document=""
        if redaction
        else request.build_absolute_uri(world.url("document", entry.reference, entry.version)),
        size=entry.size,
        author=entry.force.name if entry.origin == Origin.SUBMITTED else _("The national centre"),
        tags=(entry.act, entry.tier, entry.force.slug),
        published=entry.entered_at,
        updated=changed_at(entry),
        is_removed=redaction is not None,
    )


def _document(entry: Entry) -> dict[str, Any] | None:
    """The result that an entry holds or withdraws; None once removed."""
    source = entry.supersedes if entry.act == Act.WITHDRAWAL else entry
    kept = getattr(source, "kept", None)
    if kept is None or hasattr(entry, "redaction"):
        return None
    found: dict[str, Any] = json.loads(bytes(kept.body))
    return found


def _about(entry: Entry, document: dict[str, Any] | None) -> str:
    if document is None:
        return f"{entry.force.name}, {entry.reference}"
    where = wording.place(document["place"]["name"], document["place"]["area"])
    return f"{entry.force.name}, {where}, {date_text(wording.day(document['on']))}"


def _what(entry: Entry) -> str:
    if hasattr(entry, "redaction"):
        return _("Removed")
    return {Act.ORIGINAL: "", Act.CORRECTION: _("Corrected"), Act.WITHDRAWAL: _("Withdrawn")}[Act(entry.act)]


def _text(entry: Entry) -> str:
    told = {"version": entry.version, "reason": entry.reason, "reference": entry.reference}
    said = {
        Act.ORIGINAL: _("Placed on the register as %(reference)s."),
        Act.CORRECTION: _("Version %(version)s of %(reference)s. Why it was corrected: %(reason)s"),
        Act.WITHDRAWAL: _("Version %(version)s of %(reference)s. Why it was withdrawn: %(reason)s"),
    }[Act(entry.act)] % told
    if entry.origin == Origin.SUBMITTED:
        return said
    return f"{said} " + _("Transcribed by the national centre; not submitted by the force.")


def stable_id(*names: str) -> str:
    return uuid.uuid5(NAMESPACE, "/".join(names)).urn


# --- Atom ---------------------------------------------------------------------------------------------------


def as_atom(feed: Feed) -> bytes:
    root = etree.Element(f"{{{ATOM_XML}}}feed", nsmap={None: ATOM_XML, "at": TOMBSTONES})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "en-GB")
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", _written(feed.updated))
    _link(root, "self", feed.here, ATOM)
    _link(root, "alternate", feed.page, "text/html")
    _link(root, "first", feed.first, ATOM)
    if feed.next:
        _link(root, "next", feed.next, ATOM)
    _link(root, "license", LICENCE, "text/html")
    _say(_say(root, "author"), "name", _("Facial Recognition Register"))
    for item in feed.items:
        if item.is_removed:
            tombstone = etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry")
            tombstone.set("ref", item.id)
            tombstone.set("when", _written(item.updated))
            etree.SubElement(tombstone, f"{{{TOMBSTONES}}}comment").text = _clean(item.text)
        entry = _say(root, "entry")
        _say(entry, "id", item.id)
        _say(entry, "title", item.title)
        _say(entry, "published", _written(item.published))
        _say(entry, "updated", _written(item.updated))
        _say(_say(entry, "author"), "name", item.author)
        for tag in item.tags:
            _say(entry, "category").set("term", tag)
        _link(entry, "alternate", item.page, "text/html")
        _say(entry, "summary", item.text)
        if item.document:
            content = _say(entry, "content")
            content.set("type", "application/json")
            content.set("src", item.document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _say(parent: Any, name: str, text: str = "") -> Any:
    element = etree.SubElement(parent, f"{{{ATOM_XML}}}{name}")
    if text:
        element.text = _clean(text)
    return element


def _link(parent: Any, rel: str, href: str, media: str) -> None:
    element = _say(parent, "link")
    for name, value in (("rel", rel), ("href", href), ("type", media)):
        element.set(name, value)


def _clean(text: str) -> str:
    """XML has no way to write some characters; a mark stands in their place, here and nowhere else."""
    return NOT_XML.sub("\ufffd", text)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- JSON Feed ----------------------------------------------------------------------------------------------


def as_json_feed(feed: Feed) -> bytes:
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.first,
        "language": "en-GB",
        "authors": [{"name": _("Facial Recognition Register")}],
    }
    if feed.next:
        told["next_url"] = feed.next
    told["items"] = [
        {
            "id": item.id,
            "url": item.page,
            "title": item.title,
            "content_text": item.text,
            "date_published": _written(item.published),
            "date_modified": _written(item.updated),
            "authors": [{"name": item.author}],
            "tags": [*item.tags, *(["removed"] if item.is_removed else [])],
            **(
                {
                    "attachments": [
                        {"url": item.document, "mime_type": "application/json", "size_in_bytes": item.size}
                    ]
                }
                if item.document
                else {}
            ),
        }
        for item in feed.items
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


# --- addresses ----------------------------------------------------------------------------------------------


def _tag(request: HttpRequest, *, world: World, **kwargs: Any) -> str:
    return f'W/"feed{SHAPE}-{items.version(world.realm)}"'


def _served(write: Callable[[Feed], bytes], media: str) -> Callable[..., HttpResponse]:
    @condition(etag_func=_tag)
    def view(
        request: HttpRequest, *, world: World, slug: str = "", only_changes: bool = False
    ) -> HttpResponse:
        feed = _feed(request, world, slug, only_changes=only_changes)
        response = HttpResponse(write(feed), content_type=f"{media}; charset=utf-8")
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return page(view, takes=None)


atom = _served(as_atom, ATOM)
as_json = _served(as_json_feed, JSON_FEED)
