"""The product's own steps over a store that crashes between any two of them, and a broker that loses everything.

The model keeps the truth in two dictionaries. Three classic faults are planted, and each must be found: a relay
that remembers the highest id, a worker that does not ask whether it has done this before, and a relay that marks
before it sends and trusts the mark.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events import steps
from events.steps import Due, Message, Transient

FORCES = (1, 2)
RESEND_AFTER = 10


class Crash(BaseException):
    """The process is killed here."""


@dataclass
class Row:
    force: int
    poison: bool
    state: str = "pending"
    attempts: int = 0
    due_at: int = 0
    sent_at: int = 0
    cause: str = ""


class Memory:
    """A Store whose clock stands still unless told, with one of the three faults or none."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.now = 0
        self.rows: dict[int, Row] = {}
        self.highest = 0
        self.counted: Counter[int] = Counter()
        self.troubles = 0  # transient faults to come

    def add(self, id: int, row: Row) -> None:
        self.rows[id] = row

    def _is_due(self, id: int) -> bool:
        if self.fault == "hiwater":
            return id > self.highest
        return self.rows[id].state == "pending" and self.rows[id].due_at <= self.now

    def _send(self, ids: Sequence[int]) -> None:
        for id in ids:
            if self.rows[id].state == "pending":
                self.rows[id].state, self.rows[id].sent_at = "sent", self.now

    @contextmanager
    def claim(self, limit: int) -> Iterator[list[Due]]:
        ids = sorted(filter(self._is_due, self.rows))[:limit]
        if self.fault == "mark_first":
            self._send(ids)
        yield [
            Due(id, "model", self.rows[id].force, self.rows[id].attempts, self.rows[id].cause) for id in ids
        ]
        self._send(ids)
        self.highest = max([self.highest, *ids])

    def _undone(self, ids: Sequence[int]) -> list[int]:
        return [id for id in sorted(ids) if self.rows[id].state in ("pending", "sent")]

    def park(self, ids: Sequence[int], cause: str) -> None:
        for id in self._undone(ids):
            self.rows[id].state, self.rows[id].cause = "parked", cause

    def begin(self, message: Message) -> dict[int, int]:
        ids = list(message.ids) if self.fault == "no_inbox" else self._undone(message.ids)
        for id in ids:
            self.rows[id].attempts += 1
        return {id: self.rows[id].attempts for id in ids}

    @contextmanager
    def effects(self, ids: Sequence[int]) -> Iterator[list[tuple[int, Row]]]:
        if self.troubles:
            self.troubles -= 1
            raise Transient("deadlock")
        found = sorted(ids) if self.fault == "no_inbox" else self._undone(ids)
        yield [(id, self.rows[id]) for id in found]
        for id in found:
            self.counted[self.rows[id].force] += 1
            self.rows[id].state = "done"

    def postpone(self, ids: Sequence[int], seconds: int, cause: str, *, forgive: bool = False) -> None:
        for id in self._undone(ids):
            row = self.rows[id]
            row.state, row.due_at, row.cause = "pending", self.now + seconds, cause
            row.attempts = max(0, row.attempts - forgive)

    def resend_lost(self) -> None:
        if self.fault == "mark_first":
            return  # a mark that is trusted is not looked at again
        for row in self.rows.values():
            if row.state == "sent" and row.sent_at <= self.now - RESEND_AFTER:
                row.state, row.due_at = "pending", self.now


