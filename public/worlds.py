"""The two worlds that public pages show: the national record, and the made-up one under /demonstration/."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import NavItem
from forces.models import Force, Realm
from public.errors import method_not_allowed

DEMONSTRATION_PAGES = ("notices", "deployments", "statistics", "revisions", "forces", "framework")
ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
# What others hang onto addresses that they pass on; it changes nothing here.
FOLLOWED = {"fbclid", "gclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid"}


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names in its head."""

    media: str
    title: str
    href: str


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
            "notices": _("Made-up notices"),
            "statistics": _("Made-up statistics"),
            "deployments": _("Made-up deployments"),
            "revisions": _("Made-up changes"),
            "forces": _("Made-up forces"),
            "framework": _("Legal framework"),
        }
        return [NavItem(names[name], self.url(name), name == current) for name in DEMONSTRATION_PAGES]

    @property
    def feeds(self) -> list[FeedLink]:
        """Of all its forces."""
        return self._feeds("feed", _("all forces"))

    def feeds_of(self, force: Force) -> list[FeedLink]:
        return self._feeds("force-feed", force.name, force.slug)

    @property
    def revisions_url(self) -> str:
        return self.url("revisions")

    @property
    def feeds_of_changes(self) -> list[FeedLink]:
        """Of what was corrected, withdrawn or removed."""
        words = _("Made-up corrections and removals") if self.is_made_up else _("Corrections and removals")
        return self._linked("revisions-feed", words)

    def feeds_of_notices(self, force: Force | None = None) -> list[FeedLink]:
        """Of what is told before a deployment, of all forces or of one."""
        words = _("Made-up notices of %s") if self.is_made_up else _("Notices of %s")
        if force is None:
            return self._linked("notices-feed", words % _("all forces"))
        return self._linked("force-notices-feed", words % force.name, force.slug)

    def _feeds(self, name: str, of: str, *args: Any) -> list[FeedLink]:
        words = _("Made-up records of %s") if self.is_made_up else _("Records of %s")
        return self._linked(name, words % of, *args)

    def _linked(self, name: str, title: str, *args: Any) -> list[FeedLink]:
        return [
            FeedLink(media, f"{title} ({kind})", self.url(f"{name}-{ending}", *args))
            for media, kind, ending in ((ATOM, "Atom", "atom"), (JSON_FEED, "JSON Feed", "json"))
        ]


NATIONAL = World(Realm.NATIONAL.value, "public")
DEMONSTRATION = World(Realm.DEMONSTRATION.value, "public:demonstration")


def world_of(realm: str) -> World:
    return DEMONSTRATION if realm == Realm.DEMONSTRATION else NATIONAL


Answer = TypeVar("Answer", bound=HttpResponseBase)


def page(
    view: Callable[..., Answer], *, takes: Sequence[str] | None = ()
) -> Callable[..., Answer | HttpResponse]:
    """A public page: read only, in one world, and fresh each time it is asked for.

    A parameter that is not among those it `takes` is refused, for a filter that is ignored would pass the nation's
    figures off as one force's; None: the view judges by itself.
    """

    @wraps(view)
    def answer(
        request: HttpRequest, *args: Any, world: World = NATIONAL, **kwargs: Any
    ) -> Answer | HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed(request, ["GET", "HEAD"])
        if world.is_made_up and not settings.DEMONSTRATION:
            raise Http404
        if takes is not None:
            _refuse_all_but(takes, request)
        response = view(request, *args, world=world, **kwargs)
        # A copy may be kept but must be checked before it is shown again: records get corrected.
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response

    return answer


def asked_of(request: HttpRequest) -> dict[str, list[Any]]:
    """The parameters of an address, without what others hang onto it when they pass it on."""
    return {
        name: values
        for name, values in request.GET.lists()
        if name not in FOLLOWED and not name.startswith("utm_")
    }


def _refuse_all_but(takes: Sequence[str], request: HttpRequest) -> None:
    if wrong := sorted(set(asked_of(request)) - set(takes)):
        raise BadRequest(
            _(
                "This page cannot be narrowed by %(names)s. Take it out of the address: the page of a force has its "
                "own figures, and the list of deployments can be filtered."
            )
            % {"names": ", ".join(name[:60] for name in wrong[:10])}
        )
