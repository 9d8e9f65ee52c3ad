"""The product in this process: set up once for one database, for what is measured without a door."""

from __future__ import annotations

import itertools
import os
import time
from datetime import UTC, datetime
from typing import Any

from bench.ground import Bench

# Beyond those of any synthetic record, and others in each run: a run may meet a database of an earlier one.
_numbers = itertools.count(5_000_000_000 + time.time_ns() // 1_000_000 % 10**11)


def enter_the_product(bench: Bench, database: str) -> None:
    """Django with the product's settings, on this database. `point_at` changes it later."""
    os.environ.update(bench.environment(database))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()


def point_at(database: str) -> None:
    """From now on this process speaks to another database of the same server."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


def forces() -> list[Any]:
    from forces.models import Force

    return list(Force.objects.filter(slug__startswith="synthetic-").order_by("pk"))


def documents(count: int, *, force: Any = None, on: str = "2025-12-31") -> list[dict[str, Any]]:
    """Results that are not on the register yet, of one force."""
    from bench import synthetic

    drawn = synthetic.patterns()
    code = (force or forces()[0]).code
    made = []
    for number in itertools.islice(_numbers, count):
        pattern = drawn[number % len(drawn)]
        made.append(
            pattern.example()
            | {"reference": synthetic.reference(number), "force": code, "on": on, "arithmetic": []}
        )
    return made


def enter_one(force: Any = None) -> str:
    """One more record, through the product's own action; its reference. Dated last, so it heads the list."""
    from register import actions

    force = force or forces()[0]
    (document,) = documents(1, force=force, on="2026-01-31")
    actions.enter(document, force=force, origin="submitted", by=None, at=datetime.now(UTC))
    return document["reference"]
