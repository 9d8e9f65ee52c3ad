"""Clocks that can be set, one for each process: a small library is preloaded where a C compiler is at hand."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


class Clocks:
    """`environment(name)` for a process at its start, `set(name, seconds)` while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "clock.so"
        compiler = shutil.which("cc") or shutil.which("gcc")
        self.why_not = "" if compiler else "no C compiler, so no clock could be set"
        if compiler:
            made = subprocess.run(
                [compiler, "-O2", "-shared", "-fPIC", "-o", self.library, SOURCE],
                capture_output=True,
                text=True,
            )
            if made.returncode:
                self.why_not = f"the clock did not compile: {made.stderr.strip()[-200:]}"
            else:
                self.library.chmod(0o755)  # the servers' account must read it

    def environment(self, name: str) -> dict[str, str]:
        if self.why_not:
            return {}
        path = self._file(name)
        if not path.exists():
            self.set(name, 0)
        return {"LD_PRELOAD": str(self.library), "CHAOS_CLOCK": str(path)}

    def set(self, name: str, seconds: int) -> None:
        """From now on this process is so far ahead (or, below zero, behind)."""
        path = self._file(name)
        if not path.exists():
            path.touch(mode=0o644)
        with path.open("r+b") as file:  # written in place: the processes have this very file in view
            file.write(struct.pack("<q", seconds))

    def _file(self, name: str) -> Path:
        return self.folder / f"clock-{name}"
