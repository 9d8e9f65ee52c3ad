"""`python -m bench`: build everything, measure every goal, print the table and write docs/performance.md.

SIZE=1000000 is the number of records; QUICK=1 measures with 20,000 and short rounds; ONLY=reads,delivery picks areas.
"""

from __future__ import annotations

import os
import sys
import time
import traceback

from bench import delivery, imports, locks, pages, reads, report, sums, synthetic, tryout
from bench.goals import Findings
from bench.ground import ground
from bench.peers import records
from bench.product import enter_the_product, point_at
from config.stack.lifeline import guarded

SMALL = 10_000
AREAS = {
    "reads": reads,
    "delivery": delivery,
    "sums": sums,
    "imports": imports,
    "locks": locks,
    "pages": pages,
    "tryout": tryout,
}


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def run(watcher: int) -> int:
    """In the guarded process: whatever happens, nothing that was started outlives it."""
    try:
        return 1 if measure_all().failed else 0
    except Exception:
        traceback.print_exc()
        return 1


def measure_all() -> Findings:
    """Every area that is asked for. One that fails is told and leaves the others their figures."""
    quick = os.environ.get("QUICK", "") not in ("", "0")
    size = int(os.environ.get("SIZE") or (20_000 if quick else 1_000_000))
    times = int(os.environ.get("ROUNDS") or (2 if quick else 3))
    seconds = float(os.environ.get("SECONDS") or (1 if quick else 4))
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if unknown := set(only) - set(AREAS):
        raise SystemExit(f"ONLY={','.join(sorted(unknown))}: there are {', '.join(AREAS)}.")
    found = Findings()
    small, large = f"{synthetic.PREFIX}_small", f"{synthetic.PREFIX}_large"
    began = time.monotonic()
    with ground() as bench:
        enter_the_product(bench, bench.create(large))
        for name, records_in in ((bench.create(small), SMALL), (large, size)):
            _say(f"{records_in:,} records into {name}")
            synthetic.fill(bench.admin_url(name), records_in)
            records.make(bench.admin_url(name))
        for name, area in AREAS.items():
            if only and name not in only:
                continue
            _say(name)
            try:
                area.measure(bench, found, small=small, large=large, times=times, seconds=seconds)
            except Exception as error:
                traceback.print_exc()
                found.failed[name] = next(iter(str(error).splitlines()), type(error).__name__)
            finally:
                bench.stop()
                point_at(large)
        machine = report.machine(bench)
    took = time.monotonic() - began
    print(report.table(found))
    if not only:
        report.write(
            found,
            machine,
            size=size,
            times=times,
            seconds=seconds,
            took=took,
            caution=report.QUICK if quick else "",
        )
    return found


if __name__ == "__main__":
    sys.exit(guarded(run, stop_with_parent=True))
