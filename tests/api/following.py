"""A client of the stream, and forces with something to tell."""

from __future__ import annotations

import asyncio
import json

from django.conf import settings
from django.db import connection
from django.test import Client

from events.sequencer import sequence
from forces.clock import db_now
from register import actions
from tests.documents import result


def publish(force):
    """Enter a result, give it its public position, and return its reference."""
    document = result(force)
    actions.enter(document, force=force, origin="submitted", by=None, at=db_now())
    sequence()
    return document["reference"]


def elsewhere(do, *arguments, **named):
    """In a thread, with a connection of its own that is closed again."""
    try:
        return do(*arguments, **named)
    finally:
        connection.close()


def cookie(person, *, client=None):
    """The header of a browser in which this person is signed in."""
    client = client or Client()
    client.force_login(person.logins.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    return (b"cookie", f"{name}={client.cookies[name].value}".encode())


class Follower:
    """What was sent to one client, and a way to hang up. `reads=False`: it takes nothing after the first line."""

    def __init__(
        self, streams, query="", headers=(), method="GET", path="/stream/", address="192.0.2.1", reads=True
    ):
        self.sent, self.news, self.leaving = [], asyncio.Event(), asyncio.Event()
        self.reads = reads
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), *headers],
            "client": (address, 40000),
        }
        self.task = asyncio.ensure_future(streams(scope, self._receive, self._send))

    async def _receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if not self.reads and len(self.sent) > 1:
            await asyncio.Event().wait()
        self.sent.append(message)
        self.news.set()

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def problem(self):
        return json.loads(self.sent[1]["body"])

    @property
    def events(self):
        text = b"".join(message.get("body", b"") for message in self.sent).decode()
        blocks = [
            dict(line.split(": ", 1) for line in block.split("\n"))
            for block in text.split("\n\n")
            if "data: " in block
        ]
        return [(int(block["id"]), block["event"], json.loads(block["data"])) for block in blocks]

    @property
    def references(self):
        return [data["subject"] for _id, _event, data in self.events]

    @property
    def names(self):
        return [event for _id, event, _data in self.events]

    async def until(self, condition, seconds=120):
        async with asyncio.timeout(seconds):
            while not condition():
                assert not self.task.done(), f"The stream ended before that: {self.sent[-1:]}"
                self.news.clear()
                waiting = asyncio.ensure_future(self.news.wait())
                await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()

    async def begun(self):
        await self.until(lambda: len(self.sent) >= 2)
        return self

    async def refused(self):
        await self.task
        return self.status

    async def leave(self):
        self.leaving.set()
        await self.task


async def mine(streams, who, query="", headers=(), **more):
    """Somebody who is signed in (a person, or the header of their browser), once they have an answer."""
    given = who if isinstance(who, tuple) else await asyncio.to_thread(elsewhere, cookie, who)
    return await Follower(streams, query, [given, *headers], path="/stream/mine/", **more).begun()
