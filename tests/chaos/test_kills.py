"""The short run of `python -m tests.chaos.run`: fifty publications while everything is killed once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.processes import ROOT
from tests.chaos.run import FAULTS

pytestmark = pytest.mark.processes


def test_fifty_publications_survive_the_death_of_everything():
    """In a process of its own: it has servers, settings and a subscriber that the other tests must not meet."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.run", "--publications", "50", "--seed", "2026", "--json"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert run.stdout.startswith("{"), run.stderr[-3000:]
    report = json.loads(run.stdout)
    assert report["history"]["published"] == 50
    assert set(report["faults"]) == set(FAULTS)
    assert (report["lost"], report["doubled"], report["wrong"]) == ([], [], [])
    assert all(report["checker_sees"].values()), "the checker found what was broken on purpose"
    assert run.returncode == 0, run.stderr[-3000:]
