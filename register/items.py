"""Records as text, put together by PostgreSQL: what the register knows about each, round the stored bytes.

Building it there costs a tenth of what objects and an encoder cost, and the document inside is the very bytes of the
entry. See docs/decisions/0050. Public; no scope is needed.
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from register import search as searching
from register.ordering import LATEST
from register.reading import ask
from register.search import Cursor, Search

_MOMENT = """replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')"""

# Codes, references, hashes and choices hold nothing that JSON would escape: schema and constraints see to it.
_ITEM = f"""
'{{"reference":"' || h.reference || '","version":' || h.version || ',"act":"' || e.act
|| '","state":"' || CASE WHEN h.is_redacted THEN 'redacted' WHEN h.is_withdrawn THEN 'withdrawn' ELSE 'standing' END
|| '","reason":' || coalesce(to_json(CASE WHEN k.body IS NOT NULL THEN nullif(e.reason, '') END)::text, 'null')
|| ',"realm":"' || h.realm || '","tier":"' || h.tier || '","origin":"' || h.origin
|| '","force":{{"code":' || to_json(f.code)::text || ',"slug":' || to_json(f.slug)::text
|| ',"name":' || to_json(f.name)::text
|| '}},"first_entered_at":"' || {_MOMENT.format("h.first_entered_at")}
|| '","entered_at":"' || {_MOMENT.format("h.entered_at")}
|| '","sha256":' || coalesce('"' || k.sha256 || '"', 'null')
|| ',"commitment":"' || e.commitment
|| '","document":' || coalesce(convert_from(k.body, 'UTF8'), 'null') || '}}'
"""

_JOINED = """
  JOIN register_entry e ON e.id = h.entry_id JOIN forces_force f ON f.id = h.force_id
  LEFT JOIN register_entrybody k ON k.entry_id = h.entry_id
"""

# What lists of a realm are made of: changes of its heads, and what its forces are called. Changes are counted
# in the transaction that makes them, and counts only grow, so no two states of the register have the same version.
_VERSION = """
(SELECT coalesce(sum(c.changes), 0) FROM register_changecount c JOIN forces_force o ON o.id = c.force_id
  WHERE o.realm = %(realm)s) || '-' ||
(SELECT to_hex(bit_xor(hashtextextended(o.code || '/' || o.slug || '/' || o.name, 0))) FROM forces_force o
  WHERE o.realm = %(realm)s)
"""

# Version and records in one statement see one state: a copy is exactly as new as its tag says. The records are not
# even looked for where the reader holds that version.
_PAGE = f"""
WITH now AS MATERIALIZED (SELECT {_VERSION} AS version)
SELECT now.version, p."on", p.entry_id, p.item
  FROM now
  LEFT JOIN (
    SELECT h."on", h.entry_id, {_ITEM} AS item
      FROM (SELECT * FROM register_head h
             WHERE (SELECT version FROM now) <> ALL (%(held)s::text[]) AND <conditions>
             ORDER BY h."on" DESC, h.entry_id DESC LIMIT <most>) AS h
      {_JOINED}
  ) AS p ON true
 ORDER BY p."on" DESC, p.entry_id DESC
"""  # noqa: S608 - our own names

_THESE = f"""
SELECT h.entry_id, {_ITEM} FROM register_head h {_JOINED} WHERE h.entry_id = ANY (%(entries)s)
"""  # noqa: S608 - our own names

_ONE = f"""
SELECT h.version, encode(k.salt, 'hex'), {_ITEM},
       (SELECT json_agg(json_build_object(
                   'version', v.version, 'act', v.act,
                   'reason', CASE WHEN r.id IS NULL THEN nullif(v.reason, '') END, 'origin', v.origin,
                   'tier', v.tier, 'schema', v.schema, 'entered_at', {_MOMENT.format("v.entered_at")},
                   'commitment', v.commitment, 'redacted', CASE WHEN r.id IS NOT NULL THEN json_build_object(
                       'at', {_MOMENT.format("r.redacted_at")}, 'reason', r.public_reason) END)
               ORDER BY v.version DESC)
          FROM register_entry v LEFT JOIN register_redaction r ON r.entry_id = v.id
         WHERE v.reference = h.reference)
  FROM register_head h {_JOINED} WHERE h.reference = %(reference)s AND h.realm = %(realm)s
"""  # noqa: S608 - our own names


class Items(NamedTuple):
    """A page: the records' texts, latest first, where the next page begins, and the version that was read.

    Without any texts if the reader holds this version.
    """

    texts: list[bytes]
    after: Cursor | None
    version: str


class Item(NamedTuple):
    """One record: its text, the salt of its document in hex (None once removed), and every version, newest first."""

    version: int
    salt: str | None
    text: bytes
    versions: list[dict[str, Any]]


