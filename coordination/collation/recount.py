"""The statistics once more, from the stored bytes of the entries alone, to hold the cells against.

Nothing here is shared with the code that counts: which entry stands is worked out from the entries and not from
the register's heads, and every measure is written a second time, in SQL. A difference is a fault in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what the entries say. `cell` and `entries` hold its columns in the order of COLUMNS."""

    realm: str
    tier: str
    force: str
    span: str
    starts_on: date
    technology: str
    measure: str
    cell: tuple[int, ...]
    entries: tuple[int, ...]


COLUMNS = ("total", "base", "known", "not_published", "not_applicable", "aborted", "misleading")

# Materialized: folded into what asks them, a body would be read as JSON once for every figure.
_RECORDS = """
standing AS MATERIALIZED (
    SELECT entry.id, entry.realm, entry.tier, entry.force_id,
           convert_from(kept.body, 'UTF8')::jsonb AS document
      FROM register_entry entry
      JOIN register_entrybody kept ON kept.entry_id = entry.id
     WHERE entry.act <> 'withdrawal'
       AND (%(realm)s::text IS NULL OR entry.realm = %(realm)s)
       AND NOT EXISTS (SELECT FROM register_entry later WHERE later.supersedes_id = entry.id)
),
figures AS MATERIALIZED (
    SELECT standing.id, standing.realm, standing.tier, standing.force_id, document->'absent' AS absent,
           document->>'technology' AS technology, (document->>'on')::date AS held_on,
           document->>'status' = 'aborted' AS was_aborted, (document->>'duration_minutes')::bigint AS duration,
           figure.*,
           coalesce(figure.true_alerts, true_alerts_confirmed + true_alerts_unconfirmed) AS any_true,
           coalesce(figure.false_alerts, false_alerts_confirmed + false_alerts_unconfirmed) AS any_false
      FROM standing,
           jsonb_to_record(document->'figures') AS figure (
               faces_seen bigint, alerts bigint, true_alerts bigint, true_alerts_confirmed bigint,
               true_alerts_unconfirmed bigint, false_alerts bigint, false_alerts_confirmed bigint,
               false_alerts_unconfirmed bigint, undetermined_alerts bigint, engagements bigint, arrests bigint,
               other_action bigint, no_action bigint)
)
"""

# One line a measure: its number, a rate's denominator, and the fields whose absence explains a missing number.
_ADDED = """
added AS (
    SELECT figures.id, realm, tier, force_id, technology, held_on, measure, number, denominator,
           CASE WHEN number IS NOT NULL THEN 'known'
                WHEN fields = '{}' THEN 'not_applicable'
                ELSE (SELECT CASE min(CASE why WHEN 'aborted' THEN 1 WHEN 'misleading' THEN 2
                                               WHEN 'not_published' THEN 3 ELSE 4 END)
                             WHEN 1 THEN 'aborted' WHEN 2 THEN 'misleading' WHEN 3 THEN 'not_published'
                             ELSE 'not_applicable' END
                        FROM unnest(fields) AS field,
                             coalesce(absent->field->>'code',
                                      CASE WHEN field = 'duration_minutes' AND was_aborted THEN 'aborted'
                                           WHEN field = 'duration_minutes' THEN 'not_published' END) AS why
                       WHERE why IS NOT NULL)
           END AS state
      FROM figures, LATERAL (VALUES
        ('deployments', 1, 0, '{}'::text[]),
        ('aborted_deployments', was_aborted::int, 0, '{}'),
        ('duration_minutes', duration, 0, '{duration_minutes}'),
        ('faces_seen', faces_seen, 0, '{faces_seen}'),
        ('alerts', alerts, 0, '{alerts}'),
        ('true_alerts', any_true, 0, '{true_alerts,true_alerts_confirmed,true_alerts_unconfirmed}'),
        ('true_alerts_confirmed', true_alerts_confirmed, 0, '{true_alerts_confirmed}'),
        ('true_alerts_unconfirmed', true_alerts_unconfirmed, 0, '{true_alerts_unconfirmed}'),
        ('true_alerts_unsplit',
            CASE WHEN true_alerts_confirmed IS NULL OR true_alerts_unconfirmed IS NULL THEN true_alerts END, 0,
            CASE WHEN true_alerts_confirmed IS NULL OR true_alerts_unconfirmed IS NULL
                 THEN '{true_alerts}'::text[] ELSE '{}' END),
        ('false_alerts', any_false, 0, '{false_alerts,false_alerts_confirmed,false_alerts_unconfirmed}'),
        ('false_alerts_confirmed', false_alerts_confirmed, 0, '{false_alerts_confirmed}'),
        ('false_alerts_unconfirmed', false_alerts_unconfirmed, 0, '{false_alerts_unconfirmed}'),
        ('undetermined_alerts', undetermined_alerts, 0, '{undetermined_alerts}'),
        ('engagements', engagements, 0, '{engagements}'),
        ('arrests', arrests, 0, '{arrests}'),
        ('other_action', other_action, 0, '{other_action}'),
        ('no_action', no_action, 0, '{no_action}'),
        ('enforcement_actions', arrests + other_action, 0, '{arrests,other_action}'),
        ('far_faces', CASE WHEN faces_seen IS NOT NULL THEN any_false END, faces_seen,
            CASE WHEN any_false IS NULL
                 THEN '{false_alerts,false_alerts_confirmed,false_alerts_unconfirmed}'::text[] ELSE '{}' END
            || CASE WHEN faces_seen IS NULL THEN '{faces_seen}'::text[] ELSE '{}' END),
        ('far_alerts', CASE WHEN alerts IS NOT NULL THEN any_false END, alerts,
            CASE WHEN any_false IS NULL
                 THEN '{false_alerts,false_alerts_confirmed,false_alerts_unconfirmed}'::text[] ELSE '{}' END
            || CASE WHEN alerts IS NULL THEN '{alerts}'::text[] ELSE '{}' END),
        ('faces_per_hour', CASE WHEN duration IS NOT NULL THEN faces_seen END, duration,
            CASE WHEN faces_seen IS NULL THEN '{faces_seen}'::text[] ELSE '{}' END
            || CASE WHEN duration IS NULL THEN '{duration_minutes}'::text[] ELSE '{}' END)
      ) AS said (measure, number, denominator, fields)
)
"""

