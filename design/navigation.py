"""Where the menus lead. Names of addresses, so that a page moves in one place.

An address that does not exist (yet) is left out of the menu rather than being a dead link.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """A name and the names its address may have, best first."""

    text: str | Promise
    names: tuple[str, ...]


MENUS: dict[str, tuple[Place, ...]] = {
    "public": (
        Place(_("Home"), ("public:home",)),
        Place(_("Notices"), ("public:notices",)),
        Place(_("Deployments"), ("public:deployments",)),
        Place(_("Statistics"), ("public:statistics",)),
        Place(_("Forces"), ("public:forces",)),
        Place(_("Legal framework"), ("public:framework",)),
        Place(_("Data and API"), ("public:data",)),
    ),
    # A force's own menu needs its name in every address: portal/force/pages.py makes it.
    "portal": (Place(_("Your forces"), ("portal:home",)),),
    "national": (
        Place(_("What needs me"), ("admin:index",)),
        Place(_("Decide"), ("admin:national-decide",)),
        Place(_("Picture"), ("admin:national-picture",)),
        Place(_("Framework"), ("admin:national-framework",)),
        Place(_("Forces"), ("admin:national-forces",)),
        Place(_("People"), ("admin:national-people",)),
        Place(_("Imports"), ("admin:national-imports",)),
    ),
    "footer": (
        Place(_("Accessibility"), ("public:accessibility",)),
        Place(_("Privacy"), ("public:privacy",)),
        Place(_("Cookies"), ("public:cookies",)),
        Place(_("Contact"), ("public:contact",)),
        Place(_("Data and API"), ("public:data",)),
        Place(_("For developers"), ("developers:index",)),
        Place(_("Sign in"), ("sign-in",)),
    ),
}
SIGN_OUT = ("sign-out",)
RECOVERY_CODES = ("sign-in-recovery-codes",)


def address(*names: str) -> str:
    """The first of these addresses that exists, or ""."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def stream_address(request: HttpRequest, path: str) -> str:
    """Where a stream is found from the page of this request: where no proxy joins the two, it has a port of its own."""
    host, port = split_domain_port(request.get_host())
    if settings.SEPARATE_PORTS and port == str(settings.SEPARATE_PORTS[0]):
        return f"http://{host}:{settings.SEPARATE_PORTS[1]}{path}"
    return path


@dataclass(frozen=True, slots=True)
class MenuItem:
    """`here` is "page" on the page itself, "true" within its section, "" elsewhere."""

    text: str | Promise
    href: str
    here: str = ""


def menu(name: str, path: str) -> list[MenuItem]:
    """The items of a menu, the longest address that begins `path` being the current one."""
    found = [(place.text, address(*place.names)) for place in MENUS[name]]
    found = [(text, href) for text, href in found if href]
    shortest = min((len(href) for _text, href in found), default=0)
    around = [
        href for _text, href in found if path == href or (path.startswith(href) and len(href) > shortest)
    ]
    current = max(around, key=len, default=None)
    return [
        MenuItem(text, href, ("page" if href == path else "true") if href == current else "")
        for text, href in found
    ]
