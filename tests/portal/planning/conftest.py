import pytest

from coordination.framework.reference import load_framework
from forces.clock import db_now
from tests.deployments.planning.plans import Team


@pytest.fixture
def kents(kent) -> Team:
    load_framework(at=db_now())
    return Team(kent)


@pytest.fixture
def avons(avon) -> Team:
    return Team(avon)
