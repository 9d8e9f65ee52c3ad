import pytest

from coordination.framework.models import Version
from coordination.framework.reference import load_framework
from forces.clock import db_now
from tests.people import make_member, make_national


@pytest.fixture
def shipped(db) -> Version:
    """Version 1, as it comes with the project."""
    load_framework(at=db_now())
    return Version.objects.get()


@pytest.fixture
def adviser(db):
    return make_national("legal_adviser")


@pytest.fixture
def kent_chief(kent):
    return make_member(kent, "chief_officer", rank="chief_constable")


@pytest.fixture
def avon_chief(avon):
    return make_member(avon, "chief_officer", rank="chief_constable")
