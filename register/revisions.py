"""What was changed of results after they were published: corrections, withdrawals and removals. Public.

A notice says on its own page what was changed of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from forces.models import Force
from register.canonical import NOTICE, RESULT
from register.differences import Difference, Document, differences
from register.streaming import Rows

AT_ONCE = 100  # fetched in one go for a file; two documents each


class Kind(StrEnum):
    """What was done. The letter sorts what happened at the same instant."""

    CORRECTION = "correction"  # a new version stands in place of the one before
    WITHDRAWAL = "withdrawal"  # the record no longer counts, and stays readable
    REMOVAL = "removal"  # a document was taken away, as personal data had slipped into it


class Cursor(NamedTuple):
    """The last revision of a page, written `2026-11-23T05:55:52.000123Z_correction_77`: the next begins after it."""

    at: datetime
    kind: str
    row: int

    def __str__(self) -> str:
        return f"{self.at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}_{self.kind}_{self.row}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises ValueError for what was never written here."""
        if not re.fullmatch(r"[0-9T:.-]{26}Z_(correction|withdrawal|removal)_[0-9]{1,18}", text):
            raise ValueError(text)
        at, kind, row = text.split("_")
        return cls(datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%f%z"), kind, int(row))


@dataclass(frozen=True, slots=True)
class Revision:
    """One change. `version` is the one that it made, or of a removal the one whose document went.

    `old` and `new` are the results before and after a correction. Either is None where it was removed since, and then
    nobody can say what changed; both are for anything but a correction. `reason` is empty where the document that it
    belongs to is gone, and of a removal it is what the tombstone says. `place` is that of the record now.
    """

    kind: Kind
    row: int
    reference: str
    version: int
    at: datetime
    reason: str
    is_removed: bool
    realm: str
    force_code: str
    force_slug: str
    force_name: str
    origin: str
    tier: str
    on: Any
    place: str
    area: str
    old: Document | None
    new: Document | None

    @property
    def name(self) -> str:
        """Stays for good, so that others can point at it: LFR-7K2M-Q4XD-v2, LFR-7K2M-Q4XD-v1-removed."""
        return f"{self.reference}-v{self.version}" + ("-removed" if self.kind is Kind.REMOVAL else "")

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.at, self.kind.value, self.row)

    @property
    def differences(self) -> list[Difference] | None:
        """What a correction changed; None where it cannot be told, and for what is no correction."""
        if self.old is None or self.new is None:
            return None
        return differences(self.old, self.new)


class Page(NamedTuple):
    """Revisions, latest first, and where the next page begins, None on the last."""

    revisions: list[Revision]
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which revisions: of one realm, and where given of one force, of one record, or made in one year (UTC)."""

    realm: str
    force: Force | None = None
    reference: str = ""
    year: int | None = None

    def values(self) -> dict[str, Any]:
        return {
            "realm": self.realm,
            "force": self.force.pk if self.force else None,
            "reference": self.reference,
            "first": f"{self.year}-01-01T00:00:00Z",
            "last": f"{(self.year or 0) + 1}-01-01T00:00:00Z",
        }

    def conditions(self, at: str) -> str:
        """In SQL, of an entry `e`; `at` is the column with the time of the change."""
        said = [f"e.realm = %(realm)s AND e.schema <> '{NOTICE}'"]
        if self.force is not None:
            said.append("e.force_id = %(force)s")
        if self.reference:
            said.append("e.reference = %(reference)s")
        if self.year is not None:
            said.append(f"{at} >= %(first)s AND {at} < %(last)s")
        return " AND ".join(said)


def page(wanted: Wanted, *, after: Cursor | None, size: int) -> Page:
    """One page, in one query: the documents read are no more than two for each revision on it."""
    values = wanted.values() | {"size": size + 1}
    if after is not None:
        values |= {"after_at": after.at, "after_kind": after.kind, "after_row": after.row}
    with connection.cursor() as cursor:
        cursor.execute(_statement(wanted, after, is_page=True), values)
        found = [_revision(row) for row in cursor.fetchall()]
    shown = found[:size]
    return Page(shown, shown[-1].cursor if len(found) > size else None)


class Revisions(Rows):
    """All revisions that were asked for, latest first; `count` says how many there are."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(_statement(wanted, None, is_page=False), wanted.values(), at_once=AT_ONCE)

    def __iter__(self) -> Iterator[Revision]:
        return map(_revision, self.rows())


