"""Which deployment on the register a staged row is. Neither date nor place is a key: both get corrected.

First by equal print: rows with the same fingerprint are taken in pairs, as often as they occur on both sides.
Then by how many cells agree: a row is taken for a deployment that shares most of the cells that tell deployments
apart, if each is the other's one best. What is left open waits for a person; what has no candidate is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from coordination.intake.fields import FIGURES
from coordination.intake.models import Batch, Match, StagedRow, Standing
from coordination.intake.staging import CELLS
from register.models import Origin, Tier

# Cells that tell one deployment from another. Small counts, thresholds and use cases are alike in many rows.
TELLING = ("on", "place", "duration_minutes", "watchlist_size", "faces_seen")
FEWEST_TELLING = 3
COMPARED = (
    *("on", "place", "status", "use_case", "duration_minutes", "watchlist_size", "threshold"),
    *FIGURES,
)
MOST_CANDIDATES = 5
LONGEST_STATEMENT = "10min"
# Why a row that is known does not simply correct what stands.
BY_THE_FORCE = "force"  # the force published it itself, and only the force corrects that
FROM_ELSEWHERE = "source"  # it was read from another source, which may be the better one

_BY_PRINT = """
WITH mine AS (
    SELECT id, fingerprint, row_number() OVER (PARTITION BY fingerprint ORDER BY number) AS nth
      FROM intake_stagedrow WHERE batch_id = %(batch)s AND mapped IS NOT NULL AND NOT decided
), theirs AS (
    SELECT fingerprint, reference, row_number() OVER (PARTITION BY fingerprint ORDER BY reference) AS nth
      FROM (
        SELECT DISTINCT l.fingerprint, l.reference
          FROM intake_line l
          JOIN intake_batch b ON b.id = l.batch_id AND b.state = 'accepted'
          JOIN register_head h ON h.reference = l.reference AND NOT h.is_withdrawn AND NOT h.is_redacted
         WHERE l.fingerprint IN (SELECT fingerprint FROM mine)
      ) known
)
UPDATE intake_stagedrow s SET match = 'unchanged', reference = theirs.reference
  FROM mine JOIN theirs USING (fingerprint, nth) WHERE s.id = mine.id
"""

_STANDING = f"""
INSERT INTO intake_standing
       (batch_id, reference, tier, origin, series, force_code, {", ".join(f'"{c}"' for c in CELLS)})
