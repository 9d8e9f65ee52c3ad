"""Goals 7 and 8: what it costs to count one more record, and to show the sums."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import documents, forces, point_at
from bench.rounds import at_least_five, ratio, rounds, spread

ONE_BY_ONE = 100
BATCH = 1000

_FIGURES = ("faces_seen", "alerts", "true_alerts", "false_alerts", "arrests", "other_action", "no_action")
_SUMS = ", ".join(
    f"sum({name}) AS {name}, count({name}) AS {name}_known, count(*) - count({name}) AS {name}_missing"
    for name in _FIGURES
)
RAW = f"""
SELECT date_trunc('year', held_on), {_SUMS}, count(*), count(DISTINCT force_id) FROM bench_deployment
 WHERE realm = 'demonstration' AND tier = 'primary' AND technology = 'live' AND state = 'standing'
 GROUP BY 1 ORDER BY 1
"""
VIEW = f"""
CREATE MATERIALIZED VIEW bench_monthly AS
SELECT realm, tier, technology, force_id, date_trunc('month', held_on)::date AS month, count(*) AS records, {_SUMS}
  FROM bench_deployment WHERE state = 'standing' GROUP BY 1, 2, 3, 4, 5
"""


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """Counting in both databases, beside a refresh; then the pages of the large one."""
    with psycopg.connect(bench.admin_url(large), autocommit=True) as admin:
        admin.execute("DROP MATERIALIZED VIEW IF EXISTS bench_monthly")
        admin.execute(VIEW)
        _counting(admin, found, small, large, times)
        _pages(admin, found, times)


def _counting(admin: psycopg.Connection[Any], found: Findings, small: str, large: str, times: int) -> None:
    def refresh() -> float:
        began = time.perf_counter()
        admin.execute("REFRESH MATERIALIZED VIEW bench_monthly")
        return (time.perf_counter() - began) * 1000

    given = rounds(
        {
            "one by one, all": lambda: _count(large, ONE_BY_ONE, 1),
            "one by one, 10,000": lambda: _count(small, ONE_BY_ONE, 1),
            "batch, all": lambda: _count(large, BATCH, BATCH),
            "batch, 10,000": lambda: _count(small, BATCH, BATCH),
            "refresh": refresh,
        },
        at_least_five(times),
    )
    point_at(large)
    for name, took in given.items():
        what = "materialized view refreshed" if name == "refresh" else f"one event counted, {name}"
        found.note("Counting", what, spread(took), "ms")
    found.add(
        [
            Row(7, "one event counted among all the records, beside among 10,000",
                ratio(given["one by one, all"], given["one by one, 10,000"]), 1.1, at_least=False),
            Row(7, "the same in batches of 1,000",
                ratio(given["batch, all"], given["batch, 10,000"]), 1.1, at_least=False),
            Row(7, "refreshing a materialized view, beside one event counted in a batch",
                ratio(given["refresh"], given["batch, all"]), 5_000),
            Row(7, "refreshing a materialized view, beside one event counted alone",
                ratio(given["refresh"], given["one by one, all"])),
        ]
    )  # fmt: skip


def _count(database: str, events: int, batch: int) -> float:
    """Milliseconds for each event. The entries are made before the clock starts."""
    from coordination.collation.counting import count_again
    from register import actions

    point_at(database)
    force = forces()[3]
    made = documents(events, force=force)
    actions.enter_all(made, force=force, origin="submitted", by=None, at=datetime.now(UTC))
    references = [document["reference"] for document in made]
    began = time.perf_counter()
    for start in range(0, events, batch):
        count_again(force, references[start : start + batch])
    return (time.perf_counter() - began) / events * 1000


def _pages(admin: psycopg.Connection[Any], found: Findings, times: int) -> None:
    from django.test import Client

    client = Client()

    def page(address: str) -> float:
        """Milliseconds of PostgreSQL."""
        return _in_database(lambda: client.get(address, HTTP_HOST="127.0.0.1"))

    # In one process, so that all its work is seen.
    admin.execute("SET max_parallel_workers_per_gather = 0")

    def raw() -> float:
        began = worked(admin.info.backend_pid)
        admin.execute(RAW).fetchall()
        return worked(admin.info.backend_pid) - began

    def table() -> float:
        from coordination.collation.published.questions import Question
        from coordination.collation.published.reading import Table
        from coordination.collation.published.tables import DEPLOYMENTS_BY_YEAR

        return _in_database(lambda: Table.of(DEPLOYMENTS_BY_YEAR, Question("demonstration")))

    pages = {
        "statistics": "/demonstration/statistics/",
        "a force": "/demonstration/forces/synthetic-04/",
        "home": "/demonstration/",
    }
    asked = {name: (lambda a=address: page(a)) for name, address in pages.items()}
    for ask in asked.values():
        ask()
    given = rounds(asked | {"table": table, "raw GROUP BY": raw}, at_least_five(times))
    for name, took in given.items():
        found.note("Statistics", f"{name}: work of PostgreSQL", spread(took), "ms")
    for name in pages:
        found.add(
            [Row(8, f"page “{name}”, work of PostgreSQL", spread(given[name]), 5, at_least=False, unit="ms")]
        )
    found.add(
        [
            Row(8, "the raw GROUP BY, beside the table of years from cells",
                ratio(given["raw GROUP BY"], given["table"]), 50),
            Row(8, "the raw GROUP BY, beside the whole statistics page",
                ratio(given["raw GROUP BY"], given["statistics"])),
        ]
    )  # fmt: skip


def _in_database(act: Any) -> float:
    """Milliseconds that PostgreSQL works for `act`: planning and running its statements, sending what they found."""
    from django.db import connection

    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    began = worked(process)
    answer = act()
    took = worked(process) - began
    if connection.connection is None or connection.connection.info.backend_pid != process:
        raise RuntimeError("The page was answered on another connection.")
    if getattr(answer, "status_code", 200) != 200:
        raise RuntimeError(f"The page answers {answer.status_code}.")
    return took


def worked(process: int) -> float:
    """Milliseconds for which a process has had a processor. What it waited for its turn is not among them."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6
