"""Goal 10: what row-level security costs a list and a sum, on the same table by the same SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg

from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import forces
from bench.rounds import at_least_five, percentile, ratio, rounds, spread

LISTS = 300
SUMS = 5

_TABLE = """
DROP TABLE IF EXISTS bench_paper;
CREATE TABLE bench_paper AS SELECT * FROM bench_deployment;
ALTER TABLE bench_paper ADD PRIMARY KEY (id);
CREATE INDEX ON bench_paper (force_id, held_on DESC, id DESC);
"""
_LIST = "SELECT * FROM bench_paper WHERE force_id = %s ORDER BY held_on DESC, id DESC LIMIT 50"
_SUM = (
    "SELECT date_trunc('month', held_on), count(*), sum(alerts), sum(faces_seen), sum(arrests) FROM bench_paper"
    " WHERE force_id = ANY (%s) GROUP BY 1"
)


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """A table of all records, locked exactly as a force's papers are; read by the application and around it."""
    from django.conf import settings

    from forces.locks import TenantTable

    mine = [force.pk for force in forces()]
    with (
        psycopg.connect(bench.admin_url(large), autocommit=True) as around,
        psycopg.connect(bench.app_url(large)) as app,
    ):
        around.execute(_TABLE)
        for statement in TenantTable("bench_paper").forward_statements():
            for name, role in (("app", settings.APP_ROLE), ("national", settings.NATIONAL_ROLE)):
                statement = statement.replace(f"%({name})s", f'"{role}"')
            around.execute(statement)
        around.execute("VACUUM ANALYZE bench_paper")
        app.execute("SELECT set_config('app.forces', %s, true)", ["{" + ",".join(map(str, mine)) + "}"])
        if (
            app.execute("SELECT count(*) FROM bench_paper").fetchone()
            != around.execute("SELECT count(*) FROM bench_paper").fetchone()
        ):
            raise RuntimeError("The scope does not show every record.")
        given = rounds(
            {
                "list, locked": _timed(app, _LIST, [mine[3]], LISTS),
                "list, around the lock": _timed(around, _LIST, [mine[3]], LISTS),
                "sum, locked": _timed(app, _SUM, [mine], SUMS),
                "sum, around the lock": _timed(around, _SUM, [mine], SUMS),
            },
            at_least_five(times),
        )
        app.rollback()
        around.execute("DROP TABLE bench_paper")
    for name, took in given.items():
        found.note("Locks", name, spread(took), "ms")
    found.add(
        [
            Row(10, "a force's list of 50, with row-level security beside without",
                ratio(given["list, locked"], given["list, around the lock"]), 1.3, at_least=False),
            Row(10, "sums by month over all of them, with row-level security beside without",
                ratio(given["sum, locked"], given["sum, around the lock"]), 1.15, at_least=False),
        ]
    )  # fmt: skip


def _timed(
    connection: psycopg.Connection[Any], statement: str, values: list[Any], times: int
) -> Callable[[], float]:
    """The middle of so many executions, in milliseconds."""

    def run() -> float:
        took = []
        for _ in range(times):
            began = time.perf_counter()
            connection.execute(statement, values).fetchall()
            took.append((time.perf_counter() - began) * 1000)
        return percentile(took, 0.5)

    return run
