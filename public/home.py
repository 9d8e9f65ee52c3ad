"""The home page: what this is, what it holds, and what it does not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.collation.measures import ALERTS, ARRESTS, DEPLOYMENTS, FACES_SEEN, FAR_ALERTS
from coordination.collation.tables import YearTable
from design.numbers import number_text
from forces.models import Force
from public import wording
from public.deployments import FIELDS, SHOWN, listed
from public.statistics import overview as statistics
from public.worlds import World, page
from register import search
from register.models import Tier
from register.search import Search

LATEST = 5
KEY = (DEPLOYMENTS, FACES_SEEN, FAR_ALERTS, ALERTS, ARRESTS)


@page
def home(request: HttpRequest, *, world: World) -> HttpResponse:
    table = YearTable.of(world.realm, tier=Tier.PRIMARY, columns=KEY)
    reach = statistics.Reach.of(world.realm, tier=Tier.PRIMARY)
    latest = search.page(Search(world.realm), *FIELDS, after=None, size=LATEST)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages(""),
        "strip": statistics.strip(table, reach),
        "figures": _figures(table, world),
        "latest": listed(latest.rows, world, SHOWN) if latest.rows else None,
        "forces": Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name"),
        "deployments_url": world.url("deployments"),
        "statistics_url": world.url("statistics"),
        "forces_url": world.url("forces"),
    }
    return render(request, "public/home.html", context)


def _figures(table: YearTable, world: World) -> list[dict[str, Any]]:
    """The four figures people ask for, each with its link to the records and what must be said beside it."""
    if table.total is None:
        return []
    rate = statistics.figure_of(table.total, table, FAR_ALERTS)
    notes = {
        DEPLOYMENTS: wording.years([row.year for row in table.rows if row.year]),
        FACES_SEEN: _(
            "Detections, not people. [e] estimated. [b] made differently over time: do not compare years."
        ),
        ARRESTS: _("As the forces count them. Not people, and not convictions."),
    }
    shown: list[dict[str, Any]] = [
        {
            "label": str(measure.label),
            "value": figure.number if figure.number is not None else figure,
            "of": " ".join(mark.shown for mark in figure.marks),
            "note": notes[measure],
            "href": _href(table, world, measure),
        }
        for measure, figure in (
            (each, statistics.figure_of(table.total, table, each))
            for each in (DEPLOYMENTS, FACES_SEEN, ARRESTS)
        )
    ]
    if rate.number is not None:
        told = {
            "label": _("False alerts"),
            "value": rate.numerator,
            "of": _("of %(alerts)s alerts") % {"alerts": number_text(rate.denominator or 0)},
            "note": wording.share(rate),
            "href": _href(table, world, FAR_ALERTS),
        }
        shown.insert(2, told)
    return shown


def _href(table: YearTable, world: World, measure: Any) -> str:
    assert table.total is not None  # noqa: S101 - asked only where there are records
    return f"{world.url('deployments')}?{table.total.cells[table.columns.index(measure)].query}"
