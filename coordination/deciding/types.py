"""Kinds of decision. A part of the service declares what waits in it; the queue does the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import QuerySet

from forces.capabilities import Capability
from forces.models import Person
from forces.words import Words

_CODE = re.compile(r"[a-z][a-z-]{1,29}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide. `code` is stored and never changes; `warns`: it cannot be taken back."""

    code: str
    label: Words
    hint: Words = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the evidence. With `href` the value leads there."""

    label: Words
    value: Any
    href: str = ""


class Deciding(Protocol):
    """Calls the one action that changes something, and returns a sentence that says what was done.

    The action asks for the right, moves state with a guarded update and refuses what does not wait any more.
    """

    def __call__(self, row: Any, /, *, choice: str, reason: str, by: Person, at: datetime) -> str: ...


def nobody(_row: Any) -> Collection[int]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionType:
    """A kind of thing that waits for a person at the centre.

    `code` is stored and stands in addresses: it never changes. `capability` is the right of whoever may decide.
    `waiting` gives the rows that wait now; the queue filters, counts and slices them, in the national scope.
    `since`, `force` and `key` name fields of these rows: since when one waits, whose it is ("" for the centre's),
    and what stands in its address. `due` is how long it may wait, or names the field that holds its deadline.
    `say` is what one row is called in a list; `evidence` is what the person looks at before deciding.
    Without `choices` it is decided elsewhere, and the evidence leads there.
    With `second_person` the first decision is a proposal that somebody else confirms or declines. Where the action
    asks for two people itself, `not_by` gives the ids of those who may not decide a row instead.
    """

    code: str
    title: Words
    capability: Capability
    waiting: Callable[[], QuerySet[Any]]
    since: str
    say: Callable[[Any], str]
    evidence: Callable[[Any], Sequence[Fact]]
    choices: Sequence[Choice] = ()
    decide: Deciding | None = None
    due: timedelta | str | None = None
    force: str = "force"
    key: str = "pk"
    second_person: bool = False
    not_by: Callable[[Any], Collection[int]] = nobody
    hint: Words = ""  # in the queue: what follows while it waits
    caution: Words = ""  # beside the evidence: what must be known before deciding
    list_at: str = ""  # name of the address that lists all of them, decided ones too

    def choice(self, code: str) -> Choice | None:
        return next((each for each in self.choices if each.code == code), None)


TYPES: dict[str, DecisionType] = {}


def register(kind: DecisionType) -> DecisionType:
    """Put a kind of decision into the queue. Raises ValueError for a code that is taken or not one."""
    if not _CODE.fullmatch(kind.code):
        raise ValueError(f"{kind.code!r} is not a code such as 'urgent-authority'.")
    if kind.code in TYPES:
        raise ValueError(f"Two kinds of decision are called {kind.code}.")
    if bool(kind.choices) != (kind.decide is not None):
        raise ValueError(f"{kind.code}: choices and what carries them out come together.")
    if kind.second_person and not kind.choices:
        raise ValueError(f"{kind.code}: nobody can propose where there is no choice.")
    TYPES[kind.code] = kind
    return kind
