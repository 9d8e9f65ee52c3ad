"""Whoever writes plans, at their desks: addresses, what they type into a task, and what a page says."""

from __future__ import annotations

from typing import Any

from deployments.models import Plan
from deployments.planning.fields import BY_CODE
from portal.force.planning.forms import initial_of
from tests.portal.authority.desk import text, url

__all__ = ["filled", "text", "url"]


def filled(plan: Plan, task: str, **changes: Any) -> dict[str, Any]:
    """What a browser sends that was shown this task and changed some of it."""
    sent: dict[str, Any] = {}
    for name, value in initial_of(plan, BY_CODE[task]).items():
        if name == "on":
            if value is not None:
                sent |= {"on-day": value.day, "on-month": value.month, "on-year": value.year}
        elif isinstance(value, bool):
            sent[name] = "yes" if value else "no"
        elif name in ("start", "end"):
            sent[name] = f"{value:%H:%M}" if value is not None else ""
        else:
            sent[name] = "" if value is None else value
    return {**sent, **changes}
