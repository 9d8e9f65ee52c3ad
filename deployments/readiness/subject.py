"""What is judged: a plan, or a record that a force published, as plain values. Checks look at nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from deployments.readiness.services import NOT_RECORDED, NOTHING_RECORDED, Answers, NotRecorded

UNDER_18 = "under_18"  # beside the codes of watchlist categories: what is authorised separately


class CannotTell(Exception):
    """A rule cannot be judged from what is known. `words` say what is wanting; `by_when`, until when it may come."""

    def __init__(self, words: str, by_when: datetime | None = None) -> None:
        super().__init__(words)
        self.words, self.by_when = words, by_when


@dataclass(frozen=True, slots=True)
class Given:
    """An authority, given or about to be. `by` is a person's id; `at` when it was recorded."""

    kind: str
    by: int
    rank: str
    roles: tuple[str, ...]
    separately: frozenset[str]
    at: datetime
    given_at: datetime | None = None  # by word of mouth
    confirm_by: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_rank: str = ""

    @property
    def is_urgent(self) -> bool:
        return self.kind == "urgent_oral"


@dataclass(frozen=True, slots=True)
class Told:
    """What the public was told of it, and when. `deferred_until` is the day on which a deferral is looked at again."""

    at: datetime | None = None
    short_because: str = ""
    deferred: bool = False
    deferred_until: date | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    role: str
    at: datetime
    document: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A document that a force has published, in the version that stands on the day."""

    id: int
    kind: str
    title: str
    version: str
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Subject:
    """One deployment, planned or published.

    `said` holds answers by task and question (`deployments.planning.fields`). An answer that is not there is wanting in
    a plan, and not published in a record. `on` is the day of its start in Europe/London, `at` the moment of judging.
    """

    reference: str
    technology: str
    on: date | None
    at: datetime
    said: Mapping[str, Mapping[str, Any]]
    is_record: bool = False
    to_confirm: Mapping[str, frozenset[str]] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    authors: frozenset[int] = frozenset()
    is_urgent: bool = False
    authority: Given | None = None
    told: Told = Told()
    attested: Mapping[str, Attested] = field(default_factory=dict)
    overridden: frozenset[str] = frozenset()
    documents: Mapping[str, Held] | NotRecorded = NOT_RECORDED
    algorithm_for: str | None = None  # the technology its algorithm is for
    published_at: datetime | None = None  # its result, on the national register
    answers: Answers = NOTHING_RECORDED
    phases: frozenset[str] = frozenset({"plan"})  # those that are reached

    def tell(self, task: str, name: str) -> Any:
        """An answer, or None where the plan has none.

        Raises CannotTell for a copied answer that nobody has confirmed, and for what a record does not say.
        """
        value = self.said.get(task, {}).get(name)
        if self.is_record:
            if value in (None, "", []):
                raise CannotTell(_("It cannot be judged from what was published."))
            return value
        if name in self.to_confirm.get(task, ()):
            raise CannotTell(_("The answer was copied from an earlier plan, and nobody has confirmed it."))
        return None if value in ("", []) else value

    def categories(self) -> list[str] | None:
        """Codes of its watchlist categories; None where the plan names none."""
        named = self.tell("watchlist", "categories")
        return [each["code"] for each in named] if named is not None else None

    @property
    def is_over(self) -> bool:
        return self.is_record or (self.ends_at is not None and self.ends_at <= self.at)
