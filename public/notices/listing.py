"""The list of notices: those to come unless other days are asked for; deferred ones counted, never listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.forms import FilterForm, Look
from design.notices import STATUSES
from design.numbers import date_text
from forces.clock import db_now, london_date
from forces.models import Force
from public.asked import tell
from public.notices import shown
from public.worlds import World, asked_of, page
from register.notices import queries
from register.notices.queries import LISTED, Wanted
from register.ordering import Cursor
from register.search import InvalidSearch, Reader

PAGE = 50
COUNTED = 1_000


class Filters(FilterForm):
    """What the panel offers: the same words as the address and the API."""

    force = forms.CharField(label=gettext_lazy("Force"), widget=forms.Select)
    place = forms.CharField(label=gettext_lazy("Place"))
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("Any")), *((code, STATUSES[code]) for code in LISTED)],
    )
    since = forms.CharField(
        label=gettext_lazy("From day"), help_text=gettext_lazy("From today if you leave it out")
    )
    until = forms.CharField(label=gettext_lazy("To day"), help_text=gettext_lazy("Such as 2026-12-31"))
    looks = {"place": Look(width=10), "since": Look(width=10), "until": Look(width=10)}
    tucked = ("status", "since", "until")

    def __init__(self, data: Any, world: World) -> None:
        super().__init__(data)
        named = Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name")
        widget = self.fields["force"].widget
        assert isinstance(widget, forms.Select)  # noqa: S101 - declared above
        widget.choices = [("", _("All forces")), *named]


def _asked(request: HttpRequest, world: World, today: date) -> tuple[Wanted, Cursor | None]:
    """Those from today on, unless days are given. Raises InvalidSearch with everything that is wrong."""
    ask = Reader(asked_of(request), blank_is_absent=True)
    ask.only((*queries.PARAMETERS, "after"))
    wanted = Wanted.read(ask, realm=world.realm)
    after = queries.place_in_list(ask)
    ask.finish()
    if wanted.since is None and wanted.until is None:
        wanted = replace(wanted, since=today)
    return wanted, after


@partial(page, takes=None)
def listing(request: HttpRequest, *, world: World) -> HttpResponse:
    now = db_now()
    today = london_date(now)
    filters = Filters(request.GET, world)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("notices"),
        "filters": filters,
        "list_url": world.url("notices"),
        "calendar_url": world.url("notices-calendar"),
    }
    try:
        wanted, after = _asked(request, world, today)
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/notices/list.html", context, status=400)
    # Up to a day and from no other: the latest of them are wanted, not the first there ever was.
    back = wanted.since is None
    heads = wanted.heads().filter(is_withheld=False)
    found = queries.page(heads, after=after, size=PAGE, latest_first=back)
    count = heads[: COUNTED + 1].count() if found.after or after else len(found.heads)
    deferred = queries.deferred(wanted)
    context |= {
        "about": _about(wanted, today),
        "count": count,
        "is_more": count > COUNTED,
        "most": COUNTED,
        "table": shown.table(found.heads, world, with_force=wanted.force is None) if found.heads else None,
        "deferred": shown.deferred_table(deferred, world) if deferred else None,
        "empty_words": _nothing(wanted, today, now),
        "first": _address(request) if after else "",
        "next": _address(request, after=str(found.after)) if found.after else "",
        "order": _("The latest first") if back else _("The soonest first"),
        "earlier_url": "" if back else _earlier(world, wanted, today),
        "follow": following(request, world, wanted.force),
        "feeds": world.feeds_of_notices(wanted.force),
    }
    return render(request, "public/notices/list.html", context)


@page
def of_force(request: HttpRequest, slug: str, *, world: World) -> HttpResponse:
    """Those of one force: the list, narrowed to it."""
    if not Force.objects.filter(slug=slug, realm=world.realm).exists():
        raise Http404(_("No force on this register has the name %(slug)s.") % {"slug": slug})
    return redirect(f"{world.url('notices')}?{urlencode({'force': slug})}")


def following(request: HttpRequest, world: World, force: Force | None) -> dict[str, str]:
    """Where notices can be followed: as a calendar, and as a subscription that calendars open by themselves."""
    name, args = ("force-notices-ics", [force.slug]) if force else ("notices-ics", [])
    address = world.url(name, *args)
    return {"ics": address, "webcal": f"webcal://{request.get_host()}{address}"}


def _about(wanted: Wanted, today: date) -> str:
    parts = [
        wanted.force.name if wanted.force else _("All forces"),
        _days(wanted, today),
        str(STATUSES[wanted.status]).lower() if wanted.status else "",
        _("place with “%(letters)s”") % {"letters": wanted.place} if wanted.place else "",
    ]
    return ", ".join(part for part in parts if part)


def _days(wanted: Wanted, today: date) -> str:
    if wanted.since == today and wanted.until is None:
        return _("from today, %(day)s") % {"day": date_text(today)}
    said = {name: date_text(day) for name in ("since", "until") if (day := getattr(wanted, name)) is not None}
    match sorted(said):
        case ["since", "until"]:
            return _("%(since)s to %(until)s") % said
        case ["since"]:
            return _("from %(since)s") % said
    return _("until %(until)s") % said


def _nothing(wanted: Wanted, today: date, now: datetime) -> str:
    if wanted == Wanted(wanted.realm, force=wanted.force, since=today):
        return shown.none_told(now, wanted.force)
    return _(
        "No notice matches these filters. That does not mean that there was or will be no deployment: only what "
        "forces publish on this register is listed."
    )


def _earlier(world: World, wanted: Wanted, today: date) -> str:
    asked = {"force": wanted.force.slug} if wanted.force else {}
    asked["until"] = (min(wanted.since or today, today) - timedelta(days=1)).isoformat()
    return f"{world.url('notices')}?{urlencode(asked)}"


def _address(request: HttpRequest, **changed: str) -> str:
    kept = {name: value for name in queries.PARAMETERS if (value := request.GET.get(name))}
    return "?" + urlencode({**kept, **changed})
