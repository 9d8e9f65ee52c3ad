"""One migrated template, a copy of it for each worker, and people to act in the tests.

Everything runs as the application's role: a superuser bypasses row-level security and every test of isolation
would pass for nothing. Ordinary tests run in a transaction that is rolled back; those marked `commits` ask for
`committed_db`, a copy of the template of their own.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from psycopg import sql

from config.stack.testing import TestStack
from tests.stack import STACK, TEMPLATE

pytest_plugins = ["tests.people", "tests.workers"]

ROOT = Path(__file__).resolve().parent.parent
_count = itertools.count()

# A busy machine is slow, which is no fault of what is tested.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def template(name: str, fill: Callable[[TestStack], None], *, like: str = "template0") -> str:
    """Make the database `name`, filled, once per test run, whichever worker comes first."""
    with (Path(STACK.data_dir) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
            known = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
            if admin.execute(known, [name]).fetchone() is None:
                fill(STACK.create_database(name, template=like))
                admin.execute(sql.SQL("ALTER DATABASE {} WITH is_template true").format(sql.Identifier(name)))
    return name


def migrated_template() -> str:
    return template(TEMPLATE, _migrate)


def _migrate(place: TestStack) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "manage.py", "migrate", "--skip-checks"),
            *("--database", "owner", "--verbosity", "0"),
        ],
        cwd=ROOT,
        env={**os.environ, **place.environment()},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"Migrating the template failed:\n{done.stderr}{done.stdout}")


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Every alias of this process speaks to the database `name`."""
    before = {}
    for alias in connections:
        connection = connections[alias]
        connection.close()
        before[alias] = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        for alias, old in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = old


@contextmanager
def own_database(blocker, like: str | None = None) -> Iterator[TestStack]:
    """A database for whoever asks, a copy of the template `like`, and every alias pointed at it."""
    name = f"lfr_own_{os.getpid()}_{next(_count)}"
    place = STACK.create_database(name, template=like or migrated_template())
    with blocker.unblock(), pointed_at(name):
        yield place
    STACK.drop_database(name)


def template_with(name: str, load: Callable[[], object], blocker) -> str:
    """A template that holds what `load` puts into a migrated database, as the application's role."""

    def fill(place: TestStack) -> None:
        with blocker.unblock(), pointed_at(name):
            load()

    return template(name, fill, like=migrated_template())


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    with own_database(django_db_blocker):
        yield


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """A database of the test's own, for what needs real commits: doors, relay, races. Yields its TestStack."""
    with own_database(django_db_blocker) as place:
        yield place


@pytest.fixture
def as_owner():
    """Run SQL as the owner of the tables, in the test's database: for asking the catalogue, not for arranging."""

    @contextmanager
    def connect():
        name = connections["default"].settings_dict["NAME"]
        with psycopg.connect(STACK.on_database(name).owner_url, autocommit=True) as owner:
            yield owner

    return connect
