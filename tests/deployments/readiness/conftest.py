import pytest
from django.db import transaction

from coordination.framework.reference import load_framework
from coordination.framework.rules import Rule, rules_for
from forces.clock import db_now
from tests.deployments.readiness.planned import DAY


@pytest.fixture
def framework(db):
    """The version of the framework that ships, adopted."""
    load_framework(at=db_now())


@pytest.fixture(scope="module")
def shipped(django_db_setup, django_db_blocker) -> dict[str, Rule]:
    """The rules of the version that ships, on the day of the plans, by code: read once and put back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_framework(at=db_now())
        rules = {rule.code: rule for rule in rules_for(None, DAY)}
        transaction.set_rollback(True)
    return rules
