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
from coordination.collation.dimensions import KEPT, Told, values
from coordination.collation.measures import contributions
from coordination.collation.models import SUMS, Counted, Span
from coordination.collation.reconciliation.moved import note_moved
from coordination.collation.signals.stirring import note_stirred
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


class Place(NamedTuple):
    """Where a record stands: what many records of a batch share. `under` are pairs of dimension and value."""

    tier: str
    technology: str
    year: int
    month: int
    under: tuple[tuple[str, str], ...]


class Slot(NamedTuple):
    """Which breakdown cell of a force: everything but the force and the realm."""

    tier: str
    technology: str
    dimension: str
    value: str
    starts_on: date
    measure: str


# What is to be added, by where it is counted, then by measure.
Places = dict[Place, dict[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one reference counts as: its entry, where it is counted and what it adds there, as it is stored."""

    entry: int
    tier: str
    technology: str
    on: date
    adds: Stored
    under: Mapping[str, str]


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
        places: Places = {}
        for reference in changed:
            _add(places, before.get(reference), -1)
            _add(places, now.get(reference), 1)
        _apply(force, _MERGE, CELL, _by_cell(places))
        _apply(force, _MERGE_BREAKDOWN, BREAKDOWN, _by_slot(places))
        _remember(force, {reference: now.get(reference) for reference in changed})
        note_moved(force, [stood[one].on for stood in (before, now) for one in changed if one in stood])
        if changed:
            note_stirred(force)
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
            "reference", "entry_id", "tier", "technology", "on", "contributions", "under"
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
    for reference, entry, tier, *told in heads.values_list("reference", "entry_id", "tier", *Told._fields):
        counted = before.get(reference)
        if counted is not None and counted.entry == entry:
            standing[reference] = counted
        else:
            to_read.append((reference, entry, tier, Told(*told)))
    read = documents(entry for _reference, entry, _tier, _told in to_read)
    for reference, entry, tier, told in to_read:
        # A body that went between the two readings is being redacted: that event will find nothing to count.
        if document := read.get(entry):
            standing[reference] = Standing(
                entry,
                tier,
                document["technology"],
                date.fromisoformat(document["on"]),
                {measure: packed(added) for measure, added in contributions(document).items()},
                values(told),
            )
    return standing


def _add(places: Places, standing: Standing | None, sign: int) -> None:
    """Here the time goes: for each record, once for each measure."""
    if standing is None:
        return
    place = Place(
        standing.tier,
        standing.technology,
        standing.on.year,
        standing.on.month,
        tuple(sorted(standing.under.items())),
    )
    measures = places.get(place)
    if measures is None:
        measures = places[place] = {}
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


def _by_cell(places: Places) -> dict[Key, list[int]]:
    """What comes to each cell, of months and of years."""
    both: dict[Key, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for (tier, technology, year, month, _under), measures in places.items():
        for span, starts_on in (
            (Span.MONTH.value, date(year, month, 1)),
            (Span.YEAR.value, date(year, 1, 1)),
        ):
            for measure, sums in measures.items():
                _sum_into(both[Key(tier, technology, span, starts_on, measure)], sums)
    return both


def _by_slot(places: Places) -> dict[Slot, list[int]]:
    """What comes to each breakdown cell: of each dimension, the measures that it is kept for."""
    found: dict[Slot, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for (tier, technology, year, _month, under), measures in places.items():
        starts_on = date(year, 1, 1)
        for dimension, value in under:
            for measure in KEPT.get(dimension, ()):
                if sums := measures.get(measure):
                    _sum_into(found[Slot(tier, technology, dimension, value, starts_on, measure)], sums)
    return found


def _sum_into(whole: list[int], part: list[int]) -> None:
    for place, number in enumerate(part):
        whole[place] += number


# One statement for each kind of cell and the whole batch. MERGE and not INSERT ... ON CONFLICT: the latter checks
# "never below zero" on the difference itself, before it finds the cell to subtract from. The force's lock keeps
# rivals out.
def _merge(table: str, key: Mapping[str, str]) -> str:
    """The statement for one kind of cell; `key` names its columns with their types, besides realm and force."""
    columns, sums = ", ".join(key), ", ".join(SUMS)
    arrays = [f"%({column})s::{kind}[]" for column, kind in key.items()]
    arrays += [f"%({column})s::bigint[]" for column in SUMS]
    return f"""
MERGE INTO {table} AS cell
USING unnest({", ".join(arrays)}) AS change ({columns}, {sums})
   ON cell.realm = %(realm)s AND cell.force_id = %(force)s
  AND {" AND ".join(f"cell.{column} = change.{column}" for column in key)}
WHEN MATCHED THEN UPDATE SET {", ".join(f"{column} = cell.{column} + change.{column}" for column in SUMS)}
WHEN NOT MATCHED THEN INSERT (realm, force_id, {columns}, {sums})
    VALUES (%(realm)s, %(force)s, {", ".join(f"change.{column}" for column in (*key, *SUMS))})
"""  # noqa: S608 - column names of our own


CELL = {"tier": "text", "technology": "text", "span": "text", "starts_on": "date", "measure": "text"}
BREAKDOWN = {
    **dict.fromkeys(("tier", "technology", "dimension", "value"), "text"),
    "starts_on": "date",
    "measure": "text",
}
_MERGE, _MERGE_BREAKDOWN = _merge("collation_cell", CELL), _merge("collation_breakdown", BREAKDOWN)


def _apply(
    force: Force, statement: str, columns: Collection[str], differences: Mapping[Any, list[int]]
) -> None:
    """Add the differences; `columns` name the parts of their keys."""
    changes = sorted((key, sums) for key, sums in differences.items() if any(sums))
    if not changes:
        return
    arguments: dict[str, Any] = {"realm": force.realm, "force": force.pk}
    for column in columns:
        arguments[column] = [getattr(key, column) for key, _sums in changes]
    for place, column in enumerate(SUMS):
        arguments[column] = [sums[place] for _key, sums in changes]
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


# All rows as one value: an array of documents would be quoted and read mark by mark.
_REMEMBER = """
INSERT INTO collation_counted (reference, force_id, realm, entry_id, tier, technology, "on", contributions, under)
SELECT reference, %(force)s, %(realm)s, entry, tier, technology, day, adds, under
  FROM jsonb_to_recordset(%(counted)s::jsonb)
       AS now (reference text, entry bigint, tier text, technology text, day date, adds jsonb,
               under jsonb)
ON CONFLICT (reference) DO UPDATE SET
    entry_id = excluded.entry_id, tier = excluded.tier, technology = excluded.technology, "on" = excluded."on",
    contributions = excluded.contributions, under = excluded.under
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
            "under": now.under if now else {},
        }
        for reference, now in counted.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, {"force": force.pk, "realm": force.realm, "counted": json.dumps(rows)})
