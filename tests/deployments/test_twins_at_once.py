"""Two who record one deployment at the same instant: one is asked."""

import pytest

from deployments import actions
from forces.clock import db_now
from tests.deployments.recordings import facts
from tests.deployments.test_races import race, team  # noqa: F401 - a fixture

pytestmark = [pytest.mark.commits, pytest.mark.timeout(300)]


def test_of_two_at_once_one_is_asked(team):  # noqa: F811
    force, writer, _publishers = team

    def write():
        actions.record(force, facts(), by=writer, at=db_now(), despite=[])

    assert sorted(race(write, write, write)) == ["Twins", "Twins", "done"]
