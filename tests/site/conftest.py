"""One planted database for each file that asks whether one force can get at another.

Planting takes seconds, so a file's tests share it; each runs in a transaction that is rolled back.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from forces.models import Person
from tests.conftest import _pointed_at, migrated_template
from tests.people import make_force, make_national
from tests.site.world import Side, plant, stranger
from tests.stack import STACK

_count = itertools.count()


@dataclass
class World:
    """Two forces, the national lead, a reader from outside, and somebody with no role at all."""

    ours: Side
    theirs: Side
    lead: Person
    regulator: Person
    nobody: Person
    database: str


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[World]:
    name = f"lfr_planted_{os.getpid()}_{next(_count)}"
    STACK.create_database(name, template=migrated_template())
    with django_db_blocker.unblock(), _pointed_at(name):
        yield World(
            ours=plant(make_force("E23000032", "kent", "Kent Police")),
            theirs=plant(make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")),
            lead=make_national("national_lead"),
            regulator=make_national("regulator"),
            nobody=stranger(),
            database=name,
        )
    STACK.drop_database(name)


@pytest.fixture
def world(planted) -> Iterator[World]:
    """The planted database, put back afterwards."""
    with transaction.atomic():
        yield planted
        transaction.set_rollback(True)


@pytest.fixture
def ours(world) -> Side:
    return world.ours


@pytest.fixture
def theirs(world) -> Side:
    return world.theirs
