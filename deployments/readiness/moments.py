"""Days and moments in London time: as a verdict's words say them, and where a day begins."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from forces.clock import LONDON


def words_of(when: date) -> str:
    """ "3 November 2026", or of a moment, "3 November 2026 at 2:05pm"."""
    if not isinstance(when, datetime):
        return f"{when.day} {MONTHS[when.month]} {when.year}"
    local = when.astimezone(LONDON)
    clock = f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
    return _("%(date)s at %(time)s") % {"date": words_of(local.date()), "time": clock}


def start_of(day: date) -> datetime:
    """The moment at which a day begins in London."""
    return datetime.combine(day, time.min, LONDON)
