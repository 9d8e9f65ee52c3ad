"""Every refusal of the API says what, where and how to mend it, as problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from rest_framework import exceptions

from forces.refusals import Forbidden, Invalid, Refusal
from register.search import InvalidSearch

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. `code` is the end of its address, where a page says what to do about it."""

    code: str
    status: int
    title: str | Promise
    remedy: str | Promise


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "wrong-parameter",
            400,
            gettext_lazy("A parameter is wrong"),
            gettext_lazy(
                "A parameter of the address is unknown, given twice, empty or has a value that cannot be used. "
                "“errors” names each one and says what it may be. Nothing is ignored: a mistyped filter never "
                "answers with every record."
            ),
        ),
        Kind(
            "bad-request",
            400,
            gettext_lazy("The request could not be understood"),
            gettext_lazy("Check the address and the headers of the request."),
        ),
        Kind(
            "key-missing",
            400,
            gettext_lazy("The request has no key of its own"),
            gettext_lazy(
                "Send the header “Idempotency-Key” with up to 255 characters that you have used for no other request, "
                "such as a UUID. If no answer arrives, send the same request with the same key again."
            ),
        ),
        Kind(
            "unauthorised",
            401,
            gettext_lazy("You are not signed in"),
            gettext_lazy(
                "Send “Authorization: Bearer” with a token that has not expired. Get one from /api/oauth/token with "
                "your system's client ID and secret. If that is refused, too, the system has been disconnected: ask "
                "your force's owner."
            ),
        ),
        Kind(
            "forbidden",
            403,
            gettext_lazy("You may not do this"),
            gettext_lazy("The right is missing. “detail” says which one and who can grant it."),
        ),
        Kind(
            "not-found",
            404,
            gettext_lazy("There is nothing here"),
            gettext_lazy(
                "Addresses of the API have no slash at the end. A reference that was withdrawn or removed still "
                "has its address, so check the spelling. Records of the made-up demonstration are found with "
                "realm=demonstration only."
            ),
        ),
        Kind(
            "method-not-allowed",
            405,
            gettext_lazy("This address cannot be used like that"),
            gettext_lazy("The header “Allow” names the methods that it answers."),
        ),
        Kind(
            "not-acceptable",
            406,
            gettext_lazy("The answer is not available in that format"),
            gettext_lazy(
                "The address says the format: “.csv” answers text/csv, “.jsonl” application/jsonl, and every other "
                "address JSON. Ask for that, or leave out “Accept”."
            ),
        ),
        Kind(
            "conflict",
            409,
            gettext_lazy("This cannot be done now"),
            gettext_lazy("“detail” says what stands in the way."),
        ),
        Kind(
            "in-flight",
            409,
            gettext_lazy("The same request is being worked on"),
            gettext_lazy(
                "Wait as long as the header “Retry-After” says and send it again with the same key."
            ),
        ),
        Kind(
            "stale",
            412,
            gettext_lazy("Somebody changed it after you read it"),
            gettext_lazy("Read it again, decide again, and send its new “ETag” as “If-Match”."),
        ),
        Kind(
            "too-large",
            413,
            gettext_lazy("The request is too large"),
            gettext_lazy("Send one result at a time: 64 KiB are enough for any."),
        ),
        Kind(
            "unsupported-format",
            415,
            gettext_lazy("The request is in a format that cannot be read"),
            gettext_lazy("Send JSON in UTF-8 as “application/json”."),
        ),
        Kind(
            "invalid",
            422,
            gettext_lazy("What was sent contradicts itself or the schema"),
            gettext_lazy("“errors” points to each value and says what is wrong with it."),
        ),
        Kind(
            "key-reused",
            422,
            gettext_lazy("The key was used for another request"),
            gettext_lazy(
                "Use a new key for each new request, and the same key only to repeat the same bytes."
            ),
        ),
        Kind(
            "precondition-required",
            428,
            gettext_lazy("Say which version you are changing"),
            gettext_lazy("Read the result and send its “ETag” as the header “If-Match”."),
        ),
        Kind(
            "too-many-requests",
            429,
            gettext_lazy("Too many requests"),
            gettext_lazy("Wait as long as the header “Retry-After” says."),
        ),
        Kind(
            "server-error",
            500,
            gettext_lazy("Something went wrong on our side"),
            gettext_lazy("It was recorded. Try again later; nothing that you sent was at fault."),
        ),
        Kind(
            "unavailable",
            503,
            gettext_lazy("The service is not available now"),
            gettext_lazy(
                "Try again after as many seconds as the header “Retry-After” says. If you sent something, it may "
                "have been saved: look before you send it again."
            ),
        ),
    )
}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS.values())}


