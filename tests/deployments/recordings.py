"""What forces say happened, for tests: complete, sound facts to vary, and results brought to any state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from deployments import actions
from deployments.facts import Facts
from deployments.figures import NAMES
from deployments.models import Deployment
from events.models import Event
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import acting

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
    "no_action": 0,
}
FIRST = actions.Seen(1, 1)
STANDS = actions.Standing(1, 0)  # the first version, and nobody ever asked for its withdrawal
REASON = "Two alerts were counted twice in the van."


def facts(**changes: Any) -> Facts:
    """Sound facts. A figure is changed by its name; a code in place of a number makes it absent."""
    figures: dict[str, int | None] = dict(FIGURES)
    absent: dict[str, str] = {}
    for name in NAMES:
        value = changes.pop(name, figures[name])
        if isinstance(value, str):
            absent[name], value = value, None
        figures[name] = value
    values: dict[str, Any] = {
        "on": date(2024, 4, 6),
        "place": "Market Square",
        "area": "Northmoor",
        "duration_minutes": 303,
        "use_case": "Crime hotspot",
        "threshold": Decimal("0.64"),
        "watchlist_size": 9764,
    }
    return Facts(**{**values, **changes}, figures=figures, absent=absent)


def recorded(force: Force, by: Person, **changes: Any) -> Deployment:
    """A deployment whose `current` result waits for review."""
    return actions.record(force, facts(**changes), by=by, at=db_now())


def reviewed(force: Force, by: Person, reviewer: Person, **changes: Any) -> Deployment:
    deployment = recorded(force, by, **changes)
    actions.review(deployment, seen=FIRST, by=reviewer, at=db_now())
    return deployment


def published(force: Force, by: Person, publisher: Person, **changes: Any) -> Deployment:
    deployment = reviewed(force, by, publisher, **changes)
    actions.publish(deployment, seen=FIRST, by=publisher, at=db_now())
    return deployment


def names(deployment: Deployment) -> list[str]:
    """What happened to it, oldest first."""
    with acting(deployment.force, None):
        return list(
            Event.objects.filter(subject=deployment.reference, name__startswith="deployment.")
            .order_by("id")
            .values_list("name", flat=True)
        )


def fresh(deployment: Deployment) -> Deployment:
    """As it stands in the database now, with its results."""
    with acting(deployment.force, None):
        found = Deployment.objects.owned_by(deployment.force).with_results().get(pk=deployment.pk)
    for result in filter(None, (found.current, found.correction)):
        result.deployment = found
    return found
