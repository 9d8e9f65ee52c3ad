"""Looking for words in records: what may be looked for, and where in a record it stands.

Heads keep the words of what stands, put there by the database (migrations/0011). A record that is withdrawn or
removed has none. See docs/decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.search import SearchQuery
from django.db import InternalError, connection, transaction
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from register.search import Reader

LONGEST = 200
# Documents hold no control characters, so these mark what was found and nothing else.
BEGIN, END = "\x02", "\x03"
# Characters of a long text that are shown before the first word found, and altogether.
BEFORE, SHOWN = 60, 180

_SENSE = "SELECT numnode(q), querytree(q) FROM websearch_to_tsquery('english', %s) AS q"
_FOUND = """
SELECT kept.entry_id, told.field,
       ts_headline('english', told.said, websearch_to_tsquery('english', %(words)s), %(how)s)
  FROM register_entrybody kept CROSS JOIN LATERAL register_texts(convert_from(kept.body, 'UTF8')::jsonb) told
 WHERE kept.entry_id = ANY (%(entries)s) ORDER BY kept.entry_id, told.weight, told.place
"""
_HOW = f"HighlightAll=true,StartSel={BEGIN},StopSel={END}"


class Part(NamedTuple):
    """Some text of an excerpt, and whether it is what was looked for."""

    text: str
    is_found: bool


class Excerpt(NamedTuple):
    """Where words were found: the document's field, with points between its names, and the text round them."""

    field: str
    parts: tuple[Part, ...]


def query(words: str) -> SearchQuery:
    """Words in any order, “several words” as they stand, `-word` for what must not be there, `or` between two."""
    return SearchQuery(words, config="english", search_type="websearch")


def read(ask: Reader, name: str = "q") -> str:
    """The words to look for. What is wrong with them waits in `ask`."""
    words = ask.text(name, 1, LONGEST)
    if not words:
        return ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SENSE, [words])
            ((nodes, indexed),) = cursor.fetchall()
    except InternalError:
        # PostgreSQL reads no more than 32 signs before one word, such as a line drawn with hyphens.
        ask.refuse(name, _("Take out signs that stand in a row, such as hyphens."))
        return ""
    if not nodes:
        ask.refuse(
            name,
            _(
                "These words cannot be looked for: “the”, “of” and the like stand in almost every text. Give a word "
                "that tells records apart, such as the name of a place."
            ),
        )
    elif indexed == "T":
        ask.refuse(
            name,
            _("Give a word that the records do hold as well: a search cannot be only for what they lack."),
        )
    else:
        return words
    return ""


def excerpts(words: str, entries: Iterable[int]) -> dict[int, list[Excerpt]]:
    """By entry, each text of its document in which something was found, what matters most first."""
    asked = list(entries)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, {"words": words, "how": _HOW, "entries": asked})
        rows = cursor.fetchall()
    found: dict[int, list[Excerpt]] = {}
    for entry, field, marked in rows:
        if BEGIN in marked:
            found.setdefault(entry, []).append(Excerpt(field, tuple(_parts(_cut(marked)))))
    return found


def _cut(marked: str) -> str:
    """A long text round the first word found, from a word's beginning to a word's end."""
    if len(marked) <= SHOWN:
        return marked
    first = marked.index(BEGIN)
    start = 0 if first <= BEFORE else max(marked.find(" ", first - BEFORE, first), first - BEFORE) + 1
    stop = len(marked)
    if start + SHOWN < stop:
        stop = max(marked.rfind(" ", start, start + SHOWN), marked.index(END, first) + 1)
    cut = marked[start:stop]
    if cut.count(BEGIN) > cut.count(END):
        cut += END
    return ("… " if start else "") + cut + (" …" if stop < len(marked) else "")


def _parts(marked: str) -> Iterator[Part]:
    for text in re.split(f"({BEGIN}[^{END}]*{END})", marked):
        if text:
            yield Part(text.strip(BEGIN + END), text.startswith(BEGIN))
