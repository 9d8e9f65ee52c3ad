"""The made-up forces among the real ones, with their people and records, for tests that look at a busy service."""

from __future__ import annotations

from coordination.evaluations.models import AlgorithmVersion
from deployments import demonstration as deployments
from directory import demonstration as people
from forces.clock import db_now
from forces.reference import load_forces
from tests.conftest import template_with


def template(blocker) -> str:
    """The name of a database to copy, made once per test run."""
    return template_with("lfr_demonstration", _load, blocker)


def _load() -> None:
    load_forces()
    people.load()
    deployments.load()


def people_alone(blocker) -> str:
    """The same, with an algorithm and the people of the made-up forces alone."""
    return template_with("lfr_people", _load_people, blocker)


def _load_people() -> None:
    AlgorithmVersion.objects.get_or_create(
        vendor="Made-up Vision",
        product="NeoScan",
        version="4.2",
        defaults={"source": "Made up", "is_made_up": True, "added_at": db_now()},
    )
    people.load()
