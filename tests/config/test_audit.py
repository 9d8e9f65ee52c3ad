"""What is installed: asked about, listed with hashes, and looked over for risky calls."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from config.audit import exceptions_in, judge

ROOT = Path(settings.BASE_DIR)
TODAY = date(2027, 1, 1)
WEAK = {
    "dependencies": [
        {"name": "sound", "version": "1", "vulns": []},
        {
            "name": "weak",
            "version": "2",
            "vulns": [{"id": "GHSA-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}],
        },
    ]
}


def test_a_weakness_that_nobody_listed_fails():
    verdict = judge(WEAK, [], TODAY)
    assert verdict.is_bad
    assert "weak 2: GHSA-1; mended in 3" in verdict.lines[0]


@pytest.mark.parametrize(("until", "is_bad"), [(date(2027, 1, 1), False), (date(2026, 12, 31), True)])
def test_an_exception_holds_until_its_day(until, is_bad):
    assert judge(WEAK, [{"id": "CVE-1", "reason": "not called", "until": until}], TODAY).is_bad is is_bad


def test_what_could_not_be_asked_about_is_said_and_is_no_pass():
    """The service answers “no known vulnerabilities” when it knows none of the packages."""
    verdict = judge({"dependencies": [{"name": "x", "skip_reason": "not found"}]}, [], TODAY)
    assert not verdict.is_bad
    assert not verdict.is_whole
    assert verdict.lines == ["NOT AUDITED: the service does not know 1 of 1 packages."]


def test_an_exception_says_why_and_until_when(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text('[[exception]]\nid = "CVE-1"\nreason = " "\nuntil = 2027-01-01\n')
    with pytest.raises(ValueError, match="needs id, reason and until"):
        exceptions_in(path)
    assert isinstance(exceptions_in(), list)


def test_the_list_of_what_is_installed_holds_every_locked_package_with_its_hashes(tmp_path):
    made = tmp_path / "sbom.json"
    command = [
        Path(sys.executable).with_name("cyclonedx-py"),
        "requirements",
        "requirements.txt",
        "--of",
        "JSON",
    ]
    done = subprocess.run(
        [*command, "--output-reproducible", "-o", made], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(made.read_text())
    assert listed["bomFormat"] == "CycloneDX"
    told = {
        (each["name"], each["version"]): {
            one["content"] for place in each["externalReferences"] for one in place.get("hashes", [])
        }
        for each in listed["components"]
    }
    locked = (ROOT / "requirements.txt").read_text()
    blocks = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)(.*?)(?=^\S|\Z)", locked, re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 50
    for name, version, rest in blocks:
        hashes = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest))
        assert hashes, name
        assert told[name, version] == hashes, name


def test_the_same_lock_gives_the_same_list(tmp_path):
    assert "--output-reproducible" in (ROOT / "Makefile").read_text()


def test_risky_calls_are_looked_for_and_found(tmp_path):
    """bandit looks for what ruff's rules do not know; here it is seen to bark."""
    bad = tmp_path / "bad.py"
    bad.write_text("import tarfile\ntarfile.open('x').extractall()\n")
    command = [sys.executable, "-m", "bandit", "-q", "-c", ROOT / "pyproject.toml", bad]
    assert subprocess.run(command, capture_output=True, text=True).returncode == 1
