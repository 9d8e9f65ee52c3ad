"""Create the roles and the database on any PostgreSQL server. Safe to repeat.

    python -m config.stack.provision --admin-url postgresql://postgres:…@host/postgres

Passwords come from LFR_OWNER_PASSWORD and LFR_APP_PASSWORD, so that none shows in a list of processes; the
administrator's may come from PGPASSWORD instead of the address. The SQL is in roles.sql and database.sql.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OLDEST_SERVER = 18
HERE = Path(__file__).parent


class CannotProvision(Exception):
    """The server cannot be prepared; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the database and its roles. The national role is always the application's plus `_national`."""

    database: str = "lfr"
    owner: str = "lfr_owner"
    app: str = "lfr_app"

    def __post_init__(self) -> None:
        for name in (self.database, self.owner, self.app):
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,50}", name):
                raise CannotProvision(
                    f"{name!r} will not do as a name: use lower-case letters, digits and _, at most 51."
                )

    @property
    def national(self) -> str:
        return f"{self.app}_national"

    def placeholders(self) -> dict[str, sql.Composable]:
        """Each name twice: quoted as an identifier, and as `…_name`, a string."""
        names = {"database": self.database, "owner": self.owner, "app": self.app, "national": self.national}
        return {key: sql.Identifier(name) for key, name in names.items()} | {
            f"{key}_name": sql.Literal(name) for key, name in names.items()
        }


def provision(admin_url: str, names: Names, *, owner_password: str, app_password: str) -> None:
    """Roles, database, grants and extensions, as the administrator of the server.

    Raises CannotProvision when the server is too old or the administrator may not do it.
    """
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as admin:
            provision_roles(admin, names, owner_password=owner_password, app_password=app_password)
            create_database(admin, names)
        provision_database(admin_url, names)
    except psycopg.Error as error:
        raise CannotProvision(f"The server refused: {str(error).strip()}") from error


def provision_roles(
    admin: psycopg.Connection[Any], names: Names, *, owner_password: str, app_password: str
) -> None:
    """The part that is the whole server's: roles and what they may take on."""
    major = admin.info.server_version // 10_000
    if major < OLDEST_SERVER:
        raise CannotProvision(f"PostgreSQL {OLDEST_SERVER} or newer is needed; this server is {major}.")
    _run(admin, HERE / "roles.sql", names)
    for role, password in ((names.owner, owner_password), (names.app, app_password)):
        # Hashed here: the server's log may hold statements, and must not hold a password.
        verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))
        )


def create_database(admin: psycopg.Connection[Any], names: Names) -> None:
    """The database, owned by the owner, if it is not there."""
    owner = admin.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [names.database]
    ).fetchone()
    if owner is None:
        admin.execute(
            sql.SQL("CREATE DATABASE {database} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0").format(
                **names.placeholders()
            )
        )
    elif owner[0] != names.owner:
        raise CannotProvision(
            f"Database {names.database} exists and belongs to {owner[0]}, not to {names.owner}. "
            "Choose another name with --database, or change its owner yourself."
        )


def provision_database(admin_url: str, names: Names) -> None:
    """Grants and extensions inside `names.database`. Copies of a database need it too: grants on the database
    itself do not travel with a template."""
    with psycopg.connect(admin_url, dbname=names.database, autocommit=True, connect_timeout=10) as inside:
        _run(inside, HERE / "database.sql", names)


def _run(connection: psycopg.Connection[Any], script: Path, names: Names) -> None:
    connection.add_notice_handler(lambda _notice: None)  # "already exists, skipping" is what repeating means
    for statement in re.split(r"^---$", script.read_text(), flags=re.MULTILINE):
        # The comments go first: a brace in prose is no placeholder.
        code = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
        if code:
            connection.execute(sql.SQL(code).format(**names.placeholders()))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.stack.provision", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--admin-url", required=True, help="postgresql://administrator@host:5432/postgres")
    parser.add_argument("--database", default="lfr")
    parser.add_argument("--owner", default="lfr_owner", help="role that owns the database and migrates it")
    parser.add_argument("--app", default="lfr_app", help="role the service runs as; it owns nothing")
    chosen = parser.parse_args(arguments)
    missing = [name for name in ("LFR_OWNER_PASSWORD", "LFR_APP_PASSWORD") if not os.environ.get(name)]
    if missing:
        parser.error(f"set {' and '.join(missing)} in the environment")
    try:
        names = Names(database=chosen.database, owner=chosen.owner, app=chosen.app)
        provision(
            chosen.admin_url,
            names,
            owner_password=os.environ["LFR_OWNER_PASSWORD"],
            app_password=os.environ["LFR_APP_PASSWORD"],
        )
    except CannotProvision as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(
        f"{names.database} is ready: owner {names.owner}, application {names.app}, national {names.national}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
