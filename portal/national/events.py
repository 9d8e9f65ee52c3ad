"""Parked events: what a part of the service could not take, and why. The Decide queue tries them again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from events.parked import parked
from forces.capabilities import Capability
from portal.national.pages import needs, show
from portal.national.wording import label_of


@needs(Capability.REPLAY_EVENTS)
def parked_events(request: HttpRequest) -> HttpResponse:
    found = [
        {"parked": each, "label": label_of(each.name)}
        for each in parked(by=request.person)  # type: ignore[attr-defined]
    ]
    return show(request, "parked", {"parked": found})
