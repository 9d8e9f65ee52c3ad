"""A running sum: month by month, and the day on which it reached a claimed value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.collation.reconciliation.ledger import Lump, Question, days
from register.models import Tier

Counts = Callable[[Lump], bool]


@dataclass(frozen=True, slots=True)
class Passing:
    """Where a running sum meets a value: equal from the end of one day to the end of another, or stepped over.

    `equal_from` and `equal_to` are both None where no day's end makes it equal. `passed_on` is the first day at
    whose end it was more, None if it never was.
    """

    equal_from: date | None
    equal_to: date | None
    passed_on: date | None


def own(lump: Lump) -> bool:
    """From the force's own record."""
    return lump.tier == Tier.PRIMARY


def with_others(lump: Lump) -> bool:
    """From the force's own record, or from another source and not of a day that the force's own record has."""
    return own(lump) or not lump.doubled


def by_month(
    found: Iterable[Lump], counts: Counts, before: Sequence[tuple[date, int]] = ()
) -> dict[date, int]:
    """The running sum at the end of each month in which it changes, by the first day of the month.

    `before` are sums known of times without records, each with its last day: they are added in from there on.
    """
    changes: dict[date, int] = {}
    for on, total in before:
        changes[on.replace(day=1)] = changes.get(on.replace(day=1), 0) + total
    for lump in found:
        if counts(lump):
            month = lump.first.replace(day=1)
            changes[month] = changes.get(month, 0) + lump.tally.total
    sums, running = {}, 0
    for month in sorted(changes):
        running += changes[month]
        sums[month] = running
    return sums


def passing(
    question: Question,
    found: Sequence[Lump],
    value: int,
    counts: Counts,
    before: Sequence[tuple[date, int]] = (),
) -> Passing | None:
    """Where the running sum meets the value; None if it does not reach it in the period, or the value is 0.

    Figures are never below zero, so the sum never falls and meets the value once.
    """
    if value <= 0:
        return None
    sums = by_month(found, counts, before)
    months = [month for month, total in sums.items() if total >= value]
    if not months:
        return None
    equal_from = None
    for on, total in _daily(question, sums, months, counts, before):
        if total == value and equal_from is None:
            equal_from = on
        if total > value:
            return Passing(equal_from, on - timedelta(days=1) if equal_from else None, on)
    return Passing(equal_from, question.last, None)


def _daily(
    question: Question,
    sums: dict[date, int],
    months: Sequence[date],
    counts: Counts,
    before: Sequence[tuple[date, int]],
) -> Iterator[tuple[date, int]]:
    """The running sum at the end of each day on which it changes, in the first of these months and those after it.

    A month is read only when it is asked for: of a long history, one or two.
    """
    for month in months:
        earlier = [total for other, total in sums.items() if other < month]
        running = earlier[-1] if earlier else 0
        changes: dict[date, int] = {}
        for on, total in before:
            if on.replace(day=1) == month:
                changes[on] = changes.get(on, 0) + total
        for lump in days(question, month):
            if counts(lump):
                changes[lump.first] = changes.get(lump.first, 0) + lump.tally.total
        for on in sorted(changes):
            running += changes[on]
            yield on, running
