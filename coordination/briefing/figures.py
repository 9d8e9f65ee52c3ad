"""A figure as an answer keeps it: the number or its code, what it speaks for, and where it can be checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from coordination.briefing.writing.paper import Cell
from coordination.collation.figures import MEANINGS, Code, Figure
from coordination.collation.measures import BY_CODE, Rate

UK = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `tier` is the kind of source it is from; `row` and `key` what it is about, "" for all together.

    `number` or `code`, never both; `marks` stand beside a number. A rate has its two counts, a share its interval.
    `completeness` says of how many records it speaks.
    """

    tier: str
    key: str
    row: str
    measure: str
    label: str
    number: int | float | None
    code: str
    marks: tuple[str, ...]
    numerator: int | None
    denominator: int | None
    lower: float | None
    upper: float | None
    records: int
    completeness: str
    address: str

    @classmethod
    def of(cls, figure: Figure, *, tier: str, key: str, row: str, address: str) -> Self:
        interval = figure.interval
        return cls(
            tier,
            key,
            row,
            figure.measure.code,
            str(figure.measure.label),
            figure.number,
            figure.code.value if figure.code else "",
            tuple(mark.value for mark in figure.marks),
            figure.numerator,
            figure.denominator,
            interval.lower if interval else None,
            interval.upper if interval else None,
            figure.records,
            figure.completeness,
            address,
        )

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        return cls(**{**stored, "marks": tuple(stored["marks"])})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"marks": list(self.marks)}

    @property
    def name(self) -> tuple[str, str, str]:
        """What tells it from the other figures of an answer."""
        return self.tier, self.key, self.measure

    @property
    def is_share(self) -> bool:
        measure = BY_CODE.get(self.measure)
        return isinstance(measure, Rate) and measure.is_share

    @property
    def text(self) -> str:
        """1,286; 2.1%; 902,748 [e]; [x]."""
        if self.number is None:
            return f"[{self.code}]"
        return " ".join([self._number(), *(f"[{mark}]" for mark in self.marks)])

    def _number(self) -> str:
        assert self.number is not None  # noqa: S101 - asked by those who looked
        if self.is_share:
            return percent(self.number)
        return f"{round(self.number):,}"

    @property
    def cell(self) -> Cell:
        value = self.text if self.number is None else self.number
        return Cell(self.text, value, 10 if isinstance(value, float) else 0, self.address)


def codes_in(lines: Iterable[Line]) -> list[str]:
    """What the codes among these figures mean: "[x] not available…"."""
    used = {code for line in lines for code in (line.code, *line.marks) if code}
    return [f"{code.shown} {MEANINGS[code]}." for code in Code if code.value in used]


def percent(share: float) -> str:
    """To one decimal, or two significant figures below 1%: 2.1%, 0.0030%. As public pages say it."""
    shown = share * 100
    if shown == 0:
        return "0%"
    if shown >= 1:
        return f"{shown:,.1f}%"
    places = 1
    while round(shown, places) < 10 ** (1 - places) and places < 9:
        places += 1
    return f"{shown:.{places}f}%"


def day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month]} {on.year}"


def moment(at: datetime) -> str:
    """23 November 2026 at 09:30, in UK local time."""
    local = at.astimezone(UK)
    return _("%(day)s at %(time)s") % {"day": day(local.date()), "time": f"{local:%H:%M}"}
