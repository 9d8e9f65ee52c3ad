from django.db import migrations

from forces.locks import MYSELF, READABLE, WRITABLE, CentralTable, CompositeForeignKey, Immutable, Statements
from forces.locks import grants, policy


def only(table: str, column: str, kind: str) -> Statements:
    """A column that holds this kind and no other: with it, a key reaches only people of that kind."""
    return Statements(
        [
            f"ALTER TABLE {table} ADD COLUMN {column} varchar(10) NOT NULL DEFAULT '{kind}'"
            f" CONSTRAINT {table}_{column}_is_{kind} CHECK ({column} = '{kind}')"
        ],
        [f"ALTER TABLE {table} DROP COLUMN {column}"],
    )


def of_kind(table: str, column: str, kind_column: str) -> CompositeForeignKey:
    return CompositeForeignKey(table, column, "forces_person", shared="kind", shared_child=kind_column)


# Roles, appointments and logins belong to human beings. Keys ignore row-level security, so none slips past.
PEOPLE_ONLY = [
    operation
    for table in ("forces_membership", "forces_appointment", "forces_user")
    for operation in (only(table, "person_kind", "human"), of_kind(table, "person_id", "person_kind"))
]

# A system's row is read by the system before any scope exists, and by those who may read the force.
SYSTEM = Statements(
    [
        "ALTER TABLE forces_system ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE forces_system FORCE ROW LEVEL SECURITY",
        policy("forces_system", "SELECT", f"{READABLE} OR {MYSELF}", "%(app)s"),
        policy("forces_system", "SELECT", "true", "%(national)s", name="forces_system_select_national"),
        policy("forces_system", "INSERT", WRITABLE),
        policy("forces_system", "UPDATE", WRITABLE),
        policy("forces_system", "DELETE", WRITABLE),
        *grants("forces_system", "SELECT, INSERT, UPDATE"),
    ]
)

_PERSON_BEFORE = (
    "id = (SELECT nullif(current_setting('app.person', true), '')::bigint)"
    " OR EXISTS (SELECT 1 FROM forces_membership m WHERE m.person_id = forces_person.id)"
)
_PERSON_NOW = f"{_PERSON_BEFORE} OR EXISTS (SELECT 1 FROM forces_system s WHERE s.person_id = forces_person.id)"


def _seen(condition: str) -> list[str]:
    return [f"ALTER POLICY forces_person_select ON forces_person USING ({condition})"]


# The names of a force's systems are seen by those who may read the force, like those of its people.
NAMES = Statements(_seen(_PERSON_NOW), _seen(_PERSON_BEFORE))


class Migration(migrations.Migration):
    dependencies = [("forces", "0007_systems")]

    operations = [
        Immutable("forces_person", ["kind"]),
        *PEOPLE_ONLY,
        SYSTEM,
        NAMES,
        Immutable("forces_system", ["force_id", "person_id", "connected_by_id", "connected_at"]),
        only("forces_system", "person_kind", "system"),
        of_kind("forces_system", "person_id", "person_kind"),
        only("forces_system", "connector_kind", "human"),
        of_kind("forces_system", "connected_by_id", "connector_kind"),
        CentralTable("forces_systemlogin"),
        only("forces_systemlogin", "person_kind", "system"),
        of_kind("forces_systemlogin", "person_id", "person_kind"),
        Immutable("forces_systemlogin", ["client_id", "client_secret", "person_id"]),
        CentralTable("forces_systemtoken", "SELECT, INSERT, DELETE"),
    ]
