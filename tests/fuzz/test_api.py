"""The API against its own document, asked by strangers and by systems that hold each right, or all of another force.

It saw a status that the document does not name, and an error that takes three fields to come together, both planted in
a copy of the code: see docs/how-to/run-the-fuzz.md.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from api import limits
from forces.models import Force, Person
from tests.api.systems import ALL, connect
from tests.browser.server import closing_connections
from tests.conftest import own_database
from tests.fuzz.asking import PHASES, ask_everything
from tests.fuzz.between import RESULT, SECRET, TOKEN, Records
from tests.fuzz.conftest import LONG
from tests.people import make_force, make_member

ROLES = {
    "stranger": None,
    **{right: ("kent", (right,)) for right in ALL},
    "every right": ("kent", ALL),
    "every right of another force": ("avon", ALL),
}
SHORT = ("stranger",)


@dataclass
class Site:
    """The site, its two forces and their owners, and the results of one of them."""

    application: Callable
    forces: dict[str, tuple[Force, Person]]
    records: Records


@pytest.fixture
def site(django_db_setup, django_db_blocker, settings):
    """The site on a committed database of its own, without a limit on how much may be asked."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.CRITICAL)  # thousands of refusals are what is wanted
    settings.API_LIMITS = {"reader": 0, "machine": 0}
    limits.counter.cache_clear()
    with own_database(django_db_blocker):
        kent = make_force("E23000032", "kent", "Kent Police")
        avon = make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")
        owners = {
            "kent": (kent, make_member(kent, "force_owner")),
            "avon": (avon, make_member(avon, "force_owner")),
        }
        yield Site(closing_connections(WSGIHandler()), owners, Records(kent))
    limits.counter.cache_clear()
    logger.setLevel(before)


@pytest.mark.parametrize("role", ROLES if LONG else SHORT)
def test_no_answer_but_what_the_document_promises(role, site, amount, told):
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    leaks: list[str] = []
    application, headers = site.application, {}
    if ROLES[role] is not None:
        whose, given = ROLES[role]
        application = site.records.attentive(application, connect(*site.forces[whose], given))
        headers = {"Authorization": TOKEN}
        document = site.records.examples_in(_for_systems(document))
    if role == "stranger" or "another" in role:
        application = _watched(application, leaks, site.records.references if "another" in role else [])
    rights = ROLES[role][1] if ROLES[role] else ()
    found = ask_everything(
        application,
        document,
        role=role,
        headers=headers,
        known=site.records.known(),
        combine=bool(rights),
        examples=amount("EXAMPLES", 4),
        phases=PHASES if LONG else ("examples", "fuzzing"),
    )
    told("The API against its document", _line(found))
    assert not leaks
    assert not found.failures, f"{len(found.failures)} failures\n\n" + "\n\n".join(found.failures[:12])
    assert found.asked.total() >= len(document["paths"])
    for operation, needed in _needs(document).items():
        if not needed <= set(rights):
            assert not found.done(operation), f"{operation} without a right it needs"
        elif LONG and role == "every right":
            assert found.done(operation) > 3, f"{operation} is always refused: the rest of it was never asked"


def _needs(document: dict) -> dict[str, set[str]]:
    """The rights that each operation needs, as its description says."""
    return {
        f"{method.upper()} {path}": set(re.findall(r"`(\w+)`", said[1]))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if (said := re.search(r"Needs the right (.*)\.", operation["description"]))
    }


def _for_systems(document: dict) -> dict:
    """Only what a token opens: the rest is the same for everybody."""
    paths = {path: each for path, each in document["paths"].items() if path.startswith("/api/v1/results")}
    return {**document, "paths": paths}


def _watched(application: Callable, leaks: list[str], others: list[str]) -> Callable:
    """Note every answer that holds the secret of the force that does not ask, or does anything with one of its results.

    `others` are their references.
    """

    def answer(environ, start_response):
        said: list[str] = []

        def begin(status, headers, *more):
            said.append(status[:3])
            return start_response(status, headers, *more)

        body = application(environ, begin)
        about = RESULT.match(environ["PATH_INFO"])
        if any(SECRET.encode() in part for part in body) or (
            about and about[1] in others and said[0][0] in "23" and environ["REQUEST_METHOD"] != "OPTIONS"
        ):
            leaks.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return body

    return answer


def _line(found) -> str:
    asked = "; ".join(f"{operation}: {count}" for operation, count in sorted(found.asked.items()))
    answered = "; ".join(f"{answer}: {count}" for answer, count in sorted(found.statuses.items()))
    combined = "; ".join(f"{answer}: {count}" for answer, count in sorted(found.combined.items())) or "none"
    checks = ", ".join(f"{name} {count}" for name, count in sorted(found.checks.items()))
    return (
        f"- **{found.role}**: {found.asked.total()} requests, {len(found.failures)} failures.\n"
        f"  Requests: {asked}.\n  Answers: {answered}.\n  Answers to combined bodies: {combined}.\n  Checks: {checks}."
    )
