"""Making the cells anew from the entries, force by force and batch by batch, while the service runs."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from coordination.collation.counting import alone, work_out_again
from coordination.collation.models import SUMS
from coordination.collation.reconciliation.moved import note_all_moved
from forces.models import Force
from register.models import Head

BATCH = 1000


def rebuild(force: Force, *, batch: int = BATCH) -> int:
    """Work out every reference of the force again and set its cells to the sum; returns how many had changed.

    Each batch is a transaction of its own, and so are the cells at the end: killed half-way, it can be run
    again, and publications that arrive meanwhile are counted as ever.
    """
    changed = sum(work_out_again(force, references) for references in _batches(force, batch))
    with alone(force), connection.cursor() as cursor:
        cursor.execute(_EMPTY_OR_SET, {"force": force.pk, "realm": force.realm})
        note_all_moved()
    return changed


def _batches(force: Force, size: int) -> Iterator[list[str]]:
    last = ""
    while batch := list(
        Head.objects.filter(force=force, reference__gt=last)
        .order_by("reference")
        .values_list("reference", flat=True)[:size]
    ):
        yield batch
        last = batch[-1]


_EMPTY_OR_SET = f"""
WITH added AS (
    SELECT tier, technology, span, date_trunc(span, "on")::date AS starts_on, measure,
           CASE jsonb_typeof(added) WHEN 'number' THEN added::bigint WHEN 'array' THEN (added->>0)::bigint
                ELSE 0 END AS total,
           CASE jsonb_typeof(added) WHEN 'array' THEN (added->>1)::bigint ELSE 0 END AS base,
           CASE jsonb_typeof(added) WHEN 'string' THEN added #>> '{{}}' ELSE 'known' END AS state
      FROM collation_counted, jsonb_each(contributions) AS one (measure, added),
           unnest('{{month,year}}'::text[]) AS span
     WHERE force_id = %(force)s AND entry_id IS NOT NULL
),
sums AS (
    SELECT tier, technology, span, starts_on, measure, sum(total)::bigint AS total, sum(base)::bigint AS base,
           {", ".join(f"count(*) FILTER (WHERE state = '{column}') AS {column}" for column in SUMS[2:])}
      FROM added GROUP BY tier, technology, span, starts_on, measure
),
wanted AS (
    SELECT tier, technology, span, starts_on, measure,
           {", ".join(f"coalesce(sums.{column}, 0) AS {column}" for column in SUMS)}
      FROM sums FULL JOIN
           (SELECT tier, technology, span, starts_on, measure FROM collation_cell WHERE force_id = %(force)s) AS kept
           USING (tier, technology, span, starts_on, measure)
)
MERGE INTO collation_cell AS cell USING wanted
   ON cell.realm = %(realm)s AND cell.force_id = %(force)s AND cell.tier = wanted.tier
  AND cell.technology = wanted.technology AND cell.span = wanted.span
  AND cell.starts_on = wanted.starts_on AND cell.measure = wanted.measure
WHEN MATCHED AND ({", ".join(f"cell.{column}" for column in SUMS)})
     IS DISTINCT FROM ({", ".join(f"wanted.{column}" for column in SUMS)})
     THEN UPDATE SET {", ".join(f"{column} = wanted.{column}" for column in SUMS)}
WHEN NOT MATCHED THEN INSERT (realm, force_id, tier, technology, span, starts_on, measure, {", ".join(SUMS)})
     VALUES (%(realm)s, %(force)s, wanted.tier, wanted.technology, wanted.span, wanted.starts_on, wanted.measure,
             {", ".join(f"wanted.{column}" for column in SUMS)})
"""  # noqa: S608 - column names of our own
