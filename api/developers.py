"""Pages for those who write programs, drawn from the OpenAPI document that the API itself serves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from api.drawing import Drawing, Group
from api.limits import MACHINE, READER, Standing
from api.problems import KINDS, absolute
from api.schema import served
from api.systems.shapes import EXAMPLES
from design.components import Column, Link, NavItem, Row, Table
from design.navigation import stream_address
from design.numbers import number_text
from directory import demonstration

PAGES: dict[str, str | Promise] = {
    "index": gettext_lazy("Overview"),
    "get-started": gettext_lazy("Get started"),
    "reference": gettext_lazy("Reference"),
    "shapes": gettext_lazy("Shapes of answers"),
}
app_name = "developers"


def _page(view: Callable[[HttpRequest, dict[str, Any]], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that takes no parameters. Its context has the document, drawn, and the ways about this section."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.GET:
            raise BadRequest(_("This page takes no parameters. Take them out of the address."))
        name = view.__name__.replace("_", "-")
        here = absolute(request, "/").rstrip("/")
        context = {
            "here": here,
            "pages": [
                NavItem(str(text), reverse(f"developers:{key}"), key == name) for key, text in PAGES.items()
            ],
            "drawing": Drawing(served(), here=here, shapes_at=reverse("developers:shapes")),
        }
        response = view(request, context)
        response["Cache-Control"] = "public, no-cache"
        return response

    return answer


@_page
def index(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    groups = context["drawing"].groups()
    context |= {
        "groups": [(group, _listed(group)) for group in groups],
        "stream": absolute(request, stream_address(request, "/stream/")),
        "limits": _limits(),
        "told": _told(),
        "usual": _usual() if settings.DEMONSTRATION else "",
        "kinds": Table(
            _("Kinds of problem"),
            [Column(_("Kind")), Column(_("HTTP status"), numeric=True), Column(_("Code"))],
            [
                [Link(str(kind.title), reverse("api:problem", args=[kind.code])), kind.status, kind.code]
                for kind in KINDS.values()
            ],
            caption_hidden=True,
        ),
        "files": [
            (operation.path, operation.summary)
            for group in groups
            for operation in group.operations
            if operation.path.endswith((".csv", ".jsonl"))
        ],
    }
    return render(request, "api/developers/index.html", context)


@_page
def get_started(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    given = EXAMPLES["ResultGiven"]
    answered = EXAMPLES["WorkingResult"]
    who = {each.role_code: each for each in demonstration.people() if each.force == "northmoor"}
    context |= {
        "given": _written(given),
        # In full it repeats what was sent.
        "answered": _written({**answered, "result": {**answered["result"], "said": "…"}}),
        "owner": who.get("force_owner"),
        "publisher": who.get("data_publisher"),
    }
    return render(request, "api/developers/get_started.html", context)


@_page
def reference(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "api/developers/reference.html", context | {"groups": context["drawing"].groups()})


@_page
def shapes(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "api/developers/shapes.html", context | {"shapes": context["drawing"].shapes()})


def _listed(group: Group) -> Table:
    reference_at = reverse("developers:reference")
    return Table(
        group.title,
        [Column(_("What it does")), Column(_("Address"))],
        [
            [
                Link(operation.summary, f"{reference_at}#{operation.id}"),
                f"{operation.method} {operation.path}",
            ]
            for operation in group.operations
        ],
    )


def _written(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _limits() -> list[Row]:
    names = {
        READER: _("Without a credential, for each address"),
        MACHINE: _("With a credential, for each credential"),
    }
    return [
        Row(
            names[policy],
            _("%(number)s requests a minute") % {"number": number_text(quota)} if quota else _("No limit"),
        )
        for policy, quota in settings.API_LIMITS.items()
    ]


def _usual() -> str:
    """The limits outside a demonstration, in words."""
    usual = settings.API_LIMITS_OUTSIDE_DEMONSTRATION
    return _("%(reader)s requests a minute without a credential and %(machine)s with one") % {
        "reader": number_text(usual[READER]),
        "machine": number_text(usual[MACHINE]),
    }


def _told() -> dict[str, Any]:
    """What an answer says of the limit, as an example: a first request, 42 seconds before the minute ends."""
    quota = settings.API_LIMITS[READER]
    standing = Standing(READER, quota, max(quota - 1, 0), 42)
    return {"headers": standing.headers().items(), "quota": quota, "left": standing.left}


urlpatterns = [
    path("", index, name="index"),
    path("get-started/", get_started, name="get-started"),
    path("reference/", reference, name="reference"),
    path("shapes/", shapes, name="shapes"),
]
