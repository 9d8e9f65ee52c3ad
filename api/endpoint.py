"""What every address of the API has in common: what may be asked, in which format, and whether it is news."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAcceptable, Throttled
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.views import APIView

from api import limits
from api.endings import Ending
from api.problems import absolute, problem
from forces.models import Realm
from register.search import Reader

# Part of every ETag: raise it when the same data is answered in another shape.
SHAPE = 1
# What a script in somebody else's page may read beside the body.
EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Total-Count, Deprecation, Sunset"


class JsonOnly(DefaultContentNegotiation):
    """By the `Accept` header alone: `?format=` is a parameter like any other, and unknown."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:
        return renderers

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", renderers[0].media_type):
            return renderers[0], renderers[0].media_type
        asked = self.get_accept_list(request)
        if not _is_wanted(renderers[0].media_type, asked):
            raise NotAcceptable(available_renderers=renderers)
        if any(media.split(";")[0].strip() == "application/problem+json" for media in asked):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


def _is_wanted(media: str, asked: Sequence[str]) -> bool:
    """Whether no range of an `Accept` header refuses the type: the one that fits best decides (RFC 9110, 12.5.1).

    One that no range fits is not refused here.
    """
    best, weight = -1, 1.0
    for each in asked:
        name, _semicolon, rest = each.partition(";")
        name = name.strip().lower()
        fits = {media: 2, f"{media.partition('/')[0]}/*": 1, "*/*": 0}.get(name, -1)
        if fits > best:
            said = next(
                (part.strip()[2:] for part in rest.lower().split(";") if part.strip()[:2] == "q="), "1"
            )
            best, weight = fits, 0.0 if re.fullmatch(r"0(\.0*)?", said) else 1.0
    return weight > 0


class Endpoint(APIView):
    """A public address that is only read: no key, no session, no cookie, and no scope in the database."""

    http_method_names = ["get", "head", "options"]
    metadata_class = None  # OPTIONS says what is allowed and no more
    content_negotiation_class = JsonOnly
    # Names of the parameters it takes, and when it ends if it does; both set by api.describe.described.
    takes: ClassVar[Sequence[str]] = ()
    ending: ClassVar[Ending | None] = None
    # How many requests of the asker's limit one of these is worth.
    costs: ClassVar[int] = 1
    standing: limits.Standing | None = None

    def check_throttles(self, request: Any) -> None:
        """Called by the framework before the method, once it is known who asks."""
        self.standing = limits.spend(request, self.costs)
        if self.standing.is_over:
            raise Throttled(wait=self.standing.seconds)

    def ask(self) -> Reader:
        """The parameters of the request; one that this address does not take is wrong already."""
        ask = Reader(dict(self.request.GET.lists()))
        ask.only(self.takes)
        return ask

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = HttpResponse(status=204)
        response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(self.allowed_methods)
        response["Access-Control-Allow-Headers"] = "If-None-Match"
        response["Access-Control-Allow-Origin"] = "*"
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Access-Control-Allow-Origin", "*")
        response.setdefault("Access-Control-Expose-Headers", EXPOSED)
        if self.standing is not None:
            for name, value in self.standing.headers().items():
                response[name] = value
        if self.ending is not None:
            self.ending.tell(response)
        return response


def realm_asked(ask: Reader) -> str:
    """The national record, unless the demonstration is asked for by name and is installed."""
    known = [Realm.NATIONAL.value, Realm.DEMONSTRATION.value]
    return ask.one_of("realm", known if settings.DEMONSTRATION else known[:1]) or Realm.NATIONAL


def etag(version: str) -> str:
    """Weak: the same records, in the same shape; spaces may differ."""
    return f'W/"{SHAPE}-{version}"'


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the reader has this version already."""
    held = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(held) and (held == "*" or tag.removeprefix("W/") in _tags(held))


def held_versions(request: HttpRequest) -> list[str]:
    """The versions that the reader has, as `etag` was given them."""
    begin = f'"{SHAPE}-'
    tags = _tags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return [tag[len(begin) : -1] for tag in tags if tag.startswith(begin) and "\x00" not in tag]


def _tags(header: str) -> list[str]:
    return [each.strip().removeprefix("W/") for each in header.split(",")] if header else []


def not_modified(tag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    response["ETag"] = tag
    response["Cache-Control"] = "public, no-cache"
    del response["Content-Type"]
    return response


def answer(body: bytes | Mapping[str, Any], *, tag: str = "") -> HttpResponse:
    """JSON. It may be kept, but must be checked with us before it is used again: records get corrected."""
    data = body if isinstance(body, bytes) else compact(body)
    response = HttpResponse(data, content_type="application/json")
    response["Cache-Control"] = "public, no-cache"
    if tag:
        response["ETag"] = tag
    return response


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def with_parameters(request: HttpRequest, **changed: object) -> str:
    """This address in full, with some parameters set to other values; None takes one out."""
    asked = {name: values[0] for name, values in request.GET.lists()} | changed
    kept = urlencode({name: value for name, value in asked.items() if value is not None})
    return absolute(request, f"{request.path}?{kept}" if kept else request.path)


@extend_schema(exclude=True)
class Nothing(Endpoint):
    """Every address under /api/ that is none of ours."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return problem(request, "not-found")
