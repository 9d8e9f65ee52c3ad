"""Errors that no view answered: the API says them to machines, every other door to people."""

from __future__ import annotations

import sys

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from api import problems
from events.store import is_transient
from public import errors

RETRY_AFTER = "5"  # seconds; a server that was killed is back in two


def _is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    door = problems if _is_for_machines(request) else errors
    return door.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = problems if _is_for_machines(request) else errors
    return door.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Also where the database is away, restarts or is full: that passes, so the answer is to come back."""
    if is_transient(sys.exc_info()[1]):
        unavailable = problems.unavailable if _is_for_machines(request) else errors.unavailable
        response = unavailable(request)
        response["Retry-After"] = RETRY_AFTER
        return response
    door = problems if _is_for_machines(request) else errors
    return door.server_error(request)


def unreadable(request: HttpRequest, words: str, status: int = 400) -> HttpResponse:
    """A request that is refused before a view sees it, with words that say why."""
    if _is_for_machines(request):
        return problems.problem(request, problems.kind_of(status), words, status=status)
    return errors.bad_request(request, BadRequest(words), status=status)


def too_large(request: HttpRequest) -> HttpResponse:
    return unreadable(request, _("What was sent is larger than this page takes."), status=413)
