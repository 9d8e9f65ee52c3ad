"""All records that a search finds, one after another, as they stand at one instant. Public; no scope is needed."""

from __future__ import annotations

from collections.abc import Iterator

from register.items import _ITEM, _JOINED, _MOMENT
from register.ordering import LATEST, NO_NUMBER, RELEVANCE, order_of
from register.search import Search
from register.streaming import Rows

AT_ONCE = 500  # records fetched in one go

# One statement sees one state: the count in it is the count of the rows that follow.
_ALL = f"""
SELECT (SELECT count(*) FROM (<heads>) AS c), {_ITEM}
  FROM (<heads>) AS h {_JOINED} ORDER BY <by> h."on" DESC, h.entry_id DESC
"""  # noqa: S608 - our own names
_BY = {
    LATEST: "",
    RELEVANCE: "(ts_rank(h.words, websearch_to_tsquery('english', %s)) * 1000000)::integer DESC,",
    "alerts": f"coalesce(h.alerts, {NO_NUMBER}) DESC,",
    "false_alerts": f"coalesce(h.false_alerts, {NO_NUMBER}) DESC,",
}

# What a later version took the place of, with the words of that version's own entry left to its revision.
_EARLIER = f"""
SELECT (SELECT count(*) FROM register_entry e JOIN register_head h ON h.reference = e.reference
         WHERE h.realm = %(realm)s AND e.id <> h.entry_id),
       '{{"reference":"' || e.reference || '","version":' || e.version || ',"act":"' || e.act
       || '","state":"' || CASE WHEN k.body IS NULL THEN 'redacted' ELSE 'superseded' END
       || '","reason":' || coalesce(to_json(CASE WHEN k.body IS NOT NULL THEN nullif(e.reason, '') END)::text, 'null')
       || ',"realm":"' || e.realm || '","tier":"' || e.tier || '","origin":"' || e.origin
       || '","force":{{"code":' || to_json(f.code)::text || ',"slug":' || to_json(f.slug)::text
       || ',"name":' || to_json(f.name)::text
       || '}},"entered_at":"' || {_MOMENT.format("e.entered_at")}
       || '","sha256":' || coalesce('"' || k.sha256 || '"', 'null')
       || ',"commitment":"' || e.commitment
       || '","document":' || coalesce(convert_from(k.body, 'UTF8'), 'null') || '}}'
  FROM register_entry e JOIN register_head h ON h.reference = e.reference
  JOIN forces_force f ON f.id = e.force_id
  LEFT JOIN register_entrybody k ON k.entry_id = e.id
 WHERE h.realm = %(realm)s AND e.id <> h.entry_id
 ORDER BY e.id DESC
"""  # noqa: S608 - our own names


class Records(Rows):
    """The records' texts in the order of the list, as the list gives them; `count` says how many there are."""

    def __init__(self, search: Search) -> None:
        heads, values = search.heads().query.sql_with_params()
        order = order_of(search)
        statement = _ALL.replace("<heads>", heads).replace("<by>", _BY[order])
        ranked = [search.q] if order == RELEVANCE else []
        super().__init__(statement, [*values, *values, *ranked], at_once=AT_ONCE)

    def __iter__(self) -> Iterator[str]:
        return (text for _count, text in self.rows())


class EarlierVersions(Rows):
    """Every version that another took the place of, as JSON, latest first: what the records do not hold themselves."""

    def __init__(self, realm: str) -> None:
        super().__init__(_EARLIER, {"realm": realm}, at_once=AT_ONCE)

    def __iter__(self) -> Iterator[str]:
        return (text for _count, text in self.rows())
