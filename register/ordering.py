"""In which order records are listed, and where in it a page begins."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.search import SearchRank
from django.db.models import F, IntegerField, Q
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy

from register.words import query

if TYPE_CHECKING:
    from register.models import HeadQuerySet
    from register.search import Search

LATEST, RELEVANCE = "latest", "relevance"
SORTS = {
    LATEST: gettext_lazy("Latest first"),
    RELEVANCE: gettext_lazy("Best match first"),
    "false_alerts": gettext_lazy("Most false alerts first"),
    "alerts": gettext_lazy("Most alerts first"),
}
# Of more than this many the best are not looked for: each would have to be read. The latest come first instead.
MOST_RANKED = 5_000
# What stands for a number that the record does not give: such records come last, below those that say none.
NO_NUMBER = -1
CURSOR = "[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{1,18}(_(-1|[0-9]{1,10}))?"
# A rank is a fraction; pages begin at whole numbers.
FINENESS = 1_000_000


class Cursor(NamedTuple):
    """The last record of a page, written `2024-04-06_1234`: the next page begins after it.

    In an order other than by day its number in that order follows: `2024-04-06_1234_27`.
    """

    on: date
    entry: int
    score: int | None = None

    def __str__(self) -> str:
        score = "" if self.score is None else f"_{self.score}"
        return f"{self.on.isoformat()}_{self.entry}{score}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises ValueError for what was never written here."""
        if not re.fullmatch(CURSOR, text):
            raise ValueError(text)
        on, entry, *score = text.split("_")
        return cls(date.fromisoformat(on), int(entry), int(score[0]) if score else None)


def order_of(search: Search, after: Cursor | None = None) -> str:
    """The order that is kept: as asked for; by the best match where words are looked for and not too many hold them.

    A page that follows another keeps to the order of that one, however many there are by now.
    """
    if not search.q or search.sort not in ("", RELEVANCE):
        return search.sort or LATEST
    if after is not None:
        return LATEST if after.score is None else RELEVANCE
    return RELEVANCE if search.heads()[: MOST_RANKED + 1].count() <= MOST_RANKED else LATEST


def fits(search: Search, after: Cursor) -> bool:
    """Whether a page of this search can have ended there.

    An address can say that a list is by the best match however many hold the words: a list may grow to twice as many
    while somebody turns its pages, and what is beyond was never begun.
    """
    if search.q and search.sort in ("", RELEVANCE):
        most = 2 * MOST_RANKED
        return after.score is None or search.heads()[: most + 1].count() <= most
    return (after.score is None) == (search.sort in ("", LATEST))


def score(order: str, words: str) -> Any:
    """What records are put in order by before their day, greatest first: a whole number."""
    if order == RELEVANCE:
        return Cast(SearchRank(F("words"), query(words)) * FINENESS, IntegerField())
    return Coalesce(F(order), NO_NUMBER)


def ordered(found: HeadQuerySet, order: str, words: str, after: Cursor | None) -> HeadQuerySet:
    """The records in that order, from where a page begins; with their `score` unless it is by day."""
    if order != LATEST:
        found = found.annotate(score=score(order, words)).order_by(F("score").desc(), "-on", "-entry_id")
    else:
        found = found.latest_first()
    if after is None:
        return found
    # The first condition alone lets the index find the place; the second is exact.
    earlier = Q(on__lt=after.on) | Q(on=after.on, entry_id__lt=after.entry)
    if order == LATEST:
        return found.filter(on__lte=after.on).filter(earlier)
    last, before = Q(("score", after.score)), Q(("score__lt", after.score))
    return found.filter(Q(("score__lte", after.score))).filter(before | (last & earlier))
