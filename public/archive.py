"""The file that holds everything published nationally."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from design.components import Row
from design.numbers import moment_text, number_text
from public.errors import unavailable
from public.worlds import NATIONAL, World, page
from register import archives
from register.models import Archive

MEDIA_TYPE = "application/zip"


def shown(world: World) -> dict[str, Any]:
    """What the data page says of the file: its own fingerprint and what it holds, or that there is none."""
    stored = archives.latest(NATIONAL.realm)
    return {
        "archive": stored,
        "archive_url": world.url("archive"),
        "catalogue_url": world.url("catalogue"),
        "archive_facts": _facts(stored) if stored else [],
        "is_removed": stored is not None and archives.holds_what_was_removed(stored),
    }


def _facts(stored: Archive) -> list[Row]:
    return [
        Row(_("As of"), moment_text(stored.as_of) if stored.as_of else _("No records yet")),
        Row(_("Deployments in it"), number_text(stored.records)),
        Row(_("Size"), _("%(size)s bytes") % {"size": number_text(stored.size)}),
        Row("SHA-256", stored.sha256),
    ]


@page
def latest(request: HttpRequest, *, world: World) -> HttpResponseBase:
    """The stored file. It is never made for a request, and never given out once something in it was removed."""
    for is_last_try in (False, True):
        stored = archives.latest(world.realm)
        if stored is None:
            raise Http404(
                _("The file has not been made yet. It is made within minutes of the first publication.")
            )
        if archives.holds_what_was_removed(stored):
            response = unavailable(request)
            response["Retry-After"] = "60"
            return response
        tag = f'"{stored.sha256}"'
        known = get_conditional_response(request, etag=tag)
        if known is not None:
            return known
        try:
            return _sent(request, stored, tag)
        except FileNotFoundError:
            # The next one took its place between the two looks; there is no third without something being wrong.
            if is_last_try:
                raise
    raise AssertionError


def _sent(request: HttpRequest, stored: Archive, tag: str) -> HttpResponseBase:
    name = f"facial-recognition-register-{stored.as_of.date() if stored.as_of else 'empty'}.zip"
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        file = default_storage.open(stored.path)
        response = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPE)
    response["Content-Length"] = str(stored.size)
    response["ETag"] = tag
    response["Access-Control-Allow-Origin"] = "*"
    return response
