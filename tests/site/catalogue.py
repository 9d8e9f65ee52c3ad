"""What PostgreSQL's catalogue says of our locks: `faults(connection)` in sentences, none if all holds.

Everything is asked of the catalogue, nothing of our own code, so a table that somebody forgot is found. What is
meant to be open is listed here by name, with its reason.
"""

from __future__ import annotations

import psycopg
from django.conf import settings

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")

# Tables of a force's rows that everybody may read: what is public.
PUBLIC = {
    "forces_lfruse": "how a force stands to the technology is public",
    "forces_document": "what a force has published is public",
    "forces_documentwithdrawal": "what a force has taken back is public",
    "forces_contactpoint": "where a force is reached is public",
    "register_entry": "the register is public",
    "register_entrybody": "the register is public",
    "register_redaction": "the tombstone is public",
    "register_head": "which entry stands is public",
    "register_noticehead": "which notice stands is public",
    "register_changecount": "how often it changed is public",
    "collation_cell": "statistics are public",
    "collation_breakdown": "statistics are public",
    "collation_counted": "which entries statistics have counted is public",
    "collation_stirred": "that a force's figures have moved is seen in the figures",
    "framework_tightening": "what a force holds itself to is public",
}
# Rows of these may be inserted for the centre too (no force), or hold conditions of their own.
SHARED = {
    "events_event": "an event of the centre has no force",
    "events_position": "positions are given out by the sequencer, with the national role",
    "jobs_job": "a job of the centre has no force",
}
# Where the application may delete, and why. Everything else is ended, withdrawn or superseded.
MAY_DELETE = {
    "django_session": "signing out",
    "mfa_authenticator": "a lost second step is removed, used-up recovery codes are replaced",
    "forces_user_groups": "guardian's groups follow roles",
    "forces_forcegrant": "guardian's grants follow roles",
    "auth_group_permissions": "national rights follow roles",
    "register_entrybody": "redaction, let through by a trigger only",
    "events_delivery": "deliveries that are done are pruned",
    "events_unsequenced": "the sequencer empties its queue",
    "forces_systemtoken": "tokens that have expired are pruned",
    "api_keptanswer": "answers kept for a repeated request are pruned",
    "collation_stirred": "forces whose figures moved, once their charts were looked at",
    "collation_moved": "days whose records moved, once claims were held against them",
    "framework_requirement": "a draft's requirements are dropped; a trigger keeps those of every other version",
    "intake_stagedrow": "staging is emptied once a batch is accepted or refused",
    "intake_standing": "staging is emptied once a batch is accepted or refused",
    "intake_finding": "a dry run's findings go when it is run again",
}
# Unique keys across forces that nobody can guess or that are public: no oracle.
UNIQUE_ACROSS_FORCES = {
    ("events_event", "uid"): "random",
    ("events_position", "event_id"): "the sequencer writes one for every event",
    ("jobs_job", "uid"): "random",
    ("forces_system", "person_id"): "the person is made with it, in the same transaction",
    ("register_redactionrequest", "entry_id"): "an entry is public, and its request is in its own force",
    ("deployments_deployment", "reference"): "random",
    ("deployments_deployment", "matches"): "the reference of a public entry of the force's own",
    ("deployments_operation", "reference"): "random",
    ("deployments_plan", "reference"): "random",
    ("deployments_result", "entry_id"): "an entry is public, and written in the same transaction",
}
# Keys to another force's table that may stand without force_id, and why.
LOOSE_KEYS = {
    ("events_position", "events_event"): "the sequencer writes it from the event, with the national role",
}


def faults(connection: psycopg.Connection) -> list[str]:
    """Every way in which this database's locks are not what they should be."""
    return [
        *_roles(connection),
        *_ownership_and_grants(connection),
        *_policies(connection),
        *_uniqueness(connection),
        *_keys(connection),
        *_bypasses(connection),
    ]


