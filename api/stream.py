"""Public events as they happen, as server-sent events: `GET /stream/`.

One thread per process listens to the database and reads what is new; every client has a short queue of its own.
A client that reads too slowly is not waited for and loses nothing: it goes on from the database. No session, no
cookie and no scope: what a stranger may read is all that is ever read here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from events.feed import Happening, newest, public_feed
from events.sequencer import CHANNEL
from events.store import listen, wait_for_notification
from forces.models import Force, Realm
from register.search import InvalidSearch, Reader

log = logging.getLogger(__name__)

POLL = 1.0  # seconds; what a lost notification can cost
HEARTBEAT = 15.0  # seconds without an event after which a comment is sent, so that nobody hangs up
QUEUE = 200  # events a client may lag behind before it reads from the database instead
AT_ONCE = 500  # events read in one go
MOST_CLIENTS = 1_000
PATIENCE = 10.0  # seconds a newcomer waits for the database
LONGEST_PAUSE = 5.0  # seconds between two tries while the database is away

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, ready to be sent to everyone who follows its realm."""

    position: int
    realm: str
    data: bytes


@dataclass(eq=False, slots=True)
class Client:
    """One follower. `is_behind`: its queue was too short, so it must read what it missed."""

    realm: str
    is_behind: bool
    queue: asyncio.Queue[Frame] = field(default_factory=lambda: asyncio.Queue(QUEUE))

    def offer(self, frame: Frame) -> None:
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.is_behind = True


# Reading, in threads ----------------------------------------------------------------------------------


def frames_after(position: int, limit: int = AT_ONCE) -> list[Frame]:
    """Public events after a position, of both realms."""
    found = public_feed(position, limit)
    forces = Force.objects.in_bulk({each.force_id for each in found if each.force_id is not None})
    return [_frame(each, forces) for each in found]


