"""The short run of `python -m tests.chaos.run`: people publish over HTTP while each kind of fault strikes once."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos import checker
from tests.chaos.checker import INVARIANTS
from tests.chaos.checker.planted import IN_THE_DATABASE, IN_THE_EVIDENCE
from tests.chaos.nemesis import KINDS, plan
from tests.chaos.processes import ROOT
from tests.chaos.rig import SIZES

NAMES = [f"{kind}{number}" for kind, size in SIZES.items() for number in range(1, size + 1)]


@pytest.mark.processes
def test_every_promise_is_kept_while_everything_breaks_once():
    """In a process of its own: it has servers, settings and a subscriber that the other tests must not meet."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.run", "--seconds", "10", "--seed", "2026", "--json"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.stdout.startswith("{"), run.stderr[-3000:]
    report = json.loads(run.stdout)
    told = run.stderr[-3000:]
    assert report["findings"] == {}, told
    assert (report["surprises"], report["never_recovered"]) == ([], []), told
    assert report["overlooked"] == [], "the checker did not find what was broken on purpose"
    assert report["planted"] == len(IN_THE_DATABASE) + len(IN_THE_EVIDENCE)
    assert report["acknowledged"] >= 2
    assert report["keys"]["acknowledged"] >= 2
    assert report["keys"]["answered from what was kept"] >= 1
    assert set(report["faults"]) | set(report["skipped"]) == set(KINDS)
    assert run.returncode == 0, told


def test_the_same_seed_makes_the_same_schedule_and_another_seed_another():
    def made(seed):
        return plan(seed, 1200, 220, pause=60, targets=NAMES)

    assert made(7) == made(7)
    assert made(7) != made(8)


@pytest.mark.parametrize("seed", range(20))
def test_a_schedule_has_every_kind_and_strikes_nothing_that_is_down_already(seed):
    faults = plan(seed, 1200, 220, pause=60, targets=NAMES)
    assert len(faults) == 220
    assert {fault.kind for fault in faults} == set(KINDS)
    assert [fault.at for fault in faults] == sorted(fault.at for fault in faults)
    free_at: dict[str, float] = {}
    for fault in faults:
        assert fault.at >= free_at.get(fault.target, 0.0), fault
        free_at[fault.target] = fault.at + fault.lasts
    assert faults[-1].at < 1200 * 1.2


def test_a_kind_that_is_left_out_or_has_no_target_is_not_in_the_schedule():
    faults = plan(1, 60, 40, pause=5, targets=["relay1"], leave_out=["disk full"])
    kinds = {fault.kind for fault in faults}
    assert "disk full" not in kinds
    assert "kill web" not in kinds
    assert "kill relay" in kinds


def test_the_checker_shares_no_code_with_the_product():
    product = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"tests"}
    for path in Path(checker.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] not in product | {"django"}, f"{path.name} imports {name}"


def test_every_invariant_has_a_planted_fault():
    assert {name for name, *_ in (*IN_THE_DATABASE, *IN_THE_EVIDENCE)} == set(INVARIANTS)
