"""The one listener of a process, and those it tells.

Three threads have a connection each: one listens and reads what is new, once for each audience; one reads what
single clients missed; one asks again whether those who are signed in still may hear what they hear. However many
clients there are, there are no more connections, and none is kept in a transaction.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from api.stream.audiences import Audience, Chunk, Frame, RightsChanged
from api.stream.guard import Session, Standing, standing_of
from events.feed import newest
from events.sequencer import CHANNEL
from events.store import listen, wait_for_notification
from forces.tenancy import national_scope

log = logging.getLogger(__name__)

POLL = 1.0  # seconds; what a lost notification can cost
QUEUE = 200  # events a client may lag behind before it reads from the database instead
AT_ONCE = 500  # positions read in one go by the listener
MISSED_AT_ONCE = 100  # events read in one go for one client: what a slow one can hold in memory
LONGEST_PAUSE = 5.0  # seconds between two tries while the database is away
ASK_EVERY = 1.0  # seconds between two questions whether those who follow still may
TICK = 0.1  # seconds between two looks at whose rights are due to be asked again


@dataclass(eq=False, slots=True)
class Client:
    """One follower.

    `is_behind`: it must read what it missed. `person` and `session` are None for a stranger. `sure` is the last
    moment (of the loop's clock) at which it was still entitled.
    """

    audience: Audience
    address: str = ""
    person: int | None = None
    session: Session | None = None
    sure: float = 0.0
    is_behind: bool = True
    queue: asyncio.Queue[Frame] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frame: Frame) -> None:
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.is_behind = True


@contextmanager
def _letting_go() -> Iterator[None]:
    """A broken connection is dropped, so that the next try makes a new one."""
    try:
        yield
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


class Hub:
    """`position` is how far every client has been told, or will find out by itself."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.position = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = asyncio.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._watching: asyncio.Task[None] | None = None
        self._audiences: Mapping[Audience, int | None] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="stream-reader")
        self._guard = ThreadPoolExecutor(1, thread_name_prefix="stream-guard")

    # In the event loop --------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to listen, once; return when the newest position is known."""
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._listen, name="stream-listener", daemon=True)
            self._thread.start()
            self._watching = asyncio.ensure_future(self._watch())
        await self._ready.wait()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        for thread in (self._reader, self._guard):
            # Named in the thread: each thread has a connection of its own.
            thread.submit(lambda: connection.close()).result()
            thread.shutdown()

    def add(self, client: Client) -> None:
        self.clients.add(client)
        self._count_audiences()

    def remove(self, client: Client) -> None:
        self.clients.discard(client)
        self._count_audiences()

    def _count_audiences(self) -> None:
        # Never changed, only replaced: the listener looks at it from its thread.
        self._audiences = {client.audience: client.person for client in self.clients}

    async def read(self, client: Client, after: int) -> Chunk:
        """What a client missed, or the beginning of it. Raises DatabaseError, InterfaceError, RightsChanged."""
        upto = self.position

        def read() -> Chunk:
            with _letting_go():
                return client.audience.read(client.person, after, upto, MISSED_AT_ONCE)

        return await asyncio.get_running_loop().run_in_executor(self._reader, read)

    async def newest(self) -> int:
        """The last position given out at this moment. Raises DatabaseError, InterfaceError."""

        def ask() -> int:
            with _letting_go():
                return _last()

        return await asyncio.get_running_loop().run_in_executor(self._guard, ask)

    async def standing(self, sessions: set[Session]) -> dict[Session, Standing]:
        """Raises DatabaseError, InterfaceError."""

        def ask() -> dict[Session, Standing]:
            with _letting_go():
                return standing_of(sessions)

        return await asyncio.get_running_loop().run_in_executor(self._guard, ask)

    async def _watch(self) -> None:
        """End streams whose right to be open has ended, or cannot be confirmed any more."""
        clock = asyncio.get_running_loop().time
        bound: float = settings.STREAM_RIGHTS_BOUND
        asking: asyncio.Future[dict[Session, Standing]] | None = None
        asked: set[Session] = set()
        began = 0.0
        while True:
            await asyncio.sleep(TICK)
            known = [client for client in self.clients if client.session is not None]
            if asking is None and known and clock() - began >= min(ASK_EVERY, bound / 4):
                began = clock()
                asked = {each.session for each in known if each.session}
                asking = asyncio.ensure_future(self.standing(asked))
            if asking is not None and asking.done():
                self._confirm([each for each in known if each.session in asked], asking, began)
                asking = None
            for client in known:
                if clock() - client.sure > bound - 5 * TICK:
                    client.ended.set()

    @staticmethod
    def _confirm(known: list[Client], asking: asyncio.Future[dict[Session, Standing]], began: float) -> None:
        if (error := asking.exception()) is not None:
            log.warning("Who may follow cannot be asked: %s", error)
            return
        found = asking.result()
        for client in known:
            standing = found.get(client.session) if client.session else None
            if standing == Standing(client.person or 0, client.audience):  # type: ignore[arg-type]
                client.sure = max(client.sure, began)
            elif client.sure < began:  # else it was asked about by itself, later
                client.ended.set()

    def _offer(self, position: int, heard: Mapping[Audience, Chunk]) -> None:
        self.position = position
        for client in self.clients:
            chunk = heard.get(client.audience)
            if chunk is None:
                client.is_behind = True
            else:
                for frame in chunk.frames:
                    client.offer(frame)
        for client in self.clients:
            # One that waits for its queue must notice.
            if client.is_behind:
                client.offer(WAKE)

    def _begin(self, position: int) -> None:
        self.position = position
        self._ready.set()

    def _end_all(self) -> None:
        for client in self.clients:
            client.ended.set()

    # In the listener's thread -------------------------------------------------------------------------

    def _listen(self) -> None:
        pause = 0.1
        position: int | None = None
        while not self._stopping.is_set():
            try:
                with _letting_go():
                    listen(CHANNEL)
                    if position is None:
                        position = _last()
                        self._tell(self._begin, position)
                    pause = 0.1
                    while not self._stopping.is_set():
                        position = self._follow(position)
            except (DatabaseError, InterfaceError) as error:
                log.warning("The stream has lost the database and tries again: %s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        connection.close()

    def _follow(self, position: int) -> int:
        last = _last()
        if last < position:
            # The database was put back to an earlier state: whoever comes back is told so.
            log.error("The newest position was %s and is %s now.", position, last)
            self._tell(self._begin, last)
            self._tell(self._end_all)
            return last
        if last == position:
            wait_for_notification(POLL)
            return position
        upto = min(last, position + AT_ONCE)
        heard = {}
        for audience, person in self._audiences.items():
            # An audience that cannot be read now finds out by itself, or is ended by the watch.
            with suppress(RightsChanged):
                heard[audience] = audience.read(person, position, upto, AT_ONCE)
        self._tell(self._offer, upto, heard)
        return upto

    def _tell(self, do: Callable[..., Any], *arguments: Any) -> None:
        # The loop is closed when the process ends.
        with suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(do, *arguments)


WAKE = Frame(0, b"")


def _last() -> int:
    """The last position given out, whoever may read what stands there: a number tells nothing."""
    with national_scope():
        return newest()
