"""The page about threats names tests that exist, and leaves out no threat."""

import ast
import re
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
THREATS, CHECKLIST = (
    PAGE.split("## Checklist")[0],
    PAGE.split("## Checklist")[1].split("## What stays open")[0],
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists():
    named = NAMED.findall(PAGE)
    assert len(named) > 40
    gone = [
        f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or name not in names_in(path)
    ]
    assert gone == []


def test_a_test_that_is_gone_would_be_found():
    assert NAMED.findall("`tests/site/test_walk.py::test_gone`") == [("tests/site/test_walk.py", "test_gone")]
    assert "test_gone" not in names_in("tests/site/test_walk.py")


def test_every_threat_has_a_test_or_says_that_it_is_not_built():
    rows = [line for line in THREATS.splitlines() if re.match(r"\| \d+[a-e]? \|", line)]
    numbers = {int(re.match(r"\| (\d+)", row).group(1)) for row in rows}
    assert numbers == set(range(1, 36))
    silent = [row for row in rows if not NAMED.search(row) and not re.search(r"Not (built|described)", row)]
    assert silent == []


def test_every_point_of_the_checklist_names_where_it_is_held():
    held = [line for line in CHECKLIST.splitlines() if re.match(r"\| \d", line)]
    numbers = {int(n) for line in held for n in re.findall(r"\d+", line.split("|")[1])}
    assert numbers == set(range(1, 39))
    for line in held:
        for place in re.findall(r"`([\w./-]+)`", line.split("|")[3]):
            assert (ROOT / place).exists(), place
