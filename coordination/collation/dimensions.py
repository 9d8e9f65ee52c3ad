"""What statistics are divided by besides time and force, said once: use case, settings, watchlist, time to publish.

A dimension gives each record one value, a text. The breakdown cells are kept by it, and it says which words of the
list of deployments find the records behind a value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    DURATION_MINUTES,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    TRUE_ALERTS,
    WATCHLIST_SIZE,
    Measure,
    Rate,
)
from register.facets import NO_VERSION, NOT_PUBLISHED, PUBLISHED, WATCHLIST, Band, band_of


class Told(NamedTuple):
    """What the register's head tells of a record, in this order: see register/facets.py."""

    use_case: str
    algorithm: str
    threshold: str
    watchlist_size: int | None
    days_to_publish: int | None


@dataclass(frozen=True, slots=True)
class Dimension:
    """`value` gives the text under which a record stands; `said` shows it; `words` are the list's filters that find it.

    `source` says where the division comes from, and why it is this one. `measures` are those that it is kept for.
    `order` holds every value there can be, in the order in which they are shown; empty where values are as published.
    """

    code: str
    label: str | Promise
    definition: str | Promise
    source: str | Promise
    measures: tuple[Measure | Rate, ...]
    value: Callable[[Told], str]
    said: Callable[[str], str]
    words: Callable[[str], dict[str, str]]
    order: tuple[str, ...] = ()


class Settings(NamedTuple):
    """Algorithm with its version, and threshold; "" where not published."""

    algorithm: str
    threshold: str

    @classmethod
    def of(cls, value: str) -> Settings:
        algorithm, threshold = json.loads(value)
        return cls(algorithm, threshold)

    @property
    def value(self) -> str:
        return json.dumps(self, ensure_ascii=False)

    @property
    def is_one_system(self) -> bool:
        """Whether algorithm, version and threshold are all published: without one of them nothing compares."""
        return bool(self.threshold and self.algorithm) and not self.algorithm.endswith(f", {NO_VERSION}")

    def __str__(self) -> str:
        algorithm = self.algorithm or _("Algorithm not published")
        threshold = (
            _("threshold %(threshold)s") % {"threshold": self.threshold}
            if self.threshold
            else _("threshold not published")
        )
        return f"{algorithm}, {threshold}"


def _absent_or(text: str) -> str:
    return text or NOT_PUBLISHED


def _settings_words(value: str) -> dict[str, str]:
    settings = Settings.of(value)
    return {"algorithm": _absent_or(settings.algorithm), "threshold": _absent_or(settings.threshold)}


def _labelled(bands: Mapping[str, Band]) -> Callable[[str], str]:
    return lambda value: str(bands[value].label)


_OUTCOMES = (
    DEPLOYMENTS,
    FACES_SEEN,
    ALERTS,
    TRUE_ALERTS,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    ARRESTS,
    DURATION_MINUTES,
)

USE_CASE = Dimension(
    "use_case",
    gettext_lazy("Use case"),
    gettext_lazy(
        "Why the system was used, in the words that the force published; where it published only a code, the code and "
        "its list."
    ),
    gettext_lazy(
        "The forces' own lists of use cases. They differ between forces and were renumbered over the years, so the "
        "same words need not mean the same, and different words may."
    ),
    _OUTCOMES,
    lambda told: told.use_case,
    lambda value: value or _("Not published"),
    lambda value: {"use_case": _absent_or(value)},
)
SETTINGS = Dimension(
    "settings",
    gettext_lazy("Algorithm and threshold"),
    gettext_lazy("The algorithm with its version, and the lowest score that raises an alert."),
    gettext_lazy(
        "As published. The two stand together because the scale of a threshold is its maker's own: 0.64 of one "
        "algorithm says nothing about 0.64 of another."
    ),
    _OUTCOMES,
    lambda told: Settings(told.algorithm, told.threshold).value,
    lambda value: str(Settings.of(value)),
    _settings_words,
)
WATCHLIST_BAND = Dimension(
    "watchlist",
    gettext_lazy("Watchlist size"),
    gettext_lazy(
        "How many entries the watchlist held, in bands. Images, or people where the record says so."
    ),
    gettext_lazy(
        "Bands of our own, so that a row holds enough records to read. More entries are more chances of a false alert, "
        "so rates are read beside the size."
    ),
    (DEPLOYMENTS, FACES_SEEN, ALERTS, TRUE_ALERTS, FALSE_ALERTS, FAR_ALERTS, FAR_FACES, WATCHLIST_SIZE),
    lambda told: band_of(told.watchlist_size, WATCHLIST),
    _labelled(WATCHLIST),
    lambda value: {"watchlist": value},
    tuple(WATCHLIST),
)
PUBLISHED_WITHIN = Dimension(
    "published",
    gettext_lazy("Time to publish"),
    gettext_lazy(
        "Days from the day the deployment started to the day its force first published it on this register, in UK "
        "local time."
    ),
    gettext_lazy(
        "Five days is what Bedfordshire Police says it keeps to, and 31 is a month. No rule sets a time for all "
        "forces. What the national centre transcribed says nothing about the force's time, so it does not apply there."
    ),
    (DEPLOYMENTS,),
    lambda told: band_of(told.days_to_publish, PUBLISHED),
    _labelled(PUBLISHED),
    lambda value: {"published": value},
    tuple(PUBLISHED),
)

DIMENSIONS: tuple[Dimension, ...] = (USE_CASE, SETTINGS, WATCHLIST_BAND, PUBLISHED_WITHIN)
BY_CODE: Mapping[str, Dimension] = {dimension.code: dimension for dimension in DIMENSIONS}
# By dimension, the codes of the measures that it is kept for.
KEPT: Mapping[str, frozenset[str]] = {
    dimension.code: frozenset(measure.code for measure in dimension.measures) for dimension in DIMENSIONS
}


def values(told: Told) -> dict[str, str]:
    """Under which value of each dimension a record stands."""
    return {dimension.code: dimension.value(told) for dimension in DIMENSIONS}


def found_by(words: Mapping[str, str]) -> tuple[Dimension, str] | None:
    """The dimension and value whose records these filters of the list find, and no others; None if there is none.

    `words` are the list's filters by facet, without those that are empty: the way back from `Dimension.words`.
    """
    asked = {name: "" if word == NOT_PUBLISHED else word for name, word in words.items()}
    match sorted(words):
        case ["use_case"]:
            return USE_CASE, asked["use_case"]
        case ["algorithm", "threshold"]:
            return SETTINGS, Settings(asked["algorithm"], asked["threshold"]).value
        case ["watchlist"]:
            return WATCHLIST_BAND, words["watchlist"]
        case ["published"]:
            return PUBLISHED_WITHIN, words["published"]
    return None
