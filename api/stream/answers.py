"""What the stream says in HTTP: its headers, and every refusal as problem+json."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = Mapping[str, Any]
Headers = list[tuple[bytes, bytes]]

STREAMING: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
EVERY_ORIGIN: Headers = [(b"access-control-allow-origin", b"*")]
TITLES = {
    400: "A parameter is wrong",
    401: "Sign in first",
    403: "You may not follow this",
    404: "There is nothing here",
    405: "This address can only be read",
    410: "That position is too old",
    429: "Too many connections",
}


def for_origin(origin: str | None) -> Headers:
    """What lets our own page on another port read the answer, and nobody else."""
    given = [(b"vary", b"Origin, Cookie")]
    if origin is not None:
        given.append((b"access-control-allow-origin", origin.encode()))
        given.append((b"access-control-allow-credentials", b"true"))
    return given


@dataclass(eq=False)
class Refused(Exception):
    """The stream does not begin. `detail` is fit to show; `retry` is in seconds."""

    status: int
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    retry: int | None = None


async def refuse(
    send: Send,
    scope: Scope,
    status: int,
    detail: str,
    *,
    errors: Iterable[Mapping[str, str]] = (),
    retry: int | None = None,
    more: Headers | None = None,
) -> None:
    """Answer with problem+json."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "The stream is not available now"),
        "status": status,
        "detail": detail,
        "instance": scope["path"],
    }
    if told := list(errors):
        body["errors"] = told
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *(more or [])]
    headers += [(b"allow", b"GET")] if status == 405 else []
    headers += [(b"retry-after", str(retry).encode())] if retry is not None else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