SELECT %(batch)s, h.reference, h.tier, h.origin, coalesce(last.series, ''), f.code, (d ->> 'on')::date,
       d #>> '{{place,name}}', d ->> 'technology', d ->> 'status',
       coalesce(d #>> '{{use_case,code}}', d #>> '{{use_case,label}}'),
       (d ->> 'duration_minutes')::int, (d ->> 'watchlist_size')::int, (d ->> 'threshold')::numeric, NULL,
       {", ".join(f"(d #>> '{{figures,{name}}}')::int" for name in FIGURES)}
  FROM register_head h
  JOIN forces_force f ON f.id = h.force_id
  JOIN register_entrybody b ON b.entry_id = h.entry_id
 CROSS JOIN LATERAL (SELECT convert_from(b.body, 'UTF8')::jsonb AS d OFFSET 0) document
  LEFT JOIN LATERAL (
        SELECT b.series FROM intake_line l JOIN intake_batch b ON b.id = l.batch_id AND b.state = 'accepted'
         WHERE l.reference = h.reference AND l.match <> 'unchanged' ORDER BY l.id DESC LIMIT 1
  ) last ON true
 WHERE NOT h.is_withdrawn AND NOT h.is_redacted
   AND f.code IN (SELECT force_code FROM intake_stagedrow WHERE batch_id = %(batch)s)
   AND NOT EXISTS (
        SELECT 1 FROM intake_stagedrow s WHERE s.batch_id = %(batch)s AND s.reference = h.reference
   )
"""  # noqa: S608  # names of our own columns

_PLACE_ALIKE = "s.place_key = p.place_key"
_ALIKE = {column: f's."{column}" = p."{column}"' for column in TELLING} | {"place": _PLACE_ALIKE}
_AGREE = " + ".join(f"coalesce(({alike})::int, 0)" for alike in _ALIKE.values())
_DISAGREE = " + ".join(f"coalesce((NOT ({alike}))::int, 0)" for alike in _ALIKE.values())
_SAME = " + ".join(
    f'coalesce((s."{column}" = p."{column}")::int, 0)' for column in COMPARED if column != "place"
)

_OPEN = "s.batch_id = %(batch)s AND s.mapped IS NOT NULL AND s.match = '' AND NOT s.decided"
_OF_FORCE = "p.batch_id = %(batch)s AND p.force_code = s.force_code"

# Three ways to meet, each found by an index: any pair that shares three telling cells meets in one of them.
_PAIRS = f"""
WITH met AS (
    SELECT s.id, p.id AS other FROM intake_stagedrow s JOIN intake_standing p
        ON {_OF_FORCE} AND p."on" = s."on" WHERE {_OPEN}
    UNION
    SELECT s.id, p.id FROM intake_stagedrow s JOIN intake_standing p
        ON {_OF_FORCE} AND p.faces_seen = s.faces_seen AND s.faces_seen > 0 WHERE {_OPEN}
    UNION
    SELECT s.id, p.id FROM intake_stagedrow s JOIN intake_standing p
        ON {_OF_FORCE} AND p.place_key = s.place_key AND p.watchlist_size = s.watchlist_size
       AND p.duration_minutes = s.duration_minutes WHERE {_OPEN}
), scored AS (
    SELECT s.id, p.reference, {_AGREE} AS agree, {_DISAGREE} AS disagree, {_SAME} + ({_PLACE_ALIKE})::int AS same,
           s."on" = p."on" AND {_PLACE_ALIKE} AS day_and_place
      FROM met JOIN intake_stagedrow s ON s.id = met.id JOIN intake_standing p ON p.id = met.other
     WHERE s.technology = p.technology
)
SELECT id, reference, same FROM scored
 WHERE agree >= {FEWEST_TELLING} OR (day_and_place AND disagree = 0)
"""  # noqa: S608  # names of our own columns

# What an earlier edition of this series printed for the days this edition covers, and this one does not.
_MISSING = """
INSERT INTO intake_stagedrow (batch_id, number, force_code, fingerprint, printed, mapped, "on", place, match,
                              reference, candidates, differs, decided, entered)
SELECT %(batch)s, %(rows)s + row_number() OVER (ORDER BY h."on", h.reference), f.code, '', '{}', NULL, h."on",
       h.place, 'missing', h.reference, '[]', '{}', false, false
  FROM register_head h JOIN forces_force f ON f.id = h.force_id
 WHERE NOT h.is_withdrawn AND NOT h.is_redacted AND h.origin = 'collated'
   AND h.reference IN (
        SELECT l.reference FROM intake_line l
          JOIN intake_batch b ON b.id = l.batch_id AND b.state = 'accepted' AND b.series = %(series)s
   )
   AND h."on" BETWEEN (SELECT min("on") FROM intake_stagedrow WHERE batch_id = %(batch)s)
                  AND (SELECT max("on") FROM intake_stagedrow WHERE batch_id = %(batch)s)
   AND NOT EXISTS (
        SELECT 1 FROM intake_stagedrow s WHERE s.batch_id = %(batch)s AND s.reference = h.reference
   )
   AND h.reference NOT IN (
        SELECT candidate ->> 'reference'
          FROM intake_stagedrow s CROSS JOIN LATERAL jsonb_array_elements(s.candidates) candidate
         WHERE s.batch_id = %(batch)s AND s.match = 'ambiguous'
   )
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A staged row and a reference that it may be. `same`: how many cells agree."""

    row: int
    reference: str
    same: int


def match(batch: Batch) -> None:
    """Say of every readable row what it is. What a person decided stands. Repeating it changes nothing."""
    staged = StagedRow.objects.filter(batch=batch)
    with connection.cursor() as cursor:
        # Set for requests; a large import may take longer over one statement.
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
    staged.filter(match=Match.MISSING, decided=False).delete()
    # Only what was matched before: freshly staged rows need not be written a second time.
    staged.filter(decided=False).exclude(match__in=["", Match.MISSING]).update(
        match="", reference="", candidates=[], differs={}
    )
    # What was acted upon already keeps its reference, so that no other row is taken for it.
    with connection.cursor() as cursor:
        cursor.execute(_BY_PRINT, {"batch": batch.pk})
    if staged.filter(match="", mapped__isnull=False, decided=False).exists():
        _by_cells(batch)
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"batch": batch.pk, "rows": batch.rows, "series": batch.series})


def assign(pairs: Iterable[Pair]) -> tuple[dict[int, str], dict[int, list[Pair]]]:
    """Pair rows with references where each is the other's one best, again and again while it finds any.

    Returns the pairs found, and for every other row the candidates nobody took, best first.
    """
    by_row: dict[int, list[Pair]] = defaultdict(list)
    by_reference: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_row[pair.row].append(pair)
        by_reference[pair.reference].append(pair)
    found: dict[int, str] = {}
    taken: set[str] = set()
    rows = set(by_row)
    changed = True
    while changed:
        changed = False
        for row in sorted(rows):
            best = _one_best([pair for pair in by_row[row] if pair.reference not in taken])
            if best is None:
                continue
            if _one_best([pair for pair in by_reference[best.reference] if pair.row not in found]) == best:
                found[row] = best.reference
                taken.add(best.reference)
                rows.discard(row)
                changed = True
    left = {
        row: sorted(
            (p for p in by_row[row] if p.reference not in taken), key=lambda p: (-p.same, p.reference)
        )
        for row in rows
    }
    return found, left


def _one_best(pairs: list[Pair]) -> Pair | None:
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: pair.same)
    return None if sum(pair.same == best.same for pair in pairs) > 1 else best


def _by_cells(batch: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"batch": batch.pk})
        cursor.execute(_PAIRS, {"batch": batch.pk})
        pairs = [Pair(*row) for row in cursor.fetchall()]
    found, left = assign(pairs)
    open_rows = [row for row, candidates in left.items() if candidates]
    rows = {row.pk: row for row in StagedRow.objects.filter(pk__in=[*found, *open_rows])}
    standing = {
        known.reference: known for known in Standing.objects.filter(batch=batch, reference__in=found.values())
    }
    for pk, reference in found.items():
        _classify(rows[pk], standing[reference], batch)
    for pk in open_rows:
        rows[pk].match = Match.AMBIGUOUS
        rows[pk].candidates = [
            {"reference": pair.reference, "same": pair.same} for pair in left[pk][:MOST_CANDIDATES]
        ]
    StagedRow.objects.bulk_update(
        rows.values(), ["match", "reference", "candidates", "differs"], batch_size=500
    )
    StagedRow.objects.filter(batch=batch, match="", mapped__isnull=False).update(match=Match.NEW)
    Standing.objects.filter(batch=batch).delete()


def _classify(row: StagedRow, known: Standing, batch: Batch) -> None:
    """Unchanged, a correction, or for a person to decide: `why` says what stands against a correction."""
    row.reference = known.reference
    changes = differences(known, row)
    raises = batch.tier == Tier.PRIMARY and known.tier == Tier.SECONDARY
    better_stands = batch.tier == Tier.SECONDARY and known.tier == Tier.PRIMARY
    if raises:
        changes["tier"] = [Tier.SECONDARY.value, Tier.PRIMARY.value]
    if not changes or better_stands:
        row.match = Match.UNCHANGED
        return
    row.differs = changes
    row.match = Match.CORRECTION
    if known.origin == Origin.SUBMITTED:
        _ask(row, BY_THE_FORCE)
    elif known.series not in ("", batch.series) and not raises:
        _ask(row, FROM_ELSEWHERE)


def _ask(row: StagedRow, why: str) -> None:
    row.match = Match.AMBIGUOUS
    row.candidates = [{"reference": row.reference, "why": why}]
    row.reference = ""


def differences(known: Standing | StagedRow, row: StagedRow) -> dict[str, list[Any]]:
    """Fields whose values differ, each with what stands and what is printed, as text or null."""
    changes = {}
    for name in COMPARED:
        before, now = getattr(known, name), getattr(row, name)
        if before != now:
            changes[name] = [_shown(before), _shown(now)]
    return changes


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
