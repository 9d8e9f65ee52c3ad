"""Pages that hold no records: what figures mean, and who stands behind this site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coordination.collation.figures import MEANINGS
from coordination.collation.measures import MEASURES, RATES
from coordination.collation.series import SERIES_BREAKS
from public.worlds import World, page


@page
def methods(request: HttpRequest, *, world: World) -> HttpResponse:
    context: dict[str, Any] = {
        "measures": MEASURES,
        "rates": RATES,
        "codes": [(code.shown, words) for code, words in MEANINGS.items()],
        "breaks": SERIES_BREAKS,
    }
    return render(request, "public/methods.html", context)


@page
def data(request: HttpRequest, *, world: World) -> HttpResponse:
    return render(request, "public/data.html", {"here": request.build_absolute_uri("/").rstrip("/")})


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
    return render(request, "public/contact.html")
