"""The bodies that deploy or publish, and how they stand to live facial recognition, from `reference/*.csv`.

`forces.csv` is the truth for names, codes and populations: loading it again puts them back. What people have since
recorded (a declared use, a successor, dates of validity) is never overwritten.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from forces.groups import open_national_roles, open_roles
from forces.models import Force, LfrUse, Realm
from forces.tenancy import acting

REFERENCE = Path(settings.BASE_DIR) / "reference"
_FACTS = (
    *("slug", "name", "name_cy", "area_name", "region", "body_type"),
    *("population", "population_year", "population_source", "source"),
)


def load() -> str:
    """What `manage.py load_reference` runs: returns one line for the terminal."""
    forces = load_forces()
    territorial = sum(force.body_type == "territorial" for force in forces.values())
    return f"{territorial} territorial forces and {len(forces) - territorial} other bodies"


@transaction.atomic
def load_forces() -> dict[str, Force]:
    """Bring the forces of `forces.csv` and their roles up to date, and add known uses. Forces by code.

    Repeating it changes nothing.
    """
    Force.objects.bulk_create(
        [_force(row) for row in _rows("forces.csv")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_FACTS,
    )
    codes = [row["code"] for row in _rows("forces.csv")]
    forces = {force.code: force for force in Force.objects.filter(code__in=codes)}
    open_national_roles()
    open_roles(*forces.values())
    _add_uses(forces, _rows("lfr-use.csv"))
    return forces


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _force(row: dict[str, str]) -> Force:
    numbers = {name: int(row[name]) if row[name] else None for name in ("population", "population_year")}
    return Force(code=row["code"], realm=Realm.NATIONAL, **{name: row[name] for name in _FACTS} | numbers)


def _add_uses(forces: dict[str, Force], rows: Iterable[dict[str, str]]) -> None:
    """Add each use whose days nothing is recorded for yet: what the centre or a force declared stands."""
    recorded: dict[tuple[int, str], list[DateRange]] = {}
    for use in LfrUse.objects.filter(force__in=forces.values()):
        recorded.setdefault((use.force_id, use.technology), []).append(use.period)
    for row in rows:
        force = forces[row["force"]]
        period = DateRange(
            date.fromisoformat(row["first_day"]),
            date.fromisoformat(row["last_day"]) + timedelta(days=1) if row["last_day"] else None,
        )
        known = recorded.setdefault((force.pk, row["technology"]), [])
        if any(_overlap(period, other) for other in known):
            continue
        known.append(period)
        with acting(force, None):
            LfrUse.objects.create(
                force=force,
                technology=row["technology"],
                status=row["status"],
                period=period,
                source=row["source"],
                source_url=row["source_url"],
                is_verified=row["is_verified"] == "yes",
            )


def _overlap(one: DateRange, other: DateRange) -> bool:
    """Both begin on a day; neither includes its end; no end means for ever."""
    return (one.upper is None or other.lower is None or other.lower < one.upper) and (
        other.upper is None or one.lower is None or one.lower < other.upper
    )
