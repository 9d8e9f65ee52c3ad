"""A statistic as it is shown: a number or a code, never blank, with what it speaks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.collation.intervals import LARGEST_TRIALS, Interval, exact_interval
from coordination.collation.measures import FAR_FACES, FEWEST_ALERTS, Contribution, Measure, Rate


class Code(StrEnum):
    """The shorthand of government statistics, shown in square brackets.

    Source: Government Statistical Service, "Using symbols and shorthand in tables".
    """

    NOT_AVAILABLE = "x"
    NOT_APPLICABLE = "z"
    CONFIDENTIAL = "c"
    PROVISIONAL = "p"
    REVISED = "r"
    LOW_RELIABILITY = "u"
    ESTIMATED = "e"
    BREAK = "b"

    @property
    def shown(self) -> str:
        return f"[{self.value}]"


MEANINGS: dict[Code, str | Promise] = {
    Code.NOT_AVAILABLE: gettext_lazy("not available, or would mislead"),
    Code.NOT_APPLICABLE: gettext_lazy("not applicable"),
    Code.CONFIDENTIAL: gettext_lazy("confidential"),
    Code.PROVISIONAL: gettext_lazy("provisional"),
    Code.REVISED: gettext_lazy("revised"),
    Code.LOW_RELIABILITY: gettext_lazy(
        "low reliability: fewer than 30 alerts, or fewer than 5 false alerts to be expected"
    ),
    Code.ESTIMATED: gettext_lazy("estimated"),
    Code.BREAK: gettext_lazy("break in series: not comparable with the period before"),
}
INSTEAD_OF_A_NUMBER = frozenset({Code.NOT_AVAILABLE, Code.NOT_APPLICABLE, Code.CONFIDENTIAL})


@dataclass(frozen=True, slots=True)
class Tally:
    """What a set of records adds up to for one measure, and how many records gave a number or why not.

    `total` adds up the known numbers (for a rate, the numerators) and `base` the denominators.
    """

    total: int = 0
    base: int = 0
    known: int = 0
    not_published: int = 0
    not_applicable: int = 0
    aborted: int = 0
    misleading: int = 0

    @property
    def records(self) -> int:
        return self.known + self.not_published + self.not_applicable + self.aborted + self.misleading

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            self.total + other.total,
            self.base + other.base,
            self.known + other.known,
            self.not_published + other.not_published,
            self.not_applicable + other.not_applicable,
            self.aborted + other.aborted,
            self.misleading + other.misleading,
        )

    @classmethod
    def of(cls, contribution: Contribution) -> "Tally":
        """One record's contribution."""
        return cls(contribution.total, contribution.base, **{contribution.state.value: 1})

    @classmethod
    def sum(cls, tallies: Iterable["Tally"]) -> "Tally":
        added = cls()
        for tally in tallies:
            added = added + tally
        return added


@dataclass(frozen=True, slots=True)
class Figure:
    """One statistic: `number`, or `code` in its place, and never both.

    `number` is a whole number for a measure, and for a rate a share from 0 up or so many to its `per`; `marks` stand
    beside it. A rate carries its `numerator` and its `denominator`, a share also its exact 95% `interval`. `tally`
    says how many records gave the number and how many did not, and why.
    """

    measure: Measure | Rate
    tally: Tally
    number: int | float | None
    code: Code | None
    marks: tuple[Code, ...] = ()
    interval: Interval | None = None

    def __post_init__(self) -> None:
        if (self.number is None) == (self.code is None):
            raise ValueError("a figure is a number or a code: one of them, never both")
        if self.code is not None and self.code not in INSTEAD_OF_A_NUMBER:
            raise ValueError(f"{self.code.shown} stands beside a number, never in its place")
        if INSTEAD_OF_A_NUMBER.intersection(self.marks):
            raise ValueError("a code that stands in place of a number cannot mark one")

    @property
    def known(self) -> int:
        """How many records gave the number."""
        return self.tally.known

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.tally.records

    @property
    def is_rate(self) -> bool:
        return isinstance(self.measure, Rate)

    @property
    def is_share(self) -> bool:
        """Whether it is a share of 1, which people read as a percentage."""
        return isinstance(self.measure, Rate) and self.measure.is_share

    @property
    def numerator(self) -> int | None:
        return self.tally.total if self.is_rate and self.number is not None else None

    @property
    def denominator(self) -> int | None:
        return self.tally.base if self.is_rate and self.number is not None else None

    @property
    def status(self) -> str:
        """The codes without brackets, such as "x" or "e b"; empty for a plain number. For a status column."""
        return self.code.value if self.code else " ".join(mark.value for mark in self.marks)

    @property
    def meanings(self) -> tuple[str, ...]:
        """What its codes mean, in words."""
        codes = (self.code,) if self.code else self.marks
        return tuple(str(MEANINGS[code]) for code in codes)

    @property
    def completeness(self) -> str:
        """Of how many records it speaks, and why the others are silent: one or two plain sentences."""
        if not self.records:
            return _("No records. That does not mean that there were no deployments.")
        said = ngettext(
            "Known for %(known)d of %(records)d record.",
            "Known for %(known)d of %(records)d records.",
            self.records,
        ) % {"known": self.known, "records": self.records}
        reasons = [
            words % count
            for words, count in (
                (_("%d not published"), self.tally.not_published),
                (_("%d not applicable"), self.tally.not_applicable),
                (_("%d from aborted deployments"), self.tally.aborted),
                (_("%d left out because the source would mislead"), self.tally.misleading),
            )
            if count
        ]
        return said + (" " + _("The rest: %s.") % ", ".join(reasons) if reasons else "")


