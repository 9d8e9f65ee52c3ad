"""Whoever decides about plans, at their desks: addresses, what they type, and what a page says."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from deployments.models import Plan
from events.models import Event
from forces.tenancy import acting

WHY = "Necessary for the reasons that the plan gives, and no less intrusive way would do."


def url(name: str, plan: Plan, *more: str) -> str:
    return reverse(f"portal:{name}", args=[plan.force.slug, plan.reference, *more])


def text(response: HttpResponse) -> str:
    """What a reader sees, in one line."""
    plain = re.sub(r"(?s)<(script|style).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", plain)))


def decision(plan: Plan, what: str = "approve", **more: Any) -> dict[str, Any]:
    """What an officer sends from the page that showed this plan."""
    return {"seen": plan.content_hash, "decision": what, "reason": WHY, **more}


def attempts(plan: Plan) -> list[tuple[str, str]]:
    """What was tried about the plan and refused: the word of it, and why not."""
    with acting(plan.force, None):
        found = Event.objects.filter(subject=plan.reference, name="plan.attempt_refused.v1").order_by("pk")
        return [(each.payload["tried"], each.payload["why"]) for each in found]
