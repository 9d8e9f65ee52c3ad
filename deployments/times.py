"""From a date and two clock times to instants, on the United Kingdom's clocks.

A deployment may run past midnight, and clocks change twice a year: one hour in March does not exist and one
in October happens twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from forces.clock import LONDON
from forces.refusals import Invalid


def window(
    on: date, start: time | None, end: time | None, *, minutes: int | None = None
) -> tuple[datetime | None, datetime | None]:
    """When it began and ended, aware, in UTC; None where no time was given.

    `end` at or before `start` is on the next day. Where a time happened twice, the first is meant unless only
    the second leaves room for the `minutes` that the system ran. Raises Invalid for an hour that the clocks
    skipped, and for an end without a start.
    """
    if start is None:
        if end is not None:
            raise Invalid({"start": [_("Enter the time it started, or clear the time it ended.")]})
        return None, None
    started_at = _instant(on, start, "start")
    if end is None:
        return started_at, None
    end_day = on if end > start else on + timedelta(days=1)
    ended_at = _instant(end_day, end, "end")
    later = _instant(end_day, end, "end", fold=1)
    if ended_at <= started_at or (minutes is not None and ended_at - started_at < timedelta(minutes=minutes)):
        ended_at = later
    return started_at, ended_at


def _instant(day: date, clock: time, field: str, fold: int = 0) -> datetime:
    local = datetime.combine(day, clock, tzinfo=LONDON).replace(fold=fold)
    instant = local.astimezone(UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None, fold=0):
        raise Invalid(
            {
                field: [
                    _("%(time)s did not exist on that day: the clocks went forward. Check the time.")
                    % {"time": clock.strftime("%H:%M")}
                ]
            }
        )
    return instant