class Pipeline(RuleBasedStateMachine):
    fault = ""

    def __init__(self) -> None:
        super().__init__()
        self.store = Memory(self.fault)
        self.uncommitted: dict[int, Row] = {}
        self.last_id = 0
        self.broker: list[Message] = []
        self.deaths: Counter[int] = Counter()

    # What people do ---------------------------------------------------------------------------------

    @rule(force=st.sampled_from(FORCES), poison=st.sampled_from([False, False, False, True]))
    def begin(self, force: int, poison: bool) -> None:
        """An id is taken before the commit, as a sequence gives it."""
        self.last_id += 1
        self.uncommitted[self.last_id] = Row(force, poison)

    @precondition(lambda self: self.uncommitted)
    @rule(data=st.data(), commit=st.sampled_from([True, True, False]))
    def end(self, data: st.DataObject, commit: bool) -> None:
        id = data.draw(st.sampled_from(sorted(self.uncommitted)))
        row = self.uncommitted.pop(id)
        if commit:
            row.due_at = self.store.now
            self.store.add(id, row)

    # What the machines do, dying on the way ---------------------------------------------------------

    @rule(crash=st.sampled_from(["never", "never", "before", "after", "refused"]))
    def relay(self, crash: str = "never") -> None:
        def send(message: Message) -> None:
            if crash == "before":
                raise Crash
            if crash == "refused":
                raise OSError("away")
            self.broker.append(message)
            if crash == "after":
                raise Crash

        with suppress(Crash, OSError):
            steps.relay(self.store, send)

    @precondition(lambda self: self.broker)
    @rule(data=st.data(), crash=st.booleans(), again=st.booleans(), troubles=st.integers(0, 5))
    def deliver(self, data: st.DataObject, crash: bool, again: bool, troubles: int) -> None:
        """Any message, in any order; `again`: it comes a second time one day."""
        message = data.draw(st.sampled_from(self.broker))
        if not again:
            self.broker.remove(message)
        self.store.troubles = troubles
        self._deliver(message, crash)

    def _deliver(self, message: Message, crash: bool = False) -> None:
        def handle(events: Sequence[tuple[int, Row]]) -> None:
            if crash:
                self.deaths.update(id for id, _ in events)
                raise Crash
            if any(row.poison for _, row in events):
                raise ValueError("poison")

        with suppress(Crash):
            steps.deliver(self.store, message, handle)
        self.store.troubles = 0

    @rule()
    def flushall(self) -> None:
        self.broker.clear()

    @rule()
    def reconcile(self) -> None:
        self.store.resend_lost()

    @rule(seconds=st.sampled_from([1, 5, 15, 70]))
    def wait(self, seconds: int) -> None:
        self.store.now += seconds

    # What must hold ---------------------------------------------------------------------------------

    def _truth(self) -> Counter[int]:
        return Counter(row.force for row in self.store.rows.values() if not row.poison)

    @invariant()
    def nothing_is_counted_twice(self) -> None:
        for force in FORCES:
            assert self.store.counted[force] <= self._truth()[force], "counted twice"

    @invariant()
    def only_what_failed_often_enough_is_parked(self) -> None:
        for id, row in self.store.rows.items():
            if row.state == "parked" and not row.poison:
                assert self.deaths[id] >= steps.MOST_ATTEMPTS, "parked without need"

    def teardown(self) -> None:
        """The faults stop; the system must converge."""
        for id, row in self.uncommitted.items():
            self.store.add(id, row)
        for _ in range(3 * steps.MOST_ATTEMPTS):
            self.store.now += 2 * steps.LONGEST_WAIT
            self.store.resend_lost()
            self.relay("never")
            while self.broker:
                self._deliver(self.broker.pop())
        parked = Counter(
            row.force for row in self.store.rows.values() if row.state == "parked" and not row.poison
        )
        for force in FORCES:
            assert self.store.counted[force] + parked[force] == self._truth()[force], "lost or doubled"
        assert all(row.state == ("parked" if row.poison else "done") or row.state == "parked"
                   for row in self.store.rows.values()), "something is undone for ever"  # fmt: skip


@pytest.fixture(autouse=True)
def quiet(caplog):
    """The poison of thousands of runs is not worth a line each."""
    caplog.set_level(logging.ERROR, "events")


def with_fault(fault: str) -> type[Pipeline]:
    return type(f"PipelineWith{fault or 'out'}Fault", (Pipeline,), {"fault": fault})


TestPipeline = Pipeline.TestCase
TestPipeline.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, database=None)


@pytest.mark.parametrize("fault", ["hiwater", "no_inbox", "mark_first"])
def test_the_model_finds_each_planted_fault(fault):
    with pytest.raises(AssertionError, match=r"counted twice|lost or doubled|undone for ever"):
        run_state_machine_as_test(
            with_fault(fault),
            settings=settings(
                max_examples=500,
                stateful_step_count=40,
                deadline=None,
                database=None,
                derandomize=True,
                report_multiple_bugs=False,
                phases=[Phase.generate],
            ),
        )


def test_batches_shrink_to_one_before_the_last_attempts():
    sizes = [steps.batch_size(attempts) for attempts in range(steps.MOST_ATTEMPTS)]
    assert sizes == [1000, 250, 62, 15, 3, 1, 1, 1]


def test_batches_keep_subscribers_lanes_and_attempts_apart_and_the_oldest_first():
    due = [Due(3, "b", 0, 0), Due(1, "b", 0, 0), Due(2, "a", 7, 0), Due(4, "b", 0, 5), Due(5, "b", 0, 5)]
    assert [(m.subscriber, m.lane, m.ids) for m in steps.batches(due)] == [
        ("a", 7, (2,)),
        ("b", 0, (4,)),
        ("b", 0, (5,)),
        ("b", 0, (1, 3)),
    ]


def test_a_cause_is_one_line_without_other_rows_values():
    error = ValueError("duplicate key value\nDETAIL:  Key (name)=(somebody) already exists.")
    assert steps.cause_of(error) == "ValueError: duplicate key value"
    assert steps.cause_of(KeyError()) == "KeyError"
    assert len(steps.cause_of(ValueError("x" * 9999))) == 500
