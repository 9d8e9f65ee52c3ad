"""The whole service as real processes on servers of its own, to be killed: nothing here is shared with others."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import redis

from config.stack.ground import Ground, StackError
from config.stack.lifeline import descendants
from config.stack.passwords import Passwords
from config.stack.postgres import EmbeddedPostgres
from config.stack.provision import Names, provision
from config.stack.valkey import EmbeddedValkey
from tests.chaos.processes import QUICK, ROOT, Processes

PROCESSES = ("relay1", "relay2", "worker1", "worker2", "beat")
NAMES = Names(database="lfr_chaos", owner="lfr_chaos_owner", app="lfr_chaos_app")


class Rig:
    """`start` once, break and mend, `stop`. Call everything from the main thread."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lfr-chaos-"))
        self.folder.chmod(0o711)
        self.ground = Ground(self.folder)
        self.passwords = Passwords()
        # Durable, as in service: what was acknowledged must outlive a kill.
        self.postgres = EmbeddedPostgres(self.ground, self.passwords.superuser)
        self.valkey = EmbeddedValkey(self.ground, self.passwords.valkey)
        self.processes: Processes

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url(NAMES.database, user=NAMES.app, password=self.passwords.app),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": self.passwords.secret_key,
            "DATA_DIR": str(self.folder / "files"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LFR_DEMONSTRATION": "1",
            **QUICK,
        }

    @property
    def owner_url(self) -> str:
        return self.postgres.url(NAMES.database, user=NAMES.owner, password=self.passwords.owner)

    @property
    def admin_url(self) -> str:
        return self.postgres.url(NAMES.database)

    def start(self) -> None:
        """Servers, tables. The processes start with `start_processes`."""
        self.postgres.start()
        self.valkey.start()
        provision(
            self.postgres.url(), NAMES, owner_password=self.passwords.owner, app_password=self.passwords.app
        )
        subprocess.run(
            [
                sys.executable,
                "manage.py",
                "migrate",
                "--skip-checks",
                "--database",
                "owner",
                "--verbosity",
                "0",
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment(), "DATABASE_OWNER_URL": self.owner_url},
            check=True,
        )
        self.processes = Processes(self.environment(), self.folder, include="tests.chaos.ledger")

    def start_processes(self) -> None:
        self.processes.start(*PROCESSES)

    def make_table(self, statements: str) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as owner:
            owner.execute(statements.format(app=NAMES.app, national=NAMES.national))

    # Breaking ---------------------------------------------------------------------------------------

    def kill_process(self, name: str) -> None:
        self.processes.kill(name)

    def kill_child_of(self, name: str) -> bool:
        """A worker's child, as the kernel does when memory is short. Whether there was one."""
        children = descendants(self.processes.running[name].pid)
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(children[-1], signal.SIGKILL)
        return bool(children)

    def kill_postgres(self) -> None:
        self._kill(self.postgres)

    def kill_valkey(self) -> None:
        self._kill(self.valkey)

    def _kill(self, server: EmbeddedPostgres | EmbeddedValkey) -> None:
        if server.process:
            server.process.kill()
            server.process.wait()

    def flush(self) -> None:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.valkey.url()) as client:
            client.flushall()

    # Mending ----------------------------------------------------------------------------------------

    def start_server(self, server: EmbeddedPostgres | EmbeddedValkey) -> None:
        """Start it again; the dead server's own children may need a moment to notice."""
        for attempt in range(50):
            try:
                server.start()
                return
            except StackError:
                if attempt == 49:
                    raise
                time.sleep(0.2)

    def start_dead_processes(self) -> list[str]:
        """What a supervisor does; the names of those that had ended by themselves."""
        dead = self.processes.dead()
        for name in dead:
            self.processes.kill(name)
            self.processes.start(name)
        return dead

    def stop(self, *, keep: bool = False) -> None:
        if hasattr(self, "processes"):
            self.processes.kill_all()
        self.valkey.stop()
        self.postgres.stop()
        if not keep:
            self.ground.discard()
