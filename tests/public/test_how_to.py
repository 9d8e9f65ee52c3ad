"""The page that says how to add a table is true: its code is run as it stands, and the table asked for everything."""

import csv
import io
import re
import sys
import types
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings

from coordination.collation.published import tables
from coordination.collation.published.formats import FORMATS
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
PAGE = Path(settings.BASE_DIR) / "docs/how-to/add-a-table.md"


@pytest.fixture
def declared(monkeypatch):
    """The table of the page, among those that are published, for one test."""
    module = types.ModuleType("as_the_page_says")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(PAGE), "exec"), vars(module))
    monkeypatch.setattr(tables, "TABLES", [*tables.TABLES, module.DEPLOYMENTS_BY_QUARTER])
    return module.DEPLOYMENTS_BY_QUARTER


def test_the_table_of_the_page_is_published(client, kent, avon, entered, declared):
    for force, on in ((kent, "2023-11-01"), (kent, "2024-02-01"), (avon, "2024-03-31"), (avon, "2024-04-01")):
        entered(force, on=on)
    address = f"/statistics/{declared.code}"
    page = client.get(f"{address}/")
    assert page.status_code == 200
    assert "Quarter 1 of 2024" in text(page)
    for ending in FORMATS:
        assert client.get(f"{address}.{ending}").status_code == 200, ending
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").content.decode())))
    counted = {row["quarter"]: row["deployments"] for row in rows}
    assert list(counted.items()) == [("2024-Q2", "1"), ("2024-Q1", "2"), ("2023-Q4", "1")]
    assert [row["quarter"] for row in client.get(f"{address}.json?force=kent&from=2024").json()["rows"]] == [
        "2024-Q1"
    ]
    opened = set(re.findall(r'href="(/deployments/\?[^"]*measure=[^"]*)"', page.content.decode()))
    assert len(opened) == 4 * len(declared.measures)
    for href in opened:
        assert "Matches" in text(client.get(unescape(href))), href
    assert client.get(f"{address}/?year=2024").status_code == 400
