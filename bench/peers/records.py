"""The same records as the peers would keep them: one wide table with a key to its force, indexed for the list.

It is made from the register's own bodies by SQL, so that every peer answers with the same content.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg

FIGURES = (
    *(
        "faces_seen",
        "alerts",
        "true_alerts",
        "true_alerts_confirmed",
        "true_alerts_unconfirmed",
        "false_alerts",
    ),
    *("false_alerts_confirmed", "false_alerts_unconfirmed", "undetermined_alerts", "engagements", "arrests"),
    *("other_action", "no_action"),
)
PLAIN = {
    "reference": "text",
    "version": "integer",
    "act": "text",
    "state": "text",
    "reason": "text",
    "realm": "text",
    "tier": "text",
    "origin": "text",
    "first_entered_at": "timestamptz",
    "entered_at": "timestamptz",
    "sha256": "text",
    "commitment": "text",
    "technology": "text",
    "held_on": "date",
    "ends_on": "date",
    "started_at": "text",
    "ended_at": "text",
    "duration_minutes": "integer",
    "place_name": "text",
    "place_area": "text",
    "use_case_code": "text",
    "use_case_scheme": "text",
    "use_case_label": "text",
    "status": "text",
    "abort_reason": "text",
    "watchlist_size": "integer",
    "algorithm_vendor": "text",
    "algorithm_product": "text",
    "algorithm_version": "text",
    "threshold": "text",
    **dict.fromkeys(FIGURES, "integer"),
}
LISTS = ("absent", "methods", "quality", "arithmetic", "provenance")
COLUMNS = (*PLAIN, *LISTS)

_TABLE = f"""
CREATE TABLE bench_deployment (
    id bigint PRIMARY KEY, force_id bigint NOT NULL REFERENCES forces_force,
    {", ".join(f"{name} {kind}" for name, kind in PLAIN.items())},
    {", ".join(f"{name} jsonb" for name in LISTS)}
);
"""

_FILL = f"""
INSERT INTO bench_deployment (id, force_id, {", ".join(COLUMNS)})
SELECT e.id, e.force_id, e.reference, e.version, e.act, 'standing', e.reason, e.realm, e.tier, e.origin,
       h.first_entered_at, e.entered_at, encode(sha256(k.body), 'hex'), e.commitment, d->>'technology',
       (d->>'on')::date, (d->>'ends_on')::date, d->>'started_at', d->>'ended_at', (d->>'duration_minutes')::integer,
       d#>>'{{place,name}}', d#>>'{{place,area}}', d#>>'{{use_case,code}}', d#>>'{{use_case,scheme}}',
       d#>>'{{use_case,label}}', d->>'status', d->>'abort_reason', (d->>'watchlist_size')::integer,
       d#>>'{{algorithm,vendor}}', d#>>'{{algorithm,product}}', d#>>'{{algorithm,version}}', d->>'threshold',
       {", ".join(f"(d#>>'{{figures,{name}}}')::integer" for name in FIGURES)},
       {", ".join(f"d->'{name}'" for name in LISTS)}
  FROM register_entry e JOIN register_entrybody k ON k.entry_id = e.id JOIN register_head h ON h.entry_id = e.id,
       LATERAL (SELECT convert_from(k.body, 'UTF8')::jsonb AS d OFFSET 0) AS document
 ORDER BY e.id
"""

_FINISH = """
ALTER TABLE bench_deployment ADD UNIQUE (reference);
CREATE INDEX ON bench_deployment (held_on DESC, id DESC);
CREATE INDEX ON bench_deployment (force_id, held_on DESC, id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON bench_deployment TO PUBLIC;
"""


def make(admin_url: str) -> None:
    """The peers' table in this database, filled and analysed."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SET synchronous_commit = off")
        admin.execute("SET maintenance_work_mem = '256MB'")
        for statement in (_TABLE, _FILL, *_FINISH.strip().split("\n"), "VACUUM ANALYZE bench_deployment"):
            admin.execute(statement)


def to_sqlite(admin_url: str, path: Path, *, most: int) -> int:
    """The newest `most` of the same rows as Datasette would hold them, with force beside; returns how many."""
    path.unlink(missing_ok=True)
    names = ("force_code", "force_slug", "force_name", *COLUMNS)
    with psycopg.connect(admin_url) as source, sqlite3.connect(path) as target:
        target.execute(f"CREATE TABLE deployment (id INTEGER PRIMARY KEY, {', '.join(names)})")
        chosen = ", ".join(f"b.{name}::text" if kind in ("date", "timestamptz") else f"b.{name}"
                           for name, kind in PLAIN.items())  # fmt: skip
        lists = ", ".join(f"b.{name}::text" for name in LISTS)
        with source.cursor("rows") as cursor:
            cursor.itersize = 5000
            cursor.execute(
                f"SELECT b.id, f.code, f.slug, f.name, {chosen}, {lists} FROM bench_deployment b"
                f" JOIN forces_force f ON f.id = b.force_id ORDER BY b.id DESC LIMIT {most}"
            )
            target.executemany(f"INSERT INTO deployment VALUES ({', '.join('?' * (len(names) + 1))})", cursor)
        target.execute("CREATE INDEX latest ON deployment (held_on DESC, id DESC)")
        target.execute("CREATE UNIQUE INDEX by_reference ON deployment (reference)")
        return target.execute("SELECT count(*) FROM deployment").fetchone()[0]
