"""I1: strings planted in private text come out nowhere else."""

from __future__ import annotations

import psycopg

from tests.chaos.checker.evidence import Evidence, Findings

# Everything the public can be shown. A canary is never in what a force means to publish.
_PUBLIC = """
SELECT 'entry ' || b.entry_id FROM register_entrybody b WHERE convert_from(b.body, 'UTF8') LIKE '%CANARY-%'
UNION ALL SELECT 'head ' || reference FROM register_head WHERE place || area LIKE '%CANARY-%'
UNION ALL SELECT 'reason of entry ' || id FROM register_entry WHERE reason LIKE '%CANARY-%'
UNION ALL SELECT 'public event ' || id FROM events_event
           WHERE is_public AND payload::text || reason || subject LIKE '%CANARY-%'
"""
# A force's text under another force's number.
_ELSEWHERE = """
SELECT 'result ' || r.id FROM deployments_result r JOIN forces_force f ON f.id = r.force_id
 WHERE substring(r.place FROM 'CANARY-([a-z-]+?)-[0-9a-f]{8}') <> f.slug
UNION ALL SELECT 'event ' || e.id FROM events_event e JOIN forces_force f ON f.id = e.force_id
 WHERE substring(e.reason FROM 'CANARY-([a-z-]+?)-[0-9a-f]{8}') <> f.slug
"""


def check(database: psycopg.Connection, evidence: Evidence, found: Findings) -> None:
    for leak in evidence.leaks:
        found.add("I1", leak)
    for (where,) in database.execute(_PUBLIC).fetchall():
        found.add("I1", f"private text is public: {where}")
    for (where,) in database.execute(_ELSEWHERE).fetchall():
        found.add("I1", f"private text of another force: {where}")
