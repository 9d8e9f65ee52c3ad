import contextlib
import os
import signal
import subprocess
import sys

import pytest

from config.stack.lifeline import descendants
from tests.config.processes import eventually, is_alive, survivors

pytestmark = pytest.mark.processes


@pytest.fixture
def family(tmp_path):
    """Start the family of three; gives (launcher, ids of guarded process, child and grandchild)."""
    started = []

    def start(*options: str, under: tuple[str, ...] = ()):
        said = tmp_path / f"ids-{len(started)}"
        command = [*under, sys.executable, "-m", "tests.config.family_of_three", str(said), *options]
        launcher = subprocess.Popen(command, start_new_session=True)
        started.append(launcher)
        eventually(said.exists, what="the family's start")
        ids = [int(word) for word in said.read_text().split()]
        assert survivors(ids) == ids
        return launcher, ids

    yield start
    for launcher in started:
        for pid in [launcher.pid, *descendants(launcher.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        launcher.wait()


def all_gone(ids):
    return lambda: not survivors(ids)


def test_kill_9_of_the_launcher_leaves_nothing_behind(family):
    launcher, ids = family()
    launcher.kill()
    eventually(all_gone(ids), what="the end of all")


def test_kill_9_of_the_launchers_process_group_leaves_nothing_behind(family):
    launcher, ids = family()
    os.killpg(launcher.pid, signal.SIGKILL)
    eventually(all_gone(ids), what="the end of all")


def test_kill_9_of_the_guarded_process_leaves_nothing_behind(family):
    launcher, ids = family()
    os.kill(ids[0], signal.SIGKILL)
    assert launcher.wait(15) == 128 + signal.SIGKILL
    assert not survivors(ids)


def test_the_death_of_what_started_the_launcher_ends_all_when_asked_for(family):
    shell = ("sh", "-c", '"$@" & echo; wait', "sh")
    launcher, ids = family("--stop-with-parent", under=shell)
    launcher.kill()  # the shell; make stands there in real life
    eventually(all_gone(ids), what="the end of all")


def test_a_launcher_without_that_wish_outlives_what_started_it(family):
    launcher, ids = family(under=("sh", "-c", '"$@" & wait', "sh"))
    watcher = next(pid for pid in descendants(launcher.pid) if pid not in ids)
    launcher.kill()
    launcher.wait()
    with pytest.raises(AssertionError):
        eventually(lambda: not is_alive(watcher), within=1)
    assert survivors(ids) == ids
    os.kill(watcher, signal.SIGKILL)
    eventually(all_gone(ids), what="the end of all")
