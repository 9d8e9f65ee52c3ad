"""Errors that no view answered: the API says them to machines, every other door to people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from api import problems
from public import errors


def _is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.server_error(request)
