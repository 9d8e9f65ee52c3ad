"""Pages for what goes wrong, in the design and in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest, DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise


def bad_request(request: HttpRequest, exception: Exception, status: int = 400) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        # The request names a host that is not ours, so no page may repeat it.
        return HttpResponse(render_to_string("400.html"), status=400)
    # Django's own words for a suspicious request are for the log; ours are for the reader.
    words = said(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"exception": words}, status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"exception": said(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", {"exception": said(exception)}, status=404)


def method_not_allowed(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    response = render(request, "public/405.html", status=405)
    response["Allow"] = ", ".join(allowed)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the request nor the database: both may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The same for what will pass by itself."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Cache-Control": "no-store"})


def said(exception: Exception) -> str:
    """The words of the refusal that led here, if it has any fit to show."""
    first = exception.args[0] if exception.args else ""
    return str(first) if isinstance(first, str | Promise) else str(getattr(exception, "message", ""))
