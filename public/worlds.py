"""The two worlds that public pages show: the national record, and the made-up one under /demonstration/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import NavItem
from forces.models import Realm
from public.errors import method_not_allowed

DEMONSTRATION_PAGES = ("statistics", "deployments", "forces")


@dataclass(frozen=True, slots=True)
class World:
    """One realm and its addresses. Every page is told which one it shows and finds links in it alone."""

    realm: str
    namespace: str

    @property
    def is_made_up(self) -> bool:
        return self.realm == Realm.DEMONSTRATION

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.namespace}:{name}", args=args)

    def pages(self, current: str) -> list[NavItem]:
        """Ways about the demonstration; the national record has the main navigation."""
        if not self.is_made_up:
            return []
        names = {
            "statistics": _("Made-up statistics"),
            "deployments": _("Made-up deployments"),
            "forces": _("Made-up forces"),
        }
        return [NavItem(names[name], self.url(name), name == current) for name in DEMONSTRATION_PAGES]


NATIONAL = World(Realm.NATIONAL.value, "public")
DEMONSTRATION = World(Realm.DEMONSTRATION.value, "public:demonstration")


def world_of(realm: str) -> World:
    return DEMONSTRATION if realm == Realm.DEMONSTRATION else NATIONAL


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page: read only, in one world, and fresh each time it is asked for."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, world: World = NATIONAL, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed(request, ["GET", "HEAD"])
        if world.is_made_up and not settings.DEMONSTRATION:
            raise Http404
        response = view(request, *args, world=world, **kwargs)
        # A copy may be kept but must be checked before it is shown again: records get corrected.
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response

    return answer
