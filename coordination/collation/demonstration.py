"""Made-up forces with a history to compare: one that changes, one beside the others, one with gaps, one with little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from coordination.evaluations.models import AlgorithmVersion
from forces.clock import db_now, london_date
from forces.models import BodyType, Force, Realm
from register import actions
from register.models import Head, Origin, Tier
from register.references import new_reference

MADE_UP = "Made up for the demonstration."


@dataclass(frozen=True, slots=True)
class History:
    """A deployment in each of so many months, up to the last one. `share` of the alerts are false, `later` from half
    of the months on; in every `gap`th month the force publishes no false alerts. Another
    threshold stands in the first `other_threshold_until` months."""

    slug: str
    months: int
    alerts: tuple[int, int]
    share: float
    later: float
    gap: int = 0
    other_threshold_until: int = 0


HISTORIES = (
    History("westmere", 30, (70, 140), 0.03, 0.03, other_threshold_until=6),
    History("southfold", 30, (60, 130), 0.02, 0.1),
    History("highmarch", 30, (40, 90), 0.03, 0.03, gap=3),
    History("tinbury", 4, (4, 12), 0.03, 0.03),
)


def load() -> str:
    """What `manage.py load_demonstration` runs: returns one line for the terminal. Repeating it changes nothing."""
    made = 0
    for history in HISTORIES:
        force = _force(history.slug)
        if not Head.objects.filter(force=force).exists():
            entries = actions.enter_all(
                _documents(force, history),
                force=force,
                origin=Origin.COLLATED,
                tier=Tier.PRIMARY,
                by=None,
                at=db_now(),
            )
            made += len(entries)
    return f"{len(HISTORIES)} made-up forces to compare, {made} new records"


def _force(slug: str) -> Force:
    return Force.objects.get_or_create(
        code=f"X-{slug.upper()}",
        defaults={
            "slug": slug,
            "name": f"{slug.capitalize()} Police",
            "area_name": slug.capitalize(),
            "region": "Made up",
            "body_type": BodyType.TERRITORIAL,
            "realm": Realm.DEMONSTRATION,
            "source": MADE_UP,
        },
    )[0]


def _documents(force: Force, history: History) -> list[dict[str, Any]]:
    chance = Random(history.slug)  # noqa: S311 - made-up figures, not secrets
    algorithm = AlgorithmVersion.objects.filter(is_made_up=True, technology="live").first()
    today = london_date(db_now())
    last = today.year * 12 + today.month - 2  # the month before this one
    made = []
    for number in range(history.months):
        month = last - history.months + 1 + number
        alerts = chance.randint(*history.alerts)
        share = history.later if number * 2 >= history.months else history.share
        false: int | None = sum(chance.random() < share for _alert in range(alerts))
        if history.gap and number % history.gap == 0:
            false = None
        on = date(month // 12, month % 12 + 1, chance.randint(1, 28))
        threshold = "0.6" if number < history.other_threshold_until else "0.64"
        made.append(_document(force, on, alerts, false, algorithm, threshold, chance))
    return made


def _document(
    force: Force,
    on: date,
    alerts: int,
    false: int | None,
    algorithm: AlgorithmVersion | None,
    threshold: str,
    chance: Random,
) -> dict[str, Any]:
    true = None if false is None else alerts - false
    figures: dict[str, int | None] = {
        "faces_seen": alerts * chance.randint(130, 170),
        "alerts": alerts,
        "true_alerts": true,
        "true_alerts_confirmed": true,
        "true_alerts_unconfirmed": None if true is None else 0,
        "false_alerts": false,
        "false_alerts_confirmed": false,
        "false_alerts_unconfirmed": None if false is None else 0,
        "undetermined_alerts": None if false is None else 0,
        "engagements": None,
        "arrests": chance.randint(0, 6),
        "other_action": None,
        "no_action": None,
    }
    return {
        "schema": "deployment-result.v1",
        "reference": new_reference(),
        "force": force.code,
        "technology": "live",
        "on": on.isoformat(),
        "ends_on": None,
        "started_at": None,
        "ended_at": None,
        "duration_minutes": chance.randint(180, 400),
        "place": {"name": "Market Square", "area": force.area_name},
        "use_case": {"code": None, "scheme": None, "label": "Crime hotspot"},
        "status": "completed",
        "abort_reason": None,
        "watchlist_size": chance.randint(6_000, 14_000),
        "algorithm": algorithm.as_document() if algorithm else None,
        "threshold": threshold,
        "figures": figures,
        "absent": {
            name: {"code": "not_published", "why": MADE_UP}
            for name, value in figures.items()
            if value is None
        },
        "methods": {"faces_seen": "estimate"},
        "quality": [],
        "arithmetic": [],
        "provenance": {
            "publisher": force.name,
            "document": MADE_UP,
            "url": None,
            "sha256": None,
            "page": None,
            "row": None,
            "printed": {},
            "corrections": [],
        },
    }
