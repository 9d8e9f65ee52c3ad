import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors, sql

from config.stack.provision import CannotProvision, Names, provision
from tests.stack import STACK

# Roles are the server's, which test workers share.
ME = f"p{os.getpid()}"
NAMES = Names(database=f"{ME}_database", owner=f"{ME}_owner", app=f"{ME}_app")
PASSWORDS = {"owner_password": "owner's", "app_password": "app's"}


def url(user, password, database=NAMES.database):
    place = urlsplit(STACK.admin_url)
    return urlunsplit(place._replace(netloc=f"{user}:{password}@{place.netloc.split('@')[1]}", path=database))


@pytest.fixture
def admin():
    """The server's administrator, before and after whom nothing of NAMES exists."""
    with psycopg.connect(STACK.admin_url, autocommit=True) as connection:

        def clear():
            STACK.drop_database(NAMES.database)
            for role in (NAMES.app, NAMES.national, NAMES.owner):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

        clear()
        yield connection
        clear()


@pytest.fixture
def provisioned(admin):
    provision(STACK.admin_url, NAMES, **PASSWORDS)
    return admin


@pytest.fixture
def app(provisioned):
    with psycopg.connect(url(NAMES.app, "app's"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(provisioned):
    with psycopg.connect(url(NAMES.owner, "owner's"), autocommit=True) as connection:
        yield connection


def attributes(admin):
    """What the three roles are, and who belongs to whom, as rows that can be compared."""
    roles = admin.execute(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = ANY(%s) ORDER BY rolname",
        [[NAMES.owner, NAMES.app, NAMES.national]],
    ).fetchall()
    members = admin.execute(
        "SELECT roleid::regrole::text, member::regrole::text, inherit_option, set_option, admin_option"
        " FROM pg_auth_members WHERE roleid::regrole::text = ANY(%s)",
        [[NAMES.owner, NAMES.app, NAMES.national]],
    ).fetchall()
    return roles, members


def test_provision_makes_three_roles_that_may_do_nothing_special(provisioned):
    roles, members = attributes(provisioned)
    assert roles == [
        (NAMES.app, True, False, False, False, False, False),
        (NAMES.national, False, False, False, False, False, False),
        (NAMES.owner, True, False, False, False, False, False),
    ]
    assert members == [(NAMES.national, NAMES.app, False, True, False)]


def test_provision_changes_nothing_the_second_time(provisioned):
    before = attributes(provisioned)
    provision(STACK.admin_url, NAMES, **PASSWORDS)
    assert attributes(provisioned) == before


def test_provision_takes_away_what_a_role_should_not_have(admin):
    admin.execute(f"CREATE ROLE {NAMES.owner} LOGIN")
    admin.execute(f"CREATE ROLE {NAMES.app} SUPERUSER BYPASSRLS CREATEROLE")
    admin.execute(f"CREATE ROLE {NAMES.national} LOGIN")
    admin.execute(f"GRANT {NAMES.owner} TO {NAMES.app}")
    admin.execute(f"GRANT {NAMES.national} TO {NAMES.app} WITH INHERIT TRUE, ADMIN TRUE")
    provision(STACK.admin_url, NAMES, **PASSWORDS)
    mended = attributes(admin)
    STACK.drop_database(NAMES.database)
    for role in (NAMES.app, NAMES.national, NAMES.owner):
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
    provision(STACK.admin_url, NAMES, **PASSWORDS)
    assert mended == attributes(admin)


def test_policies_for_the_national_role_do_not_reach_the_application_until_it_takes_that_role_on(owner, app):
    owner.execute("CREATE TABLE papers (force text)")
    owner.execute("ALTER TABLE papers ENABLE ROW LEVEL SECURITY")
    owner.execute(f"CREATE POLICY all_of_it ON papers FOR SELECT TO {NAMES.national} USING (true)")
    owner.execute(f"GRANT SELECT ON papers TO {NAMES.app}, {NAMES.national}")
    owner.execute("INSERT INTO papers VALUES ('northmoor')")
    assert app.execute("SELECT count(*) FROM papers").fetchone() == (0,)
    with app.transaction():
        app.execute(f"SET LOCAL ROLE {NAMES.national}")
        assert app.execute("SELECT count(*) FROM papers").fetchone() == (1,)
    assert app.execute("SELECT count(*) FROM papers").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE {app} BYPASSRLS",
        "GRANT {national} TO {owner}",
        "TRUNCATE theirs",
    ],
)
def test_the_application_may_not(owner, app, statement):
    owner.execute("CREATE TABLE theirs (id int)")
    names = {"owner": NAMES.owner, "app": NAMES.app, "national": NAMES.national}
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement.format(**names))


