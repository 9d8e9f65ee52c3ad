"""The stream: every public event once and in order, wherever a reader begins, and never a private one."""

import asyncio
import json

import psycopg
import pytest
from django.db import connection

from api.stream import QUEUE, Hub, Streams
from events.outbox import record
from events.sequencer import sequence
from forces.clock import db_now
from forces.tenancy import acting
from register import actions
from register.events import RedactionProposed
from tests.documents import result
from tests.people import make_force
from tests.stack import STACK

pytestmark = pytest.mark.commits


@pytest.fixture
def kent(committed_db):
    return make_force("E23000032", "kent", "Kent Police")


@pytest.fixture
def publish():
    """`publish(force)` enters a result, gives it its public position, and returns its reference."""

    def enter(force):
        document = result(force)
        actions.enter(document, force=force, origin="submitted", by=None, at=db_now())
        sequence()
        return document["reference"]

    return enter


@pytest.fixture
def streams(committed_db):
    made = []

    def make():
        made.append(Streams(Hub()))
        return made[-1]

    yield make
    for each in made:
        each.hub.stop()


def elsewhere(do, *arguments):
    """In a thread, with a connection of its own that is closed again."""
    try:
        return do(*arguments)
    finally:
        connection.close()


class Follower:
    """A client of the stream: what was sent to it, and a way to hang up."""

    def __init__(self, streams, query="", headers=(), method="GET"):
        self.sent, self.news, self.leaving = [], asyncio.Event(), asyncio.Event()
        scope = {
            "type": "http",
            "method": method,
            "path": "/stream/",
            "query_string": query.encode(),
            "headers": list(headers),
        }
        self.task = asyncio.ensure_future(streams(scope, self._receive, self._send))

    async def _receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)
        self.news.set()

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def events(self):
        text = b"".join(message.get("body", b"") for message in self.sent).decode()
        blocks = [
            dict(line.split(": ", 1) for line in block.split("\n"))
            for block in text.split("\n\n")
            if "data" in block
        ]
        return [(int(block["id"]), block["event"], json.loads(block["data"])) for block in blocks]

    @property
    def references(self):
        return [data["subject"] for _id, _event, data in self.events]

    async def until(self, condition, seconds=10):
        async with asyncio.timeout(seconds):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def leave(self):
        self.leaving.set()
        await self.task


def test_a_follower_hears_what_is_published_and_then_only_that(streams, kent, publish):
    earlier = publish(kent)

    async def follow():
        follower = Follower(streams())
        await follower.until(lambda: len(follower.sent) >= 2)
        wanted = [await asyncio.to_thread(elsewhere, publish, kent) for _ in range(3)]
        await follower.until(lambda: len(follower.events) >= 3)
        await follower.leave()
        assert follower.references == wanted
        assert earlier not in follower.references
        (_position, event, data), *_rest = follower.events
        assert event == "register.entered.v1"
        assert (data["realm"], data["force"], data["data"]["act"]) == ("national", "kent", "original")
        assert "person" not in json.dumps(data)

    asyncio.run(follow())


@pytest.mark.parametrize("how", ["header", "address"])
def test_a_follower_who_comes_back_hears_what_it_missed_once_and_in_order(streams, kent, publish, how):
    wanted = [publish(kent) for _ in range(5)]

    async def follow():
        first = Follower(streams(), query="after=0")
        await first.until(lambda: len(first.events) >= 5)
        await first.leave()
        assert first.references == wanted
        second_position = first.events[1][0]
        back = (
            Follower(streams(), headers=[(b"last-event-id", str(second_position).encode())])
            if how == "header"
            else Follower(streams(), query=f"after={second_position}")
        )
        await back.until(lambda: len(back.events) >= 3)
        wanted.append(await asyncio.to_thread(elsewhere, publish, kent))
        await back.until(lambda: len(back.events) >= 4)
        await back.leave()
        assert back.references == wanted[2:]

    asyncio.run(follow())


