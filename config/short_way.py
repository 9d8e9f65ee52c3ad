"""The API's way to its views, past what only people who sign in need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

API = "/api/v1/"
HOOKS = ("process_view", "process_exception", "process_template_response")


class ShortWayMiddleware:
    """Sends what asks the API through `settings.API_MIDDLEWARE`, and everybody else on.

    The API knows no session, no cookie and no form, so sessions, sign-in, messages and their checks have nothing to do
    there but take time. The middleware of the short way may only wrap: Django's own handler calls the views, with no
    hooks of theirs. See docs/decisions/0054.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.short = _chain()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = self.short if request.path_info.startswith(API) else self.get_response
        return way(request)


def policy_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What csp.middleware does, for answers that never ask for an exception: the policy is written once."""
    policy = build_policy()

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(HEADER, policy)
        return response

    return answer


def _chain() -> Any:
    handler: Any = BaseHandler()
    handler._view_middleware = []
    handler._template_response_middleware = []
    handler._exception_middleware = []
    chain: Any = convert_exception_to_response(handler._get_response)
    for name in reversed(settings.API_MIDDLEWARE):
        made = import_string(name)(chain)
        if hooks := [hook for hook in HOOKS if hasattr(made, hook)]:
            raise TypeError(f"{name} has {hooks}, which the short way of the API would not call.")
        chain = convert_exception_to_response(made)
    return chain
