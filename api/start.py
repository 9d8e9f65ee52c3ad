"""Where to begin: which versions there are, and what the first of them offers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from api import shapes
from api.describe import described
from api.endpoint import Endpoint, answer
from api.problems import absolute

# Every address that takes no object, by the name of its link.
OFFERED = {
    "deployments": "api:deployments",
    "notices": "api:notices",
    "statistics": "api:statistics",
    "forces": "api:forces",
    "measures": "api:measures",
    "last_updated": "api:last-updated",
    "deployments_csv": "api:deployments-csv",
    "deployments_jsonl": "api:deployments-jsonl",
    "statistics_csv": "api:statistics-csv",
    "statistics_jsonl": "api:statistics-jsonl",
    "forces_csv": "api:forces-csv",
    "forces_jsonl": "api:forces-jsonl",
    "measures_csv": "api:measures-csv",
    "measures_jsonl": "api:measures-jsonl",
    "openapi": "api:openapi",
}
LINK = shapes.text("An address.", format="uri")
VERSION = shapes.of(
    "One version of the API.",
    version=shapes.text("Its name in addresses."),
    status=shapes.one_of(
        "stable: it only grows. deprecated: it stops answering at `sunset`.", "stable", "deprecated"
    ),
    sunset=shapes.text("When it stops answering; null: not decided.", null=True, format="date-time"),
    at=LINK,
    openapi=LINK,
)


@described(
    tag="Start",
    summary=_("List versions"),
    description=_("Which versions of the API there are, and whether one is to end."),
    answer=shapes.of("The versions.", versions=shapes.listed(VERSION, "Newest first.")),
    example={
        "versions": [
            {
                "version": "v1",
                "status": "stable",
                "sunset": None,
                "at": "https://register.example/api/v1",
                "openapi": "https://register.example/api/v1/openapi.json",
            }
        ]
    },
)
class Versions(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        self.ask().finish()
        first = {
            "version": "v1",
            "status": "stable",
            "sunset": None,
            "at": absolute(request, reverse("api:start")),
            "openapi": absolute(request, reverse("api:openapi")),
        }
        return answer({"versions": [first]})


@described(
    tag="Start",
    summary=_("List addresses"),
    description=_(
        "What this version offers. Templates of addresses of one object are in the OpenAPI document."
    ),
    answer=shapes.of(
        "This version.",
        version=shapes.text("Its name in addresses."),
        links={"type": "object", "description": "Addresses by name.", "additionalProperties": LINK},
    ),
    example={
        "version": "v1",
        "links": {"deployments": "https://register.example/api/v1/deployments"},
    },
)
class Start(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        self.ask().finish()
        links = {name: absolute(request, reverse(address)) for name, address in OFFERED.items()}
        return answer({"version": "v1", "links": links})
