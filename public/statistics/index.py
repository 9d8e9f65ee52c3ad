"""The front page of the statistics: key figures, and every table with its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coordination.collation.published import tables
from coordination.collation.published.formats import FORMATS
from public.statistics import key, shown
from public.statistics.table import same_or_new
from public.worlds import World, page


@page
def index(request: HttpRequest, *, world: World) -> HttpResponse:
    read = key.read(world)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "strip": shown.strip(read),
        "figures": key.figures(read, world),
        "tables": [
            {
                "title": each.title,
                "says": each.says,
                "url": world.url("statistics-table", each.code),
                "files": [
                    (form.ending, world.url("statistics-file", each.code, form.ending))
                    for form in FORMATS.values()
                ],
            }
            for each in tables.TABLES
        ],
        "deployments_url": world.url("deployments"),
        "capability_url": world.url("capability"),
        "comparison_url": world.url("comparison"),
        "run_charts_url": world.url("run-charts"),
    }
    return same_or_new(request, render(request, "public/statistics.html", context))
