"""What a published record can be told apart by: use case, algorithm, threshold, watchlist size, time to publish.

Said here once. Heads keep it, lists are filtered by it and statistics are divided by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONDON = ZoneInfo("Europe/London")
# The word that asks for records without a facet. A label that reads so says the same.
NOT_PUBLISHED = "not_published"
NO_VERSION = "version not published"
LONGEST_USE_CASE, LONGEST_ALGORITHM, LONGEST_THRESHOLD = 200, 302, 12


class Facets(NamedTuple):
    """What a document says of itself: texts exactly as published, "" and None where it does not say.

    `use_case` is the label; where there is none, "CODE (SCHEME)". `algorithm` is "Vendor Product Version".
    `threshold` is decimal text: it means nothing without the algorithm. `watchlist_size` counts images, or people
    where a quality code says so.
    """

    use_case: str = ""
    algorithm: str = ""
    threshold: str = ""
    watchlist_size: int | None = None


def facets_of(document: Mapping[str, Any]) -> Facets:
    """The facets of a deployment result (register/schemas/deployment-result.v1.json)."""
    case, algorithm = document["use_case"], document["algorithm"]
    name = case["label"] or case["code"] or ""
    if not case["label"] and case["code"] and case["scheme"]:
        name = f"{case['code']} ({case['scheme']})"
    return Facets(
        "" if name == NOT_PUBLISHED else name,
        _algorithm(algorithm) if algorithm else "",
        document["threshold"] or "",
        document["watchlist_size"],
    )


def _algorithm(said: Mapping[str, Any]) -> str:
    named = f"{said['vendor']} {said['product']}"
    return f"{named} {said['version']}" if said["version"] else f"{named}, {NO_VERSION}"


def days_to_publish(on: date, published_at: datetime) -> int:
    """Whole days from the day a deployment started to the day its force published it, both in UK local time."""
    return (published_at.astimezone(LONDON).date() - on).days


@dataclass(frozen=True, slots=True)
class Band:
    """Some of a facet's numbers: from `least` to `most`, both included, None where it has no end.

    A band of neither holds the records that have no number.
    """

    code: str
    label: str | Promise
    least: int | None = None
    most: int | None = None

    @property
    def has_number(self) -> bool:
        return self.least is not None or self.most is not None

    def holds(self, number: int | None) -> bool:
        if number is None or not self.has_number:
            return number is None and not self.has_number
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


WATCHLIST: Mapping[str, Band] = {
    band.code: band
    for band in (
        Band("under_1000", _("Under 1,000"), 0, 999),
        Band("1000_to_4999", _("1,000 to 4,999"), 1_000, 4_999),
        Band("5000_to_9999", _("5,000 to 9,999"), 5_000, 9_999),
        Band("10000_to_14999", _("10,000 to 14,999"), 10_000, 14_999),
        Band("15000_and_over", _("15,000 and over"), 15_000),
        Band(NOT_PUBLISHED, _("Not published")),
    )
}
# Five days is what Bedfordshire Police says it keeps to (bedfordtoday.co.uk, 5325876). No rule binds all forces.
PUBLISHED: Mapping[str, Band] = {
    band.code: band
    for band in (
        Band("within_5_days", _("Within 5 days"), most=5),
        Band("6_to_31_days", _("6 to 31 days"), 6, 31),
        Band("over_31_days", _("More than 31 days"), 32),
        Band("not_applicable", _("Does not apply: transcribed by the national centre")),
    )
}
# A number that is not published is neither.
FALSE_ALERTS: Mapping[str, Band] = {
    band.code: band
    for band in (
        Band("some", _("At least one"), least=1),
        Band("none", _("None"), 0, 0),
        Band(NOT_PUBLISHED, _("Number not published")),
    )
}


def band_of(number: int | None, bands: Mapping[str, Band]) -> str:
    """The code of the band that holds it: of several that fit there is exactly one."""
    return next(band.code for band in bands.values() if band.holds(number))
