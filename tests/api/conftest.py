import pytest

from api.stream import Hub, Streams
from tests.api.systems import avon_system, kent_system  # noqa: F401
from tests.records import entered, redacted  # noqa: F401


@pytest.fixture
def streams(committed_db):
    """`streams()` is one process's stream, as the server would call it."""
    made = []

    def make():
        made.append(Streams(Hub()))
        return made[-1]

    yield make
    for each in made:
        each.hub.stop()
