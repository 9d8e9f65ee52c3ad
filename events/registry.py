"""What can happen, and who listens. Events and subscribers register themselves when their app loads."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NAME = re.compile(r"^[a-z_]+(\.[a-z_]+)+\.v[1-9][0-9]*$")
_ALLOWED = (str, int, bool, type(None))


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
            if not isinstance(value, _ALLOWED):
                raise TypeError(
                    f"{self.name}: {name} is {type(value).__name__}; payloads hold text, numbers, flags."
                )
        return values

    def decode(self, payload: dict[str, Any]) -> Any:
        """The dataclass again. An unknown or missing field is a ValueError: such an event is parked."""
        try:
            return self.payload(**payload)
        except TypeError as error:
            raise ValueError(f"{self.name}: payload does not fit: {error}") from error


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as a subscriber receives it."""

    id: int
    uid: str
    name: str
    happened: Any
    force_id: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`name` is stored with each delivery and never changes.

    `per_force`: batches hold one force's events and run in that force's writing scope.
    """

    name: str
    event: EventType
    handle: Callable[[Sequence[Delivered]], None]
    per_force: bool


EVENTS: dict[str, EventType] = {}
_BY_PAYLOAD: dict[type, EventType] = {}
SUBSCRIBERS: dict[str, Subscriber] = {}


def event(name: str, *, public: bool = False) -> Callable[[type], type]:
    """Register a frozen dataclass as the payload of `name`, a past-tense, versioned name.

    `public=True`: anyone may read it in feeds and streams, so it must hold nothing private.
    """
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not an event name such as 'deployment.published.v1'.")

    def register(payload: type) -> type:
        if not dataclasses.is_dataclass(payload) or not payload.__doc__:
            raise TypeError(f"{name}: payloads are dataclasses whose docstring says when the event is true.")
        if name in EVENTS and EVENTS[name].payload is not payload:
            raise ValueError(f"Two events are called {name}.")
        kind = EventType(name, payload, public)
        EVENTS[name] = _BY_PAYLOAD[payload] = kind
        return payload

    return register


def type_of(happened: Any) -> EventType:
    return _BY_PAYLOAD[type(happened)]


def subscribe(payload: type, *, name: str, per_force: bool = True) -> Callable[[Callable], Callable]:
    """Call the function with batches of this event: at least once each, effects kept exactly once.

    It runs inside the transaction that marks the batch done; raising undoes both.
    """

    def register(handle: Callable[[Sequence[Delivered]], None]) -> Callable:
        if name in SUBSCRIBERS and SUBSCRIBERS[name].handle.__qualname__ != handle.__qualname__:
            raise ValueError(f"Two subscribers are called {name}.")
        SUBSCRIBERS[name] = Subscriber(name, _BY_PAYLOAD[payload], handle, per_force)
        return handle

    return register


def subscribers_of(kind: EventType) -> list[Subscriber]:
    return [subscriber for subscriber in SUBSCRIBERS.values() if subscriber.event.name == kind.name]
