"""Forces side by side: a page, and the same as CSV and JSON."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from coordination.collation import comparison, queries
from coordination.collation.comparison import Group
from coordination.collation.figures import Coverage
from coordination.collation.published import words
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Reach
from design.components import Link, Row
from forces.clock import london_date
from public.asked import tell, told
from public.statistics.capability.files import as_csv as written
from public.statistics.comparison import files, shown
from public.statistics.comparison.asked import Asked, Filters
from public.statistics.table import same_or_new
from public.worlds import World, asked_of, page
from register.models import Tier
from register.search import InvalidSearch, Reader

# Settings with most records first. Another one is reached by its own address.
MOST = 50


@partial(page, takes=None)
def show(request: HttpRequest, *, world: World) -> HttpResponse:
    reach = Reach.of(Question(world.realm))
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "statistics_url": world.url("statistics"),
        "run_charts_url": world.url("run-charts"),
        "by_setting_url": world.url("statistics-table", "deployments-by-setting"),
    }
    try:
        asked = Asked.read(Reader(asked_of(request), blank_is_absent=True), realm=world.realm)
    except InvalidSearch as wrong:
        groups = _groups(world, Asked())
        filters = Filters(request.GET, [each.settings for each in groups], reach.first, reach.last)
        tell(filters, wrong)
        return render(request, "public/comparison.html", {**context, "filters": filters}, status=400)
    if asked.is_from_form:
        return redirect(shown.address(world, asked))
    groups = _groups(world, asked)
    chosen = _chosen(groups, asked, world)
    coverage = _coverage(world, asked)
    downloads = _downloads(world, asked)
    context |= {
        "asked": asked,
        "filters": _filters(request, groups, asked, reach),
        "strip": _strip(groups, reach, world, coverage),
        "has_records": bool(groups),
        "lacking": shown.lacking(groups),
        "can_compare": any(not group.refusal for group in groups),
        "chosen": chosen,
        "chart": shown.chart(chosen, asked, world, downloads) if chosen else None,
        "table": shown.table(chosen, asked, world) if chosen and chosen.forces else None,
        "settings": shown.settings_table(groups, asked, world) if groups else None,
        "most": MOST if len(groups) == MOST else 0,
        "definitions": shown.definitions(),
        "downloads": downloads,
        "permalink": request.build_absolute_uri(shown.address(world, asked)),
        "citation": _citation(request, world, asked, chosen, reach, coverage),
    }
    return same_or_new(request, render(request, "public/comparison.html", context))


@partial(page, takes=None)
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each force of the setting asked for, or of every setting."""
    asked, groups = _for_file(request, world)
    body = written(files.COLUMNS, files.rows(groups, asked, world, _site(request)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8; header=present")
    return _file(response, "csv", world)


@partial(page, takes=None)
def as_json(request: HttpRequest, *, world: World) -> HttpResponse:
    """The same rows, with the settings, the method and where the figures come from."""
    asked, groups = _for_file(request, world)
    said = files.document(
        groups,
        asked,
        world,
        Reach.of(Question(world.realm)),
        _coverage(world, asked),
        page=request.build_absolute_uri(shown.address(world, asked)),
        site=_site(request),
    )
    return _file(JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1}), "json", world)


# --- parts -------------------------------------------------------------------------------------------------


def _groups(world: World, asked: Asked) -> tuple[Group, ...]:
    return comparison.within_settings(
        world.realm, tier=Tier.PRIMARY.value, first_year=asked.year, last_year=asked.year, most=MOST
    )


def _one(world: World, asked: Asked) -> Group:
    assert asked.settings is not None  # noqa: S101 - asked by whoever knows
    return comparison.within(
        world.realm,
        asked.settings,
        tier=Tier.PRIMARY.value,
        first_year=asked.year,
        last_year=asked.year,
    )


def _chosen(groups: tuple[Group, ...], asked: Asked, world: World) -> Group | None:
    """The setting asked for; else the first that can be compared, if there is one."""
    if asked.settings is None:
        return next((group for group in groups if not group.refusal), None)
    there = next((group for group in groups if group.settings == asked.settings), None)
    return there or _one(world, asked)


def _for_file(request: HttpRequest, world: World) -> tuple[Asked, tuple[Group, ...]]:
    try:
        asked = Asked.read(Reader(asked_of(request)), realm=world.realm)
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    return asked, _groups(world, asked) if asked.settings is None else (_one(world, asked),)


def _filters(request: HttpRequest, groups: tuple[Group, ...], asked: Asked, reach: Reach) -> Filters:
    given = request.GET.copy()
    for name in ("algorithm", "threshold"):
        given.pop(name, None)
    if asked.settings is not None:
        given["setting"] = asked.settings.value
    offered = [group.settings for group in groups]
    if asked.settings is not None and asked.settings not in offered:
        offered.append(asked.settings)
    return Filters(given, offered, reach.first, reach.last)


def _strip(groups: tuple[Group, ...], reach: Reach, world: World, coverage: Coverage | None) -> list[Row]:
    compared = sum(not group.refusal for group in groups)
    return [
        *([Row(_("Coverage"), coverage.sentence)] if coverage else []),
        Row(
            _("Settings that can be compared"),
            _("%(n)s of %(of)s in the records") % {"n": compared, "of": len(groups)},
        ),
        Row(_("As of"), reach.as_of if reach.as_of else _("No records yet")),
        Row(_("Source"), words.own_records(world.realm)),
    ]


def _downloads(world: World, asked: Asked) -> list[Link]:
    return [
        Link(_("Comma-separated values (CSV)"), shown.address(world, asked, "comparison-csv")),
        Link(_("With method and source (JSON)"), shown.address(world, asked, "comparison-json")),
    ]


def _coverage(world: World, asked: Asked) -> Coverage | None:
    """Of how many forces the settings speak; None where there are no records."""
    whole = queries.altogether(world.realm, tier=Tier.PRIMARY.value, year=asked.year)
    return whole.coverage if whole else None


def _citation(
    request: HttpRequest,
    world: World,
    asked: Asked,
    chosen: Group | None,
    reach: Reach,
    coverage: Coverage | None,
) -> str:
    asked = Asked(chosen.settings, asked.year) if chosen else asked
    title = _("Fair comparison of forces")
    if chosen:
        title += f", {chosen.label}"
    title += f", {asked.year or _('all years')}"
    return _(
        "National register of police facial recognition: %(title)s. %(coverage)s As of %(day)s. %(address)s"
    ) % {
        "title": _("Made up: %s") % title if world.is_made_up else title,
        "coverage": coverage.sentence if coverage else _("No records."),
        "day": words.day(london_date(reach.as_of)) if reach.as_of else _("No records yet"),
        "address": request.build_absolute_uri(shown.address(world, asked)),
    }


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _file(response: HttpResponse, ending: str, world: World) -> HttpResponse:
    name = "fair-comparison" + ("-demonstration" if world.is_made_up else "")
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
