"""Goals 5 and 6: from the commit of an event to the commit of its last subscriber, through Celery and Valkey."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import documents, forces, point_at
from bench.rounds import at_least_five, percentile, ratio, rounds, spread

SINGLES = 30
BURST = 100
FLOOD = 10_000
PATIENCE = 180.0  # seconds until everybody must have heard
PAUSE = 0.05  # seconds between two single events

_LATENCY = """
SELECT extract(epoch FROM max(pg_xact_commit_timestamp(h.xmin)) - min(pg_xact_commit_timestamp(e.xmin))) * 1000
  FROM {events} e JOIN bench_heard h ON h.event_id = e.id WHERE e.id = ANY (%s) GROUP BY e.id
"""
_WHOLE = """
SELECT extract(epoch FROM max(pg_xact_commit_timestamp(h.xmin)) - min(pg_xact_commit_timestamp(e.xmin)))::float
  FROM {events} e JOIN bench_heard h ON h.event_id = e.id WHERE e.id = ANY (%s)
"""


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """In a database of its own, with relay and workers as the service runs them."""
    from bench.peers import delivery

    database = bench.create("lfr_bench_events")
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        admin.execute(delivery.TABLES)
        from bench import synthetic

        synthetic.make_forces(admin)
    point_at(database)
    try:
        _start(bench, database)
        with psycopg.connect(bench.admin_url(database), autocommit=True) as watch:
            _latencies(watch, found, times)
            _floods(watch, found, times)
        bench.stop()
        _recording(found, times)
    finally:
        bench.stop()
        point_at(large)


def _start(bench: Bench, database: str) -> None:
    environment = bench.environment(database)
    python = [sys.executable, "-m", "celery"]
    worker = ["worker", "--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
    bench.start("relay", [sys.executable, "-m", "bench.relay"], environment)
    bench.start(
        "worker",
        [
            *python,
            "--app",
            "config",
            *worker,
            "--hostname",
            "product@localhost",
            "--include",
            "bench.peers.delivery",
        ],
        environment,
    )
    for peer in ("naive", "tuned"):
        bench.start(
            peer,
            [*python, "--app", f"bench.peers.celery_{peer}", *worker, "--hostname", f"{peer}@localhost"],
            environment,
        )


# Ways to make an event happen; each returns its id ---------------------------------------------------


def _product() -> int:
    from django.db import transaction

    from bench.peers.delivery import Marked
    from events.outbox import record

    with transaction.atomic():
        return record(Marked(1), force=None, by=None, at=datetime.now(UTC)).pk


def _product_many(count: int) -> list[int]:
    from django.db import transaction

    from bench.peers.delivery import Marked
    from events.outbox import record_all

    with transaction.atomic():
        happened = [(Marked(number), "") for number in range(count)]
        return [one.pk for one in record_all(happened, force=None, by=None, at=datetime.now(UTC))]


def _insert() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_event (name) VALUES ('marked') RETURNING id")
        return cursor.fetchone()[0]


def _naive() -> int:
    from bench.peers.celery_naive import hear
    from bench.peers.delivery import SUBSCRIBERS

    id = _insert()
    for subscriber in SUBSCRIBERS:
        hear.delay(subscriber, id)
    return id


def _tuned() -> int:
    from django.db import transaction

    from bench.peers.celery_tuned import hear
    from bench.peers.delivery import SUBSCRIBERS

    def send() -> None:
        for subscriber in SUBSCRIBERS:
            hear.apply_async((subscriber, id), ignore_result=True)

    with transaction.atomic():
        id = _insert()
        transaction.on_commit(send)
    return id


# What is measured ------------------------------------------------------------------------------------


def _heard(watch: psycopg.Connection[Any], ids: list[int]) -> None:
    """Wait until all three have heard of all of them. Raises RuntimeError."""
    deadline = time.monotonic() + PATIENCE
    while True:
        row = watch.execute("SELECT count(*) FROM bench_heard WHERE event_id = ANY (%s)", [ids]).fetchone()
        if row and row[0] == 3 * len(ids):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Only {row} of {3 * len(ids)} were heard in {PATIENCE:.0f} s.")
        time.sleep(0.25)


def _one_by_one(watch: psycopg.Connection[Any], make: Callable[[], int], table: str) -> list[float]:
    ids = []
    for _ in range(SINGLES):
        ids.append(make())
        time.sleep(PAUSE)
    return _latency(watch, ids, table)


def _at_once(watch: psycopg.Connection[Any], make: Callable[[], int], table: str) -> list[float]:
    return _latency(watch, [make() for _ in range(BURST)], table)


def _latency(watch: psycopg.Connection[Any], ids: list[int], table: str) -> list[float]:
    _heard(watch, ids)
    took = [float(row[0]) for row in watch.execute(_LATENCY.format(events=table), [ids])]
    watch.execute("DELETE FROM bench_heard")
    return took


def _latencies(watch: psycopg.Connection[Any], found: Findings, times: int) -> None:
    makers: dict[str, tuple[Callable[[], int], str]] = {
        "product": (_product, "events_event"),
        "tuned Celery": (_tuned, "bench_event"),
        "naive Celery": (_naive, "bench_event"),
    }
    for make, table in makers.values():  # everybody's first one wakes him up
        _latency(watch, [make() for _ in range(5)], table)
    single = rounds({name: (lambda m=made: _one_by_one(watch, *m)) for name, made in makers.items()}, times)
    burst = rounds({name: (lambda m=made: _at_once(watch, *m)) for name, made in makers.items()}, times)
    for area, given in (("One event", single), ("Burst of 100", burst)):
        for name, took in given.items():
            found.note(area, f"{name}: middle", spread([percentile(one, 0.5) for one in took]), "ms")
            found.note(
                area, f"{name}: 99th percentile", spread([percentile(one, 0.99) for one in took]), "ms"
            )

    def p99(given: dict[str, list[list[float]]], name: str) -> list[float]:
        return [percentile(one, 0.99) for one in given[name]]

    found.add(
        [
            Row(5, "one event, 99th percentile", spread(p99(single, "product")), 50, at_least=False, unit="ms"),
            Row(5, "burst of 100, 99th percentile, beside one event's",
                ratio(p99(burst, "product"), p99(single, "product")), 3, at_least=False),
            Row(5, "burst of 100, 99th percentile: naive Celery's beside ours",
                ratio(p99(burst, "naive Celery"), p99(burst, "product")), 20),
            Row(5, "burst of 100, 99th percentile: tuned Celery's beside ours",
                ratio(p99(burst, "tuned Celery"), p99(burst, "product"))),
        ]
    )  # fmt: skip


def _whole(watch: psycopg.Connection[Any], batches: Iterable[int]) -> float:
    """Seconds from the first commit to the last subscriber's."""
    ids = [id for count in batches for id in _product_many(count)]
    _heard(watch, ids)
    row = watch.execute(_WHOLE.format(events="events_event"), [ids]).fetchone()
    watch.execute("DELETE FROM bench_heard")
    return float(row[0])  # type: ignore[index]


