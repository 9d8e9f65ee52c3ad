import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.stack.lifeline import descendants
from config.stack.testing import IN_ENVIRONMENT, ensure_test_stack
from tests.config.processes import eventually, survivors
from tests.stack import STACK

pytestmark = pytest.mark.processes

RUN = (
    "import os, time; from config.stack.testing import ensure_test_stack, IN_ENVIRONMENT;"
    "ensure_test_stack(); print(os.environ[IN_ENVIRONMENT], end='', flush=True); time.sleep(600)"
)


@pytest.fixture
def test_run():
    """Start a process that asks for a stack as pytest does; gives (process, what it was told)."""
    started = []

    def start(**environment):
        inherited = {name: value for name, value in os.environ.items() if name != IN_ENVIRONMENT}
        process = subprocess.Popen(
            [sys.executable, "-c", RUN], env=inherited | environment, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_this_very_run_and_its_workers_share_one_stack():
    assert ensure_test_stack() == STACK
    said = subprocess.run(
        [sys.executable, "-c", "from config.stack.testing import *; print(ensure_test_stack().admin_url)"],
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == STACK.admin_url


def test_kill_9_of_a_test_run_leaves_neither_process_nor_file(test_run):
    process, told = test_run()
    folder = Path(told["data_dir"]).parent
    (folder / "files" / "upload").write_text("x")
    family = descendants(process.pid)
    assert len(family) > 5  # the keeper, Valkey, PostgreSQL and its own
    process.send_signal(signal.SIGKILL)
    eventually(lambda: not folder.exists() and not survivors(family), what="the end of the stack")


def test_two_runs_at_once_have_a_stack_each(test_run):
    _, first = test_run()
    _, second = test_run()
    assert not set(first.values()) & set(second.values())
    for told in (first, second):
        psycopg.connect(told["app_url"]).close()


def test_kill_9_of_the_keeper_ends_the_servers_and_the_next_run_removes_the_files(test_run):
    process, told = test_run()
    folder = Path(told["data_dir"]).parent
    family = descendants(process.pid)
    os.kill(int((folder / "lock").read_text()), signal.SIGKILL)
    eventually(lambda: not survivors(family), what="the end of the servers")
    assert folder.exists()
    test_run()
    assert not folder.exists()


def test_servers_of_ones_own_are_used_and_stay(test_run):
    process, told = test_run(TEST_DATABASE_ADMIN_URL=STACK.admin_url, TEST_REDIS_URL=STACK.redis_url)
    assert told["admin_url"] == STACK.admin_url
    assert told["redis_url"] == STACK.redis_url
    process.kill()
    eventually(lambda: not Path(told["data_dir"]).exists(), what="the end of the keeper")
    psycopg.connect(STACK.app_url).close()


def test_a_run_keeps_its_files_where_it_is_told_to(test_run, tmp_path):
    own = {"TEST_DATABASE_ADMIN_URL": STACK.admin_url, "TEST_REDIS_URL": STACK.redis_url}
    _, told = test_run(TMPDIR=str(tmp_path), **own)
    assert Path(told["data_dir"]).is_relative_to(tmp_path)


def test_a_server_that_does_not_answer_is_named_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "config.stack.testing", "run", "true"],
        env={name: value for name, value in os.environ.items() if name != IN_ENVIRONMENT}
        | {"TEST_DATABASE_ADMIN_URL": "postgresql://postgres@127.0.0.1:1/postgres"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "The server refused: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_runs_with_a_stack_to_itself():
    done = subprocess.run(
        [sys.executable, "-m", "config.stack.testing", "run", "sh", "-c", 'echo "$DATABASE_URL"; exit 3'],
        env={name: value for name, value in os.environ.items() if name != IN_ENVIRONMENT},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert done.stdout.startswith("postgresql://lfr_test_app:")
    assert done.stdout.strip() != STACK.app_url
