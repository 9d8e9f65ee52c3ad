"""Run charts: all of them as a list, a force's own as drawings, and the same as CSV and JSON."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation import queries
from coordination.collation.figures import Coverage
from coordination.collation.published import words
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Reach
from coordination.collation.run_chart import SIGNALLED_ONCE_IN_FIVE_YEARS
from coordination.collation.watching import BY_CODE, MEASURES, Watched, watched
from design.components import Link, Row
from design.forms import FilterForm
from forces.models import Force
from public.asked import tell, told
from public.statistics.capability.files import as_csv as written
from public.statistics.run_charts import files, shown
from public.statistics.table import same_or_new
from public.worlds import World, asked_of, page
from register.models import Tier
from register.search import InvalidSearch, Reader

Asked = tuple[Force | None, str]


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: `_asked` is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


class Filters(FilterForm):
    force = _Choice(label=gettext_lazy("Force"))
    measure = _Choice(label=gettext_lazy("Rate"))

    def __init__(self, data: Any, offered: dict[str, str]) -> None:
        super().__init__(data)
        choices = {"force": offered, "measure": {each.code: str(each.label) for each in MEASURES}}
        for name, all_of in (("force", _("All forces")), ("measure", _("All rates"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [("", all_of), *choices[name].items()]


@partial(page, takes=None)
def show(request: HttpRequest, *, world: World) -> HttpResponse:
    everything = watched(world.realm)
    filters = Filters(request.GET, {each.force.slug: each.force.name for each in everything})
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "statistics_url": world.url("statistics"),
        "comparison_url": world.url("comparison"),
        "filters": filters,
    }
    try:
        force, measure = _asked(Reader(asked_of(request), blank_is_absent=True), world)
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/run_charts.html", context, status=400)
    if force is not None:  # Or the panel would say “All forces” over a page of one without a chart.
        filters = Filters(
            request.GET, {each.force.slug: each.force.name for each in everything} | {force.slug: force.name}
        )
        context["filters"] = filters
    found = _of(everything, force, measure)
    reach, coverage = Reach.of(Question(world.realm)), _coverage(world, force)
    downloads = [
        Link(_("Comma-separated values (CSV)"), shown.address(world, force, measure, "run-charts-csv")),
        Link(_("With method and source (JSON)"), shown.address(world, force, measure, "run-charts-json")),
    ]
    context |= {
        "force": force,
        "strip": [
            *([Row(_("Coverage"), coverage.sentence)] if coverage else []),
            Row(_("Charts that signal"), _signalling(found)),
            Row(_("As of"), reach.as_of if reach.as_of else _("No records yet")),
            Row(_("Source"), words.own_records(world.realm)),
        ],
        "overview": shown.overview(found, world) if found and force is None else None,
        "drawn": [(each, shown.drawings(each, world, downloads)) for each in found]
        if force is not None
        else [],
        "has_any": bool(found),
        "alarms_of_all": shown.alarms_of_all(found),
        "in_five_years": round(SIGNALLED_ONCE_IN_FIVE_YEARS * 100),
        "downloads": downloads,
        "permalink": request.build_absolute_uri(shown.address(world, force, measure)),
    }
    return same_or_new(request, render(request, "public/run_charts.html", context))


@partial(page, takes=None)
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each month of each chart."""
    body = written(files.COLUMNS, files.rows(_for_file(request, world)))
    return _file(HttpResponse(body, content_type="text/csv; charset=utf-8; header=present"), "csv", world)


@partial(page, takes=None)
def as_json(request: HttpRequest, *, world: World) -> HttpResponse:
    """The charts with their rules, how often they cry wolf, and their months."""
    found = _for_file(request, world)
    said = files.document(
        found,
        world,
        Reach.of(Question(world.realm)),
        _coverage(world, None),
        page=request.build_absolute_uri(),
    )
    return _file(JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1}), "json", world)


def _coverage(world: World, force: Force | None) -> Coverage | None:
    """Of how many forces the charts speak; None for one force and where there are no records."""
    if force is not None:
        return None
    whole = queries.altogether(world.realm, tier=Tier.PRIMARY.value)
    return whole.coverage if whole else None


def _asked(ask: Reader, world: World) -> Asked:
    ask.only(("force", "measure"))
    found = ask.force("force", world.realm), ask.one_of("measure", BY_CODE)
    ask.finish()
    return found


def _of(everything: tuple[Watched, ...], force: Force | None, measure: str) -> list[Watched]:
    return [
        each
        for each in everything
        if (force is None or each.force == force) and measure in ("", each.measure.code)
    ]


def _for_file(request: HttpRequest, world: World) -> list[Watched]:
    try:
        force, measure = _asked(Reader(asked_of(request)), world)
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    return _of(watched(world.realm, force=force, measure=measure), force, measure)


def _signalling(found: list[Watched]) -> str:
    charts = [chart for each in found for chart in each.charts]
    return _("%(n)s of %(of)s, %(few)s have too few months") % {
        "n": sum(bool(chart.signals) for chart in charts),
        "of": len(charts),
        "few": sum(not chart.is_judged for chart in charts),
    }


def _file(response: HttpResponse, ending: str, world: World) -> HttpResponse:
    name = "run-charts" + ("-demonstration" if world.is_made_up else "")
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
