"""Pages that hold no records: what figures mean, and who stands behind this site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.collation.figures import MEANINGS
from coordination.collation.measures import MEASURES, PACES, RATES
from coordination.collation.published.tables import TABLES
from coordination.collation.series import SERIES_BREAKS
from public import archive
from public.worlds import World, page


@page
def methods(request: HttpRequest, *, world: World) -> HttpResponse:
    context: dict[str, Any] = {
        "measures": MEASURES,
        "rates": (*RATES, *PACES),
        "codes": [(code.shown, words) for code, words in MEANINGS.items()],
        "breaks": SERIES_BREAKS,
    }
    return render(request, "public/methods.html", context)


@page
def data(request: HttpRequest, *, world: World) -> HttpResponse:
    sets = [
        (
            _("Deployments"),
            _("One row for each deployment, with every figure and its source."),
            "deployments",
        ),
        (_("Statistics"), _("Each figure by year, with its counts, interval and coverage."), "statistics"),
        (_("Forces"), _("Who may deploy, and how they use the technology."), "forces"),
        (_("Measures"), _("What each figure means."), "measures"),
    ]
    context: dict[str, Any] = {
        "world": world,
        "here": request.build_absolute_uri("/").rstrip("/"),
        "sets": [
            (title, words, [("CSV", f"/api/v1/{name}.csv"), (_("JSON lines"), f"/api/v1/{name}.jsonl")])
            for title, words, name in sets
        ],
    }
    context["sets"] += [
        (
            _("Table: %s") % published.title,
            str(published.says),
            [
                (ending.upper(), world.url("statistics-file", published.code, ending))
                for ending in ("ods", "xlsx", "csv", "json")
            ],
        )
        for published in TABLES
    ]
    context["sets"].append(
        (
            _("Notices of deployments to come"),
            _("What forces tell the public before they deploy, and every change to it."),
            [
                ("JSON", "/api/v1/notices"),
                (_("Calendar (iCalendar)"), world.url("notices-ics")),
                (_("Feed (Atom)"), world.url("notices-feed-atom")),
            ],
        )
    )
    context["sets"].append(
        (
            _("Force capability over time"),
            _(
                "How many forces are known to have had which equipment at the end of each quarter, and on whose word."
            ),
            [
                ("CSV", world.url("capability-csv")),
                (_("Statements (CSV)"), world.url("capability-statements-csv")),
                ("JSON", world.url("capability-json")),
            ],
        )
    )
    context["sets"].append(
        (
            _("Changes since publication"),
            _("A row for each field that was corrected, withdrawals and removals."),
            [("CSV", world.url("revisions-csv")), (_("The list"), world.url("revisions"))],
        )
    )
    return render(request, "public/data.html", context | archive.shown(world))


@page
def accessibility(request: HttpRequest, *, world: World) -> HttpResponse:
    return render(request, "public/accessibility.html")


@page
def privacy(request: HttpRequest, *, world: World) -> HttpResponse:
    return render(request, "public/privacy.html")


@page
def cookies(request: HttpRequest, *, world: World) -> HttpResponse:
    return render(request, "public/cookies.html")


@page
def contact(request: HttpRequest, *, world: World) -> HttpResponse:
    shown = [(each, each.removeprefix("mailto:").removeprefix("tel:")) for each in settings.CONTACTS]
    return render(request, "public/contact.html", {"contacts": shown})