_RECOUNT = """
recounted AS (
    SELECT realm, tier, force_id, technology, span, measure,
           date_trunc(span, held_on)::date AS starts_on,
           coalesce(sum(number), 0)::bigint AS total,
           coalesce(sum(denominator) FILTER (WHERE state = 'known'), 0)::bigint AS base,
           count(*) FILTER (WHERE state = 'known') AS known,
           count(*) FILTER (WHERE state = 'not_published') AS not_published,
           count(*) FILTER (WHERE state = 'not_applicable') AS not_applicable,
           count(*) FILTER (WHERE state = 'aborted') AS aborted,
           count(*) FILTER (WHERE state = 'misleading') AS misleading
      FROM added, unnest('{month,year}'::text[]) AS span
     GROUP BY realm, tier, force_id, technology, span, measure, date_trunc(span, held_on)
)
"""

_DIFFERENCES = f"""
WITH {_RECORDS}, {_ADDED}, {_RECOUNT},
cells AS (SELECT * FROM collation_cell WHERE %(realm)s::text IS NULL OR realm = %(realm)s)
SELECT realm, tier, (SELECT code FROM forces_force WHERE id = force_id) AS force, span, starts_on, technology, measure,
       {", ".join(f"coalesce(cells.{column}, 0)" for column in COLUMNS)},
       {", ".join(f"coalesce(recounted.{column}, 0)" for column in COLUMNS)}
  FROM cells
  FULL JOIN recounted USING (realm, tier, force_id, span, starts_on, technology, measure)
 WHERE ({", ".join(f"coalesce(cells.{column}, 0)" for column in COLUMNS)})
       IS DISTINCT FROM ({", ".join(f"coalesce(recounted.{column}, 0)" for column in COLUMNS)})
 ORDER BY realm, tier, force, span, starts_on, technology, measure
"""  # noqa: S608 - column names of our own


@transaction.atomic
def differences(realm: str | None = None) -> list[Difference]:
    """Every cell that is not what the entries of the realm (None: both) add up to; none if all is well.

    Entries and cells are read in one statement, so in one snapshot. Entries whose event has not been handled
    yet show as differences. A cell with nothing in it is the same as no cell.
    """
    with connection.cursor() as cursor:
        # All there is, read once: a million records take longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_DIFFERENCES, {"realm": realm})
        rows = cursor.fetchall()
    found = []
    for realm, tier, force, span, starts_on, technology, measure, *sums in rows:
        cell, entries = tuple(sums[: len(COLUMNS)]), tuple(sums[len(COLUMNS) :])
        found.append(
            Difference(realm, tier, force, span, starts_on, technology, measure, cell=cell, entries=entries)
        )
    return found
