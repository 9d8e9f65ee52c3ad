"""Ask a public service which of the packages in a lock file have known weaknesses: `python -m config.audit`.

Fails for a weakness that `audit-exceptions.toml` does not list, or lists with a day that has passed. Where the service
cannot be reached, or does not know the packages, it says so and does not fail: a check without a network is still a
check of everything else. With REQUIRE_AUDIT=1 that fails, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.txt"  # holds what the service runs on, too
EXCEPTIONS = ROOT / "audit-exceptions.toml"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to print, whether everything was asked about, and whether something is wrong."""

    lines: list[str]
    is_whole: bool
    is_bad: bool


def judge(report: Mapping[str, Any], exceptions: list[Mapping[str, Any]], today: date) -> Verdict:
    """From pip-audit's report. An exception names `id`, `reason` and `until` (a date)."""
    known = {each["id"]: each for each in exceptions}
    lines, used, is_bad = [], set(), False
    packages = report.get("dependencies", [])
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    for package in packages:
        for found in package.get("vulns", []):
            names = {found["id"], *found.get("aliases", [])}
            listed = next((known[name] for name in sorted(names) if name in known), None)
            what = f"{package['name']} {package['version']}: {found['id']}"
            if listed is None:
                mended = ", ".join(found.get("fix_versions", [])) or "no version yet"
                lines.append(f"WEAK  {what}; mended in {mended}")
                is_bad = True
                continue
            used.add(listed["id"])
            if listed["until"] < today:
                lines.append(f"OVERDUE  {what}: excepted until {listed['until']} ({listed['reason']})")
                is_bad = True
            else:
                lines.append(f"excepted until {listed['until']}  {what}: {listed['reason']}")
    if skipped:
        lines.append(f"NOT AUDITED: the service does not know {len(skipped)} of {len(packages)} packages.")
    else:
        idle = sorted(set(known) - used)
        lines += [f"No longer needed in {EXCEPTIONS.name}: {name}" for name in idle]
    if not is_bad and not skipped and packages:
        lines.append(f"{len(packages)} packages, no known weakness that is not listed.")
    return Verdict(lines, bool(packages) and not skipped, is_bad)


def exceptions_in(path: Path = EXCEPTIONS) -> list[Mapping[str, Any]]:
    """Raises ValueError for one without an id, a reason or a day on which it ends."""
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("exception", [])
    for each in listed:
        if not (
            each.get("id") and str(each.get("reason", "")).strip() and isinstance(each.get("until"), date)
        ):
            raise ValueError(f"{path.name}: each [[exception]] needs id, reason and until (a date): {each}")
    return listed


def main() -> int:
    command = [
        str(Path(sys.executable).with_name("pip-audit")), "--requirement", str(LOCK), "--require-hashes",
        "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - no input
        report = json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        print("NOT AUDITED: the service that knows weaknesses could not be reached.")
        return 1 if os.environ.get("REQUIRE_AUDIT") == "1" else 0
    verdict = judge(report, exceptions_in(), datetime.now(UTC).date())
    print("\n".join(verdict.lines))
    return 1 if verdict.is_bad or (os.environ.get("REQUIRE_AUDIT") == "1" and not verdict.is_whole) else 0


if __name__ == "__main__":
    sys.exit(main())
