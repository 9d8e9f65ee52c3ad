"""The whole service as real processes on servers of its own, to be broken: nothing here is shared with others.

What `make run` starts, and more of it: as many pages' servers, relays, workers and beats as `sizes` says.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from config.stack.ground import Ground, StackError, free_port
from config.stack.lifeline import descendants
from config.stack.passwords import Passwords
from config.stack.postgres import EmbeddedPostgres
from config.stack.provision import Names, provision
from config.stack.valkey import EmbeddedValkey
from config.supervisor import commands
from tests.chaos.clocks import Clocks
from tests.chaos.processes import ROOT, Processes
from tests.chaos.volume import Volume

SIZES = {"web": 2, "stream": 1, "worker": 2, "relay": 2, "beat": 2}
NAMES = Names(database="lfr_chaos", owner="lfr_chaos_owner", app="lfr_chaos_app")
LEDGER = """
CREATE TABLE chaos_ledger (entry bigint NOT NULL, event bigint NOT NULL);
GRANT SELECT, INSERT ON chaos_ledger TO {app}, {national};
"""


@dataclass
class Service(Processes):
    """The processes of `make run`, each with a port, a schedule and a clock of its own."""

    clocks: Clocks | None = None
    ports: dict[str, int] = field(default_factory=dict)

    def command(self, name: str) -> list[str]:
        port = self.port(name)
        made = commands(
            "127.0.0.1",
            port,
            port,
            worker=f"{name}@localhost",
            schedule=self.folder / name,
            static=self.folder,  # nobody looks at the pages
        )
        return made[name.rstrip("0123456789")]

    def port(self, name: str) -> int:
        if name not in self.ports:
            self.ports[name] = next(port for port in iter(free_port, 0) if port not in self.ports.values())
        return self.ports[name]

    def environment_of(self, name: str) -> dict[str, str]:
        return self.environment | (self.clocks.environment(name) if self.clocks else {})


class ShiftedGround(Ground):
    """A ground whose servers look at a clock that can be set. One clock for PostgreSQL and Valkey."""

    clock: Mapping[str, str] = {}

    def _run_as(self) -> dict[str, Any]:
        place = super()._run_as()
        return place | {"env": place["env"] | self.clock}


class Rig:
    """`start` once, break and mend, `stop`. Call everything from the main thread."""

    def __init__(self, sizes: Mapping[str, int] = SIZES, *, more: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lfr-chaos-"))
        self.folder.chmod(0o711)
        self.ground = ShiftedGround(self.folder)
        self.passwords = Passwords()
        self.clocks = Clocks(self.folder)
        self.ground.clock = self.clocks.environment("servers")
        self.volume = Volume(self.ground.root / "postgres", megabytes=1500)
        # Durable, as in service: what was acknowledged must outlive a kill.
        self.postgres = EmbeddedPostgres(self.ground, self.passwords.superuser)
        self.valkey = EmbeddedValkey(self.ground, self.passwords.valkey)
        self.names = tuple(f"{kind}{number}" for kind, size in sizes.items() for number in range(1, size + 1))
        self.more = dict(more or {})
        self.processes: Service
        self.stopped: set[str] = set()  # processes and servers that were told to pause

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url(NAMES.database, user=NAMES.app, password=self.passwords.app),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": self.passwords.secret_key,
            "DATA_DIR": str(self.folder / "files"),
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "LFR_DEMONSTRATION": "1",
            "PYTHONUNBUFFERED": "1",
            **self.more,
        }

    @property
    def owner_url(self) -> str:
        return self.postgres.url(NAMES.database, user=NAMES.owner, password=self.passwords.owner)

    @property
    def admin_url(self) -> str:
        return self.postgres.url(NAMES.database)

    # Starting ---------------------------------------------------------------------------------------

    def start(self, *, with_reference: bool = False) -> list[dict[str, Any]]:
        """Servers, tables, people, processes. Returns the teams, as tests.chaos.people prints them."""
        self.postgres.start()
        # Which transaction wrote a row can be asked afterwards.
        with psycopg.connect(self.postgres.url(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop()
        self.postgres.start()
        self.valkey.start()
        provision(
            self.postgres.url(), NAMES, owner_password=self.passwords.owner, app_password=self.passwords.app
        )
        # Everybody has been here since yesterday: a clock that is set back must not take their rights away.
        self.clocks.set("servers", -86_400)
        made = subprocess.run(
            [sys.executable, "-m", "tests.chaos.people", *(["--reference"] if with_reference else [])],
            cwd=ROOT,
            env={**os.environ, **self.environment(), "DATABASE_OWNER_URL": self.owner_url},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.clocks.set("servers", 0)
        with psycopg.connect(self.owner_url, autocommit=True) as owner:
            owner.execute(LEDGER.format(app=NAMES.app, national=NAMES.national))
        self.processes = Service(self.environment(), self.folder, clocks=self.clocks)
        self.processes.start(*self.names)
        self._await_ready()
        return json.loads(made.stdout.splitlines()[-1])

    def _await_ready(self) -> None:
        """A kill before everything runs would prove little. Beat and worker: when they have spoken to Valkey."""
        deadline, deaths = time.monotonic() + 120, Counter[str]()
        waiting = [name for name in self.names if name.startswith(("web", "stream"))]
        while waiting := [name for name in waiting if not self.answers(name)]:
            deaths.update(self.start_dead())
            hopeless = [name for name, times in deaths.items() if times > 3]
            if hopeless or time.monotonic() > deadline:
                last = "\n".join(self.processes.said(name)[-2000:] for name in hopeless or waiting)
                raise StackError(f"{hopeless or waiting} do not answer: {last}")
            time.sleep(0.1)

    def answers(self, name: str) -> bool:
        """Whether something listens and says that it is alive."""
        try:
            with socket.create_connection(("127.0.0.1", self.processes.port(name)), timeout=1) as door:
                door.settimeout(1)
                door.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return door.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    # Breaking ---------------------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        """With -9: a process with its children, or a server (whose children end when they notice)."""
        server = self.server(name)
        self.stopped.discard(name)
        if server is None:
            self.processes.kill(name)
        elif server.process:
            server.process.kill()
            server.process.wait()

    def kill_child_of(self, name: str) -> bool:
        """A worker's child, as the kernel does when memory is short. Whether there was one."""
        children = descendants(self.processes.running[name].pid)
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(children[-1], signal.SIGKILL)
        return bool(children)

    def pause(self, name: str) -> None:
        self.stopped.add(name)
        self._signal(name, signal.SIGSTOP)

    def flush(self) -> None:
        with (
            contextlib.suppress(redis.RedisError),
            redis.Redis.from_url(self.valkey.url(), socket_timeout=2) as client,
        ):
            client.flushall()

    # Mending ----------------------------------------------------------------------------------------

    def resume(self, name: str) -> None:
        self.stopped.discard(name)
        self._signal(name, signal.SIGCONT)

    def start_again(self, name: str) -> None:
        """A process, or a server. Raises StackError if a server will not start as yet."""
        server = self.server(name)
        if server is None:
            if name not in self.processes.running:
                self.processes.start(name)
            return
        server.start()

    def start_dead(self, but: Collection[str] = ()) -> list[str]:
        """What a supervisor does; the names of those that had ended by themselves. `but` those that are to be dead."""
        dead = self.processes.dead()
        for name in dead:
            self.processes.kill(name)
            self.processes.start(name)
        for name in ("postgres", "valkey"):
            server = self.server(name)
            if (
                name not in but
                and server is not None
                and server.process
                and server.process.poll() is not None
            ):
                with contextlib.suppress(StackError):
                    server.start()
                dead.append(name)
        return dead

    def server(self, name: str) -> EmbeddedPostgres | EmbeddedValkey | None:
        return {"postgres": self.postgres, "valkey": self.valkey}.get(name)

    def _signal(self, name: str, number: signal.Signals) -> None:
        server = self.server(name)
        if server is None:
            if name in self.processes.running:
                self.processes.signal(name, number)
        elif server.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.process.pid, number)

    # After ------------------------------------------------------------------------------------------

    def stop_processes(self) -> None:
        if hasattr(self, "processes"):
            self.processes.kill_all()

    def copy(self, name: str) -> str:
        """A copy of the database, for the administrator; its address. Nobody may be connected to ours."""
        with psycopg.connect(self.postgres.url(), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [NAMES.database],
            )
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {NAMES.database} STRATEGY file_copy")
        return self.postgres.url(name)

    def stop(self, *, keep: bool = False) -> None:
        self.stop_processes()
        for name in list(self.stopped):
            self.resume(name)
        self.valkey.stop()
        self.postgres.stop()
        if not keep:
            self.volume.discard()
            self.ground.discard()
