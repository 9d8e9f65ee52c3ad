"""One planted database for each file that asks whether one force can get at another.

Planting takes seconds, so a file's tests share it; each runs in a transaction that is rolled back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from forces.models import Person
from tests.conftest import own_database
from tests.people import make_force, make_national
from tests.site.world import Side, plant, stranger


@dataclass
class World:
    """Two forces, the national lead, a reader from outside, and somebody with no role at all."""

    ours: Side
    theirs: Side
    lead: Person
    regulator: Person
    nobody: Person


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[World]:
    with own_database(django_db_blocker):
        yield World(
            ours=plant(make_force("E23000032", "kent", "Kent Police")),
            theirs=plant(make_force("E23000036", "avon-and-somerset", "Avon and Somerset Constabulary")),
            lead=make_national("national_lead"),
            regulator=make_national("regulator"),
            nobody=stranger(),
        )


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
