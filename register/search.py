"""Asking for records: what may be asked, one page of what was found, and where the next page begins.

Pages and API ask in the same words, so a list's address on one is its address on the other.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forces.models import Force
from forces.refusals import Invalid
from register.canonical import CONTROL_CHARACTERS
from register.facets import (
    LONGEST_ALGORITHM,
    LONGEST_THRESHOLD,
    LONGEST_USE_CASE,
    NOT_PUBLISHED,
    PUBLISHED,
    WATCHLIST,
    Band,
)
from register.models import Head, HeadQuerySet, Origin, Tier

PARAMETERS = (
    *("force", "year", "month", "tier", "origin", "status", "state", "technology", "place", "since", "until"),
    *("use_case", "algorithm", "threshold", "watchlist", "published"),
)
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_PLACE = 100
# The greatest number of a row: the database keeps them in 64 bits.
LAST_ROW = 2**63 - 1
DAY = "(199[0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CURSOR = "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{1,18}"
FEWEST_LETTERS = 2

LIVE = "live"
TECHNOLOGIES = {
    LIVE: gettext_lazy("Live: cameras on a public place"),
    "retrospective": gettext_lazy("Retrospective: a stored image"),
    "operator_initiated": gettext_lazy("Operator initiated: an officer's own device"),
}
STATUSES = {"completed": gettext_lazy("Completed"), "aborted": gettext_lazy("Aborted")}
STATES = {
    "standing": gettext_lazy("Standing: counted in the statistics"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "redacted": gettext_lazy("Removed because it held personal data"),
}
# Filters by a facet's text with its greatest length, and the columns of heads that the codes of bands speak of.
TEXTS = {
    "use_case": LONGEST_USE_CASE,
    "algorithm": LONGEST_ALGORITHM,
    "threshold": max(LONGEST_THRESHOLD, len(NOT_PUBLISHED)),
}
BANDS: Mapping[str, tuple[str, Mapping[str, Band]]] = {
    "watchlist": ("watchlist_size", WATCHLIST),
    "published": ("days_to_publish", PUBLISHED),
}
Given = Mapping[str, Sequence[str]]


class InvalidSearch(Invalid):
    """The question cannot be answered as asked. `errors` maps each parameter to what to do about it."""


class Cursor(NamedTuple):
    """The last record of a page, written `2024-04-06_1234`: the next page begins after it."""

    on: date
    entry: int

    def __str__(self) -> str:
        return f"{self.on.isoformat()}_{self.entry}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises ValueError for what was never written here."""
        if not re.fullmatch(CURSOR, text):
            raise ValueError(text)
        on, entry = text.split("_")
        return cls(date.fromisoformat(on), int(entry))


@dataclass(frozen=True, slots=True)
class Search:
    """Which records are wanted: of live use that count, unless said otherwise. `month` only with a `year`.

    Years, months and days are those on which a deployment started, in UK local time. `since` and `until` are the
    first and the last day. `use_case`, `algorithm` and `threshold` are whole texts as published, or `not_published`;
    `watchlist` and `published` are codes of bands.
    """

    realm: str
    force: Force | None = None
    year: int | None = None
    month: int | None = None
    tier: str = ""
    origin: str = ""
    status: str = ""
    state: str = "standing"
    technology: str = LIVE
    place: str = ""
    since: date | None = None
    until: date | None = None
    use_case: str = ""
    algorithm: str = ""
    threshold: str = ""
    watchlist: str = ""
    published: str = ""

    def heads(self) -> HeadQuerySet:
        found = Head.objects.in_realm(self.realm).filter(technology=self.technology)
        match self.state:
            case "standing":
                found = found.standing()
            case "withdrawn":
                found = found.filter(is_withdrawn=True)
            case "redacted":
                found = found.filter(is_redacted=True)
        if self.force is not None:
            found = found.filter(force=self.force)
        if self.year is not None:
            first, last = self.month or 1, self.month or 12
            found = found.between(
                date(self.year, first, 1), date(self.year, last, calendar.monthrange(self.year, last)[1])
            )
        if self.since is not None:
            found = found.filter(on__gte=self.since)
        if self.until is not None:
            found = found.filter(on__lte=self.until)
        for field in ("tier", "origin", "status"):
            if wanted := getattr(self, field):
                found = found.filter(**{field: wanted})
        if self.place:
            found = found.filter(Q(place__icontains=self.place) | Q(area__icontains=self.place))
        for field, text in self.texts().items():
            found = found.filter(**{field: text})
        for column, band in self.bands():
            if not band.has_number:
                found = found.filter(**{f"{column}__isnull": True})
            if band.least is not None:
                found = found.filter(**{f"{column}__gte": band.least})
            if band.most is not None:
                found = found.filter(**{f"{column}__lte": band.most})
        return found

    def texts(self) -> dict[str, str]:
        """The facets that are asked for by their text, as heads keep them."""
        asked = {field: getattr(self, field) for field in TEXTS}
        return {field: "" if text == NOT_PUBLISHED else text for field, text in asked.items() if text}

    def bands(self) -> list[tuple[str, Band]]:
        """The bands that are asked for, each with the column of heads that it speaks of."""
        return [
            (column, bands[code]) for name, (column, bands) in BANDS.items() if (code := getattr(self, name))
        ]

    @classmethod
    def read(cls, ask: Reader, *, realm: str) -> Self:
        """What a query string asks for. What is wrong with it waits in `ask` until its `finish()`."""
        since, until = ask.day("since"), ask.day("until")
        found = {
            "force": ask.force("force", realm),
            "year": ask.whole_number("year", FIRST_YEAR, LAST_YEAR),
            "month": ask.whole_number("month", 1, 12),
            "tier": ask.one_of("tier", Tier.values),
            "origin": ask.one_of("origin", Origin.values),
            "status": ask.one_of("status", STATUSES),
            "state": ask.one_of("state", STATES) or "standing",
            "technology": ask.one_of("technology", TECHNOLOGIES) or LIVE,
            "place": ask.text("place", FEWEST_LETTERS, LONGEST_PLACE),
            "since": since,
            "until": until,
            **{name: ask.text(name, 1, longest, as_it_stands=True) for name, longest in TEXTS.items()},
            **{name: ask.one_of(name, bands) for name, (_column, bands) in BANDS.items()},
        }
        if since and until and since > until:
            ask.refuse("until", _("Give a day on or after the day in “since”."))
        if found["month"] and not found["year"] and "year" not in ask.errors:
            ask.refuse("year", _("Choose a year as well as a month."))
        return cls(realm=realm, **found)  # type: ignore[arg-type]


