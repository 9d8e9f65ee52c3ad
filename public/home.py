"""The home page: what this is, what it holds, and what it does not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forces.clock import db_now
from forces.models import Force
from public.listed import FIELDS, SHOWN, listed
from public.notices.shown import soon
from public.statistics import key, shown
from public.worlds import World, page
from register import search
from register.search import Search

LATEST = 5


@page
def home(request: HttpRequest, *, world: World) -> HttpResponse:
    table = key.read(world)
    latest = search.page(Search(world.realm), *FIELDS, after=None, size=LATEST)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages(""),
        "strip": shown.strip(table),
        "figures": key.figures(table, world),
        "next_notices": soon(world, db_now()),
        "latest": listed(latest.rows, world, SHOWN, stacked=True) if latest.rows else None,
        "forces": Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name"),
        "deployments_url": world.url("deployments"),
        "statistics_url": world.url("statistics"),
        "forces_url": world.url("forces"),
    }
    return render(request, "public/home.html", context)
