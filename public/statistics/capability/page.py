"""Force capability over time: a page, and the same as CSV and JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.collation.capability import Capability, read
from design.components import Link, Row
from forces.clock import db_now, london_date
from public.statistics.capability import files, shown
from public.worlds import World, page


@page
def capability(request: HttpRequest, *, world: World) -> HttpResponse:
    found, today = _read(world), london_date(db_now())
    downloads = [
        Link(_("How many forces had which equipment, by quarter (CSV)"), world.url("capability-csv")),
        Link(_("Every statement with its source (CSV)"), world.url("capability-statements-csv")),
        Link(_("Both, with what the columns mean (JSON)"), world.url("capability-json")),
    ]
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "strip": [
            Row(_("Coverage"), shown.coverage(found)),
            Row(_("As recorded on"), today),
            Row(_("Source"), shown.sources(found)),
        ],
        "statistics_url": world.url("statistics"),
        "downloads": downloads,
        "chart": shown.chart(found, world, downloads),
        "grids": [
            grid
            for grid in (
                shown.grid(found, found.lines, _("Territorial forces"), world),
                shown.grid(found, found.others, _("Other bodies, not counted among the forces"), world),
            )
            if grid
        ],
        "unknown": [(force.name, world.url("force", force.slug)) for force in found.unknown],
        "statements": shown.statements(found, world) if found.statements else None,
    }
    return render(request, "public/capability.html", context)


@page
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each quarter that is over, latest first."""
    return _csv(files.as_csv(files.COLUMNS, files.rows(_read(world))), "force-capability", world)


@page
def statements_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each statement on record."""
    lines = map(files.statement, _read(world).statements)
    return _csv(files.as_csv(files.STATEMENT, lines), "force-capability-statements", world)


@page
def as_json(request: HttpRequest, *, world: World) -> HttpResponse:
    """The rows, what their columns mean, and the statements behind them."""
    said = files.document(_read(world), world, on=london_date(db_now()))
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _file(response, "force-capability", "json", world)


def _read(world: World) -> Capability:
    return read(world.realm, today=london_date(db_now()))


def _csv(body: bytes, name: str, world: World) -> HttpResponse:
    response = HttpResponse(body, content_type="text/csv; charset=utf-8; header=present")
    return _file(response, name, "csv", world)


def _file(response: HttpResponse, name: str, ending: str, world: World) -> HttpResponse:
    name += "-demonstration" if world.is_made_up else ""
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
