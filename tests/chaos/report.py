"""What a run found, as figures for machines and as a page for people."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos.checker import INVARIANTS, NOT_BUILT
from tests.chaos.processes import ROOT


@dataclass
class Report:
    """Seconds throughout. `is_clean` is the verdict."""

    seed: int
    seconds: float
    settings: dict[str, str]
    machine: dict[str, str] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    aimed: int = 0
    skipped: dict[str, str] = field(default_factory=dict)  # kinds of fault that could not be, and why
    missed: list[str] = field(default_factory=list)
    ended_by_themselves: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # by act: ok, refused, unknown, not sent
    indeterminate: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)  # what systems sent under keys
    matched: dict[str, int] = field(default_factory=dict)  # what publishers said of transcriptions
    answers: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    events: int = 0
    deliveries: int = 0
    attempts: int = 0
    positions_followed: int = 0
    connections_followed: int = 0
    snapshots: int = 0
    longest_wait: float = 0.0
    steady_wait: float = 0.0
    waits: dict[str, list[float]] = field(default_factory=dict)  # by kind: longest wait of a delivery
    recovery: dict[str, list[float]] = field(default_factory=dict)
    never_recovered: list[str] = field(default_factory=list)
    quiet_after: float | None = None
    findings: dict[str, list[str]] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    planted: int = 0
    overlooked: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(self.outcomes.get(act, {}).get("ok", 0) for act in ("publish", "withdraw"))

    def is_clean(self) -> bool:
        return not (self.findings or self.surprises or self.overlooked or self.never_recovered)

    def as_json(self) -> str:
        return json.dumps(
            asdict(self) | {"is_clean": self.is_clean(), "acknowledged": self.acknowledged}, indent=1
        )


def machine() -> dict[str, str]:
    """What it ran on."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    model = ""
    if (told := Path("/proc/cpuinfo")).exists():
        model = next((line.split(":", 1)[1].strip() for line in told.read_text().splitlines()
                      if line.startswith("model name")), "")  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "commit": commit or "unknown",
        "processors": f"{os.cpu_count()} × {model or platform.machine()}",
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def spread(seconds: list[float]) -> str:
    return f"{median(seconds):.1f} | {max(seconds):.1f}" if seconds else " | "


