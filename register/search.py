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
from register import words
from register.canonical import CONTROL_CHARACTERS
from register.facets import (
    FALSE_ALERTS,
    LONGEST_ALGORITHM,
    LONGEST_THRESHOLD,
    LONGEST_USE_CASE,
    NOT_PUBLISHED,
    PUBLISHED,
    WATCHLIST,
    Band,
)
from register.models import Head, HeadQuerySet, Origin, Tier
from register.ordering import CURSOR as CURSOR
from register.ordering import LATEST, RELEVANCE, SORTS, Cursor, fits, order_of, ordered

PARAMETERS = (
    *("force", "year", "month", "tier", "origin", "status", "state", "technology", "place", "since", "until"),
    *("use_case", "algorithm", "threshold", "watchlist", "published", "false_alerts", "q", "sort"),
)
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_PLACE = 100
# The greatest number of a row: the database keeps them in 64 bits.
LAST_ROW = 2**63 - 1
DAY = "(199[0-9]|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
FEWEST_LETTERS = 2
REFERENCE = "LFR-[0-9A-Z]{4}-[0-9A-Z]{4}"

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
    "false_alerts": ("false_alerts", FALSE_ALERTS),
}
Given = Mapping[str, Sequence[str]]


class InvalidSearch(Invalid):
    """The question cannot be answered as asked. `errors` maps each parameter to what to do about it.

    Its words are for programs: they name codes. For pages `unknown` holds the parameters that there are not, and
    `not_offered` those whose value is none of the choices.
    """

    def __init__(
        self, errors: dict[str, list[str]], unknown: Iterable[str] = (), not_offered: Iterable[str] = ()
    ) -> None:
        super().__init__(errors)
        self.unknown, self.not_offered = frozenset(unknown), frozenset(not_offered)


@dataclass(frozen=True, slots=True)
class Search:
    """Which records are wanted: of live use that count, unless said otherwise. `month` only with a `year`.

    Years, months and days are those on which a deployment started, in UK local time. `since` and `until` are the
    first and the last day. `use_case`, `algorithm` and `threshold` are whole texts as published, or `not_published`;
    `watchlist`, `published` and `false_alerts` are codes of bands. `q` holds words to look for (register/words.py) and
    `sort` the order to list them in; "" is the latest first, or the best match first where there are words.
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
    false_alerts: str = ""
    q: str = ""
    sort: str = ""

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
        if self.q:
            found = found.filter(words=words.query(self.q))
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
            "q": words.read(ask),
            "sort": ask.one_of("sort", SORTS),
        }
        if since and until and since > until:
            ask.refuse("until", _("Give a day on or after the day in “since”."))
        if found["month"] and not found["year"] and "year" not in ask.errors:
            ask.refuse("year", _("Choose a year as well as a month."))
        if found["q"] and found["state"] != "standing":
            ask.refuse(
                "q", _("Words of withdrawn and removed records are not looked for. Choose those that stand.")
            )
        if found["sort"] == RELEVANCE and not found["q"] and "q" not in ask.errors:
            ask.refuse("sort", _("Give words to look for as well: they are what records match."))
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
        self.unknown: set[str] = set()
        self.not_offered: set[str] = set()

    def refuse(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def only(self, names: Iterable[str]) -> None:
        """Refuse every parameter but these."""
        known = list(names)
        for name in self.given:
            if name not in known:
                self.unknown.add(name)
                self.refuse(
                    name,
                    _("There is no such filter. You can use: %(names)s.") % {"names": ", ".join(known)}
                    if known
                    else _("This address takes no parameters. Take it out."),
                )

    def finish(self) -> None:
        if self.errors:
            raise InvalidSearch(self.errors, self.unknown, self.not_offered)

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
            self.not_offered.add(name)
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
            self.not_offered.add(name)
            self.refuse(
                name,
                _("No force of this register has that name. Use the short name, such as metropolitan."),
            )
        return found

    def reference(self, name: str) -> str:
        """A public reference, in capitals or not."""
        value = self.text(name).upper()
        if value and not re.fullmatch(REFERENCE, value):
            self.refuse(name, _("Give a whole reference, such as LFR-7K2M-Q4XD."))
            return ""
        return value

    def cursor(self, name: str, wanted: Search) -> Cursor | None:
        """Where a page of that search begins."""
        value = self.text(name)
        if not value:
            return None
        try:
            found = Cursor.read(value)
        except ValueError:
            found = None
        if found is None or not fits(wanted, found):
            self.refuse(name, _("This is not a place in the list. Follow the link to the next page instead."))
            return None
        return found


class Page(NamedTuple):
    """`rows` in the order of the list, which is named; `after` is where the next page begins, None on the last."""

    rows: list[Any]
    after: Cursor | None
    order: str


def page(search: Search, *fields: str, after: Cursor | None, size: int) -> Page:
    """One page of the records found: named rows of these fields of `Head`, and `on` and `entry_id`."""
    order = order_of(search, after)
    shown = ["on", "entry_id", *(["score"] if order != LATEST else []), *fields]
    found = ordered(search.heads(), order, search.q, after)
    rows = list(found.values_list(*shown, named=True)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    last = Cursor(rows[-1].on, rows[-1].entry_id, getattr(rows[-1], "score", None)) if more else None
    return Page(rows, last, order)
