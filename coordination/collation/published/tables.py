"""The tables that are published. One more here is one more page and five more files: docs/how-to/add-a-table.md."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from coordination.collation import dimensions
from coordination.collation.measures import (
    ABORTED_DEPLOYMENTS,
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    DURATION_MINUTES,
    ENFORCEMENT_ACTIONS,
    ENGAGEMENTS,
    FACES_PER_HOUR,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    NO_ACTION,
    OTHER_ACTION,
    TRUE_ALERTS,
    TRUE_ALERTS_CONFIRMED,
    TRUE_ALERTS_UNCONFIRMED,
    UNDETERMINED_ALERTS,
)
from coordination.collation.published.declaration import Drawing, Group, Published
from coordination.collation.published.dimensions import FORCE, MONTH, YEAR
from coordination.collation.published.divided import PUBLISHED, SETTINGS, USE_CASE, WATCHLIST

_COUNTS = (
    Group(_("Deployments, faces and alerts"), (DEPLOYMENTS, ABORTED_DEPLOYMENTS, FACES_SEEN, ALERTS)),
    Group(
        _("What became of the alerts"),
        (TRUE_ALERTS, TRUE_ALERTS_UNCONFIRMED, FALSE_ALERTS, UNDETERMINED_ALERTS),
    ),
)
_RATES = Group(_("False alerts out of alerts, and out of faces seen"), (FAR_ALERTS, FAR_FACES))
_OUTCOMES = Group(_("Arrests and other action"), (ARRESTS, ENFORCEMENT_ACTIONS))
_TWO_RATES = _(
    "There are two rates, and they answer different questions. Out of alerts: when the system says it knows a face, "
    "how often is it wrong? Out of faces seen: how often is anyone who walks past wrongly flagged?"
)
_MISSES = _(
    "No figure here says how many wanted people walked past unnoticed. Deployments cannot show that: it takes a test."
)
_NO_SUM = _(
    "True and false alerts need not come to the alerts: the figures of some sources do not, and others say nothing of "
    "alerts that nobody could judge. They are kept as printed, and the record says so."
)
_NO_RANKING = _(
    "Forces are in the order of their names. Thresholds, algorithms, watchlists and places differ, so this is no "
    "ranking."
)

DEPLOYMENTS_BY_YEAR = Published(
    "deployments-by-year",
    _("Deployments by year"),
    _(
        "How often police used live facial recognition in each year, what the system reported and what came of it."
    ),
    YEAR,
    # The order of the columns of the CSV stays: others read it by place.
    (*_COUNTS, _RATES, _OUTCOMES),
    Drawing((DEPLOYMENTS,)),
    (_TWO_RATES, _MISSES, _NO_SUM),
)
DEPLOYMENTS_BY_FORCE = Published(
    "deployments-by-force",
    _("Deployments by force"),
    _("Which forces have published records of live facial recognition, and what their records come to."),
    FORCE,
    (*_COUNTS, _RATES, _OUTCOMES),
    Drawing((DEPLOYMENTS,)),
    (_NO_RANKING, _TWO_RATES, _MISSES, _NO_SUM),
)
DEPLOYMENTS_BY_MONTH = Published(
    "deployments-by-month",
    _("Deployments by month"),
    _("How often police used live facial recognition in each month, and what the system reported."),
    MONTH,
    (
        Group(_("Deployments and faces"), (DEPLOYMENTS, FACES_SEEN)),
        Group(_("Alerts and arrests"), (ALERTS, TRUE_ALERTS, FALSE_ALERTS, ARRESTS)),
    ),
    Drawing((DEPLOYMENTS,), latest=12),
    (_("The last months may grow: forces publish some weeks or months after a deployment."), _NO_SUM),
)
FALSE_ALERT_RATES_BY_YEAR = Published(
    "false-alert-rates-by-year",
    _("False alert rates by year"),
    _(
        "How often the system was wrong in each year, beside the counts and the range in which the true rate lies."
    ),
    YEAR,
    (
        Group(_("False alerts out of alerts"), (FAR_ALERTS,)),
        Group(_("False alerts out of faces seen"), (FAR_FACES,)),
    ),
    Drawing((FAR_ALERTS,)),
    (_TWO_RATES, _MISSES),
)
FALSE_ALERT_RATES_BY_FORCE = Published(
    "false-alert-rates-by-force",
    _("False alert rates by force"),
    _(
        "How often the system was wrong for each force, beside the counts and the range in which the true rate lies."
    ),
    FORCE,
    (
        Group(_("False alerts out of alerts"), (FAR_ALERTS,)),
        Group(_("False alerts out of faces seen"), (FAR_FACES,)),
    ),
    Drawing((FAR_ALERTS,)),
    (_NO_RANKING, _TWO_RATES, _MISSES),
)
OUTCOMES_BY_YEAR = Published(
    "outcomes-by-year",
    _("Outcomes by year"),
    _("What came of true alerts in each year: people spoken to, arrests, other action and no action."),
    YEAR,
    (
        Group(_("True alerts and engagements"), (TRUE_ALERTS, TRUE_ALERTS_CONFIRMED, ENGAGEMENTS)),
        Group(_("What the police did"), (ARRESTS, OTHER_ACTION, NO_ACTION, ENFORCEMENT_ACTIONS)),
    ),
    Drawing((ARRESTS,)),
    (
        _(
            "An alert, an engagement and an outcome are counted apart: they do not add up to each other, and an arrest "
            "is neither a person nor a conviction."
        ),
    ),
)
FACES_PER_HOUR_BY_MONTH = Published(
    "faces-per-hour-by-month",
    _("Faces seen per hour by month"),
    _("Whether “faces seen” is made in the same way over time: where it jumps, years cannot be compared."),
    MONTH,
    (Group(_("Faces seen for each hour deployed"), (FACES_PER_HOUR, FACES_SEEN, DURATION_MINUTES)),),
    Drawing((FACES_PER_HOUR,), latest=24),
    (
        _(
            "Faces seen is an estimate. How busy a place is moves it from month to month; a jump that stays is a "
            "change of method. The rate is worked out over the records that give both faces and time, so it need not "
            "be the one column divided by the other."
        ),
    ),
)

_DIVIDED = (
    Group(_("Deployments and faces"), (DEPLOYMENTS, FACES_SEEN)),
    Group(_("Alerts and what became of them"), (ALERTS, TRUE_ALERTS, FALSE_ALERTS)),
    _RATES,
)
DEPLOYMENTS_BY_USE_CASE = Published(
    "deployments-by-use-case",
    _("Deployments by use case"),
    _("Why police said that they used live facial recognition, and what came of it under each use case."),
    USE_CASE,
    (*_DIVIDED, Group(_("Arrests"), (ARRESTS,))),
    Drawing((DEPLOYMENTS,), fewest=2),
    (
        dimensions.USE_CASE.definition,
        dimensions.USE_CASE.source,
        _(
            "Use cases differ in place, crowd and watchlist, so a higher rate under one of them says nothing of the "
            "system."
        ),
        _TWO_RATES,
        _MISSES,
    ),
)
DEPLOYMENTS_BY_SETTING = Published(
    "deployments-by-setting",
    _("Deployments by algorithm and threshold"),
    _("Which algorithm and threshold records name, and how often the system was wrong with them."),
    SETTINGS,
    (*_DIVIDED, Group(_("Arrests"), (ARRESTS,))),
    # Bars side by side would compare settings that do not compare.
    None,
    (
        dimensions.SETTINGS.definition,
        dimensions.SETTINGS.source,
        _(
            "Thresholds of different algorithms, or of different versions of one, do not compare. Within one setting, "
            "places, crowds and watchlists differ still."
        ),
        _TWO_RATES,
        _MISSES,
    ),
)
DEPLOYMENTS_BY_WATCHLIST = Published(
    "deployments-by-watchlist",
    _("Deployments by size of watchlist"),
    _("How many entries the watchlists held, and how often the system was wrong with them."),
    WATCHLIST,
    _DIVIDED,
    Drawing((DEPLOYMENTS,), fewest=2),
    (
        dimensions.WATCHLIST_BAND.definition,
        dimensions.WATCHLIST_BAND.source,
        _(
            "A different rate need not come from the size of the watchlist: thresholds, algorithms, places and crowds "
            "may differ with it."
        ),
        _TWO_RATES,
        _MISSES,
    ),
)
DEPLOYMENTS_BY_TIME_TO_PUBLISH = Published(
    "deployments-by-time-to-publish",
    _("Deployments by time to publish"),
    _("How many days after a deployment its force published it on this register."),
    PUBLISHED,
    (Group(_("Deployments"), (DEPLOYMENTS,)),),
    Drawing((DEPLOYMENTS,), fewest=2),
    (dimensions.PUBLISHED_WITHIN.definition, dimensions.PUBLISHED_WITHIN.source),
)

TABLES: list[Published] = [
    DEPLOYMENTS_BY_YEAR,
    DEPLOYMENTS_BY_FORCE,
    DEPLOYMENTS_BY_MONTH,
    FALSE_ALERT_RATES_BY_YEAR,
    FALSE_ALERT_RATES_BY_FORCE,
    OUTCOMES_BY_YEAR,
    FACES_PER_HOUR_BY_MONTH,
    DEPLOYMENTS_BY_USE_CASE,
    DEPLOYMENTS_BY_SETTING,
    DEPLOYMENTS_BY_WATCHLIST,
    DEPLOYMENTS_BY_TIME_TO_PUBLISH,
]


def by_code() -> Mapping[str, Published]:
    """Each under its address."""
    return {published.code: published for published in TABLES}