def page(report: Report) -> str:
    """Markdown."""
    promised = report.acknowledged
    lost = [each for each in report.findings.get("I3", []) if "lost" in each or "bytes" in each]
    doubled = [each for each in report.findings.get("I3", []) if "times" in each] + report.findings.get(
        "I4", []
    )
    keyed = report.findings.get("I13", [])
    if report.findings:
        verdict = "**an invariant was broken: see Findings**"
    elif report.is_clean():
        verdict = "every invariant held"
    else:
        verdict = "every invariant held, and something else was not as it should be: see Findings"
    lines = [
        "# What happens when things break",
        "",
        "Written by `make chaos`; how to run it and read it: [how-to/run-the-chaos.md](how-to/run-the-chaos.md).",
        "Real processes, people's pages and systems' requests over HTTP, faults by a seed, and a checker that shares",
        f"no code with the product. Verdict of this run: {verdict}.",
        "",
        "| | |",
        "|---|---|",
        f"| Seed, length | {report.seed}, {report.seconds / 60:.1f} minutes |",
        *(f"| {name.capitalize()} | {value} |" for name, value in report.machine.items()),
        f"| Settings that differ | {', '.join(f'{k}={v}' for k, v in report.settings.items()) or 'none'} |",
        f"| Faults | {sum(report.faults.values())}, of which {report.aimed} aimed at a publication or a system's "
        "request under way |",
        f"| Publications, corrections and withdrawals acknowledged | {promised} |",
        f"| Lost | {len(lost)} |",
        f"| Doubled | {len(doubled)} |",
        f"| Bound | fewer than {3 / promised:.2%} lost, at 95 % (rule of three: 3 / {promised}) |" if promised else
        "| Bound | none: nothing was acknowledged |",
        "| Requests of systems under a key, sent how often | "
        + ", ".join(f"{name} {number}" for name, number in report.keys.items()) + " |",
        f"| Of these lost, doubled, otherwise wrong | {sum('lost' in each for each in keyed)},"
        f" {sum('times' in each for each in keyed)},"
        f" {sum('lost' not in each and 'times' not in each for each in keyed)} |",
        f"| Transcribed by the centre? Published after the answer | {told(report.matched)} |",
        f"| Answers that never came | {sum(report.indeterminate.values())}: "
        + told(report.indeterminate) + " |",
        f"| Register entries, events | {report.entries}, {report.events} |",
        f"| Deliveries, attempts | {report.deliveries}, {report.attempts} |",
        f"| Positions read from the stream, connections | {report.positions_followed}, {report.connections_followed} |",
        f"| Looks at all published rows | {report.snapshots} |",
        f"| Longest wait of a delivery, no fault near | {report.steady_wait:.1f} s |",
        f"| Longest wait of a delivery, ever | {report.longest_wait:.1f} s |",
        f"| Quiet after the last fault and the last publication | {told_seconds(report.quiet_after)} |",
        "",
        "## Faults",
        "",
        "Recovered: from the strike until nothing from before it waits and the struck part answers again; so the",
        "length of a pause is in it, and faults that strike while another is felt prolong each other.",
        "",
        "| Fault | Times | Recovered, median (s) | longest (s) | Delivery waited, median (s) | longest (s) |",
        "|---|---|---|---|---|---|",
        *(
            f"| {kind} | {times} | {spread(report.recovery.get(kind, []))} | {spread(report.waits.get(kind, []))} |"
            for kind, times in sorted(report.faults.items())
        ),
        *(f"| {kind} | skipped: {why} | | | | |" for kind, why in sorted(report.skipped.items())),
        "",
        "## Invariants",
        "",
        f"{report.planted} faults were planted in a copy of the database and of the evidence; the checker overlooked "
        f"{len(report.overlooked)}.",
        "",
        "| | Must hold | Found |",
        "|---|---|---|",
        *(f"| {name} | {words} | {len(report.findings.get(name, [])) or 'nothing'} |"
          for name, words in INVARIANTS.items()),
        *(f"| {name} | not built: {words} | |" for name, words in NOT_BUILT.items()),
        "",
        "## What was asked, and answered",
        "",
        "| Act | Yes | Refused | No answer | Nobody listened |",
        "|---|---|---|---|---|",
        *(
            f"| {act} | {by.get('ok', 0)} | {by.get('refused', 0)} | {by.get('unknown', 0)} | {by.get('not sent', 0)} |"
            for act, by in sorted(report.outcomes.items())
        ),
        "",
        "Refusals are of one's own work, of a thing done already, of other bytes under a used key, and of what another",
        "replaced meanwhile: the people and systems of the run try all of these. Systems send again what nobody",
        "answered, under its key; so their acts count as often as they were sent.",
        "Answers by door: " + ", ".join(f"{name} {number}" for name, number in sorted(report.answers.items())) + ".",
        "",
    ]  # fmt: skip
    trouble = [
        *(f"{name}: {each}" for name, found in report.findings.items() for each in found),
        *report.surprises, *report.never_recovered, *(f"overlooked {each}" for each in report.overlooked),
    ]  # fmt: skip
    if trouble:
        lines += ["## Findings", "", *(f"- {each}" for each in trouble), ""]
    return "\n".join(lines)


def told(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items())) or "none"


def told_seconds(seconds: float | None) -> str:
    return "not within the time" if seconds is None else f"{seconds:.1f} s"


def counted_matches(operations: list[Any]) -> dict[str, int]:
    """Publications acknowledged after their publisher was asked which transcription they are."""
    said = [each.sent["matches"] for each in operations if each.outcome == "ok" and "matches" in each.sent]
    return {"this one": sum(each != "none" for each in said), "another": said.count("none")}


def counted_keys(operations: list[Any]) -> dict[str, int]:
    """What systems sent under keys, in numbers."""
    by_key: dict[str, list[Any]] = {}
    for each in operations:
        if each.key:
            by_key.setdefault(each.key, []).append(each)
    sent = [[each for each in found if each.body == found[0].body] for found in by_key.values()]
    return {
        "keys": len(by_key),
        "requests": sum(each.outcome != "not sent" for found in by_key.values() for each in found),
        "acknowledged": sum(any(each.outcome == "ok" for each in found) for found in sent),
        "sent again after no answer": sum(
            any(each.outcome == "unknown" for each in found[:-1]) for found in sent
        ),
        "answered from what was kept": sum(each.is_repeat for found in sent for each in found),
        "found one at work": sum("in-flight" in each.told for found in sent for each in found),
        "other bytes refused": sum(
            each.outcome == "refused" and "key-reused" in each.told
            for found in by_key.values()
            for each in found
        ),
        "never learnt": sum(not any(each.outcome == "ok" for each in found) for found in sent),
    }


def counted(operations: list[Any]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Outcomes by act; and how what nobody answered turned out."""
    outcomes: dict[str, Counter[str]] = {}
    indeterminate: Counter[str] = Counter()
    for each in operations:
        outcomes.setdefault(each.act, Counter())[each.outcome] += 1
        if each.outcome == "unknown":
            indeterminate[each.found or "nobody looked"] += 1
    return {act: dict(by) for act, by in outcomes.items()}, dict(indeterminate)
