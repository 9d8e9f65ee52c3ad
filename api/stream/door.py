"""The ASGI application behind `/stream/` and `/stream/mine/`: lets in, tells, and closes."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from api.stream.answers import (
    EVERY_ORIGIN,
    STREAMING,
    Headers,
    Receive,
    Refused,
    Scope,
    Send,
    for_origin,
    refuse,
)
from api.stream.asking import Request
from api.stream.audiences import Public, RightsChanged
from api.stream.hub import Client, Hub

log = logging.getLogger(__name__)

PUBLIC, MINE = "/stream/", "/stream/mine/"
ADDRESSES = (PUBLIC, MINE)
HEARTBEAT = 15.0  # seconds without an event after which a comment is sent, so that nobody hangs up
PATIENCE = 10.0  # seconds a newcomer waits for the database
RETURN_AFTER = (2000, 4000)  # milliseconds; drawn anew for each, so that they do not all come back at once


class Streams:
    """One for each process. Anybody follows public events; who is signed in follows what their rights let them."""

    def __init__(self, hub: Hub | None = None) -> None:
        self.hub = hub or Hub()
        # Places are taken before the database is asked, so that no crowd of newcomers can occupy it.
        self.strangers: Counter[str] = Counter()
        self.newcomers = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.read(scope)
        headers: Headers = EVERY_ORIGIN
        try:
            if request.method != "GET":
                raise Refused(405, "This address can only be read.")
            if request.path == MINE:
                headers = for_origin(None)
                headers = for_origin(request.origin())
                await self._serve_mine(request, receive, send, headers)
            else:
                await self._serve_public(request, receive, send, headers)
        except Refused as refused:
            await refuse(
                send,
                scope,
                refused.status,
                refused.detail,
                errors=refused.errors,
                retry=refused.retry,
                more=headers,
            )

    async def _serve_public(self, request: Request, receive: Receive, send: Send, headers: Headers) -> None:
        realm, after = request.asked("realm", "after")
        if self.strangers.total() >= settings.STREAM_MOST:
            raise Refused(503, "Too many are following already. Try again later.", retry=30)
        if self.strangers[request.address] >= settings.STREAM_PER_ADDRESS:
            raise Refused(
                429,
                f"There are {settings.STREAM_PER_ADDRESS} connections from your address already."
                " Close one, or share one among several readers.",
                retry=30,
            )
        self.strangers[request.address] += 1
        try:
            with _answering():
                await asyncio.wait_for(self.hub.start(), PATIENCE)
                first = await self._first(after)
            client = Client(Public(realm), request.address)
            await self._follow(client, first, receive, send, headers)
        finally:
            self.strangers[request.address] -= 1
            if not self.strangers[request.address]:
                del self.strangers[request.address]

    async def _serve_mine(self, request: Request, receive: Receive, send: Send, headers: Headers) -> None:
        _realm, after = request.asked("after")
        session = request.session()
        signed_in = sum(client.person is not None for client in self.hub.clients)
        if signed_in + self.newcomers >= settings.STREAM_MOST_SIGNED_IN:
            raise Refused(503, "Too many are following already. Try again later.", retry=30)
        self.newcomers += 1
        try:
            with _answering():
                await asyncio.wait_for(self.hub.start(), PATIENCE)
                first = await self._first(after)
                sure = asyncio.get_running_loop().time()
                found = await asyncio.wait_for(self.hub.standing({session}), PATIENCE)
        finally:
            self.newcomers -= 1
        if session not in found:
            raise Refused(401, "Sign in first: the session of your browser has ended.")
        standing = found[session]
        if standing.rights.is_nothing:
            raise Refused(403, "You hold no role that reads the records of a force.")
        open_already = sum(client.person == standing.person for client in self.hub.clients)
        if open_already >= settings.STREAM_PER_PERSON:
            raise Refused(429, f"You follow {open_already} times already. Close a window.", retry=30)
        client = Client(standing.rights, request.address, standing.person, session, sure)
        await self._follow(client, first, receive, send, headers)

    async def _first(self, after: int | None) -> int:
        """After which position to begin. Raises Refused for one that cannot be gone on from."""
        newest = self.hub.position
        if after is None:
            return newest
        if after > newest:
            # Another process may have told what this one has not heard of yet.
            newest = await self.hub.newest()
        if after > newest:
            raise Refused(
                400,
                f"Position {after} has not been given out: the newest is {newest}. Begin without a position.",
                [{"parameter": "after", "detail": f"Give a position up to {newest}."}],
            )
        oldest = max(0, newest - settings.STREAM_FURTHEST_BACK)
        if after < oldest:
            raise Refused(
                410,
                f"The stream goes back to position {oldest}. Read the records first, at /api/v1/deployments, then"
                f" follow from position {newest}.",
                [{"parameter": "after", "detail": f"Give a position from {oldest} to {newest}."}],
            )
        return after

    async def _follow(
        self, client: Client, after: int, receive: Receive, send: Send, headers: Headers
    ) -> None:
        """Until somebody leaves: the client, or we because it may not stay or does not read."""
        self.hub.add(client)
        telling = asyncio.ensure_future(self._tell(client, after, send, headers))
        leaving = asyncio.ensure_future(_until_gone(receive))
        ending = asyncio.ensure_future(client.ended.wait())
        tasks = {telling, leaving, ending}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.remove(client)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if leaving.cancelled():
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(send({"type": "http.response.body", "body": b""}), 1)
        if not telling.cancelled() and (error := telling.exception()) is not None:
            _let_go(error)

    async def _tell(self, client: Client, after: int, send: Send, headers: Headers) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*STREAMING, *headers]})
        # The position too: whoever loses the line before the first event still knows where to go on.
        retry = random.randint(*RETURN_AFTER)  # noqa: S311 - to spread them, not to hide anything
        await self._say(send, f"retry: {retry}\nid: {after}\n\n".encode())
        async for data in self._frames(client, after):
            await self._say(send, data)

    @staticmethod
    async def _say(send: Send, data: bytes) -> None:
        """Raises TimeoutError when the client does not read."""
        await asyncio.wait_for(
            send({"type": "http.response.body", "body": data, "more_body": True}), settings.STREAM_PATIENCE
        )

    async def _frames(self, client: Client, sent: int) -> AsyncIterator[bytes]:
        """Each event that the client's audience hears, once and in order; when it is quiet, how far it has come."""
        while True:
            if client.is_behind:
                # What is queued is in the database too, and what comes meanwhile is queued anew.
                client.is_behind = False
                while not client.queue.empty():
                    client.queue.get_nowait()
                while sent < self.hub.position:
                    chunk = await self.hub.read(client, sent)
                    sent = max(sent, chunk.upto)
                    if data := b"".join(frame.data for frame in chunk.frames):
                        yield data
                continue
            try:
                frame = await asyncio.wait_for(client.queue.get(), HEARTBEAT)
            except TimeoutError:
                if client.queue.empty() and not client.is_behind:
                    sent = max(sent, self.hub.position)
                yield f": still here\nid: {sent}\n\n".encode()
                continue
            if frame.position > sent:
                sent = frame.position
                yield frame.data


@contextmanager
def _answering() -> Iterator[None]:
    """While the database is asked on behalf of a newcomer."""
    try:
        yield
    except (DatabaseError, InterfaceError, TimeoutError) as error:
        raise Refused(503, "The database does not answer. Try again.", retry=5) from error


def _let_go(error: BaseException) -> None:
    """The client comes back by itself, and says where it stopped."""
    match error:
        case TimeoutError():
            log.info("A follower that did not read was let go.")
        case RightsChanged():
            pass
        case DatabaseError() | InterfaceError():
            log.warning("A follower was let go: %s", error)
        case OSError():
            pass
        case _:
            raise error


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
