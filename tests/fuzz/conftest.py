"""How much is done: little in the suite, as much as is asked for by `make fuzz`."""

import os

import pytest

LONG = "FUZZ_REPORT" in os.environ


def pytest_collection_modifyitems(items):
    if LONG:
        for item in items:
            item.add_marker(pytest.mark.timeout(0))


@pytest.fixture(scope="session")
def amount():
    """`amount("EXAMPLES", 3)` is 3, or what the variable FUZZ_EXAMPLES says."""
    return lambda name, short: int(os.environ.get(f"FUZZ_{name}") or short)


@pytest.fixture(scope="session")
def told():
    """Lines for the report, kept by subject and written when all is done."""
    lines: dict[str, list[str]] = {}
    yield lambda subject, line: lines.setdefault(subject, []).append(line)
    if LONG:
        from pathlib import Path

        parts = [f"## {subject}\n\n" + "\n".join(found) + "\n" for subject, found in lines.items()]
        Path(os.environ["FUZZ_REPORT"]).write_text("\n".join(parts), encoding="utf-8")
