"""A launcher for the tests of config/stack/lifeline.py: python -m tests.config.family_of_three FILE [OPTION].

Under guard it starts a child that starts a grandchild in a session of its own; both ignore SIGTERM. FILE then
holds the ids of the guarded process, the child and the grandchild.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from config.stack.lifeline import guarded

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {more}; time.sleep(600)"
GRANDCHILD = STUBBORN.format(more="pass")
CHILD = STUBBORN.format(
    more="import subprocess, sys; "
    f"p = subprocess.Popen([sys.executable, '-c', {GRANDCHILD!r}], start_new_session=True); "
    "print(p.pid, flush=True)"
)


def run(watcher: int) -> int:
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True)
    grandchild = child.stdout.readline().strip()
    unfinished = Path(sys.argv[1] + ".new")
    unfinished.write_text(f"{os.getpid()} {child.pid} {grandchild}")
    unfinished.rename(sys.argv[1])
    while os.getppid() == watcher:
        time.sleep(0.05)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(run, stop_with_parent="--stop-with-parent" in sys.argv))
