"""What the records of some days come to for one measure: by month from the cells, and by day where it must be.

A month is read from the cells, whose number does not grow with the records. It is read by day where the period
begins or ends within it, where a record may be of a deployment that the force's own record counts already, and
where somebody looks for the day on which a running sum was reached.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from coordination.collation.figures import Tally
from coordination.collation.models import Cell, Span
from forces.models import Realm
from register.models import Tier
from register.search import LIVE

_REALM = Realm.NATIONAL.value
_COUNTS = ("known", "not_published", "not_applicable", "aborted", "misleading")


@dataclass(frozen=True, slots=True)
class Question:
    """Which measure (its code), over which days, both included, of one force (its id) or of all of them."""

    measure: str
    first: date
    last: date
    force: int | None = None


@dataclass(frozen=True, slots=True)
class Lump:
    """What the records of one tier and force come to between two days.

    `doubled`: of another source, on a day of which the force's own record has a deployment. Which deployments of
    such a day are the same nobody says, so none of them is added to the force's own.
    """

    first: date
    last: date
    tier: str
    force: int
    doubled: bool
    tally: Tally


def lumps(question: Question) -> tuple[Lump, ...]:
    """Everything there is, oldest first, in as large lumps as the question allows."""
    by_month: dict[date, list[Lump]] = defaultdict(list)
    for lump in _cells(question):
        by_month[lump.first].append(lump)
    found: list[Lump] = []
    for starts_on, whole in sorted(by_month.items()):
        if _needs_days(question, starts_on, whole):
            found += days(question, starts_on)
        else:
            found += whole
    return tuple(found)


def days(question: Question, month: date) -> tuple[Lump, ...]:
    """The same by day, for those days of a month that lie in the period."""
    first, last = max(question.first, month), min(question.last, end_of_month(month))
    values: dict[str, Any] = {
        "realm": _REALM,
        "technology": LIVE,
        "measure": question.measure,
        "first": first,
        "last": last,
        "force": question.force,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.replace("<of_force>", _OF_FORCE if question.force else ""), values)
        return tuple(
            Lump(on, on, tier, force, doubled, Tally(int(total), 0, *counts))
            for on, tier, force, doubled, total, *counts in cursor.fetchall()
        )


def added(found: Iterable[Lump]) -> Tally:
    return Tally.sum(lump.tally for lump in found)


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


# --- parts -------------------------------------------------------------------------------------------------


def _cells(question: Question) -> Iterator[Lump]:
    cells = Cell.objects.filter(
        realm=_REALM,
        technology=LIVE,
        span=Span.MONTH,
        measure=question.measure,
        starts_on__gte=question.first.replace(day=1),
        starts_on__lte=question.last,
    )
    if question.force is not None:
        cells = cells.filter(force_id=question.force)
    rows = cells.order_by("starts_on", "tier", "force_id").values_list(
        "starts_on", "tier", "force_id", "total", *_COUNTS
    )
    for starts_on, tier, force, total, *counts in rows:
        if any(counts):  # a cell of records that moved away stays, with nothing in it
            tally = Tally(total, 0, *counts)
            yield Lump(starts_on, end_of_month(starts_on), tier, force, False, tally)


def _needs_days(question: Question, starts_on: date, whole: Iterable[Lump]) -> bool:
    if starts_on < question.first or end_of_month(starts_on) > question.last:
        return True
    own = {lump.force for lump in whole if lump.tier == Tier.PRIMARY}
    return any(lump.tier == Tier.SECONDARY and lump.force in own for lump in whole)


_OF_FORCE = "AND c.force_id = %(force)s"
_DAYS = f"""
SELECT c."on", c.tier, c.force_id, c.doubled, sum(CASE WHEN c.kind = 'number' THEN c.said::bigint ELSE 0 END),
       count(*) FILTER (WHERE c.kind = 'number'),
       {", ".join(f"count(*) FILTER (WHERE c.kind = 'string' AND c.said = '{state}')" for state in _COUNTS[1:])}
  FROM (
    SELECT c."on", c.tier, c.force_id, jsonb_typeof(c.contributions -> %(measure)s) AS kind,
           c.contributions ->> %(measure)s AS said,
           c.tier = 'secondary' AND EXISTS (
             SELECT 1 FROM collation_counted own
              WHERE own.realm = c.realm AND own.technology = c.technology AND own."on" = c."on"
                AND own.force_id = c.force_id AND own.tier = 'primary') AS doubled
      FROM collation_counted c
     WHERE c.realm = %(realm)s AND c.technology = %(technology)s
       AND c."on" BETWEEN %(first)s AND %(last)s <of_force>
  ) c
 GROUP BY c."on", c.tier, c.force_id, c.doubled
 ORDER BY c."on", c.tier, c.force_id
"""  # noqa: S608 - names of our own