def _floods(watch: psycopg.Connection[Any], found: Findings, times: int) -> None:
    given = rounds(
        {
            # Events keep coming in small transactions for as long as it takes.
            "sustained": lambda: _whole(watch, [50] * (FLOOD // 50)),
            "flood": lambda: _whole(watch, [FLOOD // 10] * 10),
        },
        times,
    )
    sustained = [FLOOD / took for took in given["sustained"]]
    expected = [FLOOD / rate for rate in sustained]
    found.add(
        [
            Row(5, "burst of 10,000: time to drain, beside backlog ÷ sustained rate",
                ratio(given["flood"], expected), 1.5, at_least=False),
            Row(6, "events a second through all subscribers, sustained", spread(sustained), 2_000, unit=""),
        ]
    )  # fmt: skip
    found.note("Flood", "burst of 10,000 drained", spread(given["flood"]), "s")


def _recording(found: Findings, times: int) -> None:
    """The same action with its event and without: placing a result on the register."""
    from register import actions

    force = forces()[0]
    announce = actions._announce

    def enter(count: int = 100) -> float:
        made = documents(count, force=force)
        began = time.perf_counter()
        for document in made:
            actions.enter(document, force=force, origin="submitted", by=None, at=datetime.now(UTC))
        return (time.perf_counter() - began) / count * 1000

    def silently() -> float:
        actions._announce = lambda *_args, **_more: None
        try:
            return enter()
        finally:
            actions._announce = announce

    enter(20)
    given = rounds({"with": enter, "without": silently}, at_least_five(times))
    found.add(
        [Row(6, "placing a result on the register: with its event, beside without",
             ratio(given["with"], given["without"]), 1.3, at_least=False)]
    )  # fmt: skip
    for name, took in given.items():
        found.note("Recording", f"placing one result on the register, {name} its event", spread(took), "ms")
