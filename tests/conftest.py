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
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from tests.stack import STACK, TEMPLATE

pytest_plugins = ["tests.people"]

ROOT = Path(__file__).resolve().parent.parent
_count = itertools.count()


def _template_exists() -> bool:
    with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
        row = admin.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE]
        ).fetchone()
    return row is not None


def migrated_template() -> str:
    """Make the template once per test run, whichever worker comes first."""
    with (Path(STACK.data_dir) / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _template_exists():
            place = STACK.create_database(TEMPLATE)
            done = subprocess.run(
                [
                    sys.executable,
                    "manage.py",
                    "migrate",
                    "--skip-checks",
                    "--database",
                    "owner",
                    "--verbosity",
                    "0",
                ],
                cwd=ROOT,
                env={**os.environ, **place.environment()},
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(f"Migrating the template failed:\n{done.stderr}{done.stdout}")
            with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
                admin.execute(f"ALTER DATABASE {TEMPLATE} WITH is_template true")
    return TEMPLATE


@contextmanager
def _pointed_at(name: str):
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


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    name = f"lfr_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    STACK.create_database(name, template=migrated_template())
    with django_db_blocker.unblock(), _pointed_at(name):
        yield
    STACK.drop_database(name)


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """A database of the test's own, for what needs real commits: doors, relay, races. Yields its TestStack."""
    name = f"lfr_own_{os.getpid()}_{next(_count)}"
    place = STACK.create_database(name, template=migrated_template())
    with django_db_blocker.unblock(), _pointed_at(name):
        yield place
    STACK.drop_database(name)


@pytest.fixture
def as_owner():
    """Run SQL as the owner of the tables, in the test's database: for asking the catalogue, not for arranging."""

    @contextmanager
    def connect():
        name = connections["default"].settings_dict["NAME"]
        with psycopg.connect(STACK.on_database(name).owner_url, autocommit=True) as owner:
            yield owner

    return connect