# --- parts -------------------------------------------------------------------------------------------------

# Entries that changed something, by the partial indexes of their kind, and removals, of which there are few. Each half
# is cut to the page before the two are sorted into each other.
_CHANGED = """
SELECT e.id AS entry, e.act::text AS kind, e.id AS number, e.entered_at AS at, e.reason
  FROM register_entry e WHERE e.act <> 'original' AND <conditions>"""
_REMOVED = """
SELECT e.id AS entry, 'removal' AS kind, r.id AS number, r.redacted_at AS at, r.public_reason AS reason
  FROM register_redaction r JOIN register_entry e ON e.id = r.entry_id WHERE <conditions>"""
_ALL = """
SELECT <count>, c.kind, c.number, e.reference, e.version, c.at, c.reason, gone.id IS NOT NULL, e.realm,
       f.code, f.slug, f.name, e.origin, e.tier, h."on", h.place, h.area,
       CASE WHEN c.kind = 'correction' AND o.schema = %(result)s THEN before.body END,
       CASE WHEN c.kind = 'correction' AND o.schema = %(result)s THEN after.body END
  FROM (<changes>) AS c
  JOIN register_entry e ON e.id = c.entry
  JOIN register_head h ON h.reference = e.reference
  JOIN forces_force f ON f.id = e.force_id
  LEFT JOIN register_redaction gone ON gone.entry_id = e.id
  LEFT JOIN register_entry o ON o.id = e.supersedes_id
  LEFT JOIN register_entrybody before ON before.entry_id = e.supersedes_id
  LEFT JOIN register_entrybody after ON after.entry_id = e.id
 ORDER BY c.at DESC, c.kind DESC, c.number DESC"""


def _statement(wanted: Wanted, after: Cursor | None, *, is_page: bool) -> str:
    halves = []
    for half, at, kind, row in (
        (_CHANGED, "e.entered_at", "e.act::text", "e.id"),
        (_REMOVED, "r.redacted_at", "'removal'", "r.id"),
    ):
        conditions = wanted.conditions(at)
        if after is not None:
            # The first part lets an index begin at the right place; the second is exact.
            conditions += (
                f" AND {at} <= %(after_at)s"
                f" AND ({at}, {kind}, {row}) < (%(after_at)s, %(after_kind)s, %(after_row)s)"
            )
        written = half.replace("<conditions>", conditions)
        if is_page:
            written = f"({written} ORDER BY at DESC, kind DESC, number DESC LIMIT %(size)s)"
        halves.append(written)
    changes = " UNION ALL ".join(halves)
    if is_page:
        changes += " ORDER BY at DESC, kind DESC, number DESC LIMIT %(size)s"
    # One statement sees one state: the count in it is the count of the rows that follow.
    count = "0" if is_page else f"(SELECT count(*) FROM ({changes}) AS n)"  # noqa: S608 - our own names
    return _ALL.replace("<count>", count).replace("<changes>", changes).replace("%(result)s", f"'{RESULT}'")


def _revision(row: tuple[Any, ...]) -> Revision:
    _count, kind, number, reference, version, at, reason, is_gone, *known, old, new = row
    kind = Kind(kind)
    # The reason of a change stood in its document too, so it is not told once that is gone.
    told = "" if is_gone and kind is not Kind.REMOVAL else reason
    documents = (None if body is None else json.loads(bytes(body)) for body in (old, new))
    return Revision(kind, number, reference, version, at, told, is_gone, *known, *documents)
