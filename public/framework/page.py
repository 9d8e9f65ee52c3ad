"""Pages of the legal framework: all that is asked on a day, one requirement, the versions; and the first as a file."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from coordination.framework import queries, wording
from coordination.framework.models import Requirement
from coordination.framework.rules import Rule, in_force, rule_of, rules_for
from coordination.framework.vocabulary import Group
from design.components import Row
from public.asked import tell, told
from public.framework import files, shown
from public.framework.asked import PARAMETERS, Asked, Filters, read
from public.worlds import World, page
from register.search import InvalidSearch


@partial(page, takes=None)
def framework(request: HttpRequest, *, world: World) -> HttpResponse:
    """Everything that is asked of a deployment on a day, by group."""
    filters = Filters(request.GET, world)
    context: dict[str, Any] = _around(world) | {"filters": filters}
    try:
        asked = read(request, world)
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/framework.html", context, status=400)
    rules = rules_for(asked.force, asked.on)
    version = in_force(queries.adopted_versions(), asked.on)
    stricter = queries.tightenings(world.realm, on=asked.on)
    context |= {
        "asked": asked,
        "strip": shown.strip(rules, version, asked),
        "before_the_first": shown.is_before(version, asked.on),
        "groups": [
            (code, words, shown.table(chosen, str(words), asked, stricter, world))
            for code, words in Group.choices
            if (chosen := [rule for rule in rules if rule.group == code])
        ],
        "downloads": [
            (_("These requirements as CSV"), world.url("framework-csv") + asked.address),
            (_("These requirements as JSON"), world.url("framework-json") + asked.address),
        ],
    }
    return render(request, "public/framework.html", context)


@partial(page, takes=("on",))
def requirement(request: HttpRequest, requirement: str, *, world: World) -> HttpResponse:
    """One requirement on a day: its source, how it is judged, who is stricter, and every version of it."""
    asked = _asked(request, world)
    versions = queries.adopted_versions()
    known = {
        each.version_id: each for each in Requirement.objects.filter(code=requirement, version__in=versions)
    }
    version = in_force(versions, asked.on)
    stated = known.get(version.pk) if version is not None else None
    is_asked = stated is not None and stated.is_effective(asked.on)
    if stated is None:
        version = next((each for each in versions if each.pk in known), None)
        if version is None:
            raise Http404(_("No version of the legal framework has a requirement with this name."))
        stated = known[version.pk]
    assert version is not None  # noqa: S101 - it states the requirement
    rule = rule_of(stated, (), version.number)
    history = queries.changes(versions, requirement)
    context: dict[str, Any] = _around(world) | {
        "rule": rule,
        "group": wording.group_name(rule.group),
        "is_asked": is_asked,
        "asked": asked,
        "rows": shown.rows(rule, asked),
        "stricter": shown.stricter(rule, queries.tightenings(world.realm, code=requirement), asked.on, world),
        "history": [(each, change) for each in versions for change in history[each.number]],
    }
    return render(request, "public/requirement.html", context)


@page
def versions(request: HttpRequest, *, world: World) -> HttpResponse:
    """Every version that was adopted, latest first, with what it changed."""
    adopted = queries.adopted_versions()
    context = _around(world) | {"versions": shown.versions(adopted, queries.changes(adopted), world)}
    return render(request, "public/framework_versions.html", context)


@partial(page, takes=PARAMETERS)
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """A row for each requirement that is asked on a day."""
    asked = _asked(request, world)
    body = files.as_csv(_rules(asked), queries.tightenings(world.realm, on=asked.on))
    return _file(
        HttpResponse(body, content_type="text/csv; charset=utf-8; header=present"), asked, "csv", world
    )


@partial(page, takes=PARAMETERS)
def as_json(request: HttpRequest, *, world: World) -> HttpResponse:
    """The same with every force's stricter value and its reason."""
    asked = _asked(request, world)
    stricter = queries.tightenings(world.realm, on=asked.on)
    said = files.document(_rules(asked), stricter, asked)
    return _file(
        JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1}), asked, "json", world
    )


def _rules(asked: Asked) -> tuple[Rule, ...]:
    return rules_for(asked.force, asked.on)


def _asked(request: HttpRequest, world: World) -> Asked:
    try:
        return read(request, world)
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong


def _around(world: World) -> dict[str, Any]:
    return {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("framework"),
        "framework_url": world.url("framework"),
        "versions_url": world.url("framework-versions"),
        "strip": list[Row](),
    }


def _file(response: HttpResponse, asked: Asked, ending: str, world: World) -> HttpResponse:
    parts = ["legal-framework", asked.on.isoformat(), asked.force.slug if asked.force else ""]
    name = "-".join(filter(None, [*parts, "demonstration" if world.is_made_up else ""]))
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
