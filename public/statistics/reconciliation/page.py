"""Published claims beside the records: a page of all, one of each, and the same as CSV and JSON."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.collation.reconciliation.queries import held
from design.components import Row
from public.statistics.reconciliation import files, shown
from public.worlds import World, page


@page
def reconciliation(request: HttpRequest, *, world: World) -> HttpResponse:
    lines = held()
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "strip": [
            Row(_("Claims"), str(len(lines.lines))),
            Row(_("Held against the records"), lines.as_of if lines.as_of else _("Not yet")),
            Row(_("Time"), _("By the day on which a deployment started")),
        ],
        "statistics_url": world.url("statistics"),
        "csv_url": world.url("reconciliation-csv"),
        "json_url": world.url("reconciliation-json"),
        "table": shown.summary(lines) if lines.lines else None,
    }
    return render(request, "public/reconciliation.html", context)


@page
def one(request: HttpRequest, claim: str, *, world: World) -> HttpResponse:
    """One claim with its working."""
    lines = held()
    line = next((each for each in lines.lines if each.claim.code == claim), None)
    if line is None:
        raise Http404(_("No published claim with this name is known here."))
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "strip": [Row(_("Held against the records"), line.as_of if line.as_of else _("Not yet"))],
        "statistics_url": world.url("statistics"),
        "claims_url": world.url("reconciliation"),
        "claim": shown.section(line, lines),
    }
    return render(request, "public/claim.html", context)


@page
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each claim. Values that are not known are `[x]` or blank, as the columns' page says."""
    return _file(HttpResponse(files.csv_text(held()), content_type="text/csv; charset=utf-8"), "csv")


@page
def as_json(request: HttpRequest, *, world: World) -> HttpResponse:
    """Each claim with its working: sums by force, running sums by month, and where they meet the claim."""
    return _file(JsonResponse(files.document(held()), json_dumps_params={"ensure_ascii": False}), "json")


def _file(response: HttpResponse, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="reconciliation.{ending}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
