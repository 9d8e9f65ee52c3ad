"""Locks on tables, applied in migrations: grants, row-level security and insert-only triggers.

Three kinds of table:

* `TenantTable`: a force's working papers. Read where `app.forces` names the force, written where `app.force` does.
* `PublishedTable`: what is public. Read by everybody, inserted for the force in `app.force`.
* `CentralTable`: no tenant data. Grants only.

A table that mixes (an event may belong to a force or to the centre) uses `SharedTable`. The settings are
transaction-local and set by `forces.tenancy`. After a commit a setting reads '' rather than NULL, hence nullif;
the sub-select makes PostgreSQL read it once per statement, not once per row. Row-level security stops a
forgotten filter; it does not stop somebody who can run SQL of their own, who could set the settings too.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.migrations.operations.base import Operation

READABLE = (
    "force_id = ANY (coalesce("
    "(SELECT nullif(current_setting('app.forces', true), '')::bigint[]), '{}'::bigint[]))"
)
WRITABLE = "force_id = (SELECT nullif(current_setting('app.force', true), '')::bigint)"
MYSELF = "person_id = (SELECT nullif(current_setting('app.person', true), '')::bigint)"

COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Statements(Operation):
    """Run SQL as the owner, forwards and back. `%(app)s` and `%(national)s` are the roles' quoted names."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, forwards: Iterable[str], backwards: Iterable[str] = ()) -> None:
        self.forwards, self.backwards = list(forwards), list(backwards)

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._run(schema_editor, self.forward_statements())

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._run(schema_editor, self.backward_statements())

    def forward_statements(self) -> list[str]:
        return self.forwards

    def backward_statements(self) -> list[str]:
        return self.backwards

    @staticmethod
    def _run(schema_editor, statements: list[str]) -> None:
        quote = schema_editor.connection.ops.quote_name
        names = {"app": quote(settings.APP_ROLE), "national": quote(settings.NATIONAL_ROLE)}
        for statement in statements:
            for name, quoted in names.items():
                statement = statement.replace(f"%({name})s", quoted)
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"{type(self).__name__}: locks and grants"


def grants(table: str, rights: str) -> list[str]:
    """Exactly these rights and no others, for the application's role and the national one."""
    both = "%(app)s, %(national)s"
    wanted = [f"GRANT {rights} ON {table} TO {both}"] if rights else []
    return [f"REVOKE ALL ON {table} FROM PUBLIC, {both}", *wanted]


def policy(
    table: str, command: str, condition: str, roles: str = "%(app)s, %(national)s", name: str = ""
) -> str:
    using = f"USING ({condition})" if command != "INSERT" else ""
    check = f"WITH CHECK ({condition})" if command in {"INSERT", "UPDATE"} else ""
    label = name or f"{table}_{command.lower()}"
    return f"CREATE POLICY {label} ON {table} FOR {command} TO {roles} {using} {check}"


class _Locked(Statements):
    """Row-level security on, forced for the owner too, one policy per command, exact grants."""

    rights = "SELECT, INSERT"

    def __init__(self, table: str, rights: str | None = None) -> None:
        self.table = table
        self.rights = rights if rights is not None else type(self).rights

    def deconstruct(self):
        return type(self).__name__, [self.table], {"rights": self.rights}

    def policies(self) -> list[str]:
        raise NotImplementedError

    def forward_statements(self) -> list[str]:
        return [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY",
            *self.policies(),
            *grants(self.table, self.rights),
        ]

    def backward_statements(self) -> list[str]:
        drop = [
            "DO $$ DECLARE p record; BEGIN"  # noqa: S608 - the table's name comes from a migration
            f" FOR p IN SELECT policyname FROM pg_policies WHERE tablename = '{self.table}' LOOP"
            f" EXECUTE format('DROP POLICY %I ON {self.table}', p.policyname); END LOOP; END $$"
        ]
        return [
            *drop,
            f"ALTER TABLE {self.table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY",
            *grants(self.table, ""),
        ]

    def _writes(self, condition: str) -> list[str]:
        return [policy(self.table, command, condition) for command in ("INSERT", "UPDATE", "DELETE")]


class TenantTable(_Locked):
    """A force's own: read by who may read the force, written in the scope of that force alone."""

    rights = "SELECT, INSERT, UPDATE"

    def policies(self) -> list[str]:
        return [
            policy(self.table, "SELECT", READABLE, "%(app)s"),
            policy(self.table, "SELECT", "true", "%(national)s", name=f"{self.table}_select_national"),
            *self._writes(WRITABLE),
        ]


class PublishedTable(_Locked):
    """Public facts: read by all, inserted for one force at a time."""

    rights = "SELECT, INSERT"

    def policies(self) -> list[str]:
        return [policy(self.table, "SELECT", "true"), *self._writes(WRITABLE)]


