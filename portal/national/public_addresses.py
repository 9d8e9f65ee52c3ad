"""Addresses of the public register, for answers and packs: in full, for they are read elsewhere. And back again."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from coordination.briefing.addresses import Addresses
from coordination.briefing.asked import RECORDS, Asked, from_query
from forces.refusals import Invalid

LONGEST = 2000
TABLES = ("public:statistics-table", "public:statistics-file")


def site_of(request: HttpRequest) -> str:
    """https://register.example, without a slash at the end."""
    return request.build_absolute_uri("/").rstrip("/")


def addresses_on(site: str) -> Addresses:
    def page(name: str, stand_in: str = "") -> str:
        path = reverse(f"public:{name}", args=[stand_in] if stand_in else [])
        return site + (path.replace(stand_in, "{}") if stand_in else path)

    return Addresses(
        table=page("statistics-table", "its-code"),
        deployments=page("deployments"),
        claim=page("claim", "its-code"),
        claims=page("reconciliation"),
        record=page("deployment", "REFERENCE"),
        revisions=page("revisions"),
    )


def asked_by(request: HttpRequest, address: str) -> Asked:
    """What the address of a page of ours shows. Raises Invalid in words that say how to mend it."""
    try:
        parts = urlsplit(address.strip()[: LONGEST + 1])
        port_and_all = parts.netloc
    except ValueError:
        raise _refused() from None
    is_ours = parts.scheme in ("", "http", "https") and port_and_all in ("", request.get_host())
    if len(address) > LONGEST or not is_ours:
        raise _refused()
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise _refused() from None
    if match.view_name.startswith("public:demonstration:"):
        told = _("These figures are made up for the demonstration: no question is answered from them.")
        raise Invalid({"address": [told]})
    if match.view_name in TABLES:
        return _read(match.kwargs["table"], parts.query)
    if match.view_name == "public:deployments":
        return _read(RECORDS, parts.query)
    raise _refused()


def _read(code: str, query: str) -> Asked:
    try:
        return from_query(code, query)
    except Invalid as wrong:
        said = [f"{name}: {message}" for name, messages in wrong.errors.items() for message in messages]
        raise Invalid({"address": said}) from wrong
    except ValueError:
        raise Invalid({"address": [_("This address has too many parameters. Copy it again.")]}) from None


def _refused() -> Invalid:
    told = _(
        "Copy the address of a table of the public statistics, or of the public list of deployments, on this site."
    )
    return Invalid({"address": [told]})
