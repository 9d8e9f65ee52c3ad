"""Forces side by side, fairly: false alerts out of alerts, within one algorithm version and threshold alone.

Each force is held against the rate of all of them together. Limits round that rate say how far chance alone would take
a force with so many alerts: exact limits of the binomial distribution, at 95% and at 99.8%. Drawn over the number of
alerts they are a funnel (Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine
24, 2005). They speak of chance only: places, crowds and watchlists differ too, and no limit allows for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from statistics import NormalDist

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.breakdowns import by_force_within, by_forces_within, by_value
from coordination.collation.dimensions import SETTINGS, Settings
from coordination.collation.figures import Figure, Tally, figure
from coordination.collation.intervals import LARGEST_TRIALS, at_least, at_most
from coordination.collation.measures import FAR_ALERTS, FEWEST_EXPECTED
from forces.models import Force

LEVELS = (0.95, 0.998)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many events chance would seldom reach, out of `trials` at a rate.

    `low` or fewer come about with a probability of (1 - level) / 2 at most, and so do `high` or more; None where no
    count is that unlikely. What lies between them, chance explains.
    """

    trials: int
    level: float
    low: int | None
    high: int | None

    @property
    def lower(self) -> float:
        """The lower limit as a share, for a line of a chart: a force on it or below is outside."""
        return 0.0 if self.low is None else self.low / self.trials

    @property
    def upper(self) -> float:
        return 1.0 if self.high is None else self.high / self.trials


class Standing(StrEnum):
    WITHIN = "within"
    BELOW_95 = "below_95"
    BELOW_998 = "below_998"
    ABOVE_95 = "above_95"
    ABOVE_998 = "above_998"


