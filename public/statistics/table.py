"""The page of a published table."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from coordination.collation.published import words
from coordination.collation.published.declaration import Published
from coordination.collation.published.formats import FORMATS
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Reach, Table
from coordination.collation.published.tables import by_code
from design.components import Link
from public.asked import tell
from public.statistics import shown
from public.statistics.asked import Filters, question
from public.statistics.drawing import drawn
from public.worlds import World, page
from register.models import Tier
from register.search import InvalidSearch


def declared(code: str) -> Published:
    """Raises Http404 in words fit to show."""
    found = by_code().get(code)
    if found is None:
        raise Http404(_("There is no table of that name. The page of the statistics lists them all."))
    return found


def files(published: Published, world: World, asked: str = "") -> list[Link]:
    """The same table as files, with the same filters (`?force=kent`)."""
    return [
        Link(str(each.label), world.url("statistics-file", published.code, each.ending) + asked)
        for each in FORMATS.values()
    ]


def place_of(request: HttpRequest, published: Published, world: World) -> words.Place:
    return words.Place(request.build_absolute_uri(world.url("statistics-table", published.code)))


@partial(page, takes=None)
def show(request: HttpRequest, table: str, *, world: World) -> HttpResponse:
    published = declared(table)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "published": published,
        "statistics_url": world.url("statistics"),
        "table_url": world.url("statistics-table", published.code),
        "deployments_url": world.url("deployments"),
    }
    everything = Reach.of(Question(world.realm))
    filters = Filters(request.GET, published, world, first=everything.first, last=everything.last)
    context["filters"] = filters
    try:
        read = Table.of(published, question(request, published, world, is_form=True))
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/statistics_table.html", context, status=400)
    place = place_of(request, published, world)
    asked = place.of(read).removeprefix(place.page)
    downloads = files(published, world, asked)
    context |= {
        "table": read,
        "title": words.title(read),
        "strip": shown.strip(read),
        "chart": drawn(read, world, downloads),
        "remarks": list(published.dimension.remarks(read)),
        "tables": shown.tables(read, world),
        "notes": words.notes(read),
        "codes": shown.codes(),
        "definitions": shown.definitions(read),
        "files": downloads,
        "citation": words.citation(read, place),
        "permalink": place.of(read),
        "is_secondary": read.question.tier == Tier.SECONDARY,
        "other_tier": shown.of_other_tier(read, context["table_url"]),
    }
    return same_or_new(request, render(request, "public/statistics_table.html", context))


def same_or_new(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With a tag of what is in it, and 304 for whoever has that already: figures follow the register by a moment, so
    no version of the register says what a page of figures holds."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = tag
    answer = get_conditional_response(request, etag=tag, response=response)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - the response that was given, or one of Django's
    return answer
