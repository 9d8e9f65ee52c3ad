"""Small files that programs look for at fixed addresses."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from forces.clock import db_now
from public.worlds import World, page

# Nothing made up should turn up in a search, nor pages that only ask a stranger to sign in.
ROBOTS = (
    "User-agent: *\nDisallow: /demonstration/\nDisallow: /portal/\nDisallow: /admin/\nDisallow: /sign-in/\n"
)
GOOD_FOR = timedelta(days=180)  # RFC 9116 advises less than a year


@page
def robots(request: HttpRequest, *, world: World) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("public:sitemap"))
    return HttpResponse(f"{ROBOTS}\nSitemap: {sitemap}\n", content_type="text/plain; charset=utf-8")


@page
def favicon(request: HttpRequest, *, world: World) -> HttpResponse:
    """For programs that ask without having read the page, which names its own."""
    return redirect(static("design/favicon-32.png"))


@page
def security(request: HttpRequest, *, world: World) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). Where nobody was named there is no file, rather than a made-up contact."""
    contacts = settings.SECURITY_CONTACTS
    if not contacts:
        raise Http404(_("No contact for security is set on this installation."))
    expires = (db_now() + GOOD_FOR).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
