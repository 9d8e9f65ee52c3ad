"""One launcher for the whole service: `make run`.

    python -m config.supervisor                 start everything, stop with Ctrl-C
    python -m config.supervisor manage ARGS…    run manage.py against the service that is running

It starts PostgreSQL and Valkey unless DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name others, migrates as
the owner, loads the reference data, and keeps five processes: web, stream, worker, beat and relay. None of them
knows the owner's password. However the launcher ends, so do they.

PORT (pages and API; the stream is on the next port), HOST, DATA_DIR and LFR_DEMONSTRATION are honoured.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from celery import Celery

from config.stack.children import Child, Family, Interrupted
from config.stack.ground import Ground, Lock, StackError
from config.stack.lifeline import guarded
from config.stack.passwords import Passwords
from config.stack.postgres import EmbeddedPostgres
from config.stack.provision import CannotProvision, Names, provision
from config.stack.valkey import ONCE, EmbeddedValkey

ROOT = Path(__file__).resolve().parent.parent
READY_TIMEOUT = 120.0  # seconds until every process must answer
HOPELESS = 4  # crashes during the start, after which it is given up
THREADS = 4  # of the web process


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service answers and keeps its data."""

    host: str
    port: int
    data_dir: Path

    @classmethod
    def from_environment(cls) -> Place:
        """Raises StackError."""
        given = os.environ.get("PORT", "8000")
        if not given.isdigit() or not 1 <= int(given) <= 65534:
            raise StackError(f"PORT={given} is not a number from 1 to 65534 (the next port is used as well).")
        return cls(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=int(given),
            data_dir=Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve(),
        )

    @property
    def stream_port(self) -> int:
        return self.port + 1

    def check_ports(self) -> None:
        """Raises StackError if one is taken."""
        for port in (self.port, self.stream_port):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, port))
                except OSError as error:
                    raise StackError(
                        f"Port {port} on {self.host} cannot be used ({error.strerror}). "
                        f"Choose another: make run PORT={self.port + 100}"
                    ) from None


@dataclass(frozen=True, slots=True)
class Servers:
    """Where PostgreSQL and Valkey are, and the two addresses of the database."""

    app_url: str
    owner_url: str
    redis_url: str
    embedded: tuple[EmbeddedPostgres | EmbeddedValkey, ...]

    def stop(self) -> None:
        for server in reversed(self.embedded):
            server.stop()


