"""The list of deployments: filtered by address, a page at a time, and summed where a total led here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.collation.dimensions import found_by
from coordination.collation.measures import FALSE_ALERTS, Measure
from coordination.collation.published.dimensions import MONTH, YEAR
from coordination.collation.published.questions import Question
from coordination.collation.published.tables import TABLES
from design.components import Link
from design.numbers import date_text
from public import wording
from public.asked import tell
from public.deployment_filters import MEASURED, STATES, TIERS, Filters
from public.listed import FIELDS, SHOWN, listed
from public.sums import total_of
from public.worlds import World, asked_of, page
from register import search, words
from register.facets import NOT_PUBLISHED
from register.ordering import LATEST, MOST_RANKED, RELEVANCE, SORTS
from register.search import Cursor, InvalidSearch, Reader, Search

PAGE = 50
# Beyond this many, the list says "more than" rather than counting on.
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered: which records, from where on, and of what to show the total."""

    search: Search
    after: Cursor | None
    measure: Measure | None


def asked(request: HttpRequest, world: World) -> Asked:
    """Raises InvalidSearch with everything that is wrong with the address."""
    ask = Reader(asked_of(request), blank_is_absent=True)
    ask.only((*search.PARAMETERS, "measure", "after"))
    wanted = Search.read(ask, realm=world.realm)
    after = ask.cursor("after", wanted)
    measure = ask.one_of("measure", MEASURED)
    if measure and not wanted.tier and "tier" not in ask.errors:
        ask.refuse(
            "tier",
            _("Choose a source to see a total: forces' own records and other sources are never added up."),
        )
    ask.finish()
    return Asked(wanted, after, MEASURED[measure] if measure else None)


@partial(page, takes=None)
def listing(request: HttpRequest, *, world: World) -> HttpResponse:
    filters = Filters(request.GET, world)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("deployments"),
        "filters": filters,
        "list_url": world.url("deployments"),
        "statistics_url": world.url("statistics"),
    }
    try:
        question = asked(request, world)
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/deployments.html", context, status=400)
    wanted, measure = question.search, question.measure
    found = search.page(wanted, *FIELDS, after=question.after, size=PAGE)
    count = wanted.heads()[: COUNTED + 1].count() if found.after or question.after else len(found.rows)
    excerpts = words.excerpts(wanted.q, [row.entry_id for row in found.rows]) if wanted.q else {}
    context |= {
        "about": _about(wanted),
        "count": count,
        "is_more": count > COUNTED,
        "most": COUNTED,
        "order": SORTS[found.order],
        "is_unranked": bool(wanted.q) and wanted.sort in ("", RELEVANCE) and found.order == LATEST,
        "most_ranked": MOST_RANKED,
        "table": listed(
            found.rows,
            world,
            (measure,) if measure else SHOWN,
            with_force=wanted.force is None,
            excerpts=excerpts,
        ),
        "first": _address(request) if question.after else "",
        "next": _address(request, after=str(found.after)) if found.after else "",
        "total": total_of(wanted, measure) if measure else None,
        "measure": measure,
        "holding": _holding(request, wanted, measure),
        "files": _files(request, world),
        "statistics_here": _statistics_here(world, wanted, measure) if measure else "",
        "empty_words": _nothing(wanted),
    }
    return render(request, "public/deployments.html", context)


@dataclass(frozen=True, slots=True)
class Holding:
    """The records that hold a total between them: how many, and where they are listed."""

    count: int
    is_more: bool
    href: str


def _holding(request: HttpRequest, wanted: Search, measure: Measure | None) -> Holding | None:
    """Most records say no false alert: those that do are soon read."""
    if measure is not FALSE_ALERTS or wanted.false_alerts:
        return None
    count = replace(wanted, false_alerts="some").heads()[: COUNTED + 1].count()
    href = _address(request, false_alerts="some", sort="false_alerts")
    return Holding(min(count, COUNTED), count > COUNTED, href) if count else None


