"""What needs me: the first page of the centre. Counts, the oldest of each, and where to go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from forces.clock import db_now
from forces.models import Person
from forces.permissions import may
from portal.national.pages import show
from portal.national.waiting import NEEDS


def front(request: HttpRequest) -> HttpResponse:
    """Everything that waits and that this person may act on, what has waited longest first."""
    person: Person = request.person  # type: ignore[attr-defined]
    now = db_now()
    asked = [each.ask(now, False) for each in NEEDS if may(person, each.capability)]
    waiting = sorted((each for each in asked if each.count), key=lambda each: each.oldest or now)
    return show(request, "front", {"waiting": waiting, "clear": [each for each in asked if not each.count]})
