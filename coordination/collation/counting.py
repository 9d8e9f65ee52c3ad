"""Counting records into cells.

A count looks at what stands on the register now, never at what an event says happened: late, repeated and
reordered events all end in the same cells. See docs/decisions/0045.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from coordination.collation.contributions import Contribution, State
from coordination.collation.measures import contributions
from coordination.collation.models import SUMS, Counted, Span
from coordination.collation.reconciliation.moved import note_moved
from forces.models import Force
from forces.tenancy import acting
from register.models import Head
from register.queries import documents

# First key of the advisory lock under which a force's cells are changed; the second is the force's id.
FORCE_LOCK = 0x636F6C6C

Stored = Mapping[str, Any]
_PLACE = {state.value: SUMS.index(state.value) for state in State}
_KNOWN = _PLACE[State.KNOWN.value]


class Key(NamedTuple):
    """Which cell of a force: everything but the force and the realm."""

    tier: str
    technology: str
    span: str
    starts_on: date
    measure: str


# What is to be added to each cell's columns, in the order of SUMS.
Differences = dict[Key, list[int]]
# The same by tier, technology, year and month, then by measure.
Months = dict[tuple[str, str, int, int], dict[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one reference counts as: its entry, where it is counted and what it adds there, as it is stored."""

    entry: int
    tier: str
    technology: str
    on: date
    adds: Stored


def packed(contribution: Contribution) -> int | list[int] | str:
    """As stored: a number, a numerator with its denominator, or the reason why there is none."""
    if contribution.state is not State.KNOWN:
        return contribution.state.value
    return [contribution.total, contribution.base] if contribution.base else contribution.total


def unpacked(stored: int | list[int] | str) -> Contribution:
    if isinstance(stored, str):
        return Contribution(State(stored))
    return (
        Contribution(State.KNOWN, *stored) if isinstance(stored, list) else Contribution(State.KNOWN, stored)
    )


def count_again(force: Force, references: Collection[str]) -> int:
    """Bring the cells of `force` in line with what stands for these references; returns how many had changed.

    Repeating it changes nothing. An entry never changes, so a reference that was counted as the entry that
    still stands is left alone.
    """
    with alone(force):
        # Read after the lock is held: whoever commits an entry later is counted by its own event.
        before = _before(force, references)
        now = _standing(force, references, before)
        changed = _changed(before, now)
        months: Months = {}
        for reference in changed:
            _add(months, before.get(reference), -1)
            _add(months, now.get(reference), 1)
        _apply(force, {key: sums for key, sums in _with_years(months).items() if any(sums)})
        _remember(force, {reference: now.get(reference) for reference in changed})
        note_moved(force, [stood[one].on for stood in (before, now) for one in changed if one in stood])
    return len(changed)


def work_out_again(force: Force, references: Collection[str]) -> int:
    """Work out anew what these references add, and leave the cells alone; returns how many had been wrong.

    For rebuilding alone: after a measure was declared anew, or where the cells have drifted and a difference
    could not be taken from them. The cells are then set to the sum of what was worked out.
    """
    with alone(force):
        before = _before(force, references)
        now = _standing(force, references, {})
        changed = _changed(before, now)
        _remember(force, {reference: now.get(reference) for reference in changed})
    return len(changed)


@contextmanager
def alone(force: Force) -> Iterator[None]:
    """One count of a force at a time: its cells are few and every record of a month wants the same ones."""
    with acting(force, None):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FORCE_LOCK, force.pk])
        yield


def _before(force: Force, references: Collection[str]) -> dict[str, Standing]:
    """What these references were counted as; those counted as nothing are missing."""
    rows = Counted.objects.filter(force=force, reference__in=list(references), entry__isnull=False)
    return {
        reference: Standing(*counted)
        for reference, *counted in rows.values_list(
            "reference", "entry_id", "tier", "technology", "on", "contributions"
        )
    }


def _changed(before: Mapping[str, Standing], now: Mapping[str, Standing]) -> list[str]:
    return sorted(
        reference for reference in before.keys() | now.keys() if before.get(reference) != now.get(reference)
    )


def _standing(
    force: Force, references: Collection[str], before: Mapping[str, Standing]
) -> dict[str, Standing]:
    """What these references count as now; those that are withdrawn, redacted or not there are missing."""
    standing: dict[str, Standing] = {}
    to_read = []
    heads = Head.objects.standing().filter(force=force, reference__in=list(references))
    for reference, entry, tier in heads.values_list("reference", "entry_id", "tier"):
        counted = before.get(reference)
        if counted is not None and counted.entry == entry:
            standing[reference] = counted
        else:
            to_read.append((reference, entry, tier))
    read = documents(entry for _reference, entry, _tier in to_read)
    for reference, entry, tier in to_read:
        # A body that went between the two readings is being redacted: that event will find nothing to count.
        if document := read.get(entry):
            standing[reference] = Standing(
                entry,
                tier,
                document["technology"],
                date.fromisoformat(document["on"]),
                {measure: packed(added) for measure, added in contributions(document).items()},
            )
    return standing


