"""Goal 11: every kind of public page among all the records within its budget, and statistics as a recount has them.

What a page costs is processor time, ours and PostgreSQL's, so that a busy machine does not lie about it.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench import synthetic
from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import forces, point_at
from bench.rounds import at_least_five, percentile, rounds, spread
from bench.sums import worked

WORK = 150.0  # milliseconds
QUERIES = 12
WEIGHT = 15.0  # kB, gzipped
FLAT = 1.2
LATEST = datetime(
    2026, 6, 1, tzinfo=UTC
)  # no synthetic record was entered later; other measurements enter theirs now
UNDER = "/demonstration"


@dataclass(frozen=True, slots=True)
class Cost:
    work: float  # ms
    queries: int
    weight: float  # kB


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """Every page in both databases; then the recount."""
    # Of few rounds the slowest would be called the 95th percentile.
    times = times if times < 3 else 4 * at_least_five(times)
    few, all_ = (_all_pages(bench, database, times) for database in (small, large))
    for name, costs in all_.items():
        found.note("Public pages", f"{name}: work", spread([cost.work for cost in costs]), "ms")
        found.note(
            "Public pages", f"{name}: work among 10,000", spread([cost.work for cost in few[name]]), "ms"
        )
    slowest = max(all_, key=lambda name: percentile([cost.work for cost in all_[name]], 0.95))
    steepest = max(all_, key=lambda name: _growth(all_[name], few[name]))
    asking = max(all_, key=lambda name: all_[name][-1].queries)
    pages = {name: costs for name, costs in all_.items() if name != "the forces of the nation"}
    heaviest = max(pages, key=lambda name: pages[name][-1].weight)
    found.add(
        [
            Row(11, f"p95 work of the costliest of {len(all_)} public pages, “{slowest}”",
                spread([percentile([cost.work for cost in all_[slowest]], 0.95)]), WORK, at_least=False, unit="ms"),
            Row(11, f"the page whose work grows most from 10,000 records, “{steepest}”",
                spread([_growth(all_[steepest], few[steepest])]), FLAT, at_least=False),
            Row(11, f"most queries of a page, “{asking}”",
                spread([all_[asking][-1].queries]), QUERIES, at_least=False, unit="queries"),
            Row(11, f"heaviest page, gzipped, “{heaviest}”",
                spread([pages[heaviest][-1].weight]), WEIGHT, at_least=False, unit="kB"),
            Row(11, "cells that a recount by other code finds otherwise",
                spread([_differences(large)]), 0, at_least=False, unit="cells"),
        ]
    )  # fmt: skip
    point_at(large)


def _growth(many: list[Cost], few: list[Cost]) -> float:
    return min(cost.work for cost in many) / min(cost.work for cost in few)


def _all_pages(bench: Bench, database: str, times: int) -> dict[str, list[Cost]]:
    point_at(database)
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        row = admin.execute(
            "SELECT reference FROM register_head WHERE realm = %s AND NOT is_withdrawn AND NOT is_redacted LIMIT 1",
            [synthetic.REALM],
        ).fetchone()
    assert row is not None, "the synthetic records are there"
    addresses = dict(_addresses(row[0]))
    for address in addresses.values():
        _ask(address)
    return rounds({name: (lambda a=address: _ask(a)) for name, address in addresses.items()}, times)


def _addresses(reference: str) -> Iterator[tuple[str, str]]:
    from coordination.collation.published.tables import TABLES

    yield "home", f"{UNDER}/"
    yield "deployments", f"{UNDER}/deployments/"
    yield "deployments of a force and year", f"{UNDER}/deployments/?force=synthetic-04&year=2024"
    yield "deployments at a place", f"{UNDER}/deployments/?place=Synthetic+place+007"
    yield "deployments found by words", f"{UNDER}/deployments/?q=synthetic+place+017"
    yield "deployments with most false alerts", f"{UNDER}/deployments/?sort=false_alerts"
    yield "a record", f"{UNDER}/deployments/{reference}/"
    yield "revisions", f"{UNDER}/revisions/"
    yield "the forces", f"{UNDER}/forces/"
    yield "the forces of the nation", "/forces/"
    yield "a force", f"{UNDER}/forces/synthetic-04/"
    yield "feed", f"{UNDER}/deployments/feed.atom"
    yield "statistics", f"{UNDER}/statistics/"
    for table in TABLES:
        yield f"table {table.code}", f"{UNDER}/statistics/{table.code}/"
        yield f"table {table.code} as CSV", f"{UNDER}/statistics/{table.code}.csv"
    yield "capability", f"{UNDER}/statistics/force-capability/"
    yield "comparison", f"{UNDER}/statistics/comparison/"
    yield "run charts", f"{UNDER}/statistics/run-charts/"
    yield "reconciliation", "/statistics/reconciliation/"
    yield "data", "/data/"
    yield "catalogue", "/data/catalogue.jsonld"


def _ask(address: str) -> Cost:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    connection.queries_log.clear()  # it holds 9,000, and what is full can no longer be counted
    with CaptureQueriesContext(connection) as queries:
        began = worked(process) + time.process_time() * 1000
        answer = client.get(address, HTTP_HOST="127.0.0.1")
        content: Any = answer.getvalue() if answer.streaming else answer.content
        took = worked(process) + time.process_time() * 1000 - began
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}.")
    return Cost(took, len(queries), len(gzip.compress(content)) / 1000)


def _differences(database: str) -> int:
    """Cells found otherwise, once what the other measurements entered is counted as a worker would count it."""
    from coordination.collation.counting import count_again
    from coordination.collation.recount import differences
    from register.models import Head

    point_at(database)
    for force in forces():
        entered = Head.objects.filter(force=force, first_entered_at__gt=LATEST)
        references = list(entered.order_by("pk").values_list("reference", flat=True))
        for start in range(0, len(references), 1000):
            count_again(force, references[start : start + 1000])
    return len(differences(synthetic.REALM))
