"""The doors that row-level security is known to leave open, each tried as the application's own role."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from deployments.models import Revision
from forces.clock import db_now
from forces.models import Membership
from forces.roles import FORCE_ROLES
from forces.tenancy import acting, as_myself, national_scope, scope
from tests.site.catalogue import private_tables, tenant_tables


@pytest.fixture
def sql():
    """`sql("SELECT …", […])`: all rows, as whoever the connection is now."""

    def run(statement, values=()):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    return run


def rows_by_force(sql, table):
    """How many rows of each force are seen that are not meant for everybody."""
    private = " AND NOT is_public" if table in {"events_event", "events_position"} else ""
    return dict(sql(f"SELECT force_id, count(*) FROM {table} WHERE force_id IS NOT NULL{private} GROUP BY 1"))


def test_every_private_table_has_rows_of_both_forces(ours, theirs, sql, as_owner):
    """Otherwise the tests below would pass for nothing."""
    with as_owner() as owner, national_scope():
        empty = [
            table
            for table in private_tables(owner)
            if set(rows_by_force(sql, table)) != {ours.force.pk, theirs.force.pk}
        ]
    assert set(empty) <= {"events_position"}, "plant() must put something into these"


def test_with_nothing_set_no_private_row_is_seen(ours, theirs, sql, as_owner):
    with as_owner() as owner:
        for table in private_tables(owner):
            assert rows_by_force(sql, table) == {}, table


def test_a_role_in_one_force_shows_that_force_alone(ours, theirs, sql, as_owner):
    with as_owner() as owner:
        private = private_tables(owner)
    for role in FORCE_ROLES:
        with scope(ours.people[role]):
            for table in private:
                assert theirs.force.pk not in rows_by_force(sql, table), (role, table)
            assert theirs.secret not in str(sql("SELECT name FROM forces_person"))


def test_what_is_public_holds_no_secret(ours, theirs, sql, as_owner):
    with as_owner() as owner:
        for table in tenant_tables(owner):
            rows = str(sql(f"SELECT * FROM {table}"))
            assert ours.secret not in rows, table
            assert theirs.secret not in rows, table


def test_a_person_sees_their_own_roles_and_nobody_else_s_before_a_scope_opens(ours, theirs):
    with as_myself(ours.people["planner"]):
        assert {held.person_id for held in Membership.objects.all()} == {ours.people["planner"].pk}


def test_a_person_without_a_role_sees_nothing_private(world, sql, as_owner):
    with as_owner() as owner, scope(world.nobody):
        for table in private_tables(owner):
            assert rows_by_force(sql, table) == {}, table


def test_a_row_cannot_be_written_for_another_force(ours, theirs, sql):
    columns = "force_id, reference, stage, versions, recorded_at, withdrawal_reason"
    refused = pytest.raises(DatabaseError, match="row-level security")
    with acting(ours.force, ours.people["planner"]), refused, transaction.atomic():
        sql(
            f"INSERT INTO deployments_deployment ({columns}) VALUES (%s, 'X', 'preparing', 1, now(), '')",
            [theirs.force.pk],
        )


def test_a_row_cannot_be_moved_to_another_force(ours, theirs, sql):
    with (
        acting(ours.force, ours.people["force_owner"]),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        sql(
            "UPDATE forces_membership SET force_id = %s WHERE force_id = %s",
            [theirs.force.pk, ours.force.pk],
        )


def test_reading_a_force_is_not_writing_it(ours, theirs, sql):
    with scope(ours.people["planner"]):
        assert sql("UPDATE forces_membership SET rank = 'staff'") == 0


def test_the_national_role_reads_all_and_writes_nothing_by_itself(world, ours, theirs, sql, as_owner):
    with as_owner() as owner:
        private = private_tables(owner)
    with national_scope(world.lead):
        assert set(rows_by_force(sql, "deployments_deployment")) == {ours.force.pk, theirs.force.pk}
        for table in private:
            (allowed,) = sql("SELECT has_table_privilege(current_user, %s, 'UPDATE')", [table])[0]
            if allowed:
                assert sql(f"UPDATE {table} SET force_id = force_id WHERE force_id IS NOT NULL") == 0, table


@pytest.mark.parametrize("known", [True, False])
def test_a_key_to_another_force_s_row_fails_as_one_to_nothing_does(ours, theirs, sql, known):
    """Referential checks ignore policies: alone, they would take the row and tell a hidden id from an unknown one."""
    target = theirs.recorded.current_id if known else 10**12
    with (
        acting(ours.force, ours.people["planner"]),
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
    ):
        Revision.objects.create(
            force=ours.force,
            result_id=target,
            number=99,
            facts={},
            answers={},
            written_by=ours.people["planner"],
            written_at=db_now(),
        )
    assert "deployments_revision_result_id_same_force_id" in str(refused.value)


def test_truncate_is_refused_everywhere(world, sql, as_owner):
    with as_owner() as owner:
        tables = tenant_tables(owner)
    for table in [*tables, "forces_force", "forces_user", "django_session"]:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql(f"TRUNCATE {table} CASCADE")


def test_the_application_cannot_become_the_owner_or_take_its_locks_off(world, sql, as_owner):
    with as_owner() as owner:
        (name,) = owner.execute("SELECT current_user").fetchone()
    for statement in (
        f"SET ROLE {name}",
        "ALTER TABLE forces_membership DISABLE ROW LEVEL SECURITY",
        "DROP POLICY forces_membership_select ON forces_membership",
        "CREATE TABLE site_new (force_id bigint)",
        "ALTER TABLE register_entry DISABLE TRIGGER ALL",
        f"GRANT {settings.NATIONAL_ROLE} TO {settings.APP_ROLE} WITH INHERIT TRUE",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


def test_turning_row_security_off_shows_an_error_and_no_row(ours, sql):
    with transaction.atomic():
        sql("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            sql("SELECT * FROM forces_membership")
        sql("SET LOCAL row_security = on")


def test_a_published_row_never_changes(ours, sql):
    with acting(ours.force, ours.people["data_publisher"]):
        for statement in ("UPDATE register_entry SET reason = 'x'", "DELETE FROM register_entry"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)


def test_what_is_known_to_stay_open_is_known(theirs, sql):
    """Row-level security stops a forgotten filter. Somebody who runs SQL of their own sets the settings, too."""
    with transaction.atomic():
        sql("SELECT set_config('app.forces', %s, true)", [f"{{{theirs.force.pk}}}"])
        assert rows_by_force(sql, "deployments_deployment")
        sql("SELECT set_config('app.forces', '', true)")
