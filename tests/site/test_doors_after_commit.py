"""What is left on a connection once a transaction has ended, and what the owner of the tables sees."""

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from forces.models import Membership
from forces.tenancy import acting, scope
from tests.people import make_force, make_member
from tests.site.catalogue import private_tables
from tests.site.world import plant

pytestmark = pytest.mark.commits


def test_the_owner_of_the_tables_sees_nothing_either(committed_db):
    """FORCE: without it, whoever migrates reads everything."""
    plant(make_force("E23000032", "kent", "Kent Police"))
    with psycopg.connect(committed_db.owner_url) as owner:
        for table in private_tables(owner):
            count = owner.execute(f"SELECT count(*) FROM {table} WHERE force_id IS NOT NULL").fetchone()
            assert count == (0,), table


def test_a_setting_does_not_outlive_its_transaction(committed_db):
    """The next borrower of a pooled connection must not read the last one's force; and '' is not an error."""
    kent = make_force("E23000032", "kent", "Kent Police")
    planner = make_member(kent, "planner")
    with scope(planner), acting(kent, planner):
        assert Membership.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('app.person', true), current_setting('app.forces', true),"
            " current_setting('app.force', true), current_user"
        )
        person, forces, force, role = cursor.fetchone()
    assert (person, force, role) == ("", "", settings.APP_ROLE)
    assert forces in {"", "{}"}
    assert not Membership.objects.exists()


def test_a_scope_that_fails_leaves_nothing_set(committed_db):
    kent = make_force("E23000032", "kent", "Kent Police")
    planner = make_member(kent, "planner")
    with pytest.raises(DatabaseError), scope(planner), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert not Membership.objects.exists()
