"""Notices of one month as a calendar: a table of weeks, each day a list."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from design.notices import day_text
from design.numbers import month_text, time_text
from forces.clock import db_now, london_date
from forces.models import Force
from public.asked import told
from public.notices import shown
from public.notices.listing import following
from public.worlds import World, asked_of, page
from register.models import NoticeHead
from register.notices import queries
from register.notices.queries import Wanted
from register.search import FIRST_YEAR, LAST_YEAR, InvalidSearch, Reader

# More than a nation of forces gives in a month; the list has the rest.
MOST = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One notice on one day: from when, where and by whom."""

    href: str
    place: str
    force: str
    time: str
    tag: str


@dataclass(frozen=True, slots=True)
class Day:
    """`number` is 0 for a day of another month, which is left blank."""

    number: int
    title: str
    is_today: bool
    notices: Sequence[Told]


@partial(page, takes=None)
def month(request: HttpRequest, *, world: World) -> HttpResponse:
    now = db_now()
    today = london_date(now)
    first, force = _asked(request, world, today)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    wanted = Wanted(world.realm, force=force, since=first, until=last)
    heads = wanted.heads().filter(is_withheld=False).soonest_first().select_related("force")[: MOST + 1]
    found = list(heads)
    deferred = queries.deferred(wanted)
    narrowed = {"force": force.slug} if force else {}
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("notices"),
        "month": month_text(first),
        "force": force,
        "forces": Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name"),
        "asked": f"{first:%Y-%m}",
        "weekdays": [str(WEEKDAYS[number]) for number in range(7)],
        "weeks": _weeks(first, found[:MOST], today, world) if found else [],
        "is_cut": len(found) > MOST,
        "nothing": shown.none_told(now, force)
        if last >= today
        else _("No notice was published for this month here."),
        "deferred": shown.deferred_table(deferred, world) if deferred else None,
        "before": _link(first - timedelta(days=1), narrowed),
        "before_words": month_text(first - timedelta(days=1)),
        "after": _link(last + timedelta(days=1), narrowed),
        "after_words": month_text(last + timedelta(days=1)),
        "list_url": _list(world, first, last, narrowed),
        "notices_url": world.url("notices"),
        "follow": following(request, world, force),
        "feeds": world.feeds_of_notices(force),
    }
    return render(request, "public/notices/calendar.html", context)


def _asked(request: HttpRequest, world: World, today: date) -> tuple[date, Force | None]:
    """The first day of the month, this one unless another is asked for."""
    ask = Reader(asked_of(request), blank_is_absent=True)
    ask.only(("month", "force"))
    force = ask.force("force", world.realm)
    text = ask.text("month", 7, 7)
    first = today.replace(day=1)
    if text:
        if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            first = date.fromisoformat(f"{text}-01")
        else:
            ask.refuse("month", _("Give a month as year and month, such as 2026-12."))
    try:
        ask.finish()
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    return first, force


def _weeks(first: date, heads: Sequence[NoticeHead], today: date, world: World) -> list[list[Day]]:
    on: dict[date, list[Told]] = defaultdict(list)
    for head in heads:
        day = max(head.on, first)
        while day <= head.until and day.month == first.month:
            on[day].append(_told(head, day, world))
            day += timedelta(days=1)
    return [
        [
            Day(day.day, day_text(day), day == today, on.get(day, ()))
            if day.month == first.month
            else Day(0, "", False, ())
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]


def _told(head: NoticeHead, day: date, world: World) -> Told:
    starts = head.starts_at if day == head.on else None
    return Told(
        world.url("notice", head.reference),
        shown.place_of(head),
        head.force.name,
        time_text(starts) if starts else _("goes on"),
        "" if head.status == NoticeHead.Status.PLANNED else shown.tag(head.status),
    )


def _list(world: World, first: date, last: date, narrowed: dict[str, str]) -> str:
    days = {"since": first.isoformat(), "until": last.isoformat()}
    return f"{world.url('notices')}?{urlencode({**narrowed, **days})}"


def _link(day: date, narrowed: dict[str, str]) -> str:
    """The calendar of another month; none where days cannot be asked for."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return "?" + urlencode({**narrowed, "month": f"{day:%Y-%m}"})