def figure(
    measure: Measure | Rate, tally: Tally, *, alerts: int | None = None, has_break: bool = False
) -> Figure:
    """The figure that a tally comes to.

    `alerts` is the number of alerts in the same period, by which a rate is judged reliable; `has_break` says
    that a break in series falls in the period.
    """
    if not tally.known:
        silent = tally.not_applicable + tally.aborted
        code = Code.NOT_APPLICABLE if tally.records and silent == tally.records else Code.NOT_AVAILABLE
        return Figure(measure, tally, None, code)
    marks = [Code.BREAK] if has_break else []
    if isinstance(measure, Measure):
        if measure.estimate:
            marks.insert(0, Code.ESTIMATED)
        return Figure(measure, tally, tally.total, None, tuple(marks))
    if not tally.base:
        return Figure(measure, tally, None, Code.NOT_APPLICABLE)
    if measure.numerator.estimate or measure.denominator.estimate:
        marks.insert(0, Code.ESTIMATED)
    if not measure.is_share:
        return Figure(measure, tally, tally.total * measure.per / tally.base, None, tuple(marks))
    judged_by = alerts if measure is FAR_FACES else tally.base
    if judged_by is None or judged_by < FEWEST_ALERTS:
        marks.insert(0, Code.LOW_RELIABILITY)
    # More false alerts than faces is a contradiction of the source: the rate is shown, an interval is not. Nor is it
    # beyond a hundred million trials, where the counts say all there is to say and the exact one takes too long.
    has_interval = tally.total <= tally.base <= LARGEST_TRIALS
    interval = exact_interval(tally.total, tally.base) if has_interval else None
    return Figure(measure, tally, tally.total / tally.base, None, tuple(marks), interval)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many forces a figure speaks.

    `counted` of `territorial` forces have at least one record; `others` names bodies outside the territorial
    forces that have one (British Transport Police, for example). They are never counted among the 43.
    """

    counted: int
    territorial: int
    others: tuple[str, ...] = ()
    made_up: bool = False

    @property
    def phrase(self) -> str:
        """Such as "records from 1 of 43 forces"."""
        words = (
            ngettext(
                "records from %(counted)d of %(of)d made-up force",
                "records from %(counted)d of %(of)d made-up forces",
                self.territorial,
            )
            if self.made_up
            else ngettext(
                "records from %(counted)d of %(of)d force",
                "records from %(counted)d of %(of)d forces",
                self.territorial,
            )
        )
        return words % {"counted": self.counted, "of": self.territorial}

    @property
    def sentence(self) -> str:
        """The phrase as a sentence, with the other bodies named beside it."""
        said = self.phrase[:1].upper() + self.phrase[1:] + "."
        if not self.others:
            return said
        also = _("Also from %(bodies)s, not counted among the %(of)d.") % {
            "bodies": _(" and ").join([", ".join(self.others[:-1]), self.others[-1]])
            if len(self.others) > 1
            else self.others[0],
            "of": self.territorial,
        }
        return f"{said} {also}"
