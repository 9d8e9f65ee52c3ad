"""Asking for notices: what may be asked, a page of what was found, and what is withheld. Public; no scope is needed.

Pages, feeds, calendars and API ask in the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Self

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from forces.models import Force
from register import items
from register.models import ChangeCount, Entry, NoticeHead, NoticeHeadQuerySet
from register.notices import rules
from register.ordering import Cursor
from register.search import FEWEST_LETTERS, LONGEST_PLACE, Reader

PARAMETERS = ("force", "place", "status", "since", "until")
CURSOR = "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{1,18}"
# Of what is told; those whose details are withheld are counted and not listed.
LISTED = (rules.PLANNED, rules.UNDER_REVIEW, rules.CANCELLED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices. `since` and `until` are the first and last day: any part of a deployment may fall on them."""

    realm: str
    force: Force | None = None
    place: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None

    def heads(self) -> NoticeHeadQuerySet:
        found = NoticeHead.objects.in_realm(self.realm)
        if self.force is not None:
            found = found.filter(force=self.force)
        if self.since is not None:
            found = found.filter(until__gte=self.since)
        if self.until is not None:
            found = found.filter(on__lte=self.until)
        if self.status:
            found = found.filter(status=self.status)
        if self.place:
            found = found.filter(Q(place__icontains=self.place) | Q(area__icontains=self.place))
        return found

    @classmethod
    def read(cls, ask: Reader, *, realm: str, statuses: tuple[str, ...] = LISTED) -> Self:
        """What a query string asks for. What is wrong with it waits in `ask` until its `finish()`."""
        since, until = ask.day("since"), ask.day("until")
        if since and until and since > until:
            ask.refuse("until", _("Give a day on or after the day in “since”."))
        return cls(
            realm,
            ask.force("force", realm),
            ask.text("place", FEWEST_LETTERS, LONGEST_PLACE),
            ask.one_of("status", statuses),
            since,
            until,
        )


class Page(NamedTuple):
    """Heads with their forces, in the order asked for, and where the next page begins, None on the last."""

    heads: list[NoticeHead]
    after: Cursor | None


def page(found: NoticeHeadQuerySet, *, after: Cursor | None, size: int, latest_first: bool = False) -> Page:
    """One page in one query: soonest first, or the latest first."""
    if latest_first:
        found = found.order_by("-on", "-entry_id")
        if after is not None:
            beyond = Q(on__lt=after.on) | Q(on=after.on, entry_id__lt=after.entry)
            found = found.filter(on__lte=after.on).filter(beyond)
    else:
        found = found.soonest_first()
        if after is not None:
            beyond = Q(on__gt=after.on) | Q(on=after.on, entry_id__gt=after.entry)
            found = found.filter(on__gte=after.on).filter(beyond)
    heads = list(found.select_related("force")[: size + 1])
    shown = heads[:size]
    return Page(shown, Cursor(shown[-1].on, shown[-1].entry_id) if len(heads) > size else None)


def place_in_list(ask: Reader) -> Cursor | None:
    """Where a page begins, from the parameter `after`."""
    if not (text := ask.text("after", 1, 40)):
        return None
    try:
        found = Cursor.read(text) if re.fullmatch(CURSOR, text) else None
    except ValueError:
        found = None
    if found is None:
        ask.refuse("after", _("This is not a place in the list. Follow the link to the next page instead."))
        return None
    return found


class Deferred(NamedTuple):
    """How many deployments of a force in a month the public is not told about beforehand.

    `month` is its first day; `reference` is that of the notice where there is one.
    """

    slug: str
    name: str
    month: date
    number: int
    reference: str


def deferred(wanted: Wanted) -> list[Deferred]:
    """Counts by force and month, soonest first, in one query. A place is asked for in vain: none is told."""
    if wanted.place:
        return []
    found = wanted.heads().withheld().exclude(status=NoticeHead.Status.CANCELLED)
    rows = (
        found.values("force__slug", "force__name", "on")
        .annotate(n=Count("reference"), one=Min("reference"))
        .order_by("on", "force__name")
    )
    return [
        Deferred(
            row["force__slug"], row["force__name"], row["on"], row["n"], row["one"] if row["n"] == 1 else ""
        )
        for row in rows
    ]


def to_come(realm: str, today: date, *, force: Force | None = None, size: int = 5) -> list[NoticeHead]:
    """The next that are told and have neither passed nor been cancelled, soonest first."""
    found = Wanted(realm, force=force, since=today).heads().told()
    return page(found.exclude(status=NoticeHead.Status.CANCELLED), after=None, size=size).heads


def happened(realm: str, *, force: Force | None = None, before: int | None = None, size: int) -> list[Entry]:
    """Entries of notices with their bodies and tombstones, latest first, before the one with that id."""
    found = Entry.objects.of_notices().filter(realm=realm)
    if force is not None:
        found = found.filter(force=force)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.select_related("force", "redaction", "kept").order_by("-pk")[:size])


def version(realm: str) -> str:
    """A text that differs whenever anything said of notices could. Ask for it before what it is to stand for."""
    changes = ChangeCount.objects.filter(force__realm=realm).aggregate(n=Sum("notices"))["n"] or 0
    return f"{items.version(realm)}-{changes}"


def last_told(realm: str, *, force: Force | None = None) -> datetime | None:
    """When a notice was last placed on the register; None if none ever was."""
    found = Entry.objects.of_notices().filter(realm=realm)
    if force is not None:
        found = found.filter(force=force)
    return found.order_by("-pk").values_list("entered_at", flat=True).first()
