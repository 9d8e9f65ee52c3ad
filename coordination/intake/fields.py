"""Our fields, and how printed text becomes a value of one: dates, durations, counts, rates, lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

FIGURES = (
    "faces_seen",
    "alerts",
    "true_alerts",
    "true_alerts_confirmed",
    "true_alerts_unconfirmed",
    "false_alerts",
    "false_alerts_confirmed",
    "false_alerts_unconfirmed",
    "undetermined_alerts",
    "engagements",
    "arrests",
    "other_action",
    "no_action",
)
OTHER_NULLABLE = (
    "duration_minutes",
    "started_at",
    "ended_at",
    "watchlist_size",
    "threshold",
    "algorithm",
    "use_case",
)
# What a column may feed: fields of the public schema, and a few that only help to fill or check them.
FIELDS = (
    *FIGURES,
    "on",
    "ends_on",
    "start_time",
    "end_time",
    "duration_minutes",
    "place.name",
    "place.area",
    "use_case",
    "watchlist_size",
    "threshold",
    "force",
    "publisher",
    "document",
    "url",
    "quality",
    "false_alert_rate",
    "printed.date",
    "printed.duration",
)

COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}", re.ASCII)
NEGATIVE = re.compile(r"[-−–]\s*\d[\d,]*", re.ASCII)
DURATION = re.compile(
    r"(\d{1,3})\s*h(?:(?:ou)?rs?)?\s*(?:(\d{1,2})\s*(?:m(?:in(?:ute)?s?)?)?)?", re.I | re.ASCII
)
CLOCK_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?", re.ASCII)
MINUTES = re.compile(r"(\d{1,5})\s*(?:m(?:in(?:ute)?s?)?)?", re.I | re.ASCII)
TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?", re.ASCII)
THRESHOLD = re.compile(r"\d{1,5}(?:\.\d{1,6})?", re.ASCII)
RATE = re.compile(r"(\d{1,3}(?:\.\d{1,8})?)\s*%", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Unfit(ValueError):
    """A cell that is not what its column should hold. `code` is a key of `problems.MESSAGES`."""

    def __init__(self, code: str, **values: str):
        super().__init__(code)
        self.code = code
        self.values = values


@lru_cache(maxsize=4096)
def date(text: str, formats: tuple[str, ...]) -> str:
    """`06/04/23` as `2023-04-06`. Only the profile's own formats count: 11/02/20 is never November."""
    for pattern in formats:
        try:
            found = dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            continue
        return found.isoformat()
    raise Unfit("not_a_date", formats=", ".join(_shown(pattern) for pattern in formats))


@lru_cache(maxsize=4096)
def duration(text: str) -> int:
    """`5h03m`, `5h40`, `4hr 47m`, `6h 0m`, `05:40` as whole minutes."""
    found = DURATION.fullmatch(text) or CLOCK_DURATION.fullmatch(text)
    if not found:
        raise Unfit("not_a_duration")
    minutes = int(found[2] or 0)
    if minutes > 59:
        raise Unfit("not_a_duration")
    return int(found[1]) * 60 + minutes


def minutes(text: str) -> int:
    found = MINUTES.fullmatch(text)
    return int(found[1]) if found else duration(text)


@lru_cache(maxsize=4096)
def count(text: str) -> int:
    """`5460` and `21,940`. A minus, a fraction or a comma in another place is refused."""
    if COUNT.fullmatch(text):
        return int(text.replace(",", ""))
    raise Unfit("negative" if NEGATIVE.fullmatch(text) else "not_a_count")


@lru_cache(maxsize=4096)
def threshold(text: str) -> str:
    """`0.6` as `0.60`: decimal text with two places or more."""
    if not THRESHOLD.fullmatch(text):
        raise Unfit("not_a_threshold")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return str(value.quantize(Decimal("0.01")) if isinstance(exponent, int) and exponent > -2 else value)


@lru_cache(maxsize=4096)
def rate(text: str) -> str:
    """`0.08%` as `0.08`: kept as printed, because its number of places says how it was rounded."""
    found = RATE.fullmatch(text)
    if not found:
        raise Unfit("not_a_rate")
    return found[1]


@lru_cache(maxsize=4096)
def time(text: str) -> str:
    found = TIME.fullmatch(text)
    if not found:
        raise Unfit("not_a_time")
    return f"{int(found[1]):02d}:{found[2]}"


def text(text: str) -> str:
    if CONTROL.search(text):
        raise Unfit("control_characters")
    return text


def place(name: str) -> str:
    """A comma at the end is what is left of a name that the source cut short."""
    return text(name).rstrip(" ,;")


def address(text: str) -> str:
    if not re.fullmatch(r"https?://[!-~]{1,1990}", text):
        raise Unfit("not_an_address")
    return text


def _shown(pattern: str) -> str:
    for code, words in (
        ("%d", "DD"),
        ("%m", "MM"),
        ("%Y", "YYYY"),
        ("%y", "YY"),
        ("%B", "month"),
        ("%b", "Mon"),
    ):
        pattern = pattern.replace(code, words)
    return pattern


# `date` also takes the profile's formats; `use_case` is read with the profile's lists: both in mapping.py.
CONVERTERS: dict[str, Callable[[str], str | int] | None] = {
    "text": text,
    "place": place,
    "count": count,
    "threshold": threshold,
    "duration": duration,
    "minutes": minutes,
    "time": time,
    "rate": rate,
    "address": address,
    "list": text,
    "date": None,
    "use_case": None,
}
