"""Records as text, put together by PostgreSQL: what the register knows about each, round the stored bytes.

Building it there costs a tenth of what objects and an encoder cost, and the document inside is the very bytes of the
entry. See docs/decisions/0050. Public; no scope is needed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection

from register.search import Cursor, Page, Search, heads_after

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
|| '","sha256":' || coalesce('"' || encode(sha256(k.body), 'hex') || '"', 'null')
|| ',"commitment":"' || e.commitment
|| '","document":' || coalesce(convert_from(k.body, 'UTF8'), 'null') || '}}'
"""

_JOINED = """
  JOIN register_entry e ON e.id = h.entry_id JOIN forces_force f ON f.id = h.force_id
  LEFT JOIN register_entrybody k ON k.entry_id = h.entry_id
"""

_PAGE = f"""
SELECT h."on", h.entry_id, {_ITEM} FROM (<heads>) AS h {_JOINED} ORDER BY h."on" DESC, h.entry_id DESC
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
  FROM register_head h {_JOINED} WHERE h.reference = %s AND h.realm = %s
"""  # noqa: S608 - our own names


class Item(NamedTuple):
    """One record: its text, the salt of its document in hex (None once removed), and every version, newest first."""

    version: int
    salt: str | None
    text: str
    versions: list[dict[str, Any]]


def page(search: Search, *, after: Cursor | None, size: int) -> Page:
    """One page of the records found, latest first: their texts, and where the next page begins."""
    heads, values = heads_after(search, after)[: size + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.replace("<heads>", heads), values)
        rows = cursor.fetchall()
    more = len(rows) > size
    rows = rows[:size]
    return Page([row[2] for row in rows], Cursor(rows[-1][0], rows[-1][1]) if more else None)


def one(reference: str, *, realm: str) -> Item | None:
    """The record of that reference, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [reference, realm])
        row = cursor.fetchone()
    return None if row is None else Item(*row)
