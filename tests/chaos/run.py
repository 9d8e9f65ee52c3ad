"""Publish through the portal while everything breaks; afterwards every promise must have been kept.

    python -m tests.chaos.run --minutes 20 --seed 7 --faults 220 --report docs/chaos.md

Starts PostgreSQL, Valkey and the service's processes on a folder of its own, breaks them by a schedule that the
seed decides, and judges. Exits 1 if an invariant did not hold, or if the checker overlooked a planted fault.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos import report as reports
from tests.chaos.checker import Evidence, check, planted
from tests.chaos.client import Answer, Browser, Lost, Member, NotSent
from tests.chaos.history import History
from tests.chaos.load import Desk
from tests.chaos.nemesis import KINDS, Nemesis, as_plain, plan
from tests.chaos.processes import QUICK
from tests.chaos.readers import Follower, Reader, Snoop, await_caught_up
from tests.chaos.report import Report
from tests.chaos.rig import SIZES, Rig
from tests.chaos.systems import SystemDesk, connect
from tests.chaos.watch import PUBLISHED, Watch

QUIET_WITHIN = 120.0  # seconds after the last fault and the last publication
REALMS = ("national", "demonstration")


class Run:
    """`go` once: start, break, wait until it is quiet, judge."""

    def __init__(self, seed: int, seconds: float, faults: int, *, is_long: bool) -> None:
        self.began = time.monotonic()
        self.seed, self.seconds, self.faults, self.is_long = seed, seconds, faults, is_long
        # The short run recovers in a second rather than ten: waiting is all that it would do otherwise.
        self.rig = Rig(SIZES if is_long else {**SIZES, "web": 1}, more={} if is_long else QUICK)
        self.report = Report(seed, seconds, {} if is_long else dict(QUICK), machine=reports.machine())
        self.history = History(self.rig.folder / "history.jsonl")
        self.watch = Watch(self.rig, every=0.2 if is_long else 0.1, every_snapshot=10 if is_long else 2)
        self.leave, self.done, self.stop = threading.Event(), threading.Event(), threading.Event()

    def go(self, *, keep: bool = False) -> Report:
        try:
            self._say("starting")
            teams = self.rig.start(with_reference=self.is_long)
            self._play(teams)
        finally:
            self.leave.set()
            self.stop.set()
            self.history.close()
            keep = keep or not self.report.is_clean() or sys.exc_info()[0] is not None
            self.rig.stop(keep=keep)
            if keep:
                print(f"History, logs and data are kept in {self.rig.folder}.", file=sys.stderr)
        return self.report

    def _play(self, teams: list[dict[str, Any]]) -> None:
        rig, history, report = self.rig, self.history, self.report
        with psycopg.connect(rig.admin_url) as database:
            row = database.execute("SELECT coalesce(max(id), 0) FROM events_event").fetchone()
            before = row[0] if row else 0
            self.watch.compare(dict(database.execute(PUBLISHED).fetchall()))
        self._say("started")
        self._leave_out()
        faults = plan(
            self.seed, self.seconds, self.faults, pause=min(60, self.seconds / 6) if self.is_long else 2,
            targets=rig.names, leave_out=tuple(report.skipped),
        )  # fmt: skip
        (rig.folder / "schedule.json").write_text(json.dumps(as_plain(faults), indent=1))
        report.aimed = sum(1 for fault in faults if fault.aimed)
        desks, others, followers = self._people(teams)
        self.watch.start()
        for each in (*desks, *others, *followers):
            each.start()
        nemesis = Nemesis(rig, history, faults, self.watch.strike, patience=1.5 if self.is_long else 0.3)
        ended = self._break(nemesis, desks)
        report.missed, report.ended_by_themselves = nemesis.missed, dict(ended)
        report.faults = dict(Counter(felt.fault.kind for felt in self.watch.felt))
        self._say("the people and the faults are done")
        self._await_quiet(followers)
        self._say("quiet")
        self._judge(before)
        self._say("judged")

    def _say(self, words: str) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {words}", file=sys.stderr, flush=True)

    def _leave_out(self) -> None:
        """Kinds of fault that this machine does not allow are named, never passed over in silence."""
        for kind in KINDS:
            if kind == "disk full" and self.rig.volume.why_not:
                self.report.skipped[kind] = self.rig.volume.why_not
            if "clock" in kind and self.rig.clocks.why_not:
                self.report.skipped[kind] = self.rig.clocks.why_not

    def _people(
        self, teams: list[dict[str, Any]]
    ) -> tuple[list[Desk], list[threading.Thread], list[Follower]]:
        webs = [self.rig.processes.port(name) for name in self.rig.names if name.startswith("web")]
        stream = self.rig.processes.port("stream1")
        timeout = 8.0 if self.is_long else 3.0
        for team in teams:
            for part, how in team["people"].items():
                member = Member(
                    f"{part} of {team['force']}", how, webs, team["force"], self.history,
                    stop=self.done, timeout=20, door="portal",
                )  # fmt: skip
                if "link" in how:
                    member.choose_password()
                    member.sign_in()
                    how["cookies"] = dict(
                        member.cookies
                    )  # one session, in as many windows as there are desks
        self._connect(teams, webs)
        desks = [
            Desk(team, number, seed=self.seed, ports=webs[i % len(webs):] + webs[: i % len(webs)],
                 history=self.history, stop=self.done, leave=self.leave, timeout=timeout, at_least=3)
            for number in range(1, 3 if self.is_long else 2)
            for i, team in enumerate(teams, number)
        ]  # fmt: skip
        desks += [
            SystemDesk(team, 1, seed=self.seed, ports=webs[i % len(webs):] + webs[: i % len(webs)],
                       history=self.history, stop=self.done, leave=self.leave, timeout=timeout, at_least=1)
            for i, team in enumerate(teams)
        ]  # fmt: skip
        pace = 1.0 if self.is_long else 0.5
        others: list[threading.Thread] = [Reader(webs, self.seed, self.history, self.done, pace)]
        for team, other in zip(teams, [*teams[1:], teams[0]], strict=True):
            snoop = Member(
                f"snoop of {team['force']}", dict(team["people"]["writer"]), webs, team["force"], self.history,
                stop=self.done, timeout=timeout, door="portal",
            )  # fmt: skip
            if "persona" in snoop.how:  # a password belongs to one person's browser
                others.append(Snoop(snoop, other["force"], self.history, self.done, pace * 3))
        followers = [
            Follower(stream, realm, f"follower {number}", self.history, self.stop)
            for realm in REALMS
            for number in (1, 2)
        ]
        return desks, others, followers

    def _connect(self, teams: list[dict[str, Any]], webs: list[int]) -> None:
        """Each force has its system, since yesterday: a clock that is set back must not disconnect it."""
        self.rig.clocks.set("servers", -86_400)
        last_day = datetime.now(UTC).date() + timedelta(days=90)
        for team in teams:
            owner = Member(
                f"owner of {team['force']}", dict(team["people"]["owner"]), webs, team["force"], self.history,
                stop=self.done, timeout=20, door="portal",
            )  # fmt: skip
            owner.cookies |= team["people"]["owner"].get("cookies", {})
            team["system"] = connect(owner, team["force"], last_day=last_day)
        self.rig.clocks.set("servers", 0)

    def _break(self, nemesis: Nemesis, desks: list[Desk]) -> Counter[str]:
        """Until the schedule is done and everybody has finished what they had in hand."""
        ended: Counter[str] = Counter()
        told = time.monotonic()
        deadline = nemesis.began + self.seconds + QUIET_WITHIN * 2
        while not nemesis.is_done or any(desk.is_alive() for desk in desks):
            nemesis.tick()
            # What is being mended is not dead by itself: the nemesis has taken it off the list.
            ended.update(self.rig.start_dead(but=nemesis.broken))
            if nemesis.is_done and time.monotonic() - nemesis.began >= self.seconds:
                self.done.set()
            if time.monotonic() > deadline:
                self.report.surprises.append("the people did not come to an end")
                break
            if self.is_long and time.monotonic() - told > 15:
                told = time.monotonic()
                self._say(self._progress(nemesis))
            time.sleep(0.02)
        return ended

    def _progress(self, nemesis: Nemesis) -> str:
        return (
            f"{nemesis.done} faults, {len(nemesis.due)} to come;"
            f" {self.history.number_of('publish')} published,"
            f" {len([each for each in self.history.operations if each.outcome == 'unknown' and each.ended])} without"
            f" an answer; longest wait {self.watch.longest_wait:.1f} s;"
            f" {len(self.history.surprises)} surprises, {len(self.history.leaks)} leaks"
        )

    def _await_quiet(self, followers: list[Follower]) -> None:
        began = time.monotonic()
        quiet = 0
        while quiet < 3 and time.monotonic() - began < QUIET_WITHIN:
            self.rig.start_dead()
            quiet = quiet + 1 if self.watch.is_quiet else 0
            time.sleep(0.1)
        if quiet >= 3:
            self.report.quiet_after = time.monotonic() - began
        else:
            self.report.findings["I5"] = [f"not quiet {QUIET_WITHIN:.0f} s after the last fault"]
        while not self.watch.has_recovered() and time.monotonic() - began < QUIET_WITHIN:
            self.rig.start_dead()
            time.sleep(0.1)
        with psycopg.connect(self.rig.admin_url) as database:
            last = dict(
                database.execute(
                    "SELECT coalesce(f.realm, 'national'), max(p.position) FROM events_position p"
                    " LEFT JOIN forces_force f ON f.id = p.force_id WHERE p.is_public GROUP BY 1"
                ).fetchall()
            )
        await_caught_up(followers, last, 30)
        self.watch.stop()

    def _judge(self, before: int) -> None:
        report, history, rig = self.report, self.history, self.rig
        standing, totals = self._read_in_public()
        self.stop.set()
        rig.stop_processes()
        evidence = Evidence(
            operations=history.operations, followers={name: list(seen) for name, seen in history.followers.items()},
            snapshots=self.watch.snapshots, leaks=history.leaks, changed=self.watch.changed,
            standing=standing, totals=totals, before=before,
        )  # fmt: skip
        with psycopg.connect(rig.admin_url, autocommit=True) as database:
            found = check(database, evidence)
            row = database.execute(
                "SELECT (SELECT count(*) FROM register_entry), (SELECT count(*) FROM events_event),"
                " count(*), coalesce(sum(attempts), 0) FROM events_delivery"
            ).fetchone()
            report.entries, report.events, report.deliveries, report.attempts = map(int, row or (0, 0, 0, 0))
        for name, words in found.told(most=20).items():
            report.findings.setdefault(name, []).extend(words)
        report.planted, report.overlooked = planted.missed(rig.copy("planted"), evidence)
        report.surprises += history.surprises
        report.outcomes, report.indeterminate = reports.counted(history.operations)
        report.matched = reports.counted_matches(history.operations)
        report.keys = reports.counted_keys(history.operations)
        report.answers = dict(history.answers)
        report.positions_followed = sum(len(seen) for seen in history.followers.values())
        report.connections_followed = sum(
            len({connection for connection, _ in seen}) for seen in history.followers.values()
        )
        report.snapshots = self.watch.snapshots_taken
        report.longest_wait, report.steady_wait = self.watch.longest_wait, self.watch.steady_wait
        for felt in self.watch.felt:
            report.waits.setdefault(felt.fault.kind, []).append(round(felt.longest_wait, 2))
            if felt.recovered is None:
                report.never_recovered.append(
                    f"{felt.fault.kind} of {felt.fault.target} at {felt.fault.at:.0f} s"
                )
            else:
                report.recovery.setdefault(felt.fault.kind, []).append(round(felt.recovered, 2))

    def _read_in_public(self) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """All that the public is shown as standing, and the total of faces it is told, by realm."""
        webs = [self.rig.processes.port(name) for name in self.rig.names if name.startswith("web")]
        browser = Browser(webs, "public", self.history, timeout=20, door="api")
        standing: dict[str, dict[str, int]] = {}
        totals: dict[str, int] = {}
        for realm in REALMS:
            shown = standing.setdefault(realm, {})
            path: str | None = f"/api/v1/deployments?realm={realm}&limit=200"
            while path:
                told = json.loads(_read(browser, path).text)
                shown |= {each["reference"]: each["version"] for each in told["items"]}
                path = told["next"] and told["next"].split("127.0.0.1", 1)[-1].partition("/")[2]
                path = path and "/" + path
            told = json.loads(
                _read(browser, f"/api/v1/statistics?realm={realm}&by=all&measure=faces_seen").text
            )
            totals[realm] = sum(int(each["value"] or 0) for each in told["items"])
        return standing, totals


def _read(browser: Browser, path: str) -> Answer:
    for _ in range(400):
        try:
            answer = browser.ask("GET", path)
            if answer.status == 200:
                return answer
        except (NotSent, Lost):
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{path} cannot be read")


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.chaos.run", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seconds", type=float, help="a short run of this length, which recovers faster")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, help="default: one for each 5.5 seconds")
    parser.add_argument("--report", type=Path, help="write the page here, and the figures beside it as .json")
    parser.add_argument("--json", action="store_true", help="print the figures instead of the page")
    parser.add_argument("--keep", action="store_true", help="keep history, logs and data")
    chosen = parser.parse_args()
    seconds = chosen.seconds or chosen.minutes * 60
    faults = chosen.faults or max(len(KINDS), int(seconds / 5.5))
    report = Run(chosen.seed, seconds, faults, is_long=chosen.seconds is None).go(keep=chosen.keep)
    print(report.as_json() if chosen.json else reports.page(report))
    if chosen.report:
        chosen.report.write_text(reports.page(report))
        chosen.report.with_suffix(".json").write_text(report.as_json() + "\n")
    return 0 if report.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
