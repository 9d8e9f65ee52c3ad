"""Publish while things are killed; afterwards nothing may be lost and nothing doubled.

    python -m tests.chaos.run --publications 3000 --seed 7

Starts PostgreSQL, Valkey, two relays, two workers and beat of its own, lets people publish through the real
actions, and kills by a schedule that the seed decides. Exits 1 if a promise was not kept. `--json` for machines.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.processes import ROOT, until
from tests.chaos.rig import Rig

FAULTS = ("worker", "worker's child", "relay", "beat", "valkey", "postgres", "flushall")
QUIET_WITHIN = 120.0  # seconds after the last fault


@dataclass
class Report:
    publications: int
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    ended_by_themselves: Counter[str] = field(default_factory=Counter)
    history: Counter[str] = field(default_factory=Counter)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    longest_lag: float = 0.0
    load_seconds: float = 0.0
    quiet_after: float = 0.0
    entries: int = 0
    deliveries: int = 0
    attempts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    checker_sees: dict[str, bool] = field(default_factory=dict)

    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong) and all(self.checker_sees.values())


class Nemesis:
    """Breaks one thing at a time, when the publications have come so far, and mends it a moment later."""

    def __init__(self, rig: Rig, report: Report, faults: int) -> None:
        self.rig, self.report = rig, report
        self.chance = random.Random(report.seed)
        kinds = [FAULTS[i % len(FAULTS)] for i in range(faults)]
        self.chance.shuffle(kinds)
        self.due = [(int(report.publications * (i + 0.5) / faults), kind) for i, kind in enumerate(kinds)]

    def strike(self, published: int) -> str:
        """The kind of fault that was due, or ''."""
        if not self.due or published < self.due[0][0]:
            return ""
        _, kind = self.due.pop(0)
        pause = self.chance.uniform(0.05, 0.8)
        which = self.chance.choice("12")
        rig = self.rig
        if kind == "flushall":
            rig.flush()
        elif kind == "worker's child":
            rig.kill_child_of(f"worker{which}")
        elif kind in ("postgres", "valkey"):
            server = rig.postgres if kind == "postgres" else rig.valkey
            (rig.kill_postgres if kind == "postgres" else rig.kill_valkey)()
            time.sleep(pause)
            rig.start_server(server)
        else:
            name = kind if kind == "beat" else f"{kind}{which}"
            rig.kill_process(name)
            time.sleep(pause)
            rig.processes.start(name)
        self.report.faults[kind] += 1
        return kind


def run(publications: int, seed: int, faults: int, *, keep: bool = False) -> Report:
    report = Report(publications, seed)
    rig = Rig()
    try:
        rig.start()
        os.environ.update(rig.environment())
        _play(rig, report, faults)
    finally:
        rig.stop(keep=keep or not report.is_clean())
        if keep or not report.is_clean():
            print(f"The logs are kept in {rig.folder}.", file=sys.stderr)
    return report


def _play(rig: Rig, report: Report, faults: int) -> None:
    import django

    django.setup()
    from django.db import DatabaseError, connection

    from events.lag import lag
    from tests.chaos import ledger
    from tests.chaos.checking import check
    from tests.chaos.load import History, Publisher, Team
    from tests.people import make_force, make_member

    rig.make_table(ledger.TABLE)
    teams = [
        Team(
            force,
            make_member(force, "operator_lead"),
            make_member(force, "data_publisher", name="First"),
            make_member(force, "data_publisher", name="Second"),
        )
        for force in (
            make_force("X-NORTHMOOR", "northmoor", "Northmoor Police", realm="demonstration"),
            make_force("X-EASTVALE", "eastvale", "Eastvale Police", realm="demonstration"),
        )
    ]
    rig.start_processes()
    _await_workers(rig)
    history, stop = History(), threading.Event()
    numbers = list(range(report.publications))
    people = [
        Publisher(team, numbers[i :: len(teams)], report.seed, history, stop) for i, team in enumerate(teams)
    ]
    nemesis = Nemesis(rig, report, faults)
    began = time.monotonic()
    for person in people:
        person.start()
    struck: tuple[str, float] | None = None
    load_ended: float | None = None
    try:
        while True:
            report.ended_by_themselves.update(rig.start_dead_processes())
            if kind := nemesis.strike(history.counts["published"]):
                struck = (kind, time.monotonic())
                print(f"{history.counts['published']} published, {kind} struck", file=sys.stderr)
            if load_ended is None and not any(person.is_alive() for person in people):
                load_ended = time.monotonic()
                report.load_seconds = load_ended - began
            try:
                now = lag()
            except DatabaseError:
                connection.close()
                now = None
            if now is not None:
                waited = now.oldest.total_seconds() if now.oldest else 0.0
                report.longest_lag = max(report.longest_lag, waited)
                is_quiet = now.oldest is None and not now.unsequenced
                # Recovered: nothing from before the fault is still waiting.
                if struck and waited < time.monotonic() - struck[1]:
                    report.recovery.setdefault(struck[0], []).append(time.monotonic() - struck[1])
                    struck = None
                if is_quiet and load_ended is not None and not nemesis.due:
                    report.quiet_after = time.monotonic() - load_ended
                    break
            if load_ended is not None and time.monotonic() - load_ended > QUIET_WITHIN:
                break
            if history.failures:
                raise RuntimeError(history.failures[0])
            time.sleep(0.05)
    finally:
        stop.set()
    report.history = history.counts
    _judge(rig, report, history, check)


def _await_workers(rig: Rig) -> None:
    """Until every worker listens: a kill before that would prove little."""
    for name in ("worker1", "worker2"):
        until(lambda name=name: "ready." in rig.processes.said(name), seconds=60)


def _judge(rig: Rig, report: Report, history: Any, check: Any) -> None:
    import psycopg

    found = check(rig.admin_url, history)
    report.lost, report.doubled, report.wrong = found.lost, found.doubled, found.wrong
    verified = subprocess.run(
        [sys.executable, "manage.py", "collate", "--verify", "--skip-checks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if verified.returncode:
        report.wrong.append(f"collate --verify: {(verified.stdout + verified.stderr)[-2000:]}")
    with psycopg.connect(rig.admin_url, autocommit=True) as admin:
        row = admin.execute(
            "SELECT (SELECT count(*) FROM register_entry), count(*), sum(attempts) FROM events_delivery"
        ).fetchone()
        report.entries, report.deliveries, report.attempts = map(int, row or (0, 0, 0))
        # A checker that has never found anything proves nothing: break each promise once.
        for name, statement in PLANTED.items():
            admin.execute(statement)
            report.checker_sees[name] = len(check(rig.admin_url, history).__dict__[name.split()[0]]) > len(
                found.__dict__[name.split()[0]]
            )


PLANTED = {
    "doubled effect": "INSERT INTO chaos_ledger SELECT * FROM chaos_ledger LIMIT 1",
    "lost effect": "DELETE FROM chaos_ledger WHERE entry = (SELECT max(entry) FROM chaos_ledger)",
    "wrong figure": "UPDATE collation_cell SET total = total + 1 WHERE measure = 'faces_seen' AND span = 'year'",
    "wrong position": "ALTER TABLE events_position DISABLE TRIGGER USER;"
    " DELETE FROM events_position WHERE position = (SELECT max(position) / 2 FROM events_position)",
    "lost entry": "ALTER TABLE register_entrybody DISABLE TRIGGER USER;"
    " DELETE FROM register_entrybody WHERE entry_id = (SELECT max(id) FROM register_entry WHERE act = 'original')",
}


def told(report: Report) -> str:
    lines = [
        f"{report.publications} publications asked for, seed {report.seed}",
        f"  promised        {dict(report.history)}",
        f"  entries         {report.entries}, deliveries {report.deliveries}, attempts {report.attempts}",
        f"  faults          {sum(report.faults.values())}: {dict(report.faults)}",
        f"  ended unasked   {dict(report.ended_by_themselves)}",
        f"  time            load {report.load_seconds:.1f} s, quiet {report.quiet_after:.1f} s later,"
        f" longest wait of a delivery {report.longest_lag:.1f} s",
    ]
    for kind, seconds in sorted(report.recovery.items()):
        ordered = sorted(seconds)
        lines.append(
            f"  recovery        {kind}: median {ordered[len(ordered) // 2]:.1f} s, longest {ordered[-1]:.1f} s"
        )
    lines += [
        f"  lost            {len(report.lost)} {report.lost[:5] or ''}",
        f"  doubled         {len(report.doubled)} {report.doubled[:5] or ''}",
        f"  wrong           {len(report.wrong)} {report.wrong[:5] or ''}",
        f"  checker sees    {report.checker_sees}",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.chaos.run", description=__doc__.splitlines()[0])
    parser.add_argument("--publications", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faults", type=int, help="default: one for each 30 publications, at least one of each kind"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the data and logs")
    chosen = parser.parse_args()
    faults = chosen.faults if chosen.faults is not None else max(len(FAULTS), chosen.publications // 30)
    report = run(chosen.publications, chosen.seed, faults, keep=chosen.keep)
    print(json.dumps(vars(report)) if chosen.json else told(report))
    return 0 if report.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
