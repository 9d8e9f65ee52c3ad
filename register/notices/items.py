"""Notices as text, put together by PostgreSQL round the stored bytes, as those of results are (register/items.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from register.items import _MOMENT
from register.models import NoticeHead
from register.notices import queries
from register.notices.queries import Wanted
from register.ordering import Cursor
from register.streaming import Rows

AT_ONCE = 500

_FORCE = """
'"force":{"code":' || to_json(f.code)::text || ',"slug":' || to_json(f.slug)::text
|| ',"name":' || to_json(f.name)::text || '}'
"""
_STATE = "CASE WHEN k.body IS NULL THEN 'redacted' ELSE {} END"
_DOCUMENT = """
'","sha256":' || coalesce('"' || k.sha256 || '"', 'null') || ',"commitment":"' || e.commitment
|| '","document":' || coalesce(convert_from(k.body, 'UTF8'), 'null') || '}'
"""
_ITEM = f"""
'{{"reference":"' || h.reference || '","version":' || h.version || ',"act":"' || e.act
|| '","state":"' || {_STATE.format("'standing'")}
|| '","reason":' || coalesce(to_json(CASE WHEN k.body IS NOT NULL THEN nullif(e.reason, '') END)::text, 'null')
|| ',"realm":"' || h.realm || '",' || {_FORCE}
|| ',"first_entered_at":"' || {_MOMENT.format("h.first_entered_at")}
|| '","entered_at":"' || {_MOMENT.format("h.entered_at")} || {_DOCUMENT}
"""
_JOINED = """
  JOIN register_entry e ON e.id = h.entry_id JOIN forces_force f ON f.id = h.force_id
  LEFT JOIN register_entrybody k ON k.entry_id = h.entry_id
"""
_THESE = f"SELECT h.entry_id, {_ITEM} FROM register_noticehead h {_JOINED} WHERE h.entry_id = ANY (%s)"  # noqa: S608

_ONE = f"""
SELECT h.version, encode(k.salt, 'hex'), {_ITEM},
       (SELECT json_agg(json_build_object(
                   'version', v.version, 'act', v.act, 'reason', CASE WHEN r.id IS NULL THEN nullif(v.reason, '') END,
                   'schema', v.schema, 'entered_at', {_MOMENT.format("v.entered_at")},
                   'commitment', v.commitment, 'redacted', CASE WHEN r.id IS NOT NULL THEN json_build_object(
                       'at', {_MOMENT.format("r.redacted_at")}, 'reason', r.public_reason) END)
               ORDER BY v.version DESC)
          FROM register_entry v LEFT JOIN register_redaction r ON r.entry_id = v.id
         WHERE v.reference = h.reference)
  FROM register_noticehead h {_JOINED} WHERE h.reference = %s AND h.realm = %s
"""  # noqa: S608 - our own names

_EVERY = f"""
SELECT count(*) OVER (),
       '{{"reference":"' || e.reference || '","version":' || e.version || ',"act":"' || e.act
       || '","state":"'
       || {_STATE.format("CASE WHEN e.id = h.entry_id THEN 'standing' ELSE 'superseded' END")}
       || '","reason":' || coalesce(to_json(CASE WHEN k.body IS NOT NULL THEN nullif(e.reason, '') END)::text, 'null')
       || ',"realm":"' || e.realm || '",' || {_FORCE}
       || ',"entered_at":"' || {_MOMENT.format("e.entered_at")} || {_DOCUMENT}
  FROM register_noticehead h JOIN register_entry e ON e.reference = h.reference
  JOIN forces_force f ON f.id = e.force_id
  LEFT JOIN register_entrybody k ON k.entry_id = e.id
 WHERE h.realm = %(realm)s ORDER BY e.id DESC
"""  # noqa: S608 - our own names


class Page(NamedTuple):
    """The notices' texts, soonest first, and where the next page begins, None on the last."""

    texts: list[str]
    after: Cursor | None


class One(NamedTuple):
    """One notice: its text, the salt of its document in hex (None once removed), and every version, newest first."""

    version: int
    salt: str | None
    text: str
    versions: list[dict[str, Any]]


def page(wanted: Wanted, *, after: Cursor | None, size: int) -> Page:
    """One page, in two queries."""
    found = queries.page(wanted.heads(), after=after, size=size)
    texts = _texts(found.heads)
    return Page([texts[head.entry_id] for head in found.heads if head.entry_id in texts], found.after)


def _texts(heads: Iterable[NoticeHead]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_THESE, [[head.entry_id for head in heads]])
        return dict(cursor.fetchall())


def one(reference: str, *, realm: str) -> One | None:
    """The notice of that reference, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [reference, realm])
        row = cursor.fetchone()
    if row is None:
        return None
    version, salt, text, versions = row
    return One(version, salt, text, versions if isinstance(versions, list) else json.loads(versions))


class EveryVersion(Rows):
    """Every version of every notice of a realm as JSON, latest first; `count` says how many there are."""

    def __init__(self, realm: str) -> None:
        super().__init__(_EVERY, {"realm": realm}, at_once=AT_ONCE)

    def __iter__(self) -> Any:
        return (text for _count, text in self.rows())
