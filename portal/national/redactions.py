"""Requests to remove personal data from what was published; they are decided in the Decide queue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from forces.capabilities import Capability
from portal.national.pages import needs, show
from register.canonical import NOTICE
from register.models import RedactionRequest


@needs(Capability.READ_ALL_FORCES)
def redactions(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first, then the last hundred decided."""
    found = RedactionRequest.objects.select_related("entry", "force", "proposed_by", "decided_by")
    waiting = found.filter(state=RedactionRequest.State.PROPOSED).order_by("proposed_at")
    decided = found.exclude(state=RedactionRequest.State.PROPOSED).order_by("-decided_at")[:100]
    return show(request, "redactions", {"waiting": waiting, "decided": decided})


def public_page(found: RedactionRequest) -> str:
    """Where everybody reads the record, or the notice."""
    home = "public:demonstration" if found.force.is_made_up else "public"
    kind = "notice" if found.entry.schema == NOTICE else "deployment"
    return reverse(f"{home}:{kind}", args=[found.entry.reference])