MEANINGS: dict[Standing, str | Promise] = {
    Standing.WITHIN: gettext_lazy("Within what chance explains"),
    Standing.BELOW_95: gettext_lazy("Below the 95% limit"),
    Standing.BELOW_998: gettext_lazy("Below the 99.8% limit"),
    Standing.ABOVE_95: gettext_lazy("Above the 95% limit"),
    Standing.ABOVE_998: gettext_lazy("Above the 99.8% limit"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One force: its rate with counts and interval, and where it stands; `standing` and `limits` only where compared.

    `is_unreliable`: so few alerts that fewer than five false ones would be expected. `is_incomplete`: some of its
    records give no rate, so they are not in it; they are said in `rate.completeness` and never left out in silence.
    """

    force: Force
    rate: Figure
    expected: float | None
    limits: tuple[Limits, ...]
    standing: Standing | None
    is_unreliable: bool
    is_incomplete: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The forces of one algorithm version and threshold. `refusal` says why they are not compared, "" if they are."""

    settings: Settings
    rate: Figure
    forces: tuple[Compared, ...]
    refusal: str

    @property
    def label(self) -> str:
        return str(self.settings)


def within_settings(
    realm: str,
    *,
    tier: str,
    technology: str = "live",
    first_year: int | None = None,
    last_year: int | None = None,
    most: int = 20,
) -> tuple[Group, ...]:
    """Each algorithm version and threshold with its forces, those with most records first, at most `most` of them.

    There is no comparison across groups. Six short queries.
    """
    told = {"tier": tier, "technology": technology, "first_year": first_year, "last_year": last_year}
    found = by_value(realm, SETTINGS, measures=[FAR_ALERTS], most=most, **told)  # type: ignore[arg-type]
    if found is None:
        return ()
    groups = []
    values = [row.value or "" for row in found.rows]
    by_setting = by_forces_within(realm, SETTINGS, values, measures=[FAR_ALERTS], **told)  # type: ignore[arg-type]
    for value, of_forces in by_setting.items():
        groups.append(
            compare(
                Settings.of(value),
                [(force, figures[FAR_ALERTS.code].tally) for force, figures in of_forces],
            )
        )
    return tuple(groups)


def within(
    realm: str,
    settings: Settings,
    *,
    tier: str,
    technology: str = "live",
    first_year: int | None = None,
    last_year: int | None = None,
) -> Group:
    """The forces of one algorithm version and threshold, by name; a group without forces where there is no record."""
    told = {"tier": tier, "technology": technology, "first_year": first_year, "last_year": last_year}
    found = by_force_within(realm, SETTINGS, settings.value, measures=[FAR_ALERTS], **told)  # type: ignore[arg-type]
    return compare(settings, [(force, figures[FAR_ALERTS.code].tally) for force, figures in found])


def compare(settings: Settings, forces: Iterable[tuple[Force, Tally]]) -> Group:
    """Forces and their tallies of false alerts out of alerts, all under these settings."""
    tallies = list(forces)
    whole = Tally.sum(tally for _force, tally in tallies)
    giving = [tally for _force, tally in tallies if tally.known and tally.base]
    refusal = _refusal(settings, len(giving), whole)
    centre = whole.total / whole.base if whole.base and not refusal else None
    return Group(
        settings,
        figure(FAR_ALERTS, whole),
        tuple(_compared(force, tally, centre) for force, tally in tallies),
        refusal,
    )


def _refusal(settings: Settings, giving: int, whole: Tally) -> str:
    if not settings.algorithm:
        return _(
            "Not compared: the algorithm is not published. The same threshold of two algorithms, or of two versions of "
            "one, is two different settings."
        )
    if not settings.is_one_system:
        return _(
            "Not compared: the version of the algorithm or the threshold is not published, so these forces may have "
            "used different settings."
        )
    if giving < 2:
        return _(
            "Not compared: fewer than two forces published both false alerts and alerts with these settings."
        )
    if whole.total > whole.base:
        return _("Not compared: the records give more false alerts than alerts.")
    return ""


def _compared(force: Force, tally: Tally, centre: float | None) -> Compared:
    shown = figure(FAR_ALERTS, tally)
    is_incomplete = tally.known < tally.records
    if centre is None or not tally.base or not tally.known:
        return Compared(force, shown, None, (), None, False, is_incomplete)
    expected = centre * tally.base
    limits = tuple(found for level in LEVELS if (found := funnel(tally.base, centre, level)))
    return Compared(
        force,
        shown,
        expected,
        limits,
        standing(tally.total, limits) if limits else None,
        expected < FEWEST_EXPECTED,
        is_incomplete,
    )


def standing(events: int, limits: Iterable[Limits]) -> Standing:
    """Where a count stands: outside the widest limits that it reaches."""
    found = Standing.WITHIN
    for limit in sorted(limits, key=lambda one: one.level):
        outer = limit.level == LEVELS[-1]
        if limit.low is not None and events <= limit.low:
            found = Standing.BELOW_998 if outer else Standing.BELOW_95
        if limit.high is not None and events >= limit.high:
            found = Standing.ABOVE_998 if outer else Standing.ABOVE_95
    return found


@lru_cache(maxsize=4096)
def funnel(trials: int, rate: float, level: float) -> Limits | None:
    """The limits round a rate for so many trials; None where there are none: no trials, too many, or a rate of 0 or 1.

    `low` is the largest count with P(X <= low) <= (1 - level) / 2 and `high` the smallest with P(X >= high) <= that,
    X binomial. The expected count always lies strictly between them.
    """
    if not 0 < trials <= LARGEST_TRIALS or not 0 < rate < 1:
        return None
    tail = (1 - level) / 2
    expected = int(rate * trials)
    up, down = _guesses(trials, rate, tail)
    high = _first(lambda count: at_least(count, trials, rate) <= tail, expected, trials + 1, up)
    low = _first(lambda count: at_most(count, trials, rate) > tail, -1, expected + 1, down) - 1
    return Limits(trials, level, low if low >= 0 else None, high if high <= trials else None)


def _guesses(trials: int, rate: float, tail: float) -> tuple[int, int]:
    """Where the limits nearly are, by the normal distribution with its first correction: where the search begins."""
    z, spread = NormalDist().inv_cdf(1 - tail), sqrt(trials * rate * (1 - rate))
    lean = (z * z - 1) / 6 * (1 - 2 * rate)
    return int(trials * rate + lean + z * spread) + 1, int(trials * rate + lean - z * spread)


def _first(holds: Callable[[int], bool], least: int, beyond: int, guess: int) -> int:
    """The first count from `least` on for which it holds, `beyond` if for none; once it holds it goes on holding.

    Each look is an incomplete beta function, so it looks near `guess` first and farther in steps that double.
    """
    place, step = min(max(guess, least), beyond), 1
    while least < beyond:
        if place < beyond and holds(place):
            beyond, place = place, max(least, place - step)
        elif place < beyond:
            least, place = place + 1, min(beyond, place + 1 + step)
        else:
            place = beyond - 1
        step *= 2
        if step > beyond - least:
            place = (least + beyond) // 2
    return least
