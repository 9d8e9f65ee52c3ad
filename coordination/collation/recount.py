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
    """A cell that is not what the entries say. `cell` and `entries` hold its columns in the order of COLUMNS.

    `dimension` and `value` are "" where it is not a cell of a breakdown.
    """

    realm: str
    tier: str
    force: str
    span: str
    starts_on: date
    technology: str
    measure: str
    cell: tuple[int, ...]
    entries: tuple[int, ...]
    dimension: str = ""
    value: str = ""


COLUMNS = ("total", "base", "known", "not_published", "not_applicable", "aborted", "misleading")

# Materialized: folded into what asks them, a body would be read as JSON once for every figure.
_RECORDS = """
standing AS MATERIALIZED (
    SELECT entry.id, entry.realm, entry.tier, entry.force_id,
           convert_from(kept.body, 'UTF8')::jsonb AS document
      FROM register_entry entry
      JOIN register_entrybody kept ON kept.entry_id = entry.id
     WHERE entry.schema LIKE 'deployment-result.%%'
       AND (%(realm)s::text IS NULL OR entry.realm = %(realm)s)
       AND NOT EXISTS (SELECT FROM register_entry later WHERE later.supersedes_id = entry.id)
),
figures AS MATERIALIZED (
    SELECT standing.id, standing.realm, standing.tier, standing.force_id, document->'absent' AS absent,
           document->>'technology' AS technology, (document->>'on')::date AS held_on,
           document->>'status' = 'aborted' AS was_aborted, (document->>'duration_minutes')::bigint AS duration,
           (document->>'watchlist_size')::bigint AS watchlist,
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
                                      CASE WHEN field NOT IN ('duration_minutes', 'watchlist_size') THEN NULL
                                           WHEN was_aborted THEN 'aborted' ELSE 'not_published' END) AS why
                       WHERE why IS NOT NULL)
           END AS state
      FROM figures, LATERAL (VALUES
        ('deployments', 1, 0, '{}'::text[]),
        ('aborted_deployments', was_aborted::int, 0, '{}'),
        ('duration_minutes', duration, 0, '{duration_minutes}'),
        ('watchlist_size', watchlist, 0, '{watchlist_size}'),
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

# Under which value of each dimension a record stands, said a second time.
_STANDING_UNDER = """
under AS (
    SELECT standing.id, dimension, value
      FROM standing JOIN register_entry entry USING (id),
           LATERAL (SELECT
               concat(document#>>'{algorithm,vendor}', ' ', document#>>'{algorithm,product}',
                      coalesce(' ' || (document#>>'{algorithm,version}'), ', version not published')) AS algorithm,
               (document->>'watchlist_size')::bigint AS listed,
               ((SELECT min(own.entered_at) FROM register_entry own
                  WHERE own.reference = entry.reference AND own.origin = 'submitted')
                AT TIME ZONE 'Europe/London')::date - (document->>'on')::date AS days) AS told,
           LATERAL (VALUES
               ('use_case', CASE
                   WHEN document#>>'{use_case,label}' = 'not_published' THEN ''
                   WHEN document#>>'{use_case,label}' IS NOT NULL THEN document#>>'{use_case,label}'
                   WHEN document#>>'{use_case,scheme}' IS NOT NULL AND document#>>'{use_case,code}' IS NOT NULL
                   THEN format('%%s (%%s)', document#>>'{use_case,code}', document#>>'{use_case,scheme}')
                   WHEN document#>>'{use_case,code}' <> 'not_published' THEN document#>>'{use_case,code}'
                   ELSE '' END),
               ('settings', json_build_array(
                   CASE WHEN jsonb_typeof(document->'algorithm') = 'object' THEN algorithm ELSE '' END,
                   coalesce(document->>'threshold', ''))::text),
               ('watchlist', CASE WHEN listed IS NULL THEN 'not_published' WHEN listed < 1000 THEN 'under_1000'
                   WHEN listed < 5000 THEN '1000_to_4999' WHEN listed < 10000 THEN '5000_to_9999'
                   WHEN listed < 15000 THEN '10000_to_14999' ELSE '15000_and_over' END),
               ('published', CASE WHEN entry.origin = 'collated' THEN 'not_applicable'
                   WHEN days <= 5 THEN 'within_5_days' WHEN days <= 31 THEN '6_to_31_days'
                   ELSE 'over_31_days' END)
           ) AS stands (dimension, value)
)
"""
# What each dimension is kept for.
_KEPT = """
kept (dimension, measures) AS (VALUES
    ('use_case',
     '{deployments,faces_seen,alerts,true_alerts,false_alerts,far_alerts,far_faces,arrests,duration_minutes}'::text[]),
    ('settings',
     '{deployments,faces_seen,alerts,true_alerts,false_alerts,far_alerts,far_faces,arrests,duration_minutes}'),
    ('watchlist',
     '{deployments,faces_seen,alerts,true_alerts,false_alerts,far_alerts,far_faces,watchlist_size}'),
    ('published', '{deployments}'))
"""

_SUMMED = """
           coalesce(sum(number), 0)::bigint AS total,
           coalesce(sum(denominator) FILTER (WHERE state = 'known'), 0)::bigint AS base,
           count(*) FILTER (WHERE state = 'known') AS known,
           count(*) FILTER (WHERE state = 'not_published') AS not_published,
           count(*) FILTER (WHERE state = 'not_applicable') AS not_applicable,
           count(*) FILTER (WHERE state = 'aborted') AS aborted,
           count(*) FILTER (WHERE state = 'misleading') AS misleading
"""

_RECOUNT = f"""
recounted AS (
    SELECT realm, tier, force_id, technology, span, '' AS dimension, '' AS value, measure,
           date_trunc(span, held_on)::date AS starts_on, {_SUMMED}
      FROM added, unnest('{{month,year}}'::text[]) AS span
     GROUP BY realm, tier, force_id, technology, span, measure, date_trunc(span, held_on)
),
cells AS (
    SELECT *, '' AS dimension, '' AS value FROM collation_cell WHERE %(realm)s::text IS NULL OR realm = %(realm)s
)
"""  # noqa: S608 - column names of our own
_RECOUNT_BREAKDOWNS = f"""
recounted AS (
    SELECT realm, tier, force_id, technology, 'year' AS span, dimension, value, measure,
           date_trunc('year', held_on)::date AS starts_on, {_SUMMED}
      FROM added JOIN under USING (id) JOIN kept USING (dimension)
     WHERE measure = ANY (measures)
     GROUP BY realm, tier, force_id, technology, dimension, value, measure, date_trunc('year', held_on)
),
cells AS (
    SELECT *, 'year' AS span FROM collation_breakdown WHERE %(realm)s::text IS NULL OR realm = %(realm)s
)
"""  # noqa: S608 - column names of our own

_KEY = "realm, tier, force_id, span, starts_on, technology, dimension, value, measure"
_COMPARED = f"""
SELECT realm, tier, (SELECT code FROM forces_force WHERE id = force_id) AS force, span, starts_on, technology, measure,
       dimension, value,
       {", ".join(f"coalesce(cells.{column}, 0)" for column in COLUMNS)},
       {", ".join(f"coalesce(recounted.{column}, 0)" for column in COLUMNS)}
  FROM cells
  FULL JOIN recounted USING ({_KEY})
 WHERE ({", ".join(f"coalesce(cells.{column}, 0)" for column in COLUMNS)})
       IS DISTINCT FROM ({", ".join(f"coalesce(recounted.{column}, 0)" for column in COLUMNS)})
 ORDER BY realm, tier, force, dimension, value, span, starts_on, technology, measure
"""  # noqa: S608 - column names of our own
_DIFFERENCES = f"WITH {_RECORDS}, {_ADDED}, {_RECOUNT} {_COMPARED}"
_IN_BREAKDOWNS = f"WITH {_RECORDS}, {_ADDED}, {_STANDING_UNDER}, {_KEPT}, {_RECOUNT_BREAKDOWNS} {_COMPARED}"


@transaction.atomic
def differences(realm: str | None = None) -> list[Difference]:
    """Every cell that is not what the entries of the realm (None: both) add up to; none if all is well.

    Entries and cells are read in one statement, so in one snapshot; those of breakdowns in a second one. Entries whose
    event has not been handled yet show as differences. A cell with nothing in it is the same as no cell.
    """
    with connection.cursor() as cursor:
        # All there is, read once: a million records take longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_DIFFERENCES, {"realm": realm})
        rows = cursor.fetchall()
        cursor.execute(_IN_BREAKDOWNS, {"realm": realm})
        rows += cursor.fetchall()
    found = []
    for one, tier, force, span, starts_on, technology, measure, dimension, value, *sums in rows:
        cell, entries = tuple(sums[: len(COLUMNS)]), tuple(sums[len(COLUMNS) :])
        found.append(
            Difference(
                *(one, tier, force, span, starts_on, technology, measure),
                cell=cell,
                entries=entries,
                dimension=dimension,
                value=value,
            )
        )
    return found