def start_servers(place: Place, passwords: Passwords) -> Servers:
    """Those named in the environment; embedded ones for what is not named. Raises StackError."""
    app_url, owner_url, redis_url = (
        os.environ.get(name, "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    )
    if bool(app_url) != bool(owner_url):
        raise StackError(
            "Set both DATABASE_URL (the application's role) and DATABASE_OWNER_URL (the owner's, for "
            "migrations), or neither."
        )
    if app_url and urlsplit(app_url).username == urlsplit(owner_url).username:
        raise StackError(
            "DATABASE_URL and DATABASE_OWNER_URL sign in as the same role. The application must own nothing, or "
            "the locks between forces do not hold: see docs/how-to/run-on-your-own-servers.md"
        )
    check_given(app_url, owner_url, redis_url)
    embedded: list[EmbeddedPostgres | EmbeddedValkey] = []
    if not app_url:
        names = Names()
        postgres = EmbeddedPostgres(Ground(place.data_dir), passwords.superuser)
        postgres.start()
        embedded.append(postgres)
        provision(postgres.url(), names, owner_password=passwords.owner, app_password=passwords.app)
        owner_url = postgres.url(names.database, user=names.owner, password=passwords.owner)
        app_url = postgres.url(names.database, user=names.app, password=passwords.app)
    if not redis_url:
        valkey = EmbeddedValkey(Ground(place.data_dir), passwords.valkey)
        valkey.start()
        embedded.append(valkey)
        redis_url = valkey.url()
    return Servers(app_url, owner_url, redis_url, tuple(embedded))


def check_given(app_url: str, owner_url: str, redis_url: str) -> None:
    """Whether the servers named in the environment answer. Raises StackError naming the variable."""
    for name, url in (("DATABASE_URL", app_url), ("DATABASE_OWNER_URL", owner_url)):
        if url:
            try:
                psycopg.connect(url, connect_timeout=5).close()
            except psycopg.Error as error:
                raise StackError(f"{name}: {str(error).strip().splitlines()[-1]}") from None
    if redis_url:
        try:
            with redis.Redis.from_url(redis_url, socket_timeout=5, retry=ONCE) as client:
                client.ping()
        except (redis.RedisError, ValueError) as error:
            raise StackError(f"REDIS_URL: {error}") from None


class Service:
    """The five processes, and what comes before and after them."""

    ORDER_OF_STOPPING = (("beat", "relay"), ("web", "stream", "worker"))

    def __init__(self, place: Place, family: Family, passwords: Passwords, servers: Servers) -> None:
        self.place = place
        self.family = family
        self.servers = servers
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_OWNER_URL", "MAKEFLAGS")
        } | {
            "DATABASE_URL": servers.app_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or passwords.secret_key,
            "DATA_DIR": str(place.data_dir),
            # Pages and stream have no front that makes one address of them.
            "LFR_PORTS": f"{place.port},{place.stream_port}",
            "PYTHONUNBUFFERED": "1",
            # Celery's warning against root is for pickled messages; ours are JSON.
            "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
        }
        self.worker_address = f"launcher-{os.getpid()}@localhost"
        self.note = place.data_dir / "environment.json"
        self.sign_ins = place.data_dir / "sign-ins.txt"

    # Before -----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Bring the database and the static files up to date. Raises StackError."""
        as_owner = self.environment | {"DATABASE_OWNER_URL": self.servers.owner_url}
        prepare = [sys.executable, "-m", "config.prepare", "--sign-ins", str(self.sign_ins)]
        self.sign_ins.unlink(missing_ok=True)
        self.family.run_to_end(
            [
                Child("prepare", prepare, as_owner),
                Child("static", self._manage("collectstatic", "--noinput"), self.environment),
            ]
        )

    @staticmethod
    def _manage(*arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    # While it runs ----------------------------------------------------------------------------------

    def start(self) -> None:
        for child in self._children():
            self.family.keep(child.name, child)
        for server in self.servers.embedded:
            self.family.keep("postgres" if isinstance(server, EmbeddedPostgres) else "valkey", server)

    def _children(self) -> list[Child]:
        place = self.place
        return [
            Child(name, command, self.environment)
            for name, command in commands(
                place.host,
                place.port,
                place.stream_port,
                worker=self.worker_address,
                schedule=place.data_dir / "beat-schedule",
            ).items()
        ]

    def wait_until_ready(self) -> None:
        """Until web, stream, worker and relay answer. Raises StackError naming those that do not."""
        waiting = {
            "web": lambda: answers(f"http://{self.place.host}:{self.place.port}/readyz"),
            "stream": lambda: answers(f"http://{self.place.host}:{self.place.stream_port}/healthz"),
            "worker": self._worker_answers,
            "relay": lambda: "" if self.family.is_alive("relay", for_seconds=2) else "it does not run",
            "beat": lambda: "" if self.family.is_alive("beat", for_seconds=2) else "it does not run",
        }
        deadline = time.monotonic() + READY_TIMEOUT
        missing: dict[str, str] = {}
        while waiting:
            self.family.tick(0.1)
            missing = {name: reason for name, ask in waiting.items() if (reason := ask())}
            waiting = {name: ask for name, ask in waiting.items() if name in missing}
            hopeless = [name for name, times in self.family.crashes().items() if times >= HOPELESS]
            if hopeless:
                raise StackError(f"{', '.join(hopeless)} ended {HOPELESS} times; what it said stands above.")
            if waiting and time.monotonic() > deadline:
                reasons = "; ".join(f"{name}: {reason}" for name, reason in missing.items())
                raise StackError(f"Not ready after {READY_TIMEOUT:.0f} s. {reasons}")

    def _worker_answers(self) -> str:
        with Celery(broker=self.servers.redis_url) as questioner:
            try:
                answered = questioner.control.ping(destination=[self.worker_address], timeout=0.5)
            except OSError as error:
                return str(error)
        return "" if answered else "it does not answer a ping"

    def announce(self, seconds: float) -> None:
        """Print the addresses, and who may sign in to the demonstration."""
        here = f"http://{'localhost' if self.place.host == '127.0.0.1' else self.place.host}"
        lines = [
            "",
            f"Ready after {seconds:.1f} s.",
            f"  Public register   {here}:{self.place.port}/",
            f"  Sign in           {here}:{self.place.port}/sign-in/",
            f"  API               {here}:{self.place.port}/api/v1/deployments",
            f"  Streams           {here}:{self.place.stream_port}/stream/",
            f"  Data              {self.place.data_dir}",
            "  Stop              Ctrl-C",
            "",
        ]
        if self.sign_ins.exists():
            lines += [self.sign_ins.read_text()]
        with contextlib.suppress(OSError):
            print("\n".join(lines), flush=True)

    def leave_note(self) -> None:
        """For `manage`: the environment of the running service, for this account's eyes only."""
        names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "LFR_DEMONSTRATION")
        descriptor = os.open(self.note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({name: self.environment[name] for name in names if name in self.environment}, file)

    # After ------------------------------------------------------------------------------------------

    def stop(self, *, at_once: bool) -> None:
        """In order, so that what is under way is finished; or all side by side, with little patience."""
        self.note.unlink(missing_ok=True)
        if at_once:
            self.family.stop([name for names in self.ORDER_OF_STOPPING for name in names], grace=1.5)
        else:
            for names in self.ORDER_OF_STOPPING:
                self.family.stop(names)


def commands(
    host: str,
    port: int,
    stream_port: int,
    *,
    worker: str,
    schedule: Path,
    static: Path = ROOT / "staticfiles",
) -> dict[str, list[str]]:
    """How each process is started. `worker` is the worker's address at the broker, `schedule` beat's own file."""
    python = [sys.executable, "-m"]
    serve = [*python, "granian", "--host", host, "--respawn-failed-workers", "--no-ws"]
    serve += ["--workers-kill-timeout", "8", "--log-level", "warning"]
    celery = [*python, "celery", "--app", "config", "--quiet"]
    return {
        "web": [
            *(*serve, "--port", str(port), "--interface", "wsgi", "--blocking-threads", str(THREADS)),
            *("--static-path-route", "/static", "--static-path-mount", str(static)),
            "config.wsgi:application",
        ],
        "stream": [*serve, "--port", str(stream_port), "--interface", "asginl", "config.asgi:application"],
        "worker": [
            *(*celery, "worker", "--hostname", worker, "--concurrency", "2"),
            *("--without-mingle", "--without-gossip", "--loglevel", "WARNING"),
        ],
        "beat": [*celery, "beat", "--schedule", str(schedule), "--loglevel", "WARNING"],
        "relay": Service._manage("relay"),
    }


def answers(url: str) -> str:
    """Empty if `url` answers 200; otherwise what it said, on one line."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - our own address
            return "" if response.status == 200 else f"answers {response.status}"
    except urllib.error.HTTPError as error:
        return f"answers {error.code}: {error.read(500).decode(errors='replace')}".replace("\n", " ")
    except OSError as error:
        return str(error)


def run(watcher: int) -> int:
    """Start, keep and stop everything; returns the exit code. In the guarded process."""
    started = time.monotonic()
    family = Family(watcher)

    def told_to_stop(*_: object) -> None:
        family.told_to_stop = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, told_to_stop)
    service, servers = None, None
    code = 0
    try:
        place = Place.from_environment()
        place.check_ports()
        Ground(place.data_dir)
        lock = Lock(place.data_dir / "lock")
        lock.take()
        passwords = Passwords.kept_in(place.data_dir)
        servers = start_servers(place, passwords)
        service = Service(place, family, passwords, servers)
        service.prepare()
        service.start()
        service.leave_note()
        service.wait_until_ready()
        service.announce(time.monotonic() - started)
        while True:
            family.tick()
    except Interrupted:
        pass
    except (StackError, CannotProvision) as refusal:
        with contextlib.suppress(OSError):
            print(f"\nCannot start: {refusal}", file=sys.stderr, flush=True)
        code = 1
    abandoned = os.getppid() != watcher
    with contextlib.suppress(OSError):
        print("Stopping", flush=True)
    if service:
        service.stop(at_once=abandoned)
    if servers:
        servers.stop()
    return code


def manage(arguments: list[str]) -> int:
    """Become `manage.py ARGUMENTS` with the environment of the running service."""
    data_dir = Place.from_environment().data_dir
    try:
        told = json.loads((data_dir / "environment.json").read_text())
    except (OSError, ValueError):
        told = None
    if told is None or not data_dir.is_dir() or Lock(data_dir / "lock").is_free():
        raise StackError(f"Nothing runs on {data_dir}. Start it first, in another terminal: make run")
    command = Service._manage(*arguments)
    os.execve(command[0], command, os.environ | told)  # noqa: S606 - no shell is what we want


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["manage"]:
        try:
            return manage(arguments[1:])
        except StackError as refusal:
            print(f"Cannot do that: {refusal}", file=sys.stderr)
            return 1
    parser = argparse.ArgumentParser("python -m config.supervisor", description=__doc__.splitlines()[0])
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the caller is gone")
    chosen = parser.parse_args(arguments)
    return guarded(run, stop_with_parent=chosen.stop_with_parent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
