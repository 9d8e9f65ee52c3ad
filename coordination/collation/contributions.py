"""How one published record adds to a statistic: a number, or one of four reasons why it has none."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

Document = Mapping[str, Any]


class State(StrEnum):
    """What a record says about one measure. The four after `known` are four different things besides zero."""

    KNOWN = "known"
    NOT_PUBLISHED = "not_published"  # the figure may exist, the source does not give it
    NOT_APPLICABLE = "not_applicable"  # the question does not arise
    ABORTED = "aborted"  # the deployment was stopped before it could give the figure
    MISLEADING = "misleading"  # the source prints something that would mislead


# Where several inputs of one measure are missing for different reasons, the first of these is told.
PRECEDENCE = (State.ABORTED, State.MISLEADING, State.NOT_PUBLISHED, State.NOT_APPLICABLE)


class Contribution(NamedTuple):
    """What one record adds to one cell: a number and, for a rate, its denominator; or why there is none."""

    state: State
    total: int = 0
    base: int = 0


class Value(NamedTuple):
    """One figure of one document: a number if known, otherwise the state says why not."""

    number: int | None
    state: State


def first_reason(missing: set[State]) -> State:
    """The one reason to tell where there are several."""
    return next(state for state in PRECEDENCE if state in missing)


def value(document: Document, field: str) -> Value:
    """A figure of the document, or the duration or watchlist size, with why it is missing."""
    figures = document["figures"]
    number = figures[field] if field in figures else document.get(field)
    if number is not None:
        return Value(number, State.KNOWN)
    if field in document["absent"]:
        return Value(None, State(document["absent"][field]["code"]))
    return Value(None, State.ABORTED if document["status"] == "aborted" else State.NOT_PUBLISHED)


def figure_as_given(field: str) -> Callable[[Document], Contribution]:
    """The figure as it stands."""

    def contribute(document: Document) -> Contribution:
        number, state = value(document, field)
        return Contribution(state, number or 0)

    return contribute


def sum_of(*fields: str) -> Callable[[Document], Contribution]:
    """All of these added up; unknown as soon as one of them is, since a part is not the whole."""

    def contribute(document: Document) -> Contribution:
        values = [value(document, field) for field in fields]
        missing = {part.state for part in values} - {State.KNOWN}
        if missing:
            return Contribution(first_reason(missing))
        return Contribution(State.KNOWN, sum(part.number or 0 for part in values))

    return contribute


def total_or_parts(total: str, *parts: str) -> Callable[[Document], Contribution]:
    """The total as given; where none is given, its parts added up."""
    parts_added = sum_of(*parts)

    def contribute(document: Document) -> Contribution:
        given = value(document, total)
        if given.number is not None:
            return Contribution(State.KNOWN, given.number)
        added = parts_added(document)
        if added.state is State.KNOWN:
            return added
        return Contribution(first_reason({given.state, added.state}))

    return contribute


def undivided_true_alerts(document: Document) -> Contribution:
    """True alerts that the record gives as one total and does not divide into confirmed and unconfirmed."""
    total = value(document, "true_alerts")
    parts = [value(document, field) for field in ("true_alerts_confirmed", "true_alerts_unconfirmed")]
    if all(part.number is not None for part in parts):
        return Contribution(State.NOT_APPLICABLE)
    return Contribution(total.state, total.number or 0)


def every_record(document: Document) -> Contribution:
    return Contribution(State.KNOWN, 1)


def aborted(document: Document) -> Contribution:
    return Contribution(State.KNOWN, int(document["status"] == "aborted"))
