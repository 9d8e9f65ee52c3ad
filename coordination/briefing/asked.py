"""What a question asks, in the words of a public address: a published table, or the list of deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext as _

from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    BY_CODE,
    DEPLOYMENTS,
    FALSE_ALERTS,
    MEASURES,
    Measure,
    Rate,
)
from coordination.collation.published.declaration import Published
from coordination.collation.published.questions import Question
from coordination.collation.published.tables import by_code
from forces.models import Realm
from register.models import Tier
from register.search import PARAMETERS, STATES, TECHNOLOGIES, InvalidSearch, Reader, Search

REALM = Realm.NATIONAL.value
RECORDS = "deployments"
# What the list's address may also hold: where a page of it begins, in which order, and of what it shows the total.
BESIDE = ("after", "sort", "measure")
# What is said of the records of a list where nobody chose.
USUAL = (DEPLOYMENTS, ALERTS, FALSE_ALERTS, ARRESTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """`table` or, where None, the list of records: with what its address narrows it to.

    Of a table `question` is what is asked; `search` finds the records behind everything that is asked, of both kinds
    of source where a list names none.
    """

    code: str
    words: Mapping[str, str]
    table: Published | None
    question: Question | None
    search: Search

    @classmethod
    def read(cls, code: str, given: Mapping[str, Sequence[str]]) -> Self:
        """Raises InvalidSearch with everything that is wrong with it."""
        if code == RECORDS:
            return cls._of_records(given)
        published = by_code().get(code)
        if published is None:
            raise InvalidSearch({"address": [_("There is no such table any more.")]})
        question = Question.read(Reader(given, blank_is_absent=True), published, realm=REALM)
        words = question.words(published)
        return cls(code, words, published, question, _behind(question))

    @classmethod
    def stored(cls, code: str, words: Mapping[str, str]) -> Self:
        """As a question keeps it."""
        return cls.read(code, {name: [word] for name, word in words.items()})

    @classmethod
    def _of_records(cls, given: Mapping[str, Sequence[str]]) -> Self:
        given = {name: word for name, word in given.items() if name not in BESIDE and any(word)}
        ask = Reader(given)
        ask.only(PARAMETERS)
        search = Search.read(ask, realm=REALM)
        if search.state != "standing":
            ask.refuse("state", _("Leave this out: an answer is made from records that stand."))
        ask.finish()
        words = {name: given[name][0] for name in PARAMETERS if name in given}
        return cls(RECORDS, words, None, None, search)

    @property
    def query(self) -> str:
        return urlencode(self.words)

    @property
    def tiers(self) -> tuple[str, ...]:
        """The kinds of source that are answered for, each apart."""
        if self.question is not None:
            return (self.question.tier,)
        return (self.search.tier,) if self.search.tier else tuple(Tier.values)

    @property
    def measures(self) -> tuple[Measure | Rate, ...]:
        """What can be given."""
        return self.table.measures if self.table is not None else MEASURES

    def chosen(self, codes: Sequence[str]) -> tuple[Measure | Rate, ...]:
        """These of them, always with the deployments first; where none is chosen, the usual ones."""
        usual = self.measures if self.table is not None else USUAL
        wanted = {BY_CODE[code] for code in codes if code in BY_CODE} or set(usual)
        return (DEPLOYMENTS, *(each for each in self.measures if each in wanted and each is not DEPLOYMENTS))

    @property
    def narrowed(self) -> list[str]:
        """What it is narrowed to, in words: "force: kent", "from: 2024"."""
        named = {
            "force": _("force: %s"),
            "tier": _("source: %s"),
            "origin": _("entered by: %s"),
            "year": _("year: %s"),
            "month": _("month: %s"),
            "from": _("from year: %s"),
            "to": _("to year: %s"),
            "since": _("from day: %s"),
            "until": _("to day: %s"),
            "status": _("status: %s"),
            "state": _("records: %s"),
            "technology": _("technology: %s"),
            "place": _("place: %s"),
            "use_case": _("use case: %s"),
            "algorithm": _("algorithm: %s"),
            "threshold": _("threshold: %s"),
            "watchlist": _("watchlist size: %s"),
            "published": _("time to publish: %s"),
            "false_alerts": _("false alerts: %s"),
            "q": _("words: %s"),
        }
        said = {"state": STATES, "technology": TECHNOLOGIES, "tier": dict(Tier.choices)}
        return [
            named.get(name, f"{name}: %s") % str(said.get(name, {}).get(word, word))
            for name, word in self.words.items()
        ]


def _behind(question: Question) -> Search:
    """All records that the table's figures are made from."""
    asked = {name: [str(word)] for name, word in question.years_asked().items()}
    ask = Reader(asked | {"tier": [question.tier], "technology": [question.technology]})
    if question.force is not None:
        ask.given["force"] = [question.force.slug]
    search = Search.read(ask, realm=question.realm)
    ask.finish()
    return search


def from_query(code: str, query: str) -> Asked:
    """By the query string of an address. Raises InvalidSearch."""
    return Asked.read(code, parse_qs(query, keep_blank_values=True, max_num_fields=50))