def _add(months: Months, standing: Standing | None, sign: int) -> None:
    """Here the time goes: for each record, once for each measure."""
    if standing is None:
        return
    month = standing.tier, standing.technology, standing.on.year, standing.on.month
    measures = months.get(month)
    if measures is None:
        measures = months[month] = {}
    for measure, stored in standing.adds.items():
        sums = measures.get(measure)
        if sums is None:
            sums = measures[measure] = [0] * len(SUMS)
        if isinstance(stored, int):
            sums[0] += sign * stored
            sums[_KNOWN] += sign
        elif isinstance(stored, str):
            sums[_PLACE[stored]] += sign
        else:
            sums[0] += sign * stored[0]
            sums[1] += sign * stored[1]
            sums[_KNOWN] += sign


def _with_years(months: Months) -> Differences:
    """The same differences by cell, and what they come to in each year."""
    both: Differences = defaultdict(lambda: [0] * len(SUMS))
    for (tier, technology, year, month), measures in months.items():
        for measure, sums in measures.items():
            both[Key(tier, technology, Span.MONTH.value, date(year, month, 1), measure)] = sums
            whole = both[Key(tier, technology, Span.YEAR.value, date(year, 1, 1), measure)]
            for place, number in enumerate(sums):
                whole[place] += number
    return both


# One statement for the whole batch. MERGE and not INSERT ... ON CONFLICT: the latter checks "never below zero"
# on the difference itself, before it finds the cell to subtract from. The force's lock keeps rivals out.
_MERGE = f"""
MERGE INTO collation_cell AS cell
USING unnest(
    %(tiers)s::text[], %(technologies)s::text[], %(spans)s::text[], %(starts)s::date[], %(measures)s::text[],
    {", ".join(f"%({column}s)s::bigint[]" for column in SUMS)}
) AS change (tier, technology, span, starts_on, measure, {", ".join(SUMS)})
   ON cell.realm = %(realm)s AND cell.tier = change.tier AND cell.technology = change.technology
  AND cell.span = change.span AND cell.starts_on = change.starts_on AND cell.measure = change.measure
  AND cell.force_id = %(force)s
WHEN MATCHED THEN UPDATE SET {", ".join(f"{column} = cell.{column} + change.{column}" for column in SUMS)}
WHEN NOT MATCHED THEN INSERT (realm, tier, technology, span, starts_on, measure, force_id, {", ".join(SUMS)})
    VALUES (%(realm)s, change.tier, change.technology, change.span, change.starts_on, change.measure, %(force)s,
            {", ".join(f"change.{column}" for column in SUMS)})
"""  # noqa: S608 - column names of our own


def _apply(force: Force, differences: Mapping[Key, list[int]]) -> None:
    if not differences:
        return
    keys = sorted(differences)
    arguments: dict[str, Any] = {
        "realm": force.realm,
        "force": force.pk,
        "tiers": [key.tier for key in keys],
        "technologies": [key.technology for key in keys],
        "spans": [key.span for key in keys],
        "starts": [key.starts_on for key in keys],
        "measures": [key.measure for key in keys],
    }
    for place, column in enumerate(SUMS):
        arguments[f"{column}s"] = [differences[key][place] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_MERGE, arguments)


# All rows as one value: an array of documents would be quoted and read mark by mark.
_REMEMBER = """
INSERT INTO collation_counted (reference, force_id, realm, entry_id, tier, technology, "on", contributions)
SELECT reference, %(force)s, %(realm)s, entry, tier, technology, day, adds
  FROM jsonb_to_recordset(%(counted)s::jsonb)
       AS now (reference text, entry bigint, tier text, technology text, day date, adds jsonb)
ON CONFLICT (reference) DO UPDATE SET
    entry_id = excluded.entry_id, tier = excluded.tier, technology = excluded.technology, "on" = excluded."on",
    contributions = excluded.contributions
"""


def _remember(force: Force, counted: Mapping[str, Standing | None]) -> None:
    if not counted:
        return
    rows = [
        {
            "reference": reference,
            "entry": now.entry if now else None,
            "tier": now.tier if now else "",
            "technology": now.technology if now else "",
            "day": now.on.isoformat() if now else None,
            "adds": now.adds if now else {},
        }
        for reference, now in counted.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, {"force": force.pk, "realm": force.realm, "counted": json.dumps(rows)})
