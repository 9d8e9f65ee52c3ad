"""Signing in as a force's own system: OAuth 2.0 client credentials (RFC 6749, section 4.4), and nothing else of it.

A token lives for minutes and is kept as a hash. It may carry fewer rights than its system holds, never more, and
what the system holds is looked up again at every call.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from rest_framework.exceptions import Throttled
from rest_framework.parsers import FormParser
from rest_framework.views import APIView

from api import limits
from api.describe import PROBLEM, WHY
from api.endpoint import JsonOnly
from api.problems import MEDIA_TYPE, kind_of, problem
from api.systems import shapes
from directory.actions import note_wrong_secret
from forces.capabilities import FOR_SYSTEMS
from forces.clock import db_now
from forces.models import Person, System, SystemLogin, SystemToken
from forces.models.systems import digest
from forces.tenancy import as_myself

log = logging.getLogger("api.systems")

KEPT_ONCE_IN = 300  # seconds
LARGEST_FORM = 4096  # bytes
FORM = "application/x-www-form-urlencoded"
# What to do about each error of RFC 6749; the library's own words are for programmers.
_WORDS: dict[str, str | Promise] = {
    "invalid_request": gettext_lazy(
        "Send grant_type=client_credentials, and your client ID and secret, as a form."
    ),
    "invalid_client": gettext_lazy("The client ID or the secret is wrong, or disconnected."),
    "unsupported_grant_type": gettext_lazy("The only grant type is client_credentials."),
    "unauthorized_client": gettext_lazy("The only grant type is client_credentials."),
    "invalid_scope": gettext_lazy("“scope” names a right that your system does not hold, or none."),
}


class Rights(BaseScopes):
    """The scopes of OAuth are our capabilities: those that the system holds now."""

    def get_all_scopes(self) -> dict[str, str]:
        return {each.value: str(each.doing) for each in FOR_SYSTEMS}

    def get_available_scopes(self, application=None, request=None, *args: Any, **kwargs: Any) -> list[str]:
        system = connected(application.person_id)
        return [each.value for each in system.may] if system is not None else []

    get_default_scopes = get_available_scopes


class SystemsOnly(OAuth2Validator):
    """Knows systems by their own table and keeps of a token its hash alone."""

    def _load_application(self, client_id: str, request: Any) -> SystemLogin | None:
        request.client = None
        if client_id and client_id.isascii() and "\0" not in client_id:
            login = SystemLogin.objects.filter(client_id=client_id).first()
            request.client = login if login is not None and connected(login.person_id) else None
            request.meant = request.client
        return request.client

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """As the toolkit does, and a wrong secret is kept: whoever tries one knows the system's client ID."""
        request.meant = None
        is_known: bool = super().authenticate_client(request, *args, **kwargs)
        if not is_known and request.meant is not None and _first_in_a_while(request.meant):
            note_wrong_secret(connected(request.meant.person_id))
        return is_known

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return SystemLogin(client_secret=stored_secret).opens_with(provided_secret)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        SystemToken.objects.create(
            application=request.client,
            token_checksum=digest(token["access_token"]),
            scope=token["scope"],
            expires=db_now() + timedelta(seconds=token["expires_in"]),
        )


def _first_in_a_while(login: SystemLogin) -> bool:
    """Wrong secrets for one system are one line in its force's history, not a thousand."""
    return bool(cache.add(f"wrong-secret:{login.pk}", 1, KEPT_ONCE_IN))


def connected(person_id: int) -> System | None:
    """The system that acts under this name, while it is connected."""
    with as_myself(Person(pk=person_id)):
        return (
            System.objects.filter(person=person_id, period__contains=db_now())
            .select_related("force", "person")
            .first()
        )


class Token(APIView):
    """Where a secret is exchanged for a token."""

    http_method_names = ["post", "options"]
    metadata_class = None
    content_negotiation_class = JsonOnly
    parser_classes = [FormParser]
    standing: limits.Standing | None = None

    def check_throttles(self, request: Any) -> None:
        """By address: secrets cannot be tried without end, and tokens not be heaped up."""
        self.standing = limits.spend(request)
        if self.standing.is_over:
            raise Throttled(wait=self.standing.seconds)

    @extend_schema(
        operation_id="token",
        tags=["Signing in"],
        summary="Get a token",
        description=(
            "Exchange the client ID and secret of your force's system for a token that works for ten minutes. Send "
            "them by HTTP Basic authentication, or in the form. Get a new token when the old one has expired; there "
            "are no refresh tokens. Errors carry the code of RFC 6749 in “error”."
        ),
        request={"application/x-www-form-urlencoded": shapes.ref("TokenRequest")},
        responses={
            (200, "application/json"): OpenApiResponse(
                shapes.ref("Token"),
                description="The token.",
                examples=[OpenApiExample("Example", value=shapes.EXAMPLES["Token"], response_only=True)],
            ),
            **{
                (status, MEDIA_TYPE): OpenApiResponse(PROBLEM, description=WHY[status])
                for status in (400, 401, 405, 406, 413, 429)
            },
        },
        auth=[{"systemSecret": []}],  # type: ignore[list-item]
    )
    def post(self, request: Any) -> HttpResponse:
        plain: HttpRequest = request._request
        if int(plain.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
            return problem(request, "too-large", status=413)
        if plain.content_type != FORM:
            return _refusal(request, 400, {"error": "invalid_request"})
        if unclear := _unclear(plain):
            return _refusal(request, 400, {"error": "invalid_request"}, unclear)
        _uri, _headers, body, status = get_oauthlib_core().create_token_response(plain)
        told = json.loads(body)
        if status == 200:
            response = HttpResponse(body, content_type="application/json")
        else:
            log.warning("no token: %s", told.get("error", "refused"))
            response = _refusal(request, status, told)
        response["Cache-Control"] = "no-store"
        response["Pragma"] = "no-cache"
        del response["Access-Control-Allow-Origin"]
        return response


def _unclear(request: HttpRequest) -> str:
    """What is said twice and might be meant otherwise each time: RFC 6749 allows each name once, and one way in."""
    if request.META.get("QUERY_STRING"):
        return _("Send everything in the form; an address ends up in logs.")
    for name, values in request.POST.lists():
        if len(values) > 1:
            return _("“%(name)s” is given twice.") % {"name": name}
    if "Authorization" in request.headers and "client_secret" in request.POST:
        return _("Send the secret once: by HTTP Basic authentication or in the form.")
    return ""


def _refusal(request: Any, status: int, told: dict[str, str], detail: str = "") -> HttpResponse:
    """A problem that also speaks the words of RFC 6749."""
    error = told.get("error", "")
    if error not in _WORDS:
        error = "invalid_request"
    words = detail or str(_WORDS[error])
    if error == "invalid_client":
        response = problem(request, "unauthorised", words)
        response["WWW-Authenticate"] = 'Basic realm="systems"'
    else:
        response = problem(request, kind_of(status), words, status=status)
    said = json.loads(response.content) | {"error": error}
    response.content = json.dumps(said, ensure_ascii=False).encode()
    return response


def prune() -> int:
    """Let go of tokens that have expired; how many there were."""
    old = SystemToken.objects.filter(expires__lt=db_now())
    return old._raw_delete(old.db)  # the toolkit's other tables point here, and hold nothing
