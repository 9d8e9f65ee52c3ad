"""What breaks, when, for how long: decided by a seed before anything starts, and then done.

The schedule depends on seed, length, number and kinds alone: same seed, same schedule. When within a step a fault
strikes is aimed at too: some wait until a publication or a system's request is under way, and a few milliseconds
longer.
"""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from config.stack.ground import StackError
from tests.chaos.history import KEYED, History
from tests.chaos.rig import Rig

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Kind:
    """`targets` are the processes or servers one of which it strikes; `weight` how often beside the others.

    An exclusive one stops the whole service while it lasts, so nothing else strikes meanwhile. `lasts` in seconds,
    from and to; for a pause, the length that was asked for counts.
    """

    targets: tuple[str, ...]
    weight: int
    lasts: tuple[float, float] = (0.05, 0.8)
    exclusive: bool = False
    is_pause: bool = False
    shifts: tuple[int, ...] = ()


KINDS = {
    "kill web": Kind(("web1", "web2"), 5),
    "kill web's child": Kind(("web1", "web2"), 3, (0, 0)),
    "kill stream": Kind(("stream1",), 3),
    "kill worker": Kind(("worker1", "worker2"), 5),
    "kill worker's child": Kind(("worker1", "worker2"), 5, (0, 0)),
    "kill relay": Kind(("relay1", "relay2"), 6),
    "kill beat": Kind(("beat1", "beat2"), 3),
    "kill valkey": Kind(("valkey",), 5),
    "kill postgres": Kind(("postgres",), 6),
    "flush valkey": Kind(("valkey",), 5, (0, 0)),
    "pause relay": Kind(("relay1", "relay2"), 1, is_pause=True),
    "pause worker": Kind(("worker1", "worker2"), 1, is_pause=True),
    "pause web": Kind(("web1", "web2"), 1, is_pause=True),
    "pause valkey": Kind(("valkey",), 1, exclusive=True, is_pause=True),
    "disk full": Kind(("postgres",), 2, (2, 4), exclusive=True),
    "step the database's clock": Kind(("servers",), 1, (3, 6), exclusive=True, shifts=(-300, 300, HOUR)),
    "step a process's clock": Kind(
        ("web1", "web2", "worker1", "worker2", "beat1", "beat2"), 2, (3, 12), shifts=(-DAY, -HOUR, HOUR)
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """`at` seconds from the start; `aimed` names the act that it waits for, `after` how much longer, in seconds."""

    at: float
    kind: str
    target: str
    lasts: float
    aimed: str = ""
    after: float = 0.0
    shift: int = 0


def plan(
    seed: int,
    seconds: float,
    faults: int,
    *,
    pause: float,
    targets: Sequence[str],
    leave_out: Sequence[str] = (),
) -> list[Fault]:
    """The schedule. Each kind that has a target comes once at least; the rest by weight, in random order."""
    chance = random.Random(f"nemesis {seed}")
    there = {*targets, "valkey", "postgres", "servers"}
    kinds = {
        name: [target for target in kind.targets if target in there]
        for name, kind in KINDS.items()
        if name not in leave_out
    }
    kinds = {name: found for name, found in kinds.items() if found}
    # Two of a kind, or one must stand still while nobody does its work: the service may wait, and does.
    wanted = list(kinds)[:faults]
    while len(wanted) < faults:
        name = chance.choices(list(kinds), [KINDS[each].weight for each in kinds])[0]
        # A minute's silence of everything is worth having, not having often.
        if not (KINDS[name].is_pause and pause > 20 and wanted.count(name) >= 1 + faults // 80):
            wanted.append(name)
    chance.shuffle(wanted)
    lengths = [pause if KINDS[name].is_pause else chance.uniform(*KINDS[name].lasts) for name in wanted]
    alone = sum(length for name, length in zip(wanted, lengths, strict=True) if KINDS[name].exclusive)
    step = max(0.2, (seconds - alone) / max(1, faults))
    busy: dict[str, float] = {}
    made, at = [], step * chance.uniform(0.3, 0.7)
    for name, length in zip(wanted, lengths, strict=True):
        target = min(kinds[name], key=lambda each: (busy.get(each, 0.0) > at, chance.random()))
        at = max(at, busy.get(target, 0.0))
        aimed = chance.choices(("publish", KEYED, ""), (7, 4, 9))[0]
        shift = chance.choice(KINDS[name].shifts) if KINDS[name].shifts else 0
        after = chance.uniform(0, 0.08) if aimed else 0.0
        made.append(Fault(round(at, 3), name, target, round(length, 3), aimed, round(after, 4), shift))
        # A moment to start again, or it would be killed before it ever ran.
        busy[target] = at + length + min(2.0, step)
        at += step * chance.uniform(0.7, 1.3) + (length if KINDS[name].exclusive else 0.0)
    return made


class Nemesis:
    """`tick` from the main thread until `is_done`. `struck` is told of each fault and when it was mended."""

    def __init__(
        self,
        rig: Rig,
        history: History,
        faults: Sequence[Fault],
        struck: Callable[[Fault], Callable[[], None]],
        *,
        patience: float,
    ) -> None:
        self.rig, self.history, self.struck = rig, history, struck
        self.patience = patience  # seconds that an aimed fault waits for what it is aimed at
        self.began = time.monotonic()
        self.due = list(faults)
        self.mending: list[tuple[float, int, Callable[[], None]]] = []
        self.missed: list[str] = []
        self.broken: set[str] = set()  # servers that are dead on purpose
        self.is_alone = False
        self.done = 0
        self._order = itertools.count()

    @property
    def is_done(self) -> bool:
        return not self.due and not self.mending

    def tick(self) -> None:
        now = time.monotonic()
        while self.mending and self.mending[0][0] <= now:
            heapq.heappop(self.mending)[2]()
        if self.due and now - self.began >= self.due[0].at and self._has_room(self.due[0]):
            self._strike(self.due.pop(0))
            self.done += 1

    def _has_room(self, fault: Fault) -> bool:
        """Aiming may delay a fault; one that stops everything still waits until the servers are up, and is alone."""
        return not self.is_alone and not (KINDS[fault.kind].exclusive and self.broken)

    def mend_all(self) -> None:
        while self.mending:
            heapq.heappop(self.mending)[2]()

    def _strike(self, fault: Fault) -> None:
        if fault.aimed and self.history.await_under_way(fault.aimed, self.patience):
            time.sleep(fault.after)
        rig, target = self.rig, fault.target
        mended = self.struck(fault)
        self.history.note("strike", **asdict(fault))
        undo: Callable[[], Any] = lambda: None  # noqa: E731
        if fault.kind == "flush valkey":
            rig.flush()
        elif fault.kind.endswith("'s child"):
            if not rig.kill_child_of(target):
                self.missed.append(f"{fault.kind}: {target} had none")
        elif fault.kind.startswith("kill"):
            rig.kill(target)
            self.broken.add(target)
            undo = lambda: rig.start_again(target)  # noqa: E731
        elif fault.kind.startswith("pause"):
            rig.pause(target)
            undo = lambda: rig.resume(target)  # noqa: E731
        elif fault.kind == "disk full":
            rig.volume.fill()
            self.broken.add(target)  # it may die of it, and could not start
            undo = rig.volume.empty
        else:
            rig.clocks.set(target, fault.shift)
            undo = lambda: rig.clocks.set(target, 0)  # noqa: E731

        def mend() -> None:
            try:
                undo()
            except StackError:  # what it needs is broken too: again in a moment
                self._later(0.5, mend)
                return
            self.broken.discard(target)
            self.is_alone = False
            mended()
            self.history.note("mended", kind=fault.kind, target=target)

        self.is_alone = KINDS[fault.kind].exclusive

        if fault.lasts:
            self._later(fault.lasts, mend)
        else:
            mend()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self.mending, (time.monotonic() + seconds, next(self._order), do))


def as_plain(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [asdict(fault) for fault in faults]
