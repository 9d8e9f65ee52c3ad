"""The list of deployments: filtered by address, a page at a time, and summed where a total led here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.breakdowns import values_there
from coordination.collation.dimensions import SETTINGS, USE_CASE, Settings, found_by
from coordination.collation.figures import Tally, figure
from coordination.collation.measures import ALERTS, ARRESTS, FALSE_ALERTS, MEASURES, Measure
from coordination.collation.published.dimensions import MONTH, YEAR
from coordination.collation.published.questions import Question
from coordination.collation.published.tables import TABLES
from design.components import Column, Table
from design.forms import FilterForm, Look
from design.numbers import date_text
from forces.models import Force
from public import wording
from public.sums import total_of
from public.worlds import World, asked_of, page
from register import search
from register.facets import NOT_PUBLISHED, PUBLISHED, WATCHLIST, Band
from register.models import Head, Origin, Tier
from register.search import Cursor, InvalidSearch, Reader, Search

PAGE = 50
# Beyond this many, the list says "more than" rather than counting on.
COUNTED = 1_000
# A published label may have 200 characters; a list of them is read at a glance.
LONGEST_CHOICE = 60
MEASURED = {measure.code: measure for measure in MEASURES}
SHOWN = (ALERTS, FALSE_ALERTS, ARRESTS)

TIERS = {
    Tier.PRIMARY.value: gettext_lazy("The force's own record"),
    Tier.SECONDARY.value: gettext_lazy("Press and other sources"),
}
ORIGINS = {
    Origin.SUBMITTED.value: gettext_lazy("The force itself"),
    Origin.COLLATED.value: gettext_lazy("The national centre, transcribed"),
}
STATES = {
    "standing": gettext_lazy("Standing"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "redacted": gettext_lazy("Removed for personal data"),
}


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: register.search is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


def _labels(bands: Mapping[str, Band]) -> dict[str, Any]:
    return {code: band.label for code, band in bands.items()}


def _choice(label: Any, choices: Mapping[str, Any], anything: str | Promise) -> _Choice:
    return _Choice(label=label, choices=[("", anything), *choices.items()])


class Filters(FilterForm):
    """What the panel offers. The same words as the address and the API."""

    force = _Choice(label=gettext_lazy("Force"))
    year = _Choice(label=gettext_lazy("Year"))
    month = _choice(
        gettext_lazy("Month"), {str(n): name for n, name in MONTHS.items()}, gettext_lazy("All months")
    )
    tier = _choice(gettext_lazy("Source"), TIERS, gettext_lazy("All sources"))
    origin = _choice(gettext_lazy("Entered by"), ORIGINS, gettext_lazy("Anyone"))
    status = _choice(gettext_lazy("Status"), search.STATUSES, gettext_lazy("Any"))
    # Those that stand are what is meant where nothing is said.
    state = _choice(
        gettext_lazy("Records"),
        {code: words for code, words in STATES.items() if code != "standing"},
        STATES["standing"],
    )
    place = forms.CharField(label=gettext_lazy("Place"))
    since = forms.CharField(label=gettext_lazy("From day"))
    until = forms.CharField(label=gettext_lazy("To day"))
    use_case = _Choice(label=gettext_lazy("Use case"))
    algorithm = _Choice(label=gettext_lazy("Algorithm"))
    threshold = _Choice(label=gettext_lazy("Threshold"))
    watchlist = _choice(gettext_lazy("Watchlist size"), _labels(WATCHLIST), gettext_lazy("Any size"))
    published = _choice(gettext_lazy("Time to publish"), _labels(PUBLISHED), gettext_lazy("Any time"))
    measure = _choice(
        gettext_lazy("Total of"), {code: m.label for code, m in MEASURED.items()}, gettext_lazy("No total")
    )
    looks = {"place": Look(width=10), "since": Look(width=10), "until": Look(width=10)}
    tucked = ("since", "until", *search.TEXTS, *search.BANDS)

    def __init__(self, data: Any, world: World) -> None:
        super().__init__(data)
        named = Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name")
        self._offer("force", [("", _("All forces")), *named])
        self._offer("year", [("", _("All years")), *((str(y), str(y)) for y in _years(world))])
        for name, values in _there(world).items():
            self._offer_texts(name, values)

    def _offer_texts(self, name: str, values: list[str]) -> None:
        """The texts that were published, most records first, and the one that is asked for where it is not there."""
        asked = self.data.get(name, "")
        texts = list(
            dict.fromkeys([*filter(None, values), *([asked] if asked not in ("", NOT_PUBLISHED) else [])])
        )
        named = [(text, Truncator(text).chars(LONGEST_CHOICE)) for text in texts]
        self._offer(name, [("", _("Any")), *named, (NOT_PUBLISHED, _("Not published"))])

    def _keys(self, name: str) -> list[str]:
        # A total speaks of one source: without the source there is none to show.
        return [*super()._keys(name), "measure"] if name == "tier" else super()._keys(name)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices


def _there(world: World) -> dict[str, list[str]]:
    """By filter, the texts under which records stand: a bounded number, from the statistics."""
    settings = [Settings.of(value) for value in values_there(world.realm, SETTINGS)]
    return {
        "use_case": values_there(world.realm, USE_CASE),
        "algorithm": [each.algorithm for each in settings],
        "threshold": [each.threshold for each in settings],
    }


def _years(world: World) -> list[int]:
    """Every year from the first record to the last, latest first."""
    found = Head.objects.in_realm(world.realm).aggregate(first=Min("on"), last=Max("on"))
    return list(range(found["last"].year, found["first"].year - 1, -1)) if found["first"] else []


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
    after = ask.cursor("after")
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
        _tell(filters, wrong)
        return render(request, "public/deployments.html", context, status=400)
    wanted, measure = question.search, question.measure
    found = search.page(wanted, *FIELDS, after=question.after, size=PAGE)
    count = wanted.heads()[: COUNTED + 1].count() if found.after or question.after else len(found.rows)
    context |= {
        "about": _about(wanted),
        "count": count,
        "is_more": count > COUNTED,
        "most": COUNTED,
        "table": listed(found.rows, world, (measure,) if measure else SHOWN, with_force=wanted.force is None),
        "first": _address(request) if question.after else "",
        "next": _address(request, after=str(found.after)) if found.after else "",
        "total": total_of(wanted, measure) if measure else None,
        "measure": measure,
        "statistics_here": _statistics_here(world, wanted, measure) if measure else "",
        "empty_words": _nothing(wanted),
    }
    return render(request, "public/deployments.html", context)


FIELDS = (
    *("reference", "place", "area", "tier", "origin", "status", "version", "is_withdrawn", "is_redacted"),
    *("force__name", "entry__kept__body"),
)


def _tell(filters: Filters, wrong: InvalidSearch) -> None:
    """Say each thing that is wrong beside its field, and above the list where there is no such field."""
    filters.full_clean()
    for name, messages in wrong.errors.items():
        for message in messages:
            if name in filters.fields:
                filters.add_error(name, f"{filters.fields[name].label}: {message}")
            else:
                filters.add_error(None, f"{name[:60]}: {message}")


def listed(rows: list[Any], world: World, measures: tuple[Measure, ...], *, with_force: bool = True) -> Table:
    """Records as a table; `with_force` names the force below each place."""
    return Table(
        _("Deployments, latest first"),
        [
            Column(_("Place")),
            Column(_("Date")),
            *(Column(str(measure.label), numeric=True) for measure in measures),
        ],
        [
            [
                _place(row, world, with_force=with_force),
                _short(row.on),
                *_figures(row, measures),
            ]
            for row in rows
        ],
        caption_hidden=True,
    )


def _short(day: date) -> str:
    """23 Jul 2026."""
    return f"{day.day}\u00a0{str(MONTHS_3[day.month]).capitalize()} {day.year}"


def _place(row: Any, world: World, *, with_force: bool) -> SafeString:
    """The place as a link, told apart from others of its name, and what sets the record apart."""
    link = format_html(
        '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
        world.url("deployment", row.reference),
        wording.place(row.place, row.area),
        _short(row.on),
    )
    if with_force:
        link = format_html('{}<br><span class="govuk-!-font-weight-regular">{}</span>', link, row.force__name)
    apart = [
        (colour, text)
        for is_so, colour, text in (
            (row.is_redacted, "red", _("Removed")),
            (row.is_withdrawn, "red", _("Withdrawn")),
            (row.status == "aborted", "grey", _("Aborted")),
            (row.tier == Tier.SECONDARY, "yellow", _("Other source")),
            (row.version > 1 and not row.is_withdrawn, "blue", _("Corrected")),
        )
        if is_so
    ]
    tags = format_html_join("", ' <strong class="govuk-tag govuk-tag--{}">{}</strong>', apart)
    return format_html("{}{}", link, tags)


def _figures(row: Any, measures: tuple[Measure, ...]) -> list[Any]:
    if row.is_withdrawn or row.is_redacted or row.entry__kept__body is None:
        return [mark_safe("–")] * len(measures)
    document = json.loads(bytes(row.entry__kept__body))
    return [figure(measure, Tally.of(measure.contribute(document))) for measure in measures]


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
    words = [
        _("%(facet)s not published") % {"facet": str(label).lower()}
        if text == NOT_PUBLISHED
        else _("%(facet)s “%(text)s”") % {"facet": str(label).lower(), "text": text}
        for label, text in asked
        if text
    ]
    for name, (_column, bands) in search.BANDS.items():
        if code := getattr(wanted, name):
            label = str(Filters.base_fields[name].label).lower()
            words.append(_("%(facet)s: %(band)s") % {"facet": label, "band": str(bands[code].label).lower()})
    return words


def _nothing(wanted: Search) -> str:
    """What an empty list means, and what it does not."""
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
