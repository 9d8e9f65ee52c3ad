"""One request to somebody else's server, with every limit on it.

https only; the name is resolved once and every address it has must be public; the connection goes to the address that
was looked at, and the certificate must be the name's; redirects are answers, not instructions; what is sent and read
has a size and the whole has a time. What a server answered is data: show none of it to people who did not ask.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from outbound.addresses import (
    IPAddress,
    NotAllowed,
    Resolver,
    addresses_of,
    is_public,
    parse,
    system_resolver,
)

_HEADER = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


class Unanswered(Exception):
    """No whole answer came: no connection, a wrong certificate, too slow, too large. The text is fit to log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` as sent (a redirect is 3xx, never followed), header names in lower case, the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Client:
    """The limits. Those of the service are the defaults; anything else is for a test's own server."""

    seconds: float = 15.0  # from the first lookup to the last byte
    most_sent: int = 64 * 1024  # bytes
    most_read: int = 256 * 1024  # bytes
    ports: frozenset[int] = frozenset({443})
    allows: Callable[[IPAddress], bool] = is_public
    resolver: Resolver = system_resolver
    trust: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Raises NotAllowed before anything is connected to, Unanswered after."""
        target = parse(url, ports=self.ports)
        sent = _checked(headers or {})
        if len(body) > self.most_sent:
            raise NotAllowed(f"More than {self.most_sent} bytes are not sent.")
        ends = time.monotonic() + self.seconds
        addresses = addresses_of(target, resolver=self.resolver, allows=self.allows, seconds=self.seconds)
        connection = _Pinned(target.host, addresses[0], target.port, self.trust(), ends)
        # Socket timeouts are for one read; a server that sends a byte a second is ended by the clock.
        bell = threading.Timer(max(0.0, ends - time.monotonic()), connection.hang_up)
        bell.daemon = True
        bell.start()
        try:
            connection.request(method, target.path, body=body or None, headers=sent)
            response = connection.getresponse()
            read = response.read(self.most_read + 1)
            if time.monotonic() >= ends:
                raise Unanswered(f"{target.host} did not answer within {self.seconds:g} seconds.")
            if len(read) > self.most_read:
                raise Unanswered(f"{target.host} answered with more than {self.most_read} bytes.")
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, read)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered(f"{target.host} gave no whole answer: {type(error).__name__}.") from error
        finally:
            bell.cancel()
            connection.close()


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, and asks it for the certificate of the name."""

    def __init__(self, host: str, address: IPAddress, port: int, trust: ssl.SSLContext, ends: float) -> None:
        super().__init__(host, port, context=trust)
        self.address, self.trust, self.ends = address, trust, ends

    def connect(self) -> None:
        left = max(0.001, self.ends - time.monotonic())
        plain = socket.create_connection((str(self.address), self.port), timeout=left)
        self.sock = plain
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)

    def hang_up(self) -> None:
        held = self.sock
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if (
            not _NAME.fullmatch(name)
            or not _HEADER.fullmatch(value)
            or name.lower() in {"host", "content-length"}
        ):
            raise NotAllowed("A header holds what does not belong into one.")
    return {"User-Agent": "lfr-coordination", "Accept-Encoding": "identity", **headers, "Connection": "close"}


def send(url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Answer:
    """POST these bytes. Raises NotAllowed, Unanswered."""
    return Client().request("POST", url, headers=headers, body=body)


def fetch(url: str, *, headers: Mapping[str, str] | None = None, most: int = 256 * 1024) -> Answer:
    """GET what is there, `most` bytes of it. Raises NotAllowed, Unanswered."""
    return Client(most_read=most).request("GET", url, headers=headers)
