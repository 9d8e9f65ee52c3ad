"""Every event there is, in words and as a frozen form: what docs/events.md and tests/contracts/events hold."""

from __future__ import annotations

import inspect
import json

from events.registry import EVENTS, EventType, fields_of, subscribers_of

_WORDS = {str: "text", int: "number", bool: "flag", type(None): "nothing"}

_HEAD = """\
# Events

What can happen, in the past tense. An event is written in the transaction that makes it true, stays for good, and
reaches each of its subscribers at least once, with effects exactly once. Public events are in the feed that anybody
may read; the others are read by the force they are about and by the national centre.

Do not edit this page: `manage.py describe_events` writes it from the docstrings. How to add an event:
[how-to/add-an-event.md](how-to/add-an-event.md).
"""


def known() -> list[EventType]:
    """The program's own events by name; those the tests make up are not among them."""
    return [kind for _, kind in sorted(EVENTS.items()) if not kind.payload.__module__.startswith("tests.")]


def contract(kind: EventType) -> dict[str, object]:
    """The form of the payload, which never changes under one name."""
    return {
        "name": kind.name,
        "public": kind.public,
        "fields": {
            name: sorted(_WORDS[kind] for kind in kinds) for name, kinds in fields_of(kind.payload).items()
        },
    }


def contract_text(kind: EventType) -> str:
    return json.dumps(contract(kind), indent=2) + "\n"


def page() -> str:
    """docs/events.md, whole."""
    return "\n".join([_HEAD, *map(_section, known())])


def _section(kind: EventType) -> str:
    readers = "Public." if kind.public else "Not public."
    # Subscribers of the tests come and go with the process that asks.
    listening = [
        f"`{subscriber.name}`"
        for subscriber in sorted(subscribers_of(kind), key=lambda one: one.name)
        if not subscriber.handle.__module__.startswith("tests.")
    ]
    heard = (
        f"Heard by {', '.join(listening)}." if listening else "Nobody subscribes; it is kept for the record."
    )
    lines = [
        f"## {kind.name}",
        "",
        inspect.cleandoc(kind.payload.__doc__ or ""),
        "",
        f"{readers} {heard}",
        "",
    ]
    fields = fields_of(kind.payload)
    if fields:
        lines += ["| Field | Holds |", "|---|---|"]
        lines += [
            f"| `{name}` | {' or '.join(sorted((_WORDS[one] for one in kinds), key='nothing'.__eq__))} |"
            for name, kinds in fields.items()
        ]
        lines.append("")
    return "\n".join(lines)
