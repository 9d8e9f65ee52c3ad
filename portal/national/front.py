"""What needs me: the first page of the centre. What is to be decided, what is late, the oldest, and where to go."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from coordination.deciding.queue import kinds_for
from deployments.nation import standings
from forces.capabilities import Capability
from forces.clock import db_now
from forces.models import Force, Person
from forces.permissions import may
from portal.national.pages import show
from portal.national.picture import known, totals
from portal.national.waiting import NEEDS, age_of, decisions


def front(request: HttpRequest) -> HttpResponse:
    """Everything that waits and that this person may act on: what is late first, then what has waited longest."""
    person: Person = request.person  # type: ignore[attr-defined]
    now = db_now()
    to_decide = decisions(kinds_for(person), now, only_real=False)
    asked = [*to_decide, *(each.ask(now, False) for each in NEEDS if may(person, each.capability))]
    waiting = sorted(
        (each for each in asked if each.count), key=lambda each: (not each.late, each.oldest or now)
    )
    oldest = min((each.oldest for each in to_decide if each.oldest), default=None)
    context = {
        "picture": _picture(person, now),
        "waiting": waiting,
        "clear": [each for each in asked if not each.count],
        "count": sum(each.count for each in to_decide),
        "late": sum(each.late for each in to_decide),
        "oldest": age_of(oldest, now) if oldest else "",
    }
    return show(request, "front", context)


def _picture(person: Person, now: datetime) -> dict[str, Any] | None:
    """The nation's plans in a few numbers, for who may see them. What the queue counts is not counted here again."""
    if not may(person, Capability.READ_NATIONAL_PLANS):
        return None
    found = standings(person, at=now)
    forces = Force.objects.national()
    total = totals(forces, found)
    late = Counter(each.kind for force in forces if force.pk in found for each in found[force.pk].overdue)
    return {
        **{code: known(total[code]) for code in ("planned", "today")},
        "results": known(late["result"] if total["planned"] is not None else None),
        "documents": late["document"],
        "late": late,
    }