def version(realm: str) -> str:
    """A text that differs whenever a list of this realm could. Ask for it before the list that it is to stand for."""
    ((found,),) = ask(f"SELECT {_VERSION}", {"realm": realm})
    return (found or b"0").decode()


def page(search: Search, *, after: Cursor | None, size: int, held: Sequence[str] = ()) -> Items:
    """One page of the records found, in one round trip. `held` are versions that the reader has already.

    Where words are looked for, or the order is another than the latest first, it takes more than one: what is rare and
    what is not needs different plans, which a statement prepared once cannot have.
    """
    if search.q or search.sort not in ("", LATEST):
        return _page_in_order(search, after=after, size=size, held=held)
    values = _values(search, after) | {"held": list(held)}
    rows = ask(_statement(" AND ".join(_conditions(search, after)), size + 1), values)
    told = (rows[0][0] or b"0").decode()
    texts = [item for _version, _on, _entry, item in rows[:size] if item is not None]
    if len(rows) <= size:
        return Items(texts, None, told)
    _version, on, entry, _item = rows[size - 1]
    return Items(texts, Cursor.read(f"{on.decode()}_{entry.decode()}"), told)  # type: ignore[union-attr]


def one(reference: str, *, realm: str) -> Item | None:
    """The record of that reference, in one round trip."""
    rows = ask(_ONE, {"reference": reference, "realm": realm})
    if not rows:
        return None
    number, salt, text, versions = rows[0]
    return Item(int(number or 0), salt.decode() if salt else None, text or b"", json.loads(versions or b"[]"))


# --- parts -------------------------------------------------------------------------------------------------


def _page_in_order(search: Search, *, after: Cursor | None, size: int, held: Sequence[str]) -> Items:
    # Read before the records: they may be newer than this says, never older.
    told = version(search.realm)
    if told in held:
        return Items([], None, told)
    found = searching.page(search, after=after, size=size)
    entries = [row.entry_id for row in found.rows]
    texts = {int(entry or 0): text for entry, text in ask(_THESE, {"entries": entries})}
    return Items([text for entry in entries if (text := texts.get(entry))], found.after, told)


@cache
def _statement(conditions: str, most: int) -> str:
    return _PAGE.replace("<conditions>", conditions).replace("<most>", str(int(most)))


def _conditions(search: Search, after: Cursor | None) -> Iterator[str]:
    """`Search.heads()` in SQL. Codes of closed lists stand in the text: each gets the plan that suits it."""
    yield f"h.realm = {_code(search.realm)} AND h.technology = {_code(search.technology)}"
    yield {
        "standing": "NOT h.is_withdrawn AND NOT h.is_redacted",
        "withdrawn": "h.is_withdrawn",
        "redacted": "h.is_redacted",
    }[search.state]
    for name in ("tier", "origin", "status"):
        if wanted := getattr(search, name):
            yield f"h.{name} = {_code(wanted)}"
    if search.force is not None:
        yield "h.force_id = %(force)s"
    if search.year is not None:
        yield 'h."on" >= %(first)s AND h."on" <= %(last)s'
    if search.since is not None:
        yield 'h."on" >= %(since)s'
    if search.until is not None:
        yield 'h."on" <= %(until)s'
    if search.place:
        yield "(upper(h.place) LIKE upper(%(place)s) OR upper(h.area) LIKE upper(%(place)s))"
    for field in search.texts():
        yield f"h.{field} = %({field})s"
    for column, band in search.bands():
        if not band.has_number:
            yield f"h.{column} IS NULL"
        if band.least is not None:
            yield f"h.{column} >= {int(band.least)}"
        if band.most is not None:
            yield f"h.{column} <= {int(band.most)}"
    if after is not None:
        yield '(h."on", h.entry_id) < (%(on)s, %(entry)s)'


def _code(value: str) -> str:
    if not re.fullmatch("[a-z_]+", value):
        raise ValueError(value)
    return f"'{value}'"


def _values(search: Search, after: Cursor | None) -> dict[str, Any]:
    values: dict[str, Any] = {"realm": search.realm}
    if search.force is not None:
        values["force"] = search.force.pk
    if search.year is not None:
        first, last = search.month or 1, search.month or 12
        values["first"] = date(search.year, first, 1)
        values["last"] = date(search.year, last, calendar.monthrange(search.year, last)[1])
    values |= {name: day for name in ("since", "until") if (day := getattr(search, name)) is not None}
    if search.place:
        letters = re.sub(r"([\\%_])", r"\\\1", search.place)
        values["place"] = f"%{letters}%"
    values |= search.texts()
    if after is not None:
        values |= {"on": after.on, "entry": after.entry}
    return values
