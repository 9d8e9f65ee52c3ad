"""The one clock: PostgreSQL's. Web servers, workers and callers disagree; the database does not."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

LONDON = ZoneInfo("Europe/London")


def db_now() -> datetime:
    """The database's time at this statement, aware, in UTC.

    A door reads it once and hands it down as `at=`; actions do not look at clocks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def london_date(moment: datetime) -> date:
    """The day in Europe/London on which `moment` fell: days and months are counted so."""
    return moment.astimezone(LONDON).date()
