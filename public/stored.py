"""The exact bytes of entries, results and notices alike: sent as they stand, and what to check a copy by."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from design.components import Row
from public.worlds import World
from register.models import Entry, EntryQuerySet
from register.queries import bodies


def sent(
    request: HttpRequest, entries: EntryQuerySet, reference: str, version: int, world: World
) -> HttpResponse:
    """The bytes of one version, or that they were removed."""
    entry = (
        entries.filter(reference=reference.upper(), version=version, realm=world.realm)
        .select_related("redaction")
        .first()
    )
    if entry is None:
        raise Http404(
            _("The register has no version %(version)s of %(it)s.") % {"version": version, "it": reference}
        )
    body = bodies([entry.pk]).get(entry.pk)
    if body is None:
        gone = getattr(entry, "redaction", None)
        return render(
            request, "public/gone.html", {"realm": world.realm, "entry": entry, "redaction": gone}, status=410
        )
    response = HttpResponse(body, content_type="application/json")
    response["ETag"] = f'"{entry.commitment}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'inline; filename="{entry.reference}-v{version}.json"'
    return response


def copy_of(entry: Entry, body: bytes | None, address: str) -> dict[str, Any]:
    """One version to download, with what anybody needs to check it; `body` is None once removed."""
    return {
        "version": entry.version,
        "url": address if body is not None else "",
        "size": entry.size,
        "rows": [
            *([Row("SHA-256", hashlib.sha256(body).hexdigest())] if body is not None else []),
            Row(_("Commitment"), entry.commitment),
        ],
    }
