"""The comparison as CSV and JSON: a row for each force and setting, with what it was held against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from coordination.collation.comparison import LEVELS, Compared, Group
from coordination.collation.figures import Coverage
from coordination.collation.published import words
from coordination.collation.published.reading import Reach
from public.statistics.comparison.asked import Asked
from public.statistics.comparison.shown import finding, records_url
from public.worlds import World

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
METHOD = (
    "Each force's false alerts are held against the rate of all forces of the same algorithm version and threshold "
    "together. Limits are the exact ones of the binomial distribution round that rate, for the force's own number of "
    "alerts, two-sided at 95% and 99.8%: Spiegelhalter, Funnel plots for comparing institutional performance, "
    "Statistics in Medicine 24 (2005). A force of which fewer than 5 false alerts were to be expected is unreliable. "
    "low_95 or fewer false alerts, and high_95 or more, are outside the 95% limits; so with 998 for 99.8%."
)
COLUMNS = (
    *("algorithm", "threshold", "year", "force", "force_name", "records", "records_with_rate"),
    *("false_alerts", "alerts", "false_alert_rate", "rate_lower_95", "rate_upper_95", "rate_status"),
    *("is_compared", "false_alerts_expected", "low_95", "high_95", "low_998", "high_998"),
    *("standing", "is_unreliable", "is_incomplete", "why_not_compared", "records_url"),
)


def rows(groups: Sequence[Group], asked: Asked, world: World, site: str) -> list[list[Any]]:
    """In the order of settings, then of names. `site` stands before addresses: "https://…"."""
    return [_row(group, one, asked, world, site) for group in groups for one in group.forces]


def _row(group: Group, one: Compared, asked: Asked, world: World, site: str) -> list[Any]:
    rate, limits = one.rate, {limit.level: limit for limit in one.limits}
    return [
        group.settings.algorithm or None,
        group.settings.threshold or None,
        asked.year,
        one.force.code,
        one.force.name,
        rate.records,
        rate.known,
        rate.numerator,
        rate.denominator,
        None if rate.number is None else round(rate.number, 10),
        round(rate.interval.lower, 10) if rate.interval else None,
        round(rate.interval.upper, 10) if rate.interval else None,
        rate.status,
        not group.refusal and one.standing is not None,
        None if one.expected is None else round(one.expected, 4),
        *(
            end
            for level in LEVELS
            for limit in [limits.get(level)]
            for end in ((limit.low, limit.high) if limit else (None, None))
        ),
        one.standing.value if one.standing else None,
        one.is_unreliable,
        one.is_incomplete,
        group.refusal
        or (None if one.standing else _("It gives no rate, or there is none to hold it against.")),
        site + records_url(world, asked, group.settings, one.force),
    ]


def document(
    groups: Sequence[Group],
    asked: Asked,
    world: World,
    reach: Reach,
    coverage: Coverage | None,
    *,
    page: str,
    site: str,
) -> dict[str, Any]:
    """Everything that the page says, with where it comes from."""
    return {
        "table": "comparison",
        "title": _("Fair comparison of forces"),
        "is_made_up": world.is_made_up,
        "realm": world.realm,
        "technology": "live",
        "page": page,
        "year": asked.year,
        "as_of": reach.as_of.isoformat().replace("+00:00", "Z") if reach.as_of else None,
        "records_from": _day(reach.first),
        "records_to": _day(reach.last),
        "coverage": coverage.sentence if coverage else None,
        "source": words.own_records(world.realm),
        "licence": LICENCE,
        "method": METHOD,
        "levels": list(LEVELS),
        "fewest_expected": 5,
        "settings": [
            {
                "algorithm": group.settings.algorithm or None,
                "threshold": group.settings.threshold or None,
                "is_compared": not group.refusal,
                "why_not": group.refusal or None,
                "finding": None if group.refusal else finding(group),
                "false_alerts": group.rate.numerator,
                "alerts": group.rate.denominator,
                "false_alert_rate": group.rate.number,
                "completeness": group.rate.completeness,
            }
            for group in groups
        ],
        "columns": list(COLUMNS),
        "rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows(groups, asked, world, site)],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
