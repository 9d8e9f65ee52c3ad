import pytest

from tests.events.ripples import make_pond
from tests.people import make_force


@pytest.fixture
def pond(committed_db):
    """A database of the test's own with the ripples' tables. Yields its TestStack."""
    make_pond(committed_db)
    return committed_db


@pytest.fixture
def mill(pond):
    """A force, committed."""
    force = make_force("X-MILL", "mill", "Mill Police", realm="demonstration")
    force.place = pond
    return force


@pytest.fixture
def weir(pond):
    """Another force, committed."""
    return make_force("X-WEIR", "weir", "Weir Police", realm="demonstration")
