"""A small volume for PostgreSQL's data, so that it can be full. Needs root and a kernel that lets us mount."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Volume:
    """Mounted at `place` if that is possible; `why_not` says why it is not."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.place, self.why_not = place, ""
        self.ballast = place / "ballast"
        if os.geteuid() != 0:
            self.why_not = "not root, so no volume could be mounted to be filled"
            return
        place.mkdir(mode=0o700, exist_ok=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "lfr-chaos", place],
            capture_output=True,
            text=True,
        )
        if mounted.returncode:
            self.why_not = f"no volume could be mounted to be filled: {mounted.stderr.strip()}"

    def fill(self) -> None:
        """To the last byte."""
        with self.ballast.open("ab", buffering=0) as file:
            size = 1 << 22
            while size >= 512:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2

    def empty(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def discard(self) -> None:
        if not self.why_not:
            subprocess.run(["umount", "--lazy", self.place], capture_output=True)
