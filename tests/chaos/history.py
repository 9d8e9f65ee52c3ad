"""What the clients asked for and were told: invoked, then ok, refused, unknown or never sent.

An answer that did not come is neither yes nor no. The history keeps it as unknown, whatever was found out later;
the checker then allows for both, once. Each line is written when it happens, so that a run that dies leaves it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OK, REFUSED, UNKNOWN, NOT_SENT = "ok", "refused", "unknown", "not sent"
KEYED = "a system's request"  # what await_under_way calls any request under a key
CANARY = re.compile(r"CANARY-([a-z-]+?)-[0-9a-f]{8}")


@dataclass
class Operation:
    """One thing asked for, once. `sent` is what the force wrote, where it wrote anything."""

    number: int
    act: str  # record, amend, review, send back, discard, publish, correct, withdraw, ask withdrawal, …
    actor: str
    force: str
    began: float  # seconds since 1970, by the client's clock
    reference: str = ""  # unknown before a recording is answered
    sent: dict[str, Any] = field(default_factory=dict)
    ended: float | None = None
    outcome: str = UNKNOWN
    status: int = 0
    told: str = ""
    found: str = ""  # for an unknown one: "it had happened", "it had not happened", "nobody looked"
    # Of a system's request under a key: SHA-256 of the bytes sent and of the whole answer; a mark that only what
    # this request wrote carries; and whether the answer said that it was one given before.
    key: str = ""
    body: str = ""
    mark: str = ""
    answer: str = ""
    is_repeat: bool = False


class History:
    """Written to by every client at once; read by the nemesis while it runs and by the checker after it."""

    def __init__(self, path: Path) -> None:
        self.operations: list[Operation] = []
        self.answers: Counter[str] = Counter()  # "portal 200", "api 503", …
        self.leaks: list[str] = []  # canaries seen by somebody they were not meant for
        self.surprises: list[str] = []  # what no fault explains
        self.followers: dict[
            str, list[tuple[int, int]]
        ] = {}  # by follower: (connection, position) as they came
        self._file = path.open("w")
        self._changed = threading.Condition()
        self._under_way: Counter[str] = Counter()

    def begin(
        self,
        act: str,
        *,
        actor: str,
        force: str,
        reference: str = "",
        keyed: Mapping[str, str] | None = None,
        **sent: Any,
    ) -> Operation:
        """`keyed` is what else is known of a request under a key: key, body, mark."""
        with self._changed:
            operation = Operation(
                len(self.operations), act, actor, force, time.time(), reference, sent, **(keyed or {})
            )
            self.operations.append(operation)
            self._write("invoke", operation)
            self._under_way[act] += 1
            self._under_way[KEYED] += bool(operation.key)
            self._changed.notify_all()
        return operation

    def end(self, operation: Operation, outcome: str, *, status: int = 0, told: str = "") -> None:
        with self._changed:
            operation.ended, operation.outcome = time.time(), outcome
            operation.status, operation.told = status, told
            self._write(outcome, operation)
            self._under_way[operation.act] -= 1
            self._under_way[KEYED] -= bool(operation.key)

    def find(self, operation: Operation, found: str) -> None:
        with self._changed:
            operation.found = found
            self._write("found", operation)

    def await_under_way(self, act: str, seconds: float) -> bool:
        """Until somebody has sent that and has no answer yet. False if nobody did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way[act] > 0, seconds)

    def look_at(self, reader: str, where: str, text: str) -> None:
        """Note each canary in an answer to `reader` (a force's slug, or "public") that is not theirs."""
        for found in CANARY.finditer(text):
            if found[1] != reader:
                self.leaks.append(f"{reader} read {found[0]} at {where}")

    def count(self, door: str, status: int | str) -> None:
        with self._changed:
            self.answers[f"{door} {status}"] += 1

    def number_of(self, act: str, outcome: str = OK) -> int:
        return sum(1 for each in list(self.operations) if each.act == act and each.outcome == outcome)

    def note(self, event: str, **told: Any) -> None:
        """A line about something that nobody asked for."""
        with self._changed:
            if not self._file.closed:
                self._file.write(json.dumps({"event": event, "at": time.time(), **told}) + "\n")
                self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _write(self, event: str, operation: Operation) -> None:
        if not self._file.closed:
            line = {"event": event, "at": time.time(), **asdict(operation)}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