class SharedTable(_Locked):
    """Rows of a force or, with `force_id` null, of the centre; `public` (SQL) names rows anyone may read."""

    rights = "SELECT, INSERT"

    def __init__(
        self, table: str, rights: str | None = None, public: str = "false", mine: str = "false"
    ) -> None:
        super().__init__(table, rights)
        self.public, self.mine = public, mine

    def deconstruct(self):
        return (
            type(self).__name__,
            [self.table],
            {"rights": self.rights, "public": self.public, "mine": self.mine},
        )

    def policies(self) -> list[str]:
        return [
            policy(self.table, "SELECT", f"{READABLE} OR ({self.public}) OR ({self.mine})", "%(app)s"),
            policy(self.table, "SELECT", "true", "%(national)s", name=f"{self.table}_select_national"),
            *self._writes(f"force_id IS NULL OR {WRITABLE}"),
        ]


class CentralTable(Statements):
    """No tenant data: grants and nothing more."""

    def __init__(self, table: str, rights: str = "SELECT, INSERT, UPDATE") -> None:
        self.table, self.rights = table, rights

    def deconstruct(self):
        return type(self).__name__, [self.table], {"rights": self.rights}

    def forward_statements(self) -> list[str]:
        return grants(self.table, self.rights)

    def backward_statements(self) -> list[str]:
        return grants(self.table, "")


class InsertOnly(Statements):
    """Rows are written once. The trigger holds even for the owner; `unless` (SQL over OLD) lets a case through."""

    def __init__(self, table: str, unless: str = "") -> None:
        self.table, self.unless = table, unless

    def deconstruct(self):
        return type(self).__name__, [self.table], {"unless": self.unless}

    def forward_statements(self) -> list[str]:
        allowed = f"IF TG_OP = 'DELETE' AND ({self.unless}) THEN RETURN OLD; END IF; " if self.unless else ""
        return [
            f"CREATE FUNCTION {self.table}_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {allowed}"
            f"RAISE EXCEPTION '{self.table} is insert-only: % refused', TG_OP"
            " USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {self.table}_insert_only BEFORE UPDATE OR DELETE ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.table}_insert_only()",
            f"CREATE TRIGGER {self.table}_no_truncate BEFORE TRUNCATE ON {self.table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {self.table}_insert_only()",
        ]

    def backward_statements(self) -> list[str]:
        return [
            f"DROP TRIGGER {self.table}_no_truncate ON {self.table}",
            f"DROP TRIGGER {self.table}_insert_only ON {self.table}",
            f"DROP FUNCTION {self.table}_insert_only()",
        ]


class Immutable(Statements):
    """These columns keep the value they were inserted with (who recorded, who proposed, whose force)."""

    def __init__(self, table: str, columns: list[str]) -> None:
        self.table, self.columns = table, columns

    def deconstruct(self):
        return type(self).__name__, [self.table, self.columns], {}

    def forward_statements(self) -> list[str]:
        changed = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in self.columns)
        return [
            f"CREATE FUNCTION {self.table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {changed} THEN RAISE EXCEPTION '{self.table}: {', '.join(self.columns)} cannot change'"
            " USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {self.table}_immutable BEFORE UPDATE ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.table}_immutable()",
        ]

    def backward_statements(self) -> list[str]:
        return [
            f"DROP TRIGGER {self.table}_immutable ON {self.table}",
            f"DROP FUNCTION {self.table}_immutable()",
        ]


class CompositeForeignKey(Statements):
    """`child (force_id, column)` must exist as `parent (force_id, id)`: the lock that row-level security lacks.

    Referential checks ignore row-level security, so a plain foreign key would accept another force's row and
    tell it from one that does not exist. Declare the model's field with `db_constraint=False`.
    `shared` names the column both carry: `force_id`, or `realm` for what must stay in one realm.
    """

    def __init__(
        self, child: str, column: str, parent: str, shared: str = "force_id", shared_child: str = ""
    ) -> None:
        self.child, self.column, self.parent, self.shared = child, column, parent, shared
        self.shared_child = shared_child or shared

    def deconstruct(self):
        return (
            type(self).__name__,
            [self.child, self.column, self.parent],
            {"shared": self.shared, "shared_child": self.shared_child},
        )

    def forward_statements(self) -> list[str]:
        unique = f"{self.parent}_{self.shared}_id_key"
        return [
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint"  # noqa: S608 - as above
            f" WHERE conrelid = '{self.parent}'::regclass AND conname = '{unique}') THEN"
            f" ALTER TABLE {self.parent} ADD CONSTRAINT {unique} UNIQUE ({self.shared}, id); END IF; END $$",
            f"ALTER TABLE {self.child} ADD CONSTRAINT {self.child}_{self.column}_same_{self.shared}"
            f" FOREIGN KEY ({self.shared_child}, {self.column}) REFERENCES {self.parent} ({self.shared}, id)",
        ]

    def backward_statements(self) -> list[str]:
        return [f"ALTER TABLE {self.child} DROP CONSTRAINT {self.child}_{self.column}_same_{self.shared}"]
