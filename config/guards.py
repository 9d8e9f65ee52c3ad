"""The outermost door: what no view has to deal with, and the headers that every answer carries."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config import errors
from config.uploads import LARGEST_FORM, LARGEST_REQUEST, TAKES_FILES

# Pages of people who sign in, and of signing in: nobody between us and them may keep a copy.
PRIVATE = ("/portal/", "/admin/", "/sign-in/")
HEADERS = {
    # Nothing here needs a camera, a place or a payment, and no frame or script may ask in our name.
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class GuardsMiddleware:
    """Refuses what is too large, in no charset of ours or of no told length, before anything reads it.

    A NUL is refused, too: PostgreSQL has no text for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._refused(request) or self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(PRIVATE):  # refusals, redirects and what failed, too
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        if "\x00" in request.path:
            return errors.not_found(request, Http404())
        # The public pages and the API name the parameter that holds one.
        if "%00" in request.META.get("QUERY_STRING", "") and request.path.startswith(PRIVATE):
            return errors.unreadable(request, _("The address holds a character that cannot be read."))
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = LARGEST_REQUEST if request.path in TAKES_FILES else LARGEST_FORM
        if not length.isdecimal() or int(length[:12]) > most:
            return errors.too_large(request)
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            # Django reads nothing of it, and would answer as if nothing had been sent.
            return errors.unreadable(request, _("Say how long it is: send “Content-Length”."), status=411)
        if not _is_utf8((request.content_params or {}).get("charset", "utf-8")):
            return errors.unreadable(request, _("Send text in UTF-8."), status=415)
        return None


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False
