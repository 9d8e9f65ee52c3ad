"""The stream as it runs: 200 clients, a server killed with -9, a session ended, a client that does not read."""

import asyncio
import re
import shutil
import socket
import subprocess
import sys

import pytest
from django.contrib.sessions.models import Session

from events.feed import newest
from events.outbox import record_all
from events.sequencer import sequence
from forces.clock import db_now
from forces.tenancy import acting, national_scope
from register.events import EntryEntered
from tests.api.following import cookie, elsewhere, publish
from tests.api.serving_streams import ROOT, Listener, StreamProcess, until
from tests.config.processes import eventually
from tests.people import make_force, make_member

pytestmark = [pytest.mark.commits, pytest.mark.processes]
BOUND = 10.0


@pytest.fixture
def kent(committed_db):
    return make_force("E23000032", "kent", "Kent Police")


@pytest.fixture
def stream(committed_db, tmp_path):
    started = []

    def start(**more):
        started.append(
            StreamProcess(
                committed_db,
                tmp_path / "stream.log",
                LFR_STREAM_PER_ADDRESS="300",
                LFR_STREAM_RIGHTS_BOUND=str(BOUND),
                **more,
            )
        )
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.kill()


def many(force, number):
    for _ in range(number):
        publish(force)


def test_two_hundred_clients_hear_everything_once_across_a_killed_server_and_one_is_sent_away(stream, kent):
    browsers = [cookie(make_member(kent, "planner"))[1].decode() for _ in range(10)]
    sequence()
    with national_scope():
        start = newest()
    server = stream()

    async def follow():
        strangers = [Listener(server.port, after=start) for _ in range(120)]
        ours = [Listener(server.port, "/stream/mine/", each, start) for each in browsers for _ in range(8)]
        everybody = [*strangers, *ours]
        await until(lambda: all(each.connected for each in everybody))
        await asyncio.to_thread(elsewhere, many, kent, 8)
        await until(lambda: all(len(each.heard) == 8 for each in everybody))
        before = [each.connected for each in everybody]
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(elsewhere, many, kent, 4)
        await asyncio.to_thread(server.start)
        await until(lambda: all(each.connected > n for each, n in zip(everybody, before, strict=True)))
        await asyncio.to_thread(elsewhere, many, kent, 4)
        await until(lambda: all(len(each.heard) == 16 for each in everybody))

        ended = browsers[0].partition("=")[2]
        await asyncio.to_thread(elsewhere, lambda: Session.objects.filter(session_key=ended).delete())
        await until(lambda: all(each.refused == 401 for each in ours[:8]), BOUND)
        await asyncio.to_thread(elsewhere, many, kent, 2)
        await until(lambda: all(len(each.heard) == 18 for each in everybody[:120] + everybody[128:]))
        for each in everybody:
            each.task.cancel()
        return everybody

    everybody = asyncio.run(follow())
    wanted = list(range(start + 1, start + 19))
    assert [each.heard for each in everybody[:120]] == [wanted] * 120
    assert [each.heard for each in everybody[120:128]] == [wanted[:16]] * 8
    assert [each.heard for each in everybody[128:]] == [wanted] * 72


def test_a_client_that_does_not_read_is_sent_away_and_its_socket_closed(stream, kent):
    """What it is sent is more than the system keeps for it, so the server finds out."""
    long = "x" * 4000
    events = [
        (EntryEntered(number, f"LFR-{number}", 1, "original", "kent", "national", long), f"LFR-{number}")
        for number in range(3000)
    ]
    with acting(kent, None):
        record_all(events, force=kent, by=None, at=db_now())
    sequence()
    server = stream(LFR_STREAM_PATIENCE="0.5")
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", server.port))
        idle.sendall(b"GET /stream/?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        idle.settimeout(30)
        eventually(lambda: "let go" in server.log())
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # what is left comes at once
        total = 0
        while data := idle.recv(1 << 20):
            total += len(data)
    assert total < len(events) * len(long)


GUIDE = (ROOT / "docs" / "how-to" / "follow-events.md").read_text()


def test_the_guide_to_following_is_true(stream, kent):
    wanted = [publish(kent) for _ in range(3)]
    server = stream()
    here = f"http://localhost:{server.port}/stream/"
    (python,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert "http://localhost:8001/stream/" in python
    following = subprocess.Popen(
        [sys.executable, "-u", "-c", python.replace("http://localhost:8001/stream/", here)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        heard = [following.stdout.readline().split() for _ in wanted]
        server.kill()
        wanted.append(publish(kent))
        server.start()
        heard.append(following.stdout.readline().split())
    finally:
        following.kill()
        following.communicate()
    assert [subject for _position, _event, subject in heard] == wanted
    assert {event for _position, event, _subject in heard} == {"register.entered.v1"}
    if curl := shutil.which("curl"):
        (address,) = re.findall(r'curl -N "http://localhost:8001/stream/(\S+)"', GUIDE)
        done = subprocess.run(
            [curl, "-sN", "--max-time", "2", f"{here}{address}"], capture_output=True, text=True
        )
        assert [line for line in done.stdout.splitlines() if line.startswith("id: ")][1:]
        assert all(reference in done.stdout for reference in wanted)


def test_the_guide_names_the_settings_as_they_are(settings):
    read = dict(
        re.findall(r"words\(\"(LFR_STREAM_\w+)\", \"(\w+)\"\)", (ROOT / "config" / "settings.py").read_text())
    )
    told = {}
    for names, values in re.findall(
        r"^\| (`LFR_STREAM[^|]*) \|[^|]*\| ([^|]*) \|$", GUIDE, flags=re.MULTILINE
    ):
        told |= dict(zip(re.findall(r"LFR_\w+", names), values.split(", "), strict=True))
    assert told == read
