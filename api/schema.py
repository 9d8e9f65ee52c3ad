"""The OpenAPI 3.1 document, made from the endpoints themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema

from api import shapes
from api.endpoint import Endpoint, answer, compact
from api.systems import describe as systems

# A stream of events has no place among the answers that this document can describe.
STREAM = (
    " Events as they happen are at /stream/ as text/event-stream (server-sent events): each once and in order, with"
    " its position as id; after=POSITION or the header Last-Event-ID goes on from there."
)


class Generator(SchemaGenerator):
    """The framework's own, with the shapes of api.shapes among the components."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        document = super().get_schema(request=request, public=public)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(shapes.COMPONENTS)
        systems.complete(document)
        document["servers"] = [{"url": "/", "description": "This register"}]
        document["info"]["description"] += STREAM
        document["info"]["license"] = {"name": "Open Government Licence v3.0", "identifier": "OGL-UK-3.0"}
        return document


@cache
def served() -> dict[str, Any]:
    """Made once per process: it changes with the code only. Not to be changed by who reads it."""
    return made()


@cache
def document() -> bytes:
    return compact(served())


def made() -> dict[str, Any]:
    return Generator(patterns=[path("api/", include("api.urls"))]).get_schema(public=True)


@extend_schema(exclude=True)
class OpenApi(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        self.ask().finish()
        return answer(document())
