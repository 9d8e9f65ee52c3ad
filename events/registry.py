"""What can happen, and who listens. Events and subscribers register themselves when their app loads."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+\.v[1-9][0-9]*")
_SUBSCRIBER = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_ALLOWED = (str, int, bool, type(None))


class Unreadable(ValueError):
    """A stored event that this version of the program cannot read. Trying again will not mend it."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event: its versioned name, the dataclass of its payload, and whether anyone may read it."""

    name: str
    payload: type
    public: bool

    def encode(self, happened: Any) -> dict[str, Any]:
        """The payload as JSON-able values; TypeError for a field that is not text, number, flag or None."""
        values = {field.name: getattr(happened, field.name) for field in dataclasses.fields(happened)}
        for name, value in values.items():
            if type(value) not in _ALLOWED:
                raise TypeError(
                    f"{self.name}: {name} is {type(value).__name__}; payloads hold text, numbers, flags."
                )
        return values

    def decode(self, payload: dict[str, Any]) -> Any:
        """The dataclass again. Raises Unreadable for a field that is unknown, missing or of another kind."""
        try:
            happened = self.payload(**payload)
        except TypeError as error:
            raise Unreadable(f"{self.name}: the payload does not fit: {error}") from error
        for name, kinds in fields_of(self.payload).items():
            if type(getattr(happened, name)) not in kinds:
                raise Unreadable(f"{self.name}: {name} is a {type(getattr(happened, name)).__name__}.")
        return happened


def fields_of(payload: type) -> dict[str, tuple[type, ...]]:
    """The fields of a payload and the types each may hold, out of text, number, flag and None."""
    return {name: _kinds(kind) for name, kind in typing.get_type_hints(payload).items()}


def _kinds(hint: Any) -> tuple[type, ...]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return tuple(typing.get_args(hint))
    return (hint,)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as a subscriber receives it."""

    id: int
    uid: str
    name: str
    happened: Any
    force_id: int | None
    recorded_at: datetime
    happened_at: datetime | None = None
    subject: str = ""


Handle = Callable[[Sequence[Delivered]], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`name` is stored with each delivery and never changes.

    `per_force`: batches hold one force's events and run in that force's writing scope.
    `national`: batches mix forces and run with the national role, for the reason given.
    """

    name: str
    event: EventType
    handle: Handle
    per_force: bool
    national: bool = False
    reason: str = ""
    backfill: bool = False


EVENTS: dict[str, EventType] = {}
_BY_PAYLOAD: dict[type, EventType] = {}
SUBSCRIBERS: dict[str, Subscriber] = {}


def event(name: str, *, public: bool = False) -> Callable[[type], type]:
    """Register a frozen dataclass as the payload of `name`, a past-tense, versioned name.

    `public=True`: anyone may read it in feeds and streams, so it must hold nothing private.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not an event name such as 'deployment.published.v1'.")

    def register(payload: type) -> type:
        if not dataclasses.is_dataclass(payload) or not payload.__doc__:
            raise TypeError(f"{name}: payloads are dataclasses whose docstring says when the event is true.")
        for field, kinds in fields_of(payload).items():
            if not set(kinds) <= set(_ALLOWED):
                raise TypeError(f"{name}: {field} must be text, number, flag or None.")
        if name in EVENTS and EVENTS[name].payload is not payload:
            raise ValueError(f"Two events are called {name}.")
        EVENTS[name] = _BY_PAYLOAD[payload] = EventType(name, payload, public)
        return payload

    return register


def type_of(happened: Any) -> EventType:
    return _BY_PAYLOAD[type(happened)]


def subscribe(
    payload: type,
    *,
    name: str,
    per_force: bool = True,
    national: bool = False,
    reason: str = "",
    backfill: bool = False,
) -> Callable[[Handle], Handle]:
    """Call the function with batches of this event: at least once each, effects kept exactly once.

    It runs inside the transaction that marks the batch done; raising undoes both. It reads and writes the rows
    of the batch's force (`per_force`), of no force (public events only), or reads every force's (`national`,
    which needs a `reason`). `backfill`: events from before the subscriber existed are delivered too.
    Batches arrive in any order and side by side: write effects so that order does not matter.
    """
    kind = _BY_PAYLOAD[payload]
    if not _SUBSCRIBER.fullmatch(name):
        raise ValueError(f"{name!r} is not a subscriber's name such as 'collation.count'.")
    if national and (per_force or not reason):
        raise ValueError(f"{name}: a national subscriber says per_force=False and gives a reason.")
    if not (per_force or national or kind.public):
        raise ValueError(f"{name}: {kind.name} is not public; subscribe per force, or nationally.")

    def register(handle: Handle) -> Handle:
        if name in SUBSCRIBERS and SUBSCRIBERS[name].handle.__qualname__ != handle.__qualname__:
            raise ValueError(f"Two subscribers are called {name}.")
        SUBSCRIBERS[name] = Subscriber(name, kind, handle, per_force, national, reason, backfill)
        return handle

    return register


def subscribers_of(kind: EventType) -> list[Subscriber]:
    return [subscriber for subscriber in SUBSCRIBERS.values() if subscriber.event.name == kind.name]
