"""Parked events: what a part of the service could not take, why, and trying it again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import Row
from events.actions import replay
from events.models import Delivery
from events.parked import parked
from forces.capabilities import Capability
from forces.clock import db_now
from portal.national.forms import ReasonForm
from portal.national.pages import answers, changing, decide, needs, show
from portal.national.wording import label_of


@needs(Capability.REPLAY_EVENTS)
def parked_events(request: HttpRequest) -> HttpResponse:
    found = [
        {"parked": each, "label": label_of(each.name)}
        for each in parked(by=request.person)  # type: ignore[attr-defined]
    ]
    return show(request, "parked", {"parked": found})


@changing
def replay_one(request: HttpRequest, delivery: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("event", "event__force"), pk=delivery)

    def act(given: dict[str, Any]) -> str:
        replay(found, by=request.person, at=db_now(), reason=given["reason"])  # type: ignore[attr-defined]
        return _("The event will be tried again within seconds. If it fails again, it comes back here.")

    return decide(
        request,
        ReasonForm(answers(request)),
        act,
        needs=Capability.REPLAY_EVENTS,
        title=_("Try a parked event again"),
        button=_("Try it again"),
        back=reverse("admin:national-events"),
        about=[
            Row(_("What happened"), label_of(found.event.name)),
            Row(_("About"), found.event.subject),
            Row(_("Force"), found.event.force.name if found.event.force else _("National centre")),
            Row(_("Could not be taken by"), found.subscriber),
            Row(_("Cause"), found.cause),
            Row(_("Attempts"), found.attempts),
        ],
    )
