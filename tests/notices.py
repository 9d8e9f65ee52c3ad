"""Documents of notices for tests: complete and valid, to vary."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from forces.clock import LONDON, db_now
from forces.models import Force
from register.notices.actions import correct_notice, enter_notice
from register.notices.rules import withheld
from register.references import new_reference


def notice(
    force: Force, *, starts_at: datetime | None = None, hours: int = 6, **fields: Any
) -> dict[str, Any]:
    """A planned deployment of `force`, by default on 12 December 2026 from 10am to 4pm."""
    starts = starts_at or datetime(2026, 12, 12, 10, tzinfo=UTC)
    ends = starts + timedelta(hours=hours)
    on, last = (each.astimezone(LONDON).date().isoformat() for each in (starts, ends))
    document = {
        "schema": "deployment-notice.v1",
        "reference": new_reference(),
        "force": force.code,
        "technology": "live",
        "status": "planned",
        "on": on,
        "ends_on": last if last != on else None,
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat(),
        "place": {"name": "Market Square", "area": "Town centre"},
        "use_case": {"code": "locate_wanted", "label": "Find people who are wanted"},
        "summary": "We will look for people whom the courts want for serious violence.",
        "watchlist": {"categories": [{"code": "wanted", "label": "Wanted by the courts"}], "most": 1200},
        "algorithm": {"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"},
        "threshold": "0.64",
        "camera": "van",
        "authority": {
            "kind": "conditional",
            "rank": "Superintendent",
            "given_on": "2026-12-01",
            "conditions": ["Signs at every way into the square."],
            "confirm_by": None,
        },
        "framework_version": 1,
        "overrides": [],
        "short_notice": None,
        "deferral": None,
        "cancelled_reason": None,
        "contact": "facial-recognition@force.example",
        "documents": [{"kind": "dpia", "title": "DPIA", "version": "3", "url": "https://force.example/dpia"}],
        "authorised_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    return document | copy.deepcopy(fields)


DEFERRAL = {
    "ground": "Critical threat to life or security",
    "rank": "Assistant chief constable",
    "decided_on": "2026-12-01",
    "review_on": "2026-12-29",
}


def deferred(force: Force, **fields: Any) -> dict[str, Any]:
    """A notice whose details are withheld."""
    return withheld(notice(force, status="deferred", deferral=dict(DEFERRAL), **fields))


def cancelled(document: dict[str, Any], why: str = "The van broke down.") -> dict[str, Any]:
    return document | {"status": "cancelled", "cancelled_reason": why}


def tell(force: Force, document: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Give notice of a deployment, and its document."""
    document = document or notice(force, **fields)
    enter_notice(document, force=force, by=None, at=db_now())
    return document


def change(force: Force, document: dict[str, Any], reason: str = "The plan changed.") -> dict[str, Any]:
    """Give notice of a change, and the document."""
    correct_notice(document, force=force, by=None, at=db_now(), reason=reason)
    return document
