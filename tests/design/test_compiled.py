"""What the compiled files may hold, and how heavy they may be."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "design" / "static" / "design"
CSS = sorted(STATIC.glob("*.css"))
KB = 1000


@pytest.mark.parametrize(("pattern", "most"), [("design.css", 21 * KB), ("*.js", 12 * KB)])
def test_what_every_page_loads_stays_within_its_budget(pattern, most):
    weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.glob(pattern))
    assert weight <= most


@pytest.mark.parametrize("path", CSS, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "banned",
    [
        r"@font-face",
        r"GDS Transport",
        r"crest",
        r"crown",
        r"gov\.uk",
        r"#1d70b8",
        r"@import",
        r"url\([\"']?(https?:)?//",
    ],
)
def test_the_stylesheets_carry_nothing_of_anyone_elses_identity(path, banned):
    assert not re.search(banned, path.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("path", CSS, ids=lambda path: path.name)
def test_everything_a_stylesheet_asks_for_is_there(path):
    asked = re.findall(r"url\((?![\"']?data:)[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
    assert [name for name in asked if not (STATIC / name).is_file()] == []


def test_the_lock_file_names_no_place_to_download_from():
    lock = json.loads((ROOT / "design" / "build" / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_every_version_is_exact():
    package = json.loads((ROOT / "design" / "build" / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())


def test_the_icon_and_the_picture_for_shared_links_are_our_own_files():
    for name in ("favicon.svg", "favicon-32.png", "icon-180.png", "share.png"):
        assert (STATIC / name).stat().st_size > 0
