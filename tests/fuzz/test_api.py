"""The API against its own document, asked by strangers and by systems that hold each right, or all of another force."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from api import limits
from api.systems.shown import tag
from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.models import Force, Person
from forces.tenancy import acting
from tests.api.systems import ALL, Machine, connect
from tests.browser.server import closing_connections
from tests.conftest import own_database
from tests.deployments.recordings import FIRST, facts
from tests.fuzz.asking import PHASES, ask_everything
from tests.fuzz.conftest import LONG
from tests.people import make_force, make_member

SECRET = "secret-of-kent-9f3c"
STANDS_FOR_A_TOKEN = "Bearer the-token-of-the-role"
ROLES = {
    "stranger": None,
    **{right: ("kent", (right,)) for right in ALL},
    "every right": ("kent", ALL),
    "every right of another force": ("avon", ALL),
}
SHORT = ("stranger",)


@dataclass
class Site:
    """The site, its two forces and their owners, and what leads to the results of one of them."""

    application: Callable
    forces: dict[str, tuple[Force, Person]]
    known: dict[str, list[str]]


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
        yield Site(closing_connections(WSGIHandler()), owners, _records(kent))
    limits.counter.cache_clear()
    logger.setLevel(before)


def _records(force: Force) -> dict[str, list[str]]:
    """Their references, and as one header the versions of all.

    A result recorded, one reviewed, and two published; what is not published holds the secret.
    """
    planner, publisher = make_member(force, "planner"), make_member(force, "data_publisher")
    references = []
    for stage in ("recorded", "reviewed", "published", "published"):
        place = "Market Square" if stage == "published" else SECRET
        made = actions.record(force, facts(place=place), by=planner, at=db_now())
        if stage != "recorded":
            actions.review(made, seen=FIRST, by=publisher, at=db_now())
        if stage == "published":
            actions.publish(made, seen=FIRST, by=publisher, at=db_now())
        references.append(made.reference)
    with acting(force, None):
        tags = [tag(each) for each in Deployment.objects.owned_by(force).with_results()]
    return {"path.reference": references, "header.If-Match": [", ".join(tags)]}


@pytest.mark.parametrize("role", ROLES if LONG else SHORT)
def test_no_answer_but_what_the_document_promises(role, site, amount, told):
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    leaks: list[str] = []
    application, headers = site.application, {}
    if ROLES[role] is not None:
        whose, rights = ROLES[role]
        application = _signed_in(application, connect(*site.forces[whose], rights))
        headers = {"Authorization": STANDS_FOR_A_TOKEN}
        document = _for_systems(document)
    if role == "stranger" or "another" in role:
        application = _watched(application, leaks)
    found = ask_everything(
        application,
        document,
        role=role,
        headers=headers,
        known=site.known,
        examples=amount("EXAMPLES", 4),
        phases=PHASES if LONG else ("examples", "fuzzing"),
    )
    told("The API against its document", _line(found))
    assert not leaks
    assert not found.failures, f"{len(found.failures)} failures\n\n" + "\n\n".join(found.failures[:12])
    assert found.asked.total() >= len(document["paths"])


def _for_systems(document: dict) -> dict:
    """Only what a token opens: the rest is the same for everybody."""
    paths = {path: each for path, each in document["paths"].items() if path.startswith("/api/v1/results")}
    return {**document, "paths": paths}


def _signed_in(application: Callable, machine: Machine) -> Callable:
    """Put the system's token where its place is kept, and get another before it expires."""
    at = [db_now()]
    assert machine.sign_in().status_code == 200

    def answer(environ, start_response):
        if environ.get("HTTP_AUTHORIZATION") == STANDS_FOR_A_TOKEN:
            if (db_now() - at[0]).total_seconds() > 300:
                machine.sign_in()
                at[0] = db_now()
            environ["HTTP_AUTHORIZATION"] = f"Bearer {machine.token}"
        return application(environ, start_response)

    return answer


def _watched(application: Callable, leaks: list[str]) -> Callable:
    """Note every answer that holds the secret of the force that does not ask."""

    def answer(environ, start_response):
        body = application(environ, start_response)
        if any(SECRET.encode() in part for part in body):
            leaks.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return body

    return answer


def _line(found) -> str:
    asked = "; ".join(f"{operation}: {count}" for operation, count in sorted(found.asked.items()))
    checks = ", ".join(f"{name} {count}" for name, count in sorted(found.checks.items()))
    return (
        f"- **{found.role}**: {found.asked.total()} requests, {len(found.failures)} failures.\n"
        f"  Requests: {asked}.\n  Checks: {checks}."
    )
