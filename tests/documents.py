"""Documents for tests: a complete, valid result to vary."""

from __future__ import annotations

import copy
from typing import Any

from forces.models import Force
from register.references import new_reference

FIGURES = {
    "faces_seen": 5460,
    "alerts": 3,
    "true_alerts": 2,
    "true_alerts_confirmed": 2,
    "true_alerts_unconfirmed": 0,
    "false_alerts": 1,
    "false_alerts_confirmed": 1,
    "false_alerts_unconfirmed": 0,
    "undetermined_alerts": 0,
    "engagements": 2,
    "arrests": 1,
    "other_action": 1,
    "no_action": 1,
}


def result(
    force: Force, *, reference: str = "", figures: dict[str, Any] | None = None, **fields
) -> dict[str, Any]:
    """A deployment result of `force`; a figure given as None is absent as not published."""
    numbers = {**FIGURES, **(figures or {})}
    absent = {
        name: {"code": "not_published", "why": "The source gives no figure."}
        for name, value in numbers.items()
        if value is None
    }
    document = {
        "schema": "deployment-result.v1",
        "reference": reference or new_reference(),
        "force": force.code,
        "technology": "live",
        "on": "2024-04-06",
        "ends_on": None,
        "started_at": None,
        "ended_at": None,
        "duration_minutes": 303,
        "place": {"name": "Market Square", "area": None},
        "use_case": {"code": None, "scheme": None, "label": "Crime hotspot"},
        "status": "completed",
        "abort_reason": None,
        "watchlist_size": 9764,
        "algorithm": None,
        "threshold": "0.64",
        "figures": numbers,
        "absent": absent,
        "methods": {"faces_seen": "estimate"},
        "quality": [],
        "arithmetic": [],
        "provenance": None,
    }
    document.update(copy.deepcopy(fields))
    return document