def test_the_application_cannot_become_the_owner(app):
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"SET ROLE {NAMES.owner}")


def test_the_application_reads_no_table_that_was_not_granted(owner, app):
    owner.execute("CREATE TABLE theirs (id int)")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT * FROM theirs")


def test_the_owner_makes_tables_and_nothing_else_of_weight(owner):
    owner.execute("CREATE TABLE mine (id int)")
    for statement in ("CREATE DATABASE mine", "CREATE ROLE mine"):
        with pytest.raises(errors.InsufficientPrivilege):
            owner.execute(statement)


def test_the_extensions_are_there(owner):
    found = {row[0] for row in owner.execute("SELECT extname FROM pg_extension")}
    assert found >= {"btree_gist", "pg_trgm", "unaccent", "citext"}


def test_nobody_else_gets_into_the_database(provisioned):
    provisioned.execute(f"CREATE ROLE {ME}_stranger LOGIN PASSWORD 'x'")
    try:
        with pytest.raises(psycopg.OperationalError, match="User does not have CONNECT privilege"):
            psycopg.connect(url(f"{ME}_stranger", "x"))
    finally:
        provisioned.execute(f"DROP ROLE {ME}_stranger")


def test_nobody_signs_in_as_the_national_role(provisioned):
    provisioned.execute(f"ALTER ROLE {NAMES.national} PASSWORD 'x'")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(url(NAMES.national, "x"))


def test_provision_refuses_a_database_that_belongs_to_another(admin):
    admin.execute(f"CREATE DATABASE {NAMES.database}")
    with pytest.raises(CannotProvision, match=f"belongs to postgres, not to {NAMES.owner}"):
        provision(STACK.admin_url, NAMES, **PASSWORDS)


@pytest.mark.parametrize("name", ["", "Capitals", "two words", 'quo"te', "$$", "a" * 52])
def test_names_that_would_need_care_are_refused(name):
    with pytest.raises(CannotProvision, match="will not do as a name"):
        Names(app=name)


def command(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "config.stack.provision", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def test_the_command_provisions_a_server_of_ones_own(admin):
    done = command(
        *(
            "--admin-url",
            STACK.admin_url,
            "--database",
            NAMES.database,
            "--owner",
            NAMES.owner,
            "--app",
            NAMES.app,
        ),
        LFR_OWNER_PASSWORD="owner's",
        LFR_APP_PASSWORD="app's",
    )
    assert done.returncode == 0, done.stderr
    assert f"{NAMES.database} is ready" in done.stdout
    psycopg.connect(url(NAMES.app, "app's")).close()


def test_the_command_says_in_one_line_why_it_could_not():
    done = command(
        "--admin-url", "postgresql://nobody@127.0.0.1:1/x", LFR_OWNER_PASSWORD="a", LFR_APP_PASSWORD="b"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The server refused: ")
    assert "Traceback" not in done.stderr


def test_the_command_names_the_passwords_it_misses():
    done = command(
        "--admin-url", "postgresql://nobody@127.0.0.1:1/x", LFR_OWNER_PASSWORD="", LFR_APP_PASSWORD="b"
    )
    assert done.returncode == 2
    assert "set LFR_OWNER_PASSWORD in the environment" in done.stderr