def kind_of(status: int) -> str:
    """The first kind with this status; a request that was not understood, where none has it or it says no more."""
    return "bad-request" if status == 400 or status not in _BY_STATUS else _BY_STATUS[status].code


def problem(
    request: HttpRequest,
    kind: str,
    detail: str | Promise = "",
    *,
    errors: Iterable[Mapping[str, str]] = (),
    status: int | None = None,
) -> HttpResponse:
    """The answer. `errors` are objects with `parameter` or `pointer` (a JSON Pointer) and `detail`."""
    known = KINDS[kind]
    body: dict[str, Any] = {
        "type": absolute(request, reverse("api:problem", args=[known.code])),
        "title": str(known.title),
        "status": status or known.status,
        "detail": str(detail or known.remedy),
        "instance": quote(request.path),
    }
    if told := list(errors):
        body["errors"] = told
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type=MEDIA_TYPE, status=body["status"]
    )
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def absolute(request: HttpRequest, path: str) -> str:
    """The path with our scheme and host; alone where the request names a host that is not ours."""
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:
        return path


def handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """What the framework calls for each exception in a view. None hands a fault on to `server_error`."""
    request = context["request"]
    match error:
        case InvalidSearch():
            return _wrong_parameters(request, error)
        case Invalid():
            errors = [
                {"pointer": pointer, "detail": message}
                for pointer, messages in error.errors.items()
                for message in messages
            ]
            return problem(request, "invalid", str(error), errors=errors)
        case Forbidden():
            return problem(request, "forbidden", str(error))
        case Refusal():
            errors = [{"pointer": error.pointer, "detail": str(error)}] if error.pointer else []
            return problem(request, "conflict", str(error), errors=errors)
        case Http404():
            return problem(request, "not-found", _said(error))
        case PermissionDenied():
            return problem(request, "forbidden", _said(error))
        case exceptions.MethodNotAllowed():
            response = problem(
                request,
                "method-not-allowed",
                _("%(method)s does not work here.") % {"method": request.method},
            )
            response["Allow"] = ", ".join(context["view"].allowed_methods)
            return response
        case exceptions.APIException():
            response = problem(request, kind_of(error.status_code), status=error.status_code)
            if wait := getattr(error, "wait", None):
                response["Retry-After"] = str(int(wait) + 1)
            return response
    return None


def _wrong_parameters(request: HttpRequest, error: Invalid) -> HttpResponse:
    errors = [
        {"parameter": name, "detail": message}
        for name, messages in error.errors.items()
        for message in messages
    ]
    first = errors[0]
    return problem(
        request,
        "wrong-parameter",
        _("%(name)s: %(problem)s") % {"name": first["parameter"], "problem": first["detail"]},
        errors=errors,
    )


def _said(error: Exception) -> str:
    return str(error.args[0]) if error.args and isinstance(error.args[0], str | Promise) else ""


# Where no view of ours was reached ------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, "bad-request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, "forbidden", _said(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, "not-found")


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(request, "server-error")


def unavailable(request: HttpRequest) -> HttpResponse:
    return problem(request, "unavailable")


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The page behind a problem's `type`."""
    if code not in KINDS:
        raise Http404
    return render(request, "api/problem.html", {"kind": KINDS[code]})
