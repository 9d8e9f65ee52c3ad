"""The whole service, started as `make run` starts it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config.stack.ground import free_port
from config.stack.lifeline import children_by_parent, descendants
from tests.config.processes import eventually, mentioning, survivors

pytestmark = [
    pytest.mark.processes,
]

ROOT = Path(__file__).resolve().parents[2]
NOT_INHERITED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "LFR_TEST_STACK")


def two_free_ports():
    while True:
        port = free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)):
                return port


class Launched:
    """A launcher and what it says."""

    def __init__(self, data_dir, port, *arguments, **environment):
        self.port = port
        self.said = data_dir / f"said-{time.monotonic_ns()}"
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        with self.said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor", *arguments],
                cwd=ROOT,
                env=kept
                | {"PORT": str(port), "DATA_DIR": str(data_dir), "LFR_DEMONSTRATION": "1"}
                | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self):
        eventually(
            lambda: "Ready after" in self.output or self.process.poll() is not None,
            within=300,
            what="the start",
        )
        assert "Ready after" in self.output, self.output
        return self

    @property
    def output(self):
        return self.said.read_text()

    def get(self, path, port=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=10) as response:
            return response.status

    def family(self):
        return descendants(self.process.pid)

    def pid_of(self, words):
        """The child of the supervisor whose command line holds `words`."""
        supervisor = children_by_parent()[self.process.pid][0]
        return next(
            pid
            for pid in children_by_parent()[supervisor]
            if words in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        )


@pytest.fixture(scope="module")
def folder():
    folder = Path(tempfile.mkdtemp(prefix="lfr-service-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def service(folder):
    launched = Launched(folder, two_free_ports())
    yield launched.wait_until_ready()
    launched.process.terminate()
    launched.process.wait(60)


def test_the_service_answers_on_both_ports(service):
    assert service.get("/readyz") == 200
    assert service.get("/") == 200
    assert service.get("/healthz", port=service.port + 1) == 200
    assert f"http://localhost:{service.port}/" in service.output


def test_the_demonstrations_people_are_named(service):
    assert "Northmoor" in service.output


def test_no_process_that_serves_knows_the_owners_password(service, folder):
    owner = json.loads((folder / "passwords.json").read_text())["owner"].encode()
    for pid in service.family():
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert owner not in environment
        assert b"DATABASE_OWNER_URL" not in environment


def test_manage_reaches_the_running_service(service):
    done = Launched(service.said.parent, service.port, "manage", "check", "--database", "default")
    assert done.process.wait(60) == 0, done.output
    assert "no issues" in done.output


def test_a_second_launcher_on_the_same_data_is_refused_in_one_line(service):
    second = Launched(service.said.parent, two_free_ports())
    assert second.process.wait(30) == 1
    assert "is in use by another launcher" in second.output
    assert "Traceback" not in second.output


def test_a_taken_port_is_named_with_the_way_out(service, tmp_path):
    second = Launched(tmp_path, service.port)
    assert second.process.wait(30) == 1
    assert f"Port {service.port} on 127.0.0.1 cannot be used" in second.output
    assert f"make run PORT={service.port + 100}" in second.output


@pytest.mark.parametrize("words", ["celery --app config --quiet worker", "manage.py relay", "config.wsgi"])
def test_a_killed_process_is_started_again_and_leaves_no_orphan(service, words):
    pid = service.pid_of(words)
    family = [pid, *descendants(pid)]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not survivors(family), what=f"the end of {words}")
    eventually(lambda: "starting it again" in service.output, what="the notice")
    again = None

    def is_back():
        nonlocal again
        try:
            again = service.pid_of(words)
        except (StopIteration, FileNotFoundError):
            return False
        return again != pid

    eventually(is_back, what=f"the return of {words}")


@pytest.mark.parametrize("words", ["bin/postgres", "valkey-server"])
def test_a_killed_server_is_started_again_and_the_service_recovers(service, words):
    eventually(lambda: service_is_ready(service), what="readiness")
    os.kill(service.pid_of(words), signal.SIGKILL)
    eventually(lambda: not service_is_ready(service), what="noticing")
    eventually(lambda: service_is_ready(service), what="the recovery")


def service_is_ready(service):
    try:
        return service.get("/readyz") == 200
    except OSError:
        return False


def test_kill_9_of_the_launcher_leaves_nothing_and_data_survives_into_the_next_run(service, folder):
    """The last to use the shared service."""
    family = service.family()
    assert len(family) > 10
    before = published(folder)
    assert before[0] > 0
    service.process.kill()
    service.process.wait()
    eventually(lambda: not survivors(family), what="the end of all")
    assert not mentioning(str(folder))

    again = Launched(folder, service.port, LFR_DEMONSTRATION="0").wait_until_ready()
    family = again.family()
    assert published(folder) == before
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(60) == 0
    assert not survivors(family)
    assert not (folder / "environment.json").exists()
    assert "Traceback" not in again.output.partition("Stopping")[2], again.output


def published(folder):
    """How many entries the register of the running service holds."""
    url = json.loads((folder / "environment.json").read_text())["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM register_entry").fetchone()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "http"}, "PORT=http is not a number from 1 to 65534"),
        ({"DATABASE_URL": "postgresql://a@127.0.0.1:1/x"}, "Set both DATABASE_URL"),
        (
            {
                "DATABASE_URL": "postgresql://a@127.0.0.1:1/x",
                "DATABASE_OWNER_URL": "postgresql://b@127.0.0.1:1/x",
            },
            "DATABASE_URL: ",
        ),
        (
            {
                "DATABASE_URL": "postgresql://a@127.0.0.1:1/x",
                "DATABASE_OWNER_URL": "postgresql://a@127.0.0.1:1/x",
            },
            "sign in as the same role. The application must own nothing",
        ),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "REDIS_URL: "),
    ],
)
def test_what_is_wrong_in_the_environment_is_said_in_one_line(folder, environment, told):
    place = folder / f"wrong-{time.monotonic_ns()}"
    place.mkdir(mode=0o711)
    launched = Launched(place, two_free_ports(), **environment)
    assert launched.process.wait(60) == 1
    assert told in launched.output
    assert "Traceback" not in launched.output
    assert not mentioning(str(place))