class Reader:
    """Takes parameters one by one, collects what is wrong with each, and refuses them all together.

    A parameter given twice, one that is not known and one with nothing after the `=` are errors: an address that
    is mistyped must not answer with every record there is. Forms send fields left blank: `blank_is_absent`.
    """

    def __init__(self, given: Given, *, blank_is_absent: bool = False) -> None:
        self.given = {
            name: values for name, values in given.items() if not (blank_is_absent and not any(values))
        }
        self.errors: dict[str, list[str]] = {}

    def refuse(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def only(self, names: Iterable[str]) -> None:
        """Refuse every parameter but these."""
        known = list(names)
        for name in self.given:
            if name not in known:
                self.refuse(
                    name,
                    _("There is no such filter. You can use: %(names)s.") % {"names": ", ".join(known)}
                    if known
                    else _("This address takes no parameters. Take it out."),
                )

    def finish(self) -> None:
        if self.errors:
            raise InvalidSearch(self.errors)

    def text(self, name: str, fewest: int = 1, most: int = 200, *, as_it_stands: bool = False) -> str:
        """Spaces round it are taken off, unless it is to be found as it stands."""
        values = self.given.get(name, ())
        if not values:
            return ""
        if len(values) > 1:
            self.refuse(name, _("Give this only once."))
            return ""
        value = values[0] if as_it_stands else values[0].strip()
        if not value:
            self.refuse(name, _("Give a value, or leave the parameter out."))
        elif CONTROL_CHARACTERS.search(value) or any("\ud800" <= char <= "\udfff" for char in value):
            self.refuse(name, _("Use letters and numbers, without line breaks or control characters."))
        elif not fewest <= len(value) <= most:
            self.refuse(name, _("Use %(fewest)s to %(most)s characters.") % {"fewest": fewest, "most": most})
        else:
            return value
        return ""

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        value = self.text(name)
        allowed = list(choices)
        if value and value not in allowed:
            self.refuse(name, _("Choose one of: %(choices)s.") % {"choices": ", ".join(allowed)})
            return ""
        return value

    def whole_number(self, name: str, least: int, most: int) -> int | None:
        value = self.text(name)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,19}", value) or not least <= int(value) <= most:
            self.refuse(
                name,
                _("Give a whole number from %(least)s to %(most)s.") % {"least": least, "most": most},
            )
            return None
        return int(value)

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            found = date.fromisoformat(value) if re.fullmatch(DAY, value) else None
        except ValueError:
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.refuse(
                name,
                _("Give a day as year, month and day, such as 2024-04-06, from %(first)s to %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR},
            )
            return None
        return found

    def force(self, name: str, realm: str) -> Force | None:
        """A force of that realm, by the short name in its address or by its code."""
        value = self.text(name)
        if not value:
            return None
        found = Force.objects.filter(Q(slug=value) | Q(code=value), realm=realm).first()
        if found is None:
            self.refuse(
                name,
                _("No force of this register has that name. Use the short name, such as metropolitan."),
            )
        return found

    def cursor(self, name: str) -> Cursor | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return Cursor.read(value)
        except ValueError:
            self.refuse(name, _("This is not a place in the list. Follow the link to the next page instead."))
            return None


class Page(NamedTuple):
    """`rows` in the order of the list; `after` is where the next page begins, None on the last."""

    rows: list[Any]
    after: Cursor | None


def heads_after(search: Search, after: Cursor | None) -> HeadQuerySet:
    """The records found, latest first, from where a page begins."""
    found = search.heads().latest_first()
    if after is None:
        return found
    # The first condition alone lets the index find the place; the second is exact.
    return found.filter(on__lte=after.on).filter(
        Q(on__lt=after.on) | Q(on=after.on, entry_id__lt=after.entry)
    )


def page(search: Search, *fields: str, after: Cursor | None, size: int) -> Page:
    """One page of the records found, latest first: named rows of these fields of `Head`, and `on` and `entry_id`."""
    found = heads_after(search, after)
    rows = list(found.values_list("on", "entry_id", *fields, named=True)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, Cursor(rows[-1].on, rows[-1].entry_id) if more else None)