def _files(request: HttpRequest, world: World) -> list[Link]:
    """All that is found, not a page of it, as files: the same words in the address."""
    asked = {name: value for name, value in request.GET.items() if value and name in search.PARAMETERS}
    if world.is_made_up:
        asked["realm"] = world.realm
    query = f"?{urlencode(asked)}" if asked else ""
    return [
        Link(str(label), f"/api/v1/deployments{ending}{query}")
        for label, ending in ((_("CSV"), ".csv"), (_("JSON lines"), ".jsonl"), (_("API"), ""))
    ]


def _about(wanted: Search) -> str:
    """What the list holds, in words."""
    parts = [
        wanted.force.name if wanted.force else _("All forces"),
        wording.period(wanted.year, wanted.month) if wanted.year or not _days(wanted) else "",
        _days(wanted),
        str(TIERS[wanted.tier]).lower() if wanted.tier else "",
        str(search.STATUSES[wanted.status]).lower() if wanted.status else "",
        str(STATES[wanted.state]).lower() if wanted.state != "standing" else "",
        _("place with “%(letters)s”") % {"letters": wanted.place} if wanted.place else "",
        *_facets(wanted),
        _("with “%(words)s”") % {"words": wanted.q} if wanted.q else "",
    ]
    return ", ".join(part for part in parts if part)


def _days(wanted: Search) -> str:
    """From 1 June 2015 to 30 September 2025."""
    said = {name: date_text(day) for name in ("since", "until") if (day := getattr(wanted, name)) is not None}
    match sorted(said):
        case ["since", "until"]:
            return _("%(since)s to %(until)s") % said
        case ["since"]:
            return _("from %(since)s") % said
        case ["until"]:
            return _("to %(until)s") % said
    return ""


def _facets(wanted: Search) -> list[str]:
    """The facets that are asked for, in words: use case “Crime hotspot”, watchlist size: 1,000 to 4,999."""
    asked = [(Filters.base_fields[name].label, getattr(wanted, name)) for name in search.TEXTS]
    said = [
        _("%(facet)s not published") % {"facet": str(label).lower()}
        if text == NOT_PUBLISHED
        else _("%(facet)s “%(text)s”") % {"facet": str(label).lower(), "text": text}
        for label, text in asked
        if text
    ]
    for name, (_column, bands) in search.BANDS.items():
        if code := getattr(wanted, name):
            label = str(Filters.base_fields[name].label).lower()
            said.append(_("%(facet)s: %(band)s") % {"facet": label, "band": str(bands[code].label).lower()})
    return said


def _nothing(wanted: Search) -> str:
    """What an empty list means, and what it does not."""
    if wanted.q:
        return _(
            "No record that stands holds these words, with these filters. Check their spelling, or use fewer. Only "
            "texts are searched: for a force, a day or a number use the filters."
        )
    if wanted == Search(wanted.realm):
        return _("No records have been placed on this register yet.")
    if wanted.force and wanted == Search(wanted.realm, force=wanted.force):
        return _(
            "No records of %(force)s are on this register. That does not mean that it held no deployments."
        ) % {"force": wanted.force.name}
    for name in search.TEXTS:
        text = getattr(wanted, name)
        if text and wanted == Search(wanted.realm, **{name: text}):
            label = str(Filters.base_fields[name].label).lower()
            return _("No record on this register was published with the %(facet)s “%(text)s”.") % {
                "facet": label,
                "text": text,
            }
    return _(
        "No records match these filters. That does not mean that there were no deployments: a force that "
        "published nothing has no records here."
    )


def _statistics_here(world: World, wanted: Search, measure: Measure) -> str:
    """A table that holds the total, of the same force and source."""
    facets = {name: word for name in (*search.TEXTS, *search.BANDS) if (word := getattr(wanted, name))}
    divided = found_by(facets)
    span = divided[0].code if divided else (MONTH if wanted.month else YEAR).code
    holding = [each for each in TABLES if measure in each.measures]
    table = next((each for each in holding if each.dimension.code == span), holding[0] if holding else None)
    if table is None:
        return world.url("statistics")
    question = Question(world.realm, tier=wanted.tier, force=wanted.force)
    asked = {name: word for name, word in question.words(table).items() if name in table.dimension.filters}
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{world.url('statistics-table', table.code)}{query}#table"


def _address(request: HttpRequest, **changed: str) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name != "after"}
    return "?" + urlencode({**kept, **changed})