def _frame(happening: Happening, forces: Mapping[int, Force]) -> Frame:
    force = forces.get(happening.force_id) if happening.force_id is not None else None
    realm = force.realm if force else Realm.NATIONAL.value
    data = json.dumps(
        {
            "position": happening.position,
            "event": happening.name,
            "subject": happening.subject or None,
            "realm": realm,
            "force": force.slug if force else None,
            "happened_at": happening.happened_at.isoformat().replace("+00:00", "Z"),
            "recorded_at": happening.recorded_at.isoformat().replace("+00:00", "Z"),
            "data": happening.payload,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    text = f"id: {happening.position}\nevent: {happening.name}\ndata: {data}\n\n"
    return Frame(happening.position, realm, text.encode())


@contextmanager
def _letting_go() -> Any:
    """A broken connection is dropped, so that the next try makes a new one."""
    try:
        yield
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


class Hub:
    """The one listener of a process, and those it tells."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.position: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = asyncio.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        # One thread, so one connection, for all who read what they missed.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="stream-reader")

    async def start(self) -> None:
        """Begin to listen, once; return when the newest position is known."""
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._listen, name="stream-listener", daemon=True)
            self._thread.start()
        await self._ready.wait()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        # Named in the thread: each thread has a connection of its own.
        self._reader.submit(lambda: connection.close()).result()
        self._reader.shutdown()

    async def read(self, position: int) -> list[Frame]:
        """What came after a position. Raises DatabaseError, InterfaceError."""

        def read() -> list[Frame]:
            with _letting_go():
                return frames_after(position)

        return await asyncio.get_running_loop().run_in_executor(self._reader, read)

    def _listen(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                with _letting_go():
                    listen(CHANNEL)
                    if self.position is None:
                        self.position = newest()
                        self._tell(self._ready.set)
                    pause = 0.1
                    self._follow()
            except (DatabaseError, InterfaceError) as error:
                log.warning("The stream has lost the database and tries again: %s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        connection.close()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            found = frames_after(self.position or 0)
            if found:
                self.position = found[-1].position
                self._tell(self._offer, found)
            else:
                wait_for_notification(POLL)

    def _tell(self, do: Callable[..., Any], *arguments: Any) -> None:
        # The loop is closed when the process ends.
        with suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(do, *arguments)

    def _offer(self, found: Sequence[Frame]) -> None:
        for client in self.clients:
            for frame in found:
                if frame.realm == client.realm:
                    client.offer(frame)


# Answering --------------------------------------------------------------------------------------------


class Streams:
    """The ASGI application behind /stream/."""

    def __init__(self, hub: Hub | None = None) -> None:
        self.hub = hub or Hub()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await refuse(send, scope, 405, "This address can only be read.", allow="GET")
            return
        try:
            realm, after = self._asked(scope)
        except InvalidSearch as wrong:
            errors = [
                {"parameter": name, "detail": message}
                for name, messages in wrong.errors.items()
                for message in messages
            ]
            await refuse(send, scope, 400, f"{errors[0]['parameter']}: {errors[0]['detail']}", errors=errors)
            return
        if len(self.hub.clients) >= MOST_CLIENTS:
            await refuse(send, scope, 503, "Too many are following already. Try again later.", retry="30")
            return
        telling = asyncio.ensure_future(self._tell(send, scope, realm, after))
        leaving = asyncio.ensure_future(_until_gone(receive))
        done, rest = await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for task in done:
            if (error := task.exception()) is not None and not isinstance(error, OSError):
                raise error

    @staticmethod
    def _asked(scope: Mapping[str, Any]) -> tuple[str, int | None]:
        """The realm, and after which position; None for what comes from now on. Raises InvalidSearch."""
        given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        ask = Reader(given)
        ask.only(("realm", "after"))
        known = [Realm.NATIONAL.value, *([Realm.DEMONSTRATION.value] if settings.DEMONSTRATION else [])]
        realm = ask.one_of("realm", known) or Realm.NATIONAL.value
        after = ask.whole_number("after", 0, 999_999_999)
        # A browser that comes back knows better where it stopped than its address does.
        last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        if last:
            resumed = Reader({"Last-Event-ID": [last]})
            after = resumed.whole_number("Last-Event-ID", 0, 999_999_999)
            ask.errors.update(resumed.errors)
        ask.finish()
        return realm, after

    async def _tell(self, send: Send, scope: Mapping[str, Any], realm: str, after: int | None) -> None:
        try:
            await asyncio.wait_for(self.hub.start(), PATIENCE)
        except TimeoutError:
            await refuse(send, scope, 503, "The database does not answer. Try again.", retry="5")
            return
        client = Client(realm, is_behind=after is not None)
        sent = after if after is not None else self.hub.position or 0
        self.hub.clients.add(client)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
            async for data in self._frames(client, sent):
                await send({"type": "http.response.body", "body": data, "more_body": True})
        except (DatabaseError, InterfaceError) as error:
            # The client comes back by itself, and says where it stopped.
            log.warning("A follower was let go: %s", error)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.hub.clients.discard(client)

    async def _frames(self, client: Client, sent: int) -> AsyncIterator[bytes]:
        """Each event of the client's realm once and in order, and a comment when it is quiet."""
        while True:
            if client.is_behind:
                # What is queued is in the database too, and what comes meanwhile is queued anew.
                client.is_behind = False
                while not client.queue.empty():
                    client.queue.get_nowait()
                while found := await self.hub.read(sent):
                    data = b"".join(frame.data for frame in found if frame.realm == client.realm)
                    sent = found[-1].position
                    if data:
                        yield data
                continue
            try:
                frame = await asyncio.wait_for(client.queue.get(), HEARTBEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if frame.position > sent:
                sent = frame.position
                yield frame.data


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
]


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(
    send: Send,
    scope: Mapping[str, Any],
    status: int,
    detail: str,
    *,
    errors: Iterable[Mapping[str, str]] = (),
    allow: str = "",
    retry: str = "",
) -> None:
    """Answer with problem+json."""
    titles = {400: "A parameter is wrong", 404: "There is nothing here", 405: "This address can only be read"}
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": titles.get(status, "The stream is not available now"),
        "status": status,
        "detail": detail,
        "instance": scope["path"],
    }
    if told := list(errors):
        body["errors"] = told
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    headers += [(b"allow", allow.encode())] if allow else []
    headers += [(b"retry-after", retry.encode())] if retry else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
