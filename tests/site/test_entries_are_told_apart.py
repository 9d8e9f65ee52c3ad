"""Results and notices stand in one table of entries. Whoever reads it says which: a figure never counts a notice."""

from __future__ import annotations

import re

from django.conf import settings

READS = re.compile(r"\bEntry\.objects\b(?!\.of_results\(\)|\.of_notices\(\))|\bregister_entry\b(?!\.)")
# Files that read entries of either kind, or by something that only one kind has.
WHY = {
    "register/actions.py": "writes; reads by references whose heads are results'",
    "register/queries.py": "the versions of one reference, which is of one kind",
    "register/exports.py": "joins the heads of results",
    "register/items.py": "joins the heads of results",
    "register/notices/items.py": "joins the heads of notices",
    "register/freshness.py": "leaves notices out by their schema",
    "register/revisions.py": "leaves notices out by their schema",
    "register/happenings.py": "the time of an entry, by its id",
    "coordination/collation/recount.py": "takes results by their schema",
    "portal/force/redacting.py": "the versions of one reference, which is of one kind",
}
SKIPPED = {".venv", "tests", "bench", "migrations", "docs"}


def test_whoever_reads_entries_says_of_which_kind():
    found = set()
    for path in settings.BASE_DIR.rglob("*.py"):
        parts = path.relative_to(settings.BASE_DIR)
        if not SKIPPED & set(parts.parts) and READS.search(path.read_text(encoding="utf-8")):
            found.add(str(parts))
    assert found <= set(WHY), f"Say of_results() or of_notices(), or here why not: {sorted(found - set(WHY))}"
    assert set(WHY) <= found, f"These no longer read entries of either kind: {sorted(set(WHY) - found)}"