def tenant_tables(connection: psycopg.Connection) -> list[str]:
    """Every table with a column `force_id`."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attname = 'force_id' AND NOT a.attisdropped"
        " ORDER BY 1"
    )
    return [name for (name,) in rows]


def private_tables(connection: psycopg.Connection) -> list[str]:
    return [table for table in tenant_tables(connection) if table not in PUBLIC]


def _roles(connection: psycopg.Connection) -> list[str]:
    found = []
    rows = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin FROM pg_roles"
        " WHERE rolname IN (%s, %s)",
        [settings.APP_ROLE, settings.NATIONAL_ROLE],
    ).fetchall()
    if len(rows) != 2:
        found.append("The application's role or the national one is missing.")
    for name, *powers, may_login in rows:
        if any(powers):
            found.append(f"{name} is superuser, bypasses row-level security, or makes roles or databases.")
        if name == settings.NATIONAL_ROLE and may_login:
            found.append(f"{name} can sign in.")
    for (inherits,) in connection.execute(
        "SELECT m.inherit_option FROM pg_auth_members m"
        " WHERE m.roleid = %s::regrole AND m.member = %s::regrole",
        [settings.NATIONAL_ROLE, settings.APP_ROLE],
    ):
        if inherits:
            found.append("The application inherits the national role: every force would see every other.")
    others = connection.execute(
        "SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member IN (%s::regrole, %s::regrole)"
        " AND m.roleid <> %s::regrole",
        [settings.APP_ROLE, settings.NATIONAL_ROLE, settings.NATIONAL_ROLE],
    )
    return found + [f"The application can become {name}." for (name,) in others]


def _ownership_and_grants(connection: psycopg.Connection) -> list[str]:
    found = []
    both = [settings.APP_ROLE, settings.NATIONAL_ROLE]
    for kind, name in connection.execute(
        "SELECT c.relkind, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relowner::regrole::text = ANY (%s)",
        [both],
    ):
        found.append(f"{name} ({kind}) is owned by the application, which then skips its policies.")
    for role in both:
        for table, *held in connection.execute(
            "SELECT c.relname, "
            + ", ".join(f"has_table_privilege('{role}', c.oid, '{right}')" for right in PRIVILEGES)
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
        ):
            rights = {right for right, holds in zip(PRIVILEGES, held, strict=True) if holds}
            found += [
                f"{role} may {right} {table}."
                for right in sorted(rights - {"SELECT", "INSERT", "UPDATE", "DELETE"})
            ]
            if "DELETE" in rights and table not in MAY_DELETE:
                found.append(f"{role} may DELETE from {table}, which is not listed.")
    for (table,) in connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " aclexplode(c.relacl) AS g WHERE n.nspname = 'public' AND g.grantee = 0"
    ):
        found.append(f"Everybody holds a right on {table}.")
    if connection.execute(
        "SELECT has_schema_privilege(%s, 'public', 'CREATE')", [settings.APP_ROLE]
    ).fetchone()[0]:
        found.append("The application may make tables.")
    defaults = connection.execute("SELECT count(*) FROM pg_default_acl").fetchone()[0]
    return [*found, *(["There are default privileges: a new table would be open."] if defaults else [])]


def _policies(connection: psycopg.Connection) -> list[str]:
    found = []
    locked = dict(
        connection.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
        ).fetchall()
    )
    written: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for table, roles, command, permissive, using, check in connection.execute(
        "SELECT tablename, roles::text[], cmd, permissive, coalesce(qual, ''), coalesce(with_check, '')"
        " FROM pg_policies WHERE schemaname = 'public'"
    ):
        if permissive == "PERMISSIVE":
            for role in roles:
                for each in ("SELECT", "INSERT", "UPDATE", "DELETE") if command == "ALL" else (command,):
                    written.setdefault((table, role, each), []).append((using, check))
    for table in tenant_tables(connection):
        if not locked[table]:
            found.append(f"{table} has force_id and no forced row-level security.")
        for role in (settings.APP_ROLE, settings.NATIONAL_ROLE):
            for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                conditions = written.get((table, role, command), []) + written.get(
                    (table, "public", command), []
                )
                found += _judge(table, role, command, conditions)
    return found


def _judge(table: str, role: str, command: str, conditions: list[tuple[str, str]]) -> list[str]:
    """A policy for every command, each bound to the right setting; or none at all for what is not granted."""
    if not conditions:
        return [] if table in SHARED else [f"{table} has no policy for {command} by {role}."]
    found = []
    for using, check in conditions:
        if command == "SELECT":
            open_to_all = role == settings.NATIONAL_ROLE or table in PUBLIC
            if not open_to_all and "app.forces" not in using:
                found.append(f"{table}: {role} reads rows without regard to app.forces: {using}")
            continue
        for words in {using, check} - {""}:
            if words != "false" and "app.force'" not in words and table not in SHARED:
                found.append(f"{table}: {role} may {command} without regard to app.force: {words}")
        if command == "UPDATE" and not check:
            found.append(f"{table}: {role} may UPDATE without WITH CHECK.")
    return found


def _uniqueness(connection: psycopg.Connection) -> list[str]:
    """Uniqueness ignores policies: it must be asked within a force, of a parent held in it, or of what is no secret."""
    found = []
    private = set(private_tables(connection))
    carried = _carried(_foreign_keys(connection))
    for table, columns in connection.execute(
        "SELECT c.relname, array_agg(a.attname::text) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
        " WHERE n.nspname = 'public' AND i.indisunique AND NOT i.indisprimary GROUP BY i.indexrelid, c.relname"
    ):
        if table not in private or {"force_id", "id"} & set(columns):
            continue
        held = any(table == child and own & set(columns) for child, _, own in carried)
        if not held and not all((table, column) in UNIQUE_ACROSS_FORCES for column in columns):
            found.append(
                f"{table} is unique on {sorted(columns)} across forces: a duplicate tells of another's row."
            )
    return found


Key = tuple[str, str, dict[str, str], str]


def _foreign_keys(connection: psycopg.Connection) -> list[Key]:
    """Child, parent, the child's columns to the parent's, name."""
    return [
        (child, parent, dict(zip(columns, targets, strict=True)), name)
        for child, parent, columns, targets, name in connection.execute(
            "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,"
            " (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(k.conkey) WITH ORDINALITY u(n, o)"
            "    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n),"
            " (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(k.confkey) WITH ORDINALITY u(n, o)"
            "    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n), k.conname"
            " FROM pg_constraint k WHERE k.contype = 'f'"
        )
    ]


def _carried(keys: list[Key]) -> list[tuple[str, str, set[str]]]:
    """Child, parent and columns of every relation that stays within a force.

    Either the key carries force_id on both sides, or a row points at one of its own children (its id is the child's
    key back to it), which are in its force already.
    """
    carried = [
        (c, p, set(pairs) - {"force_id"}) for c, p, pairs, _ in keys if pairs.get("force_id") == "force_id"
    ]
    own = [
        (child, parent, set(pairs) - {"id"})
        for child, parent, pairs, _ in keys
        if any((parent, child, {pairs.get("id")}) == known for known in carried)
    ]
    return carried + own


def _keys(connection: psycopg.Connection) -> list[str]:
    """Referential checks ignore policies: every key between two forces' tables must stay within the force."""
    tenants = set(tenant_tables(connection))
    keys = _foreign_keys(connection)
    carried = _carried(keys)
    return [
        f"{name}: {child} may point at another force's row of {parent}."
        for child, parent, pairs, name in keys
        if {child, parent} <= tenants
        and (child, parent) not in LOOSE_KEYS
        and not any((child, parent) == (c, p) and own <= set(pairs) for c, p, own in carried)
    ]


def kept_relations(connection: psycopg.Connection) -> set[tuple[str, str]]:
    """(table, column) of every relation that a key keeps within a force."""
    return {
        (child, column)
        for child, _, own in _carried(_foreign_keys(connection))
        if len(own) == 1
        for column in own
    }


def _bypasses(connection: psycopg.Connection) -> list[str]:
    found = []
    mine = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'"
    for (name,) in connection.execute(
        f"SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND {mine}"
    ):
        found.append(f"Function {name} runs with its owner's rights.")
    for name, options in connection.execute(
        "SELECT c.relname, coalesce(c.reloptions, '{}') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE c.relkind = 'v' AND {mine}"
    ):
        if not {"security_invoker=true", "security_invoker=on"} & set(options):
            found.append(f"View {name} reads with its owner's rights.")
    for (name,) in connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE c.relkind = 'm' AND {mine} AND (has_table_privilege(%s, c.oid, 'SELECT')"
        " OR has_table_privilege(%s, c.oid, 'SELECT'))",
        [settings.APP_ROLE, settings.NATIONAL_ROLE],
    ):
        found.append(f"Materialized view {name} has no row-level security and the application may read it.")
    return found