def test_realms_are_followed_apart(streams, kent, publish):
    northmoor = make_force("X-NORTHMOOR", "northmoor", "Northmoor Police", realm="demonstration")

    async def follow():
        both = streams()
        real, made_up = Follower(both), Follower(both, query="realm=demonstration")
        for each in (real, made_up):
            await each.until(lambda each=each: len(each.sent) >= 2)
        wanted = [await asyncio.to_thread(elsewhere, publish, force) for force in (kent, northmoor)]
        for each in (real, made_up):
            await each.until(lambda each=each: len(each.events) >= 1)
            await each.leave()
        assert (real.references, made_up.references) == ([wanted[0]], [wanted[1]])

    asyncio.run(follow())


def test_private_events_are_never_sent(streams, kent, publish):
    entry = actions.enter(result(kent), force=kent, origin="submitted", by=None, at=db_now())
    with acting(kent, None):
        record(RedactionProposed(1, entry.reference), force=kent, by=None, at=db_now())
    last = publish(kent)

    async def follow():
        follower = Follower(streams(), query="after=0")
        await follower.until(lambda: last in follower.references)
        await follower.leave()
        assert {event for _id, event, _data in follower.events} == {"register.entered.v1"}

    asyncio.run(follow())


def test_a_follower_that_is_too_slow_loses_nothing(streams, kent, publish):
    async def follow():
        hub_and_door = streams()
        follower = Follower(hub_and_door)
        await follower.until(lambda: len(follower.sent) >= 2)
        (client,) = hub_and_door.hub.clients
        wanted = [await asyncio.to_thread(elsewhere, publish, kent) for _ in range(3)]
        await follower.until(lambda: len(follower.events) >= 3)
        # As if its queue had been full while these three were told: it reads again and sends nothing twice.
        client.is_behind = True
        wanted.append(await asyncio.to_thread(elsewhere, publish, kent))
        await follower.until(lambda: len(follower.events) >= 4)
        # And as if it had been told again of all that it has read meanwhile.
        for frame in await hub_and_door.hub.read(0):
            client.offer(frame)
        wanted.append(await asyncio.to_thread(elsewhere, publish, kent))
        await follower.until(lambda: wanted[-1] in follower.references)
        await follower.leave()
        assert follower.references == wanted
        assert client.queue.maxsize == QUEUE
        assert not hub_and_door.hub.clients

    asyncio.run(follow())


def test_a_lost_database_connection_loses_nothing(streams, kent, publish):
    name = connection.settings_dict["NAME"]

    async def follow():
        follower = Follower(streams(), query="after=0")
        await follower.until(lambda: len(follower.sent) >= 1)
        wanted = [await asyncio.to_thread(elsewhere, publish, kent)]
        await follower.until(lambda: len(follower.events) >= 1)
        with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND query LIKE %s",
                [name, "%events_position%"],
            )
        wanted += [await asyncio.to_thread(elsewhere, publish, kent) for _ in range(2)]
        await follower.until(lambda: len(follower.events) >= 3)
        await follower.leave()
        assert follower.references == wanted

    asyncio.run(follow())


@pytest.mark.parametrize(
    ("query", "headers", "parameter"),
    [
        ("since=1", (), "since"),
        ("after=x", (), "after"),
        ("after=1&after=2", (), "after"),
        ("realm=moon", (), "realm"),
        ("", [(b"last-event-id", b"-1; drop")], "Last-Event-ID"),
    ],
)
def test_wrong_questions_are_refused(streams, query, headers, parameter):
    async def ask():
        follower = Follower(streams(), query=query, headers=headers)
        await follower.task
        assert follower.status == 400
        assert json.loads(follower.sent[1]["body"])["errors"][0]["parameter"] == parameter

    asyncio.run(ask())


def test_the_stream_can_only_be_read(streams):
    async def ask():
        follower = Follower(streams(), method="POST")
        await follower.task
        assert follower.status == 405

    asyncio.run(ask())
