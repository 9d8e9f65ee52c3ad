"""Requests to remove personal data from what was published, and the second person's decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import Row
from forces.capabilities import Capability
from forces.clock import db_now
from forces.refusals import Refusal
from portal.national.forms import RedactionForm
from portal.national.pages import answers, changing, needs, show
from portal.national.pages import decide as ask
from register import actions
from register.models import RedactionRequest


@needs(Capability.READ_ALL_FORCES)
def redactions(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first, then the last hundred decided."""
    found = RedactionRequest.objects.select_related("entry", "force", "proposed_by", "decided_by")
    waiting = found.filter(state=RedactionRequest.State.PROPOSED).order_by("proposed_at")
    decided = found.exclude(state=RedactionRequest.State.PROPOSED).order_by("-decided_at")[:100]
    return show(request, "redactions", {"waiting": waiting, "decided": decided})


@changing
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    rows = RedactionRequest.objects.select_related("entry", "force", "proposed_by")
    found = get_object_or_404(rows, pk=request_id, state=RedactionRequest.State.PROPOSED)

    def act(given: dict[str, Any]) -> str:
        by, at = request.person, db_now()  # type: ignore[attr-defined]
        if given["decision"] == "remove":
            actions.redact(found, force=found.force, by=by, at=at)
            return _("The document is gone. A public note says so.")
        if not given["reason"].strip():
            raise Refusal(_("Say why you leave it as it is."), pointer="reason")
        actions.refuse_redaction(found, force=found.force, by=by, at=at, reason=given["reason"])
        return _("The document stays. The force's history says why.")

    return ask(
        request,
        RedactionForm(answers(request)),
        act,
        needs=Capability.APPROVE_REDACTION,
        title=_("Decide on removing a published document"),
        button=_("Decide"),
        back=reverse("admin:national-redactions"),
        about=[
            Row(_("Record"), found.entry.reference),
            Row(_("Force"), found.force.name),
            Row(_("Asked by"), found.proposed_by.name),
            Row(_("Why"), found.why),
            Row(_("Public note"), found.public_reason),
        ],
        note=_("Look at the record first: %(address)s")
        % {"address": request.build_absolute_uri(_public_page(found))},
        warns=True,
    )


def _public_page(found: RedactionRequest) -> str:
    name = "public:demonstration:deployment" if found.force.is_made_up else "public:deployment"
    return reverse(name, args=[found.entry.reference])
