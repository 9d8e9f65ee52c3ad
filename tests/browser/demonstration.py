"""The made-up forces among the real ones, with their people and records, for tests that look at a busy service."""

from __future__ import annotations

from deployments import demonstration as deployments
from directory import demonstration as people
from forces.reference import load_forces
from tests.conftest import template_with


def template(blocker) -> str:
    """The name of a database to copy, made once per test run."""
    return template_with("lfr_demonstration", _load, blocker)


def _load() -> None:
    load_forces()
    people.load()
    deployments.load()
