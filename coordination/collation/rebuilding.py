"""Making the cells anew from the entries, force by force and batch by batch, while the service runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import connection

from coordination.collation.counting import BREAKDOWN, CELL, alone, work_out_again
from coordination.collation.dimensions import KEPT
from coordination.collation.measures import BY_CODE as MEASURED
from coordination.collation.models import SUMS, Cell
from coordination.collation.reconciliation.moved import note_all_moved
from coordination.collation.signals.stirring import note_stirred
from forces.models import Force
from register.models import Head

BATCH = 1000


def rebuild(force: Force, *, batch: int = BATCH) -> int:
    """Work out every reference of the force again and set its cells to the sum; returns how many had changed.

    Each batch is a transaction of its own, and so are the cells at the end: killed half-way, it can be run
    again, and publications that arrive meanwhile are counted as ever.
    """
    changed = sum(work_out_again(force, references) for references in _batches(force, batch))
    kept = [(dimension, measure) for dimension, measures in KEPT.items() for measure in sorted(measures)]
    with alone(force), connection.cursor() as cursor:
        cursor.execute(_EMPTY_OR_SET, {"force": force.pk, "realm": force.realm})
        cursor.execute(
            _EMPTY_OR_SET_BREAKDOWN,
            {
                "force": force.pk,
                "realm": force.realm,
                "dimensions": [dimension for dimension, _measure in kept],
                "measures": [measure for _dimension, measure in kept],
            },
        )
        note_all_moved()
        note_stirred(force)
    return changed


def stir_all() -> int:
    """Have the charts of every force looked at again, as after an upgrade that watches more; returns how many."""
    forces = list(Force.objects.filter(pk__in=Cell.objects.values("force")).order_by("pk"))
    for force in forces:
        with alone(force):
            note_stirred(force)
    return len(forces)


def outdated(realm: str | None = None) -> list[Force]:
    """The forces of which a record was counted before a measure or a dimension was declared, of a realm or of both."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, {"measures": list(MEASURED), "dimensions": list(KEPT)})
        forces = Force.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()]).order_by("pk")
    return list(forces if realm is None else forces.filter(realm=realm))


def _batches(force: Force, size: int) -> Iterator[list[str]]:
    last = ""
    while batch := list(
        Head.objects.filter(force=force, reference__gt=last)
        .order_by("reference")
        .values_list("reference", flat=True)[:size]
    ):
        yield batch
        last = batch[-1]


_OUTDATED = """
SELECT DISTINCT force_id FROM collation_counted
 WHERE entry_id IS NOT NULL
   AND NOT (contributions ?& %(measures)s::text[] AND under ?& %(dimensions)s::text[])
"""

_NUMBER = """CASE jsonb_typeof(added) WHEN 'number' THEN added::bigint WHEN 'array' THEN (added->>0)::bigint
                ELSE 0 END"""
_BASE = "CASE jsonb_typeof(added) WHEN 'array' THEN (added->>1)::bigint ELSE 0 END"
_STATE = "CASE jsonb_typeof(added) WHEN 'string' THEN added #>> '{}' ELSE 'known' END"

_OF_CELLS = f"""
    SELECT tier, technology, span, date_trunc(span, "on")::date AS starts_on, measure,
           {_NUMBER} AS total, {_BASE} AS base, {_STATE} AS state
      FROM collation_counted, jsonb_each(contributions) AS one (measure, added),
           unnest('{{month,year}}'::text[]) AS span
     WHERE force_id = %(force)s AND entry_id IS NOT NULL
"""  # noqa: S608 - our own words
_OF_BREAKDOWNS = f"""
    SELECT tier, technology, dimension, value, date_trunc('year', "on")::date AS starts_on, measure,
           {_NUMBER} AS total, {_BASE} AS base, {_STATE} AS state
      FROM collation_counted, jsonb_each_text(under) AS stands (dimension, value)
      JOIN unnest(%(dimensions)s::text[], %(measures)s::text[]) AS kept (dimension, measure) USING (dimension),
           LATERAL (SELECT contributions->measure) AS one (added)
     WHERE force_id = %(force)s AND entry_id IS NOT NULL AND added IS NOT NULL
"""  # noqa: S608 - our own words


def _empty_or_set(table: str, key: Collection[str], added: str) -> str:
    """Set each cell of a force to the sum of `added`, and empty those that nothing adds to."""
    columns, sums = ", ".join(key), ", ".join(SUMS)
    return f"""
WITH added AS ({added}),
sums AS (
    SELECT {columns}, sum(total)::bigint AS total, sum(base)::bigint AS base,
           {", ".join(f"count(*) FILTER (WHERE state = '{column}') AS {column}" for column in SUMS[2:])}
      FROM added GROUP BY {columns}
),
wanted AS (
    SELECT {columns}, {", ".join(f"coalesce(sums.{column}, 0) AS {column}" for column in SUMS)}
      FROM sums FULL JOIN (SELECT {columns} FROM {table} WHERE force_id = %(force)s) AS kept USING ({columns})
)
MERGE INTO {table} AS cell USING wanted
   ON cell.realm = %(realm)s AND cell.force_id = %(force)s
  AND {" AND ".join(f"cell.{column} = wanted.{column}" for column in key)}
WHEN MATCHED AND ({", ".join(f"cell.{column}" for column in SUMS)})
     IS DISTINCT FROM ({", ".join(f"wanted.{column}" for column in SUMS)})
     THEN UPDATE SET {", ".join(f"{column} = wanted.{column}" for column in SUMS)}
WHEN NOT MATCHED THEN INSERT (realm, force_id, {columns}, {sums})
     VALUES (%(realm)s, %(force)s, {", ".join(f"wanted.{column}" for column in (*key, *SUMS))})
"""  # noqa: S608 - column names of our own


_EMPTY_OR_SET = _empty_or_set("collation_cell", CELL, _OF_CELLS)
_EMPTY_OR_SET_BREAKDOWN = _empty_or_set("collation_breakdown", BREAKDOWN, _OF_BREAKDOWNS)
