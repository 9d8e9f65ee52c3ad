"""Breaks in series: dates on which the way a figure is made changed, so before and after do not compare.

Dated facts with their source, never a guess. A figure whose period begins at or spans a break is marked [b].
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METROPOLITAN_POLICE = "E23000001"


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """From `on`, a force's figures for `measures` are made differently.

    `before` and `after` are faces seen per hour deployed, worked out from the records on either side.
    """

    force: str
    measures: tuple[str, ...]
    on: date
    before: int
    after: int
    what: str | Promise
    source: str | Promise


_MET_GRIDS = _(
    "Worked out from the Metropolitan Police's published deployment records: faces seen divided by hours "
    "deployed, "
    "2023 to 10 May 2025. The force does not say what changed."
)
_FACES = ("faces_seen", "far_faces", "faces_per_hour")

SERIES_BREAKS: tuple[SeriesBreak, ...] = (
    SeriesBreak(
        METROPOLITAN_POLICE,
        _FACES,
        date(2024, 1, 1),
        2_771,
        480,
        _("Faces seen per hour fell from 2,771 in 2023 to 480 in January to August 2024."),
        _MET_GRIDS,
    ),
    SeriesBreak(
        METROPOLITAN_POLICE,
        _FACES,
        date(2024, 9, 1),
        480,
        1_798,
        _(
            "Faces seen per hour rose from 480 in January to August 2024 to 1,798 in September to December "
            "2024."
        ),
        _MET_GRIDS,
    ),
    SeriesBreak(
        METROPOLITAN_POLICE,
        _FACES,
        date(2025, 1, 1),
        1_798,
        2_751,
        _(
            "Faces seen per hour rose from 1,798 in September to December 2024 to 2,751 in January to 10 May "
            "2025, "
            "when 43 of 74 figures are multiples of 15."
        ),
        _MET_GRIDS,
    ),
)


def breaks_within(measure: str, forces: Iterable[str], first: date, last: date) -> tuple[SeriesBreak, ...]:
    """The breaks of these forces (codes) that a figure for the days first to last begins at or spans."""
    codes = set(forces)
    return tuple(
        known
        for known in SERIES_BREAKS
        if measure in known.measures and known.force in codes and first <= known.on <= last
    )
