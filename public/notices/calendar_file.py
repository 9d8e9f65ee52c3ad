"""Notices as a calendar (RFC 5545) that people's own calendars can follow: one event a notice, in UTC.

An event keeps its UID for good, which names no host; each version raises its SEQUENCE, so that a change or cancellation
replaces what a calendar holds already. What is deferred has no day and is not in it; what was removed has no place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition
from icalendar import Calendar, Event
from icalendar.enums import STATUS, TRANSP

from design.notices import STATUSES
from forces.clock import db_now, london_date
from forces.models import Force
from public.feeds import stable_id
from public.notices.shown import place_of
from public.worlds import World, page
from register.models import NoticeHead
from register.notices import queries
from register.notices.queries import Wanted

SHAPE = 1  # raise it when the same notices are written in another way
# What has passed stays in it for a while: a calendar that is followed drops what is no longer there.
KEPT, MOST = timedelta(days=92), 2_000
FOLLOWED_EVERY = timedelta(hours=1)
MEDIA_TYPE = "text/calendar; charset=utf-8"
STANDS = {
    NoticeHead.Status.PLANNED: STATUS.CONFIRMED,
    NoticeHead.Status.UNDER_REVIEW: STATUS.TENTATIVE,
    NoticeHead.Status.CANCELLED: STATUS.CANCELLED,
}


def _tag(request: HttpRequest, *, world: World, **kwargs: Any) -> str:
    # Each day another one has passed for long enough.
    return f'W/"calendar{SHAPE}-{london_date(db_now())}-{queries.version(world.realm)}"'


@condition(etag_func=_tag)
def _file(request: HttpRequest, *, world: World, slug: str = "") -> HttpResponse:
    force = Force.objects.filter(slug=slug, realm=world.realm).first() if slug else None
    if slug and force is None:
        raise Http404(_("No force on this register has the name %(slug)s.") % {"slug": slug})
    wanted = Wanted(world.realm, force=force, since=london_date(db_now() - KEPT))
    heads = wanted.heads().told().soonest_first().select_related("force")[:MOST]
    name = _("Facial recognition: notices of %s") % (force.name if force else _("all forces"))
    if world.is_made_up:
        name = _("Made up: %s") % name
    body = written(name, _events(request, world, heads), here=request.build_absolute_uri(request.path))
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'attachment; filename="notices{f"-{force.slug}" if force else ""}.ics"'
    return response


send = page(_file)


def written(name: str, events: Iterable[Event], *, here: str) -> bytes:
    """A whole calendar. `here` is where it is kept up to date."""
    calendar = Calendar()
    calendar.add("prodid", "-//Facial Recognition Register//Notices//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # Each twice: RFC 7986 names them, and most calendars read the older word alone.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("source", here, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", FOLLOWED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _events(request: HttpRequest, world: World, heads: Iterable[NoticeHead]) -> Iterator[Event]:
    for head in heads:
        if head.starts_at is not None and head.ends_at is not None:
            yield _event(request, world, head, head.starts_at, head.ends_at)


def _event(request: HttpRequest, world: World, head: NoticeHead, starts: datetime, ends: datetime) -> Event:
    address = request.build_absolute_uri(world.url("notice", head.reference))
    title = _("Facial recognition: %(force)s, %(place)s") % {
        "force": head.force.name,
        "place": place_of(head),
    }
    if head.status != NoticeHead.Status.PLANNED:
        title = f"{STATUSES[head.status]}: {title}"
    words = [
        _("Police plan to use live facial recognition here."),
        _("Status: %s.") % STATUSES[head.status],
        _("Why, who may be on the watchlist, who decided, and where to complain: %s") % address,
    ]
    if world.is_made_up:
        title, words = _("Made up: %s") % title, [_("This is a made-up notice."), *words]
    event = Event()
    event.add("uid", stable_id("notice", head.reference).removeprefix("urn:uuid:"))
    event.add("sequence", head.version)
    event.add("status", STANDS[NoticeHead.Status(head.status)])
    event.add("summary", title)
    event.add("location", place_of(head))
    event.add("description", "\n".join(words))
    event.add("url", address)
    for name, moment in (
        ("dtstart", starts),
        ("dtend", ends),
        ("dtstamp", head.entered_at),
        ("last-modified", head.entered_at),
        ("created", head.first_entered_at),
    ):
        event.add(name, moment.astimezone(UTC))
    event.add("class", "PUBLIC")
    event.add("transp", TRANSP.TRANSPARENT)
    event.add("categories", [head.force.name])
    return event
