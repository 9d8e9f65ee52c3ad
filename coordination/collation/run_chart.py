"""Run charts: has a force's monthly figure changed, or does it only vary as figures do?

The method: draw the months of one series round their median. If nothing changed, a month falls above or below it as a
coin falls. Two things then seldom happen, and each is a signal of change:

* a run of more months on one side of the median than log2(n) + 3, rounded;
* fewer crossings of the median than the 5th percentile of tosses of n - 1 coins.

n is the number of months that are not on the median themselves. Both rules, and their use together, are those of Anhøj
and Olesen, "Run charts revisited: a simulation study of run chart rules for detection of non-random variation in health
care processes", PLoS ONE 9(11), 2014. They ask nothing of the distribution, so they hold for counts, rates and
estimates, and for months of few alerts. How often they cry wolf is worked out in `false_alarm_rate`.

A signal is a sign that something changed, no proof, and not of what or that it is for the worse: the number of
deployments, the places and the watchlists change too. Months on both sides of a break in series are never one chart.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.models import Span
from coordination.collation.queries import Figures, Period
from coordination.collation.series import breaks_within

# Fewer months off the median than this, and nothing is looked for.
FEWEST_MONTHS = 12
FEW_CROSSINGS = 0.05
# Looked at anew with each month from the twelfth on, how many charts in which nothing changes have signalled at least
# once by the sixtieth month: by simulation, which tests/coordination/collation/test_run_chart.py repeats.
SIGNALLED_ONCE_IN_FIVE_YEARS = 0.19


class Month(NamedTuple):
    """`starts_on` is the first day of the month."""

    starts_on: date
    value: float


class Rule(StrEnum):
    LONG_RUN = "long_run"
    FEW_CROSSINGS = "few_crossings"


@dataclass(frozen=True, slots=True)
class RunChart:
    """The months of one series. `off_median` is how many months are not on the median: n of the rules.

    `signals` are the rules that say that something changed, none if nothing does or if there are too few months
    (`is_judged` false). `longest` are the months of the longest run on one side.
    """

    months: tuple[Month, ...]
    median: float
    off_median: int
    crossings: int
    fewest_crossings: int
    longest: tuple[Month, ...]
    longest_run: int
    signals: tuple[Rule, ...]

    @property
    def is_judged(self) -> bool:
        return self.off_median >= FEWEST_MONTHS

    @property
    def said(self) -> str:
        """What the chart shows, in a sentence or two."""
        if not self.is_judged:
            return _("Too few months to tell change from chance: %(months)d of %(fewest)d.") % {
                "months": self.off_median,
                "fewest": FEWEST_MONTHS,
            }
        if not self.signals:
            return _("No sign of change: the months vary round their median as chance would have it.")
        words = []
        if Rule.LONG_RUN in self.signals:
            words.append(
                _(
                    "%(months)d months in a row are on one side of the median; chance seldom gives more than %(most)d."
                )
                % {"months": len(self.longest), "most": self.longest_run}
            )
        if Rule.FEW_CROSSINGS in self.signals:
            words.append(
                ngettext(
                    "The months cross the median %(times)d time; chance seldom gives fewer than %(fewest)d.",
                    "The months cross the median %(times)d times; chance seldom gives fewer than %(fewest)d.",
                    self.crossings,
                )
                % {"times": self.crossings, "fewest": self.fewest_crossings}
            )
        return " ".join(words)


def run_chart(months: Sequence[Month]) -> RunChart | None:
    """The chart of one series, in the order of time; None without months."""
    if not months:
        return None
    middle = median(month.value for month in months)
    off = [month for month in months if month.value != middle]
    sides = [month.value > middle for month in off]
    longest = max(
        (
            tuple(off[place] for place, _side in run)
            for _side, run in groupby(enumerate(sides), lambda one: one[1])
        ),
        key=len,
        default=(),
    )
    crossings = _crossings(sides)
    allowed, fewest = longest_run(len(off)), fewest_crossings(len(off))
    judged = len(off) >= FEWEST_MONTHS
    broken = (
        (Rule.LONG_RUN, judged and len(longest) > allowed),
        (Rule.FEW_CROSSINGS, judged and crossings < fewest),
    )
    return RunChart(
        tuple(months),
        middle,
        len(off),
        crossings,
        fewest,
        longest,
        allowed,
        tuple(rule for rule, is_broken in broken if is_broken),
    )


class Signal(NamedTuple):
    """Months of a chart that chance seldom gives, and the rules that say so. Both are first days of months."""

    first: date
    last: date
    rules: tuple[Rule, ...]


def signals_of(chart: RunChart) -> tuple[Signal, ...]:
    """One for each run that is too long, oldest first; one for all its months where only crossings are too few."""
    if not chart.signals:
        return ()
    runs = [run for run in _runs(chart) if len(run) > chart.longest_run]
    if not runs:
        return (Signal(chart.months[0].starts_on, chart.months[-1].starts_on, chart.signals),)
    return tuple(Signal(run[0].starts_on, run[-1].starts_on, chart.signals) for run in runs)


def _runs(chart: RunChart) -> list[list[Month]]:
    """Months on one side of the median in a row; those on it count for neither side and end no run."""
    off = [month for month in chart.months if month.value != chart.median]
    return [list(run) for _side, run in groupby(off, lambda month: month.value > chart.median)]


def charts(found: Iterable[Figures], measure: str, force: str) -> tuple[RunChart, ...]:
    """A chart for each stretch of months of one force (its code) that no break in series parts, oldest first.

    Months without the figure are left out: they are not zero. A month in which a break falls begins a new stretch.
    """
    known = ((figures.period.first, figures[measure].number) for figures in found)
    return charts_of((Month(on, float(number)) for on, number in known if number is not None), measure, force)


def charts_of(months: Iterable[Month], measure: str, force: str) -> tuple[RunChart, ...]:
    """The same of months that have the figure, in the order of time."""
    made = (
        run_chart(list(stretch))
        for _breaks, stretch in groupby(months, lambda month: _breaks_until(month.starts_on, measure, force))
    )
    return tuple(chart for chart in made if chart is not None)


def _breaks_until(starts_on: date, measure: str, force: str) -> int:
    return len(breaks_within(measure, [force], date.min, Period.of(Span.MONTH, starts_on).last))


def longest_run(months: int) -> int:
    """The longest run on one side of the median that is no signal."""
    return round(math.log2(months) + 3) if months else 0


@lru_cache(maxsize=512)
def fewest_crossings(months: int) -> int:
    """The fewest crossings of the median that are no signal: the 5th percentile of Binomial(months - 1, 1/2)."""
    tosses, sum_so_far = max(months - 1, 0), 0
    for crossings in range(tosses + 1):
        sum_so_far += math.comb(tosses, crossings)
        if sum_so_far >= FEW_CROSSINGS * 2**tosses:
            return crossings
    return 0


@lru_cache(maxsize=512)
def false_alarm_rate(months: int) -> float:
    """How often a chart of so many months off the median, in which nothing changes, signals all the same: exactly.

    Every order of as many months above as below is then equally likely; those that signal by neither rule are counted.
    """
    if months < FEWEST_MONTHS:
        return 0.0
    above, below = months // 2, months - months // 2
    allowed, fewest = longest_run(months), fewest_crossings(months)
    silent = 0
    for runs in range(fewest + 1, months + 1):
        more, less = runs - runs // 2, runs // 2
        one_first = _parted(above, more, allowed) * _parted(below, less, allowed)
        other_first = _parted(below, more, allowed) * _parted(above, less, allowed)
        silent += one_first + other_first
    return 1 - silent / math.comb(months, above)


def _parted(months: int, runs: int, longest: int) -> int:
    """In how many ways so many months can be parted into so many runs, none longer than `longest`."""
    if not runs <= months <= runs * longest:
        return 0
    return sum(
        (-1) ** too_long * math.comb(runs, too_long) * math.comb(months - too_long * longest - 1, runs - 1)
        for too_long in range((months - runs) // longest + 1)
    )


def false_alarms(months: int, *, repetitions: int, seed: int) -> float:
    """How often a chart of so many months, in which nothing changes, signals all the same: by simulation."""
    drawn = random.Random(seed)  # noqa: S311 - nothing secret
    cried = 0
    sides = [True] * (months // 2) + [False] * (months - months // 2)
    allowed, fewest = longest_run(months), fewest_crossings(months)
    for _repetition in range(repetitions):
        drawn.shuffle(sides)
        longest = max(len(list(run)) for _side, run in groupby(sides))
        cried += longest > allowed or _crossings(sides) < fewest
    return cried / repetitions


def _crossings(sides: Sequence[bool]) -> int:
    return sum(before != after for before, after in pairwise(sides))
