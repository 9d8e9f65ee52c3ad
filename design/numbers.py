"""Numbers, dates and what is missing, written as GOV.UK's style guide writes them.

Nothing here ever yields an empty string: what is missing says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.collation.figures import MEANINGS, Code

UK = ZoneInfo("Europe/London")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number_text(value: int | float | Decimal) -> str:
    """1,234 or 0.64: thousands parted by commas, decimals as they are given."""
    return f"{value:,}"


def percent_text(share: float | Decimal, places: int = 1) -> str:
    """A share of 1 as a percentage: 0.0123 is "1.2%"."""
    return f"{share * 100:,.{places}f}%"


def shorthand(code: str, *, with_words: bool = True) -> SafeString:
    """`[x]`, with its meaning as a title and in words that a screen reader speaks."""
    known = Code(str(code))
    meaning = MEANINGS[known]
    if not with_words:
        return mark_safe(known.shown)  # noqa: S308 - one of eight constants
    return format_html(
        '<span class="lfr-code-mark" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="govuk-visually-hidden">{}</span></span>',
        meaning,
        known.shown,
        meaning,
    )


def figure_html(value: Any, *, as_percent: bool = False, places: int = 1) -> SafeString:
    """A number with its marks, or the code in its place.

    Takes a number, None (which is `[x]`), or any object with `number`, `code` and `marks`. A figure that says
    `is_rate` is a share of 1 and is shown as a percentage.
    """
    number, code, marks = value, None, ()
    if hasattr(value, "marks"):
        number, code, marks = value.number, value.code, value.marks
        as_percent = as_percent or bool(getattr(value, "is_share", getattr(value, "is_rate", False)))
    if isinstance(number, str):
        raise TypeError(f"{number!r} is text: a figure is a number or a code")
    if number is None:
        return shorthand(code or Code.NOT_AVAILABLE)
    shown = percent_text(number, places) if as_percent else number_text(_whole(number, value))
    if not marks:
        return format_html("{}", shown)
    return format_html("{} {}", shown, format_html_join(" ", "{}", ((shorthand(mark),) for mark in marks)))


def _whole(number: int | float | Decimal, value: Any) -> int | float | Decimal:
    """So many to one of another, such as faces an hour, is read without decimals."""
    return round(number) if getattr(value, "is_rate", False) else number


def codes_used(values: Iterable[Any]) -> list[tuple[str, str]]:
    """The codes among these values with their meanings, in the order of the list of codes: a key for readers."""
    used: set[Code] = set()
    for value in values:
        if hasattr(value, "marks"):
            used.update(Code(str(mark)) for mark in value.marks)
            if value.number is None:
                used.add(Code(str(value.code or Code.NOT_AVAILABLE)))
    return [(code.shown, str(MEANINGS[code])) for code in Code if code in used]


def not_provided() -> SafeString:
    return format_html('<span class="lfr-blank">{}</span>', _("Not provided"))


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def local(at: datetime) -> datetime:
    """The same instant by a clock on the wall in the United Kingdom."""
    return at.astimezone(UK)


def _day_of(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def date_text(value: date | datetime) -> str:
    """22 November 2026."""
    day = _day_of(value)
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def short_date_text(value: date | datetime) -> str:
    """Sun 22 Nov 2026."""
    day = _day_of(value)
    weekday = pgettext("short weekday", _DAYS[day.weekday()])
    return f"{weekday} {day.day} {str(MONTHS[day.month])[:3]} {day.year}"


def month_text(value: date | datetime) -> str:
    """November 2026."""
    day = _day_of(value)
    return f"{MONTHS[day.month]} {day.year}"


def time_text(value: time | datetime) -> str:
    """9:30am, 5pm, midday, midnight."""
    clock = local(value).time() if isinstance(value, datetime) else value
    if (clock.hour, clock.minute) == (0, 0):
        return _("midnight")
    if (clock.hour, clock.minute) == (12, 0):
        return _("midday")
    hour = clock.hour % 12 or 12
    half = "am" if clock.hour < 12 else "pm"
    return f"{hour}:{clock.minute:02}{half}" if clock.minute else f"{hour}{half}"


def moment_text(value: datetime) -> str:
    """22 November 2026 at 9:30am."""
    return _("%(date)s at %(time)s") % {"date": date_text(value), "time": time_text(value)}


def cell_html(value: Any) -> SafeString | str:
    """Anything a table or a summary list may hold, never blank."""
    if is_blank(value):
        return not_provided()
    if hasattr(value, "href") and hasattr(value, "text"):
        return format_html('<a class="govuk-link" href="{}">{}</a>', value.href, cell_html(value.text))
    if hasattr(value, "marks"):
        return figure_html(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (int, float, Decimal)):
        return number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, time):
        return time_text(value)
    if isinstance(value, (list, tuple)):
        return format_html_join(mark_safe("<br>"), "{}", ((cell_html(each),) for each in value))
    return value
