"""The servers that everything is measured on: PostgreSQL and Valkey as `make run` starts them, with data on disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from bench.synthetic import PREFIX
from config.stack.ground import Ground, free_port
from config.stack.lifeline import die_with_parent
from config.stack.passwords import Passwords
from config.stack.postgres import SETTINGS, EmbeddedPostgres
from config.stack.provision import Names, provision, provision_database
from config.stack.valkey import EmbeddedValkey

ROOT = Path(__file__).resolve().parent.parent
NAMES = Names(database=f"{PREFIX}_empty", owner=f"{PREFIX}_owner", app=f"{PREFIX}_app")
HTTP_TIMEOUT = 30.0  # seconds until a server must answer
THREADS = 4  # as the service's web process

# On top of what `make run` sets: the instant at which each transaction committed, so that nobody's watch is needed;
# and memory as a server of its own would have, the same for everybody who is measured on it.
EXTRA = {
    "track_commit_timestamp": "on",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}


@dataclass
class Bench:
    """Servers of one run and what was started on them. `databases` are by name; all go with the folder."""

    folder: Path
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    passwords: Passwords
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def admin_url(self, database: str) -> str:
        return self.postgres.url(database)

    def owner_url(self, database: str) -> str:
        return self.postgres.url(database, user=NAMES.owner, password=self.passwords.owner)

    def app_url(self, database: str) -> str:
        return self.postgres.url(database, user=NAMES.app, password=self.passwords.app)

    def environment(self, database: str) -> dict[str, str]:
        """What the product's settings read."""
        return {
            "DATABASE_URL": self.app_url(database),
            "REDIS_URL": self.valkey.url(),
            "DATA_DIR": str(self.folder / "files"),
            "SECRET_KEY": "a key for measuring alone: it signs nothing of value",
            "LFR_DEMONSTRATION": "1",
            "BENCH_ADMIN_URL": self.admin_url(database),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "CELERY_SKIP_CHECKS": "1",
        }

    def create(self, database: str) -> str:
        """An empty, migrated database of that name; replaces one. Returns the name."""
        with psycopg.connect(self.admin_url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                    *map(sql.Identifier, (database, NAMES.database, NAMES.owner))
                )
            )
        provision_database(self.admin_url("postgres"), Names(database, NAMES.owner, NAMES.app))
        return database

    # Processes -----------------------------------------------------------------------------------------

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def serve(self, name: str, application: str, interface: str, environment: Mapping[str, str]) -> int:
        """An application under granian, one process, as the service runs; returns its port."""
        port = free_port()
        command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
        command += ["--workers", "1", "--workers-kill-timeout", "3", "--log-level", "warning"]
        command += ["--interface", interface]
        if interface == "wsgi":
            command += ["--blocking-threads", str(THREADS)]
        else:
            command += ["--loop", "uvloop"]
        self.start(name, [*command, application], environment)
        return port

    def wait_for(self, name: str, url: str) -> None:
        """Until the server answers 200. Raises RuntimeError with the end of its log."""
        deadline = time.monotonic() + HTTP_TIMEOUT
        said = ""
        while time.monotonic() < deadline and self.running[name].poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError as error:
                said = str(error)
            time.sleep(0.1)
        raise RuntimeError(f"{name} does not answer ({said}):\n{self.log(name)}")

    def worked(self, name: str) -> float:
        """Milliseconds of processor time that a process and its children have had so far."""
        group, ticks = self.running[name].pid, 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it may end meanwhile
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def log(self, name: str, most: int = 3000) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-most:]

    def stop(self, *names: str) -> None:
        """These processes, or all that run."""
        for name in names or list(self.running):
            process = self.running.pop(name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextlib.contextmanager
def ground() -> Iterator[Bench]:
    """Servers in a folder of their own; everything ends and goes with the block, however it is left."""
    folder = Path(tempfile.mkdtemp(prefix="lfr-bench-"))
    folder.chmod(0o711)
    (folder / "files").mkdir(mode=0o700)
    place = Ground(folder)
    passwords = Passwords()
    SETTINGS.update(EXTRA)
    bench = Bench(
        folder,
        EmbeddedPostgres(place, passwords.superuser),
        EmbeddedValkey(place, passwords.valkey),
        passwords,
    )
    try:
        bench.postgres.start()
        bench.valkey.start()
        provision(
            bench.admin_url("postgres"), NAMES, owner_password=passwords.owner, app_password=passwords.app
        )
        _migrate(bench)
        yield bench
    finally:
        bench.stop()
        bench.valkey.stop()
        bench.postgres.stop()
        place.discard()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(bench: Bench) -> None:
    environment = bench.environment(NAMES.database) | {"DATABASE_OWNER_URL": bench.owner_url(NAMES.database)}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--database", "owner", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"Migrating failed:\n{done.stderr}{done.stdout}")
