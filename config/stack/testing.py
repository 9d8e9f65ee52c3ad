"""A throw-away stack for one test run, shared by all its workers, gone with it however it ends.

`ensure_test_stack()` is called as often as one likes, from the settings or from a pytest plugin. The first
call (pytest's own process) starts a *keeper*, a process of its own that starts the servers in a temporary
folder. What it returns is also put into the environment, which xdist's workers inherit: they find the stack
there and start nothing. The keeper watches the process that started it. When that is gone, killed with -9 or
not, the keeper ends the servers and deletes the folder. Two test runs at once have a stack each.

TEST_DATABASE_ADMIN_URL and TEST_REDIS_URL name servers to use instead; the roles made there stay.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.stack.ground import Ground, Lock, StackError
from config.stack.lifeline import adopt_orphans, end_descendants
from config.stack.passwords import Passwords
from config.stack.postgres import EmbeddedPostgres
from config.stack.provision import CannotProvision, Names, provision, provision_database
from config.stack.valkey import EmbeddedValkey

IN_ENVIRONMENT = "LFR_TEST_STACK"
START_TIMEOUT = 60.0  # seconds
# Never the names a real installation has: TEST_DATABASE_ADMIN_URL may point at a server that holds one.
NAMES = Names(database="lfr_test", owner="lfr_test_owner", app="lfr_test_app")
PREFIX = "lfr-test-"
# Where there is room, a test run's databases lie in memory: a copy is seven hundred files, and hundreds are made.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is made by mkdtemp
ROOM = 2 * 1024**3  # bytes; a run has used a third of a gigabyte


@dataclass(frozen=True, slots=True)
class TestStack:
    """Addresses of a prepared server: roles and an empty database `lfr_test` with its extensions."""

    admin_url: str  # superuser: creates and drops databases, nothing else
    owner_url: str
    app_url: str
    redis_url: str
    data_dir: str  # for uploaded files; goes when the stack goes

    __test__ = False  # pytest: the name is a coincidence

    def environment(self) -> dict[str, str]:
        """What settings read, for a process of its own that a test starts."""
        return {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": self.data_dir,
            "SECRET_KEY": "a key for tests alone, never for people: it signs nothing of value",
        }

    def on_database(self, name: str) -> TestStack:
        """The same server and roles, another database. The administrator stays where he is."""
        return replace(
            self, owner_url=_with_name(self.owner_url, name), app_url=_with_name(self.app_url, name)
        )

    def create_database(self, name: str, *, template: str = "template0") -> TestStack:
        """A database of the owner's, copied from `template`, with grants and extensions.

        Replaces one of that name. Nobody may be connected to the template.
        """
        self.drop_database(name)
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(self._names(name).owner)
                )
            )
        provision_database(self.admin_url, self._names(name))
        return self.on_database(name)

    def drop_database(self, name: str) -> None:
        """Gone, whoever is connected."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _names(self, database: str) -> Names:
        return Names(
            database=database,
            owner=urlsplit(self.owner_url).username or "",
            app=urlsplit(self.app_url).username or "",
        )


def _with_name(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


_keeper: subprocess.Popen[str] | None = None


def ensure_test_stack() -> TestStack:
    """The stack of this test run, started now if this is the first call. Raises StackError.

    Call it from the main process of the run before workers are started, which importing settings does. About
    one second the first time, nothing after that.
    """
    global _keeper
    known = os.environ.get(IN_ENVIRONMENT)
    if known:
        return TestStack(**json.loads(known))
    _keeper = subprocess.Popen(
        [sys.executable, "-m", "config.stack.testing", "keep", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        start_new_session=True,  # Ctrl-C is pytest's; the keeper follows when pytest has ended
    )
    said = ""
    if _keeper.stdout:
        with _keeper.stdout as answer:
            ready, _, _ = select.select([answer], [], [], START_TIMEOUT)
            said = answer.readline() if ready else ""
    if not said.startswith("{"):
        _keeper.kill()
        raise StackError(said.strip() or "The test stack did not start; what it said stands above.")
    os.environ[IN_ENVIRONMENT] = said
    return TestStack(**json.loads(said))


def keep(parent: int) -> int:
    """The keeper: start, print the addresses as one line of JSON, keep watch, clean up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_place()))
    folder.chmod(0o711)  # ours alone; the servers' account passes through to its own folder
    lock = Lock(folder / "lock")
    lock.take()
    try:
        try:
            stack = _start(folder)
        except (StackError, CannotProvision) as refusal:
            print(str(refusal).replace("\n", " "), flush=True)
            return 1
        print(json.dumps(asdict(stack)), flush=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        while os.getppid() == parent:
            time.sleep(0.2)
        return 0
    finally:
        end_descendants(grace=3)
        with contextlib.suppress(StackError):
            Ground(folder).discard()


def _place() -> Path:
    """The folder for the folders of test runs: TMPDIR if somebody named one."""
    with contextlib.suppress(OSError):
        if (
            "TMPDIR" not in os.environ
            and os.access(MEMORY, os.W_OK)
            and shutil.disk_usage(MEMORY).free > ROOM
        ):
            return MEMORY
    return Path(tempfile.gettempdir())


def _start(folder: Path) -> TestStack:
    passwords, ground = Passwords(), Ground(folder)
    admin_url = os.environ.get("TEST_DATABASE_ADMIN_URL", "")
    redis_url = os.environ.get("TEST_REDIS_URL", "")
    if not admin_url:
        postgres = EmbeddedPostgres(ground, passwords.superuser, fast=True)
        postgres.start()
        admin_url = postgres.url()
    if not redis_url:
        valkey = EmbeddedValkey(ground, passwords.valkey, fast=True)
        valkey.start()
        redis_url = valkey.url()

    files = folder / "files"
    files.mkdir(mode=0o700)

    # On a server that stays, two runs at once must agree on the passwords without meeting.
    def password(role: str) -> str:
        return hmac.new(admin_url.encode(), role.encode(), hashlib.sha256).hexdigest()

    owner, app = password(NAMES.owner), password(NAMES.app)
    provision(admin_url, NAMES, owner_password=owner, app_password=app)
    server = urlsplit(admin_url)
    place = f"{server.hostname}:{server.port or 5432}"
    return TestStack(
        admin_url=admin_url,
        owner_url=f"postgresql://{NAMES.owner}:{quote(owner)}@{place}/{NAMES.database}",
        app_url=f"postgresql://{NAMES.app}:{quote(app)}@{place}/{NAMES.database}",
        redis_url=redis_url,
        data_dir=str(files),
    )


def _remove_leftovers() -> None:
    """Folders of runs whose keeper itself was killed. A keeper that lives holds its lock."""
    places = {Path(tempfile.gettempdir()), MEMORY}
    for folder in (found for place in places for found in place.glob(f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            if (
                folder.stat().st_uid == os.geteuid()
                and (folder / "lock").exists()
                and Lock(folder / "lock").is_free()
            ):
                shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """`keep PID`: be the keeper of that process. `run COMMAND…`: run it with a stack to itself."""
    match arguments:
        case ["keep", parent]:
            return keep(int(parent))
        case ["run", *command] if command:
            try:
                stack = ensure_test_stack()
            except StackError as refusal:
                print(refusal, file=sys.stderr)
                return 1
            return subprocess.run(command, env=os.environ | stack.environment()).returncode
    print("python -m config.stack.testing run COMMAND…", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
