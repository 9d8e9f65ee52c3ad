"""Exact confidence intervals of a proportion, in plain Python.

The interval of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of
the binomial", Biometrika 26, 1934). It never promises more than it keeps: it holds the true proportion in
at least 95 of 100 repetitions, for any count, however small. Its limits are quantiles of beta distributions.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

LEVEL = 0.95
LARGEST_TRIALS = 100_000_000
_NORMAL_95 = 1.959963984540054
_TINY = 1e-300
_EPSILON = 2.0**-52


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper limit of a proportion, each from 0 to 1, and the confidence level."""

    lower: float
    upper: float
    level: float = LEVEL


@lru_cache(maxsize=4096)
def exact_interval(events: int, trials: int, level: float = LEVEL) -> Interval | None:
    """The Clopper-Pearson interval of `events` out of `trials`; None where there were no trials.

    No events gives a lower limit of 0 and an upper limit above it: none seen is not "cannot happen".
    Each limit has a relative error below 1e-9 for up to ten million trials. Raises ValueError unless
    0 <= events <= trials <= a hundred million and 0 < level < 1.
    """
    if not 0 <= events <= trials <= LARGEST_TRIALS:
        raise ValueError(f"{events} out of {trials} is not a proportion this can give an interval for")
    if not 0 < level < 1:
        raise ValueError(f"{level} is not a confidence level: it lies between 0 and 1")
    if trials == 0:
        return None
    tail = (1 - level) / 2
    lower = 0.0 if events == 0 else _quantile(tail, events, trials - events + 1)
    upper = 1.0 if events == trials else _quantile(1 - tail, events + 1, trials - events)
    return Interval(lower, upper, level)


def at_least(events: int, trials: int, rate: float) -> float:
    """The probability of `events` or more out of `trials`, each an event with probability `rate` between 0 and 1."""
    if events <= 0:
        return 1.0
    return 0.0 if events > trials else _cumulative(rate, events, trials - events + 1)


def at_most(events: int, trials: int, rate: float) -> float:
    """The probability of no more than `events` out of `trials`; small ones lose no digits."""
    if events >= trials:
        return 1.0
    return 0.0 if events < 0 else _cumulative(1 - rate, trials - events, events + 1)


def _quantile(probability: float, a: int, b: int) -> float:
    """The x with I_x(a, b) = probability, by Newton's method kept inside a shrinking bracket."""
    if a > b:
        return 1 - _quantile(1 - probability, b, a)
    low, high = 0.0, 1.0
    x = _first_guess(probability, a, b)
    for _step in range(200):
        log_density = _log_power(x, a, b) - math.log(x) - math.log1p(-x)
        excess = _cumulative(x, a, b) - probability
        if excess > 0:
            high = x
        else:
            low = x
        slope = math.exp(log_density)
        following = x - excess / slope if slope > 0 else low
        if not low < following < high:
            # Far out in a tail Newton overshoots; small quantiles are found by halving their logarithm.
            following = math.sqrt(low * high) if low > 0 else high / 16
        if abs(following - x) <= 2 * _EPSILON * x:
            return following
        x = following
    return x


def _first_guess(probability: float, a: int, b: int) -> float:
    """Wilson's limits, within a few per cent of the exact ones but for the smallest counts."""
    z = math.copysign(_NORMAL_95, probability - 0.5)
    n, share = a + b, a / (a + b)
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return min(max((centre + spread) / (1 + z * z / n), _TINY), 1 - _EPSILON)


def _cumulative(x: float, a: int, b: int) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x < (a + 1) / (a + b + 2):
        return math.exp(_log_power(x, a, b)) * _continued_fraction(x, a, b) / a
    return 1 - math.exp(_log_power(x, a, b)) * _continued_fraction(1 - x, b, a) / b


def _continued_fraction(x: float, a: int, b: int) -> float:
    """NIST Digital Library of Mathematical Functions 8.17.22, evaluated by the modified method of Lentz."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 200_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) <= _EPSILON:
            return value
    raise ArithmeticError(f"the continued fraction of I_{x}({a}, {b}) does not settle")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _log_power(x: float, a: int, b: int) -> float:
    """The logarithm of x^a (1-x)^b / B(a, b).

    Taken as a distance from the peak at a / (a + b) and Stirling's error terms: the difference of three
    logarithms of gamma functions would lose eight digits at ten million trials.
    """
    total = a + b
    excess = total * x - a
    deviance = a * _log1p_less(excess / a) + b * _log1p_less(-excess / b)
    return (
        deviance
        + 0.5 * math.log(a / total * b / (2 * math.pi))
        + _stirling_error(total)
        - _stirling_error(a)
        - _stirling_error(b)
    )


def _log1p_less(u: float) -> float:
    return math.log1p(max(u, -1 + _EPSILON)) - u


def _stirling_error(n: int) -> float:
    """log Gamma(n) less Stirling's approximation (n - 1/2) log n - n + log(2 pi) / 2."""
    if n < 16:
        return math.lgamma(n) - (n - 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * n * n)) / (n * n)) / (n * n)) / n
