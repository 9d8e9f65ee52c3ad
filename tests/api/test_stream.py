"""The stream: every public event once and in order, wherever a reader begins, and never a private one."""

import asyncio
import json

import psycopg
import pytest
from django.db import connection, transaction

from api.stream.hub import QUEUE
from events.models import Position
from events.outbox import record
from events.sequencer import sequence
from forces.clock import db_now
from forces.tenancy import acting
from register import actions
from register.events import RedactionProposed
from tests.api.following import Follower, cookie, elsewhere, mine, publish
from tests.documents import result
from tests.people import make_force, make_member
from tests.stack import STACK

pytestmark = pytest.mark.commits


@pytest.fixture
def kent(committed_db):
    return make_force("E23000032", "kent", "Kent Police")


def test_a_follower_hears_what_is_published_and_then_only_that(streams, kent):
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
def test_a_follower_who_comes_back_hears_what_it_missed_once_and_in_order(streams, kent, how):
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


def test_realms_are_followed_apart(streams, kent):
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


def test_private_events_are_never_sent(streams, kent):
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


def test_a_follower_that_is_too_slow_loses_nothing(streams, kent):
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
        for frame in (await hub_and_door.hub.read(client, 0)).frames:
            client.offer(frame)
        wanted.append(await asyncio.to_thread(elsewhere, publish, kent))
        await follower.until(lambda: wanted[-1] in follower.references)
        await follower.leave()
        assert follower.references == wanted
        assert client.queue.maxsize == QUEUE
        assert not hub_and_door.hub.clients

    asyncio.run(follow())


def test_a_lost_database_connection_loses_nothing(streams, kent):
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


@pytest.mark.parametrize("query", ["after=3", "after=900", f"after={2**62}"])
def test_a_position_that_cannot_be_gone_on_from_is_answered_with_what_to_do(streams, settings, kent, query):
    settings.STREAM_FURTHEST_BACK = 2
    for _ in range(3):
        publish(kent)
    newest = Position.objects.order_by("-position").first().position

    async def follow():
        both = streams()
        follower = Follower(both, query=query if query != "after=3" else f"after={newest - 3}")
        status = await follower.refused()
        within = await Follower(both, query=f"after={newest - 2}").begun()
        await within.until(lambda: len(within.events) == 2)
        await within.leave()
        return status, follower.problem

    status, problem = asyncio.run(follow())
    assert status == (410 if query == "after=3" else 400)
    assert str(newest) in problem["detail"]
    assert problem["errors"][0]["parameter"] == "after"


def test_one_address_has_a_number_of_connections_and_there_is_an_end_to_all(streams, settings, kent):
    settings.STREAM_PER_ADDRESS, settings.STREAM_MOST = 2, 3

    async def follow():
        both = streams()
        open_now = [await Follower(both).begun() for _ in range(2)]
        refused = Follower(both)
        assert await refused.refused() == 429
        assert b"retry-after" in refused.headers
        open_now.append(await Follower(both, address="192.0.2.2").begun())
        assert await Follower(both, address="192.0.2.3").refused() == 503
        await open_now.pop(0).leave()
        open_now.append(await Follower(both, address="192.0.2.3").begun())
        for each in open_now:
            await each.leave()
        assert not both.strangers

    asyncio.run(follow())


def test_behind_a_front_the_address_is_what_the_front_says(streams, settings, kent):
    settings.STREAM_PER_ADDRESS, settings.HTTPS = 1, True

    async def follow():
        both = streams()
        told = [[(b"x-forwarded-for", each)] for each in (b"192.0.2.8", b"192.0.2.9")]
        open_now = [await Follower(both, headers=each).begun() for each in told]
        assert await Follower(both, headers=told[0]).refused() == 429
        for each in open_now:
            await each.leave()

    asyncio.run(follow())


def test_a_client_that_does_not_read_is_let_go(streams, settings, kent):
    settings.STREAM_PATIENCE = 0.3

    async def follow():
        both = streams()
        idle, reader = await Follower(both, reads=False).begun(), await Follower(both).begun()
        published = await asyncio.to_thread(elsewhere, publish, kent)
        await idle.task
        await reader.until(lambda: reader.references == [published])
        assert len(both.hub.clients) == 1
        await reader.leave()

    asyncio.run(follow())


def test_a_transaction_that_takes_long_hides_nothing_and_none_of_ours_is_left_open(streams, kent):
    name = connection.settings_dict["NAME"]

    def while_another_is_open():
        with transaction.atomic():
            document = result(kent)
            actions.enter(document, force=kent, origin="submitted", by=None, at=db_now())
            overtaking = asyncio.run_coroutine_threadsafe(
                asyncio.to_thread(elsewhere, publish, kent), loops[0]
            ).result()
        sequence()
        return [overtaking, document["reference"]]

    loops = []

    async def follow():
        loops.append(asyncio.get_running_loop())
        follower = await Follower(streams()).begun()
        wanted = await asyncio.to_thread(elsewhere, while_another_is_open)
        await follower.until(lambda: len(follower.events) >= 2)
        with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
            states = admin.execute(
                "SELECT state FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in%%'", [name]
            ).fetchall()
        await follower.leave()
        assert follower.references == wanted
        assert states == []

    asyncio.run(follow())


def test_without_a_database_nobody_is_trusted_and_afterwards_everything_goes_on(streams, settings, kent):
    """The server refuses connections and comes back: strangers lose nothing, others are closed within the bound."""
    settings.STREAM_RIGHTS_BOUND = 1.5
    name = connection.settings_dict["NAME"]
    browser = cookie(make_member(kent, "planner"))
    connection.close()

    def allow(allowed):
        with psycopg.connect(STACK.admin_url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed}")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    async def follow():
        both = streams()
        public, ours = await Follower(both).begun(), await mine(both, browser)
        await asyncio.to_thread(allow, False)
        try:
            async with asyncio.timeout(settings.STREAM_RIGHTS_BOUND):
                await ours.task
            assert (await mine(both, browser)).status == 503
        finally:
            await asyncio.to_thread(allow, True)
        published = await asyncio.to_thread(elsewhere, publish, kent)
        await public.until(lambda: public.references == [published])
        back = await mine(both, browser, "after=0")
        await back.until(lambda: published in back.references)
        for each in (public, back):
            await each.leave()

    asyncio.run(follow())
