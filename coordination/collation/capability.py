"""How many forces stood how to live facial recognition at the end of each quarter: own, shared or borrowed equipment,
paused, none, or not known.

Read from what is recorded of each force's use (forces.models.LfrUse), each statement with its dates and its source. A
force of which nothing is recorded for a day is not known on that day, and never “none”.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from forces.models import BodyType, Force, LfrUse

LIVE = "live"
# In the order in which they are drawn and written.
STANDINGS = tuple(LfrUse.Status.values)
NOT_KNOWN = "not_known"
NAMES = {
    **dict(LfrUse.Status.choices),
    NOT_KNOWN: _("Not known"),
}
# A hundred years: a date typed wrongly cannot make a page endless.
MOST_QUARTERS = 400


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a calendar year, 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def code(self) -> str:
        """2024-Q1, as it is written in files."""
        return f"{self.year}-Q{self.number}"

    @property
    def last_day(self) -> date:
        following = date(self.year + self.number // 4, self.number % 4 * 3 + 1, 1)
        return following - timedelta(days=1)

    @property
    def following(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One quarter. `counts` gives for each standing, and for “not known”, how many of the `forces` territorial forces
    that existed on its last day; together they are all of them."""

    quarter: Quarter
    counts: Mapping[str, int]
    forces: int

    @property
    def known(self) -> int:
        return self.forces - self.counts[NOT_KNOWN]


@dataclass(frozen=True, slots=True)
class Span:
    """Quarters that follow each other and at whose ends the same statement, or none, held. `use` None: not known;
    `exists` false: there was no such force yet, or no more."""

    first: Quarter
    last: Quarter
    length: int
    use: LfrUse | None
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One force over all quarters, with every statement recorded of it, oldest first."""

    force: Force
    spans: tuple[Span, ...]
    uses: tuple[LfrUse, ...]


@dataclass(frozen=True, slots=True)
class Capability:
    """All quarters that are over, from the first of which anything is known, oldest first.

    `lines` are territorial forces of which anything is recorded; `unknown` those of which nothing is; `others` other
    bodies, which are never counted.
    """

    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    unknown: tuple[Force, ...]
    others: tuple[Line, ...]

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        return tuple(row.quarter for row in self.rows)

    @property
    def statements(self) -> list[LfrUse]:
        """Of territorial forces and of others, by force and first day."""
        return [use for line in (*self.lines, *self.others) for use in line.uses]


def read(realm: str, *, today: date, technology: str = LIVE) -> Capability:
    """In two queries. A quarter that is not over on `today` is left out: its last day has not come."""
    forces = list(Force.objects.filter(realm=realm).order_by("name"))
    uses: dict[int, list[LfrUse]] = {force.pk: [] for force in forces}
    found = LfrUse.objects.filter(force__realm=realm, technology=technology).select_related("force")
    for use in found.order_by("period"):
        uses[use.force_id].append(use)
    quarters = list(_quarters((use for each in uses.values() for use in each), today))
    territorial = [force for force in forces if force.body_type == BodyType.TERRITORIAL]
    return Capability(
        tuple(_row(quarter, territorial, uses) for quarter in quarters),
        tuple(_line(force, uses[force.pk], quarters) for force in territorial if uses[force.pk]),
        tuple(force for force in territorial if not uses[force.pk] and _exists(force, today)),
        tuple(
            _line(force, uses[force.pk], quarters)
            for force in forces
            if uses[force.pk] and force.body_type != BodyType.TERRITORIAL
        ),
    )


def _quarters(uses: Iterable[LfrUse], today: date) -> Iterator[Quarter]:
    starts = [use.period.lower for use in uses if use.period.lower]
    if not starts:
        return
    quarter = Quarter.of(min(starts))
    for _number in range(MOST_QUARTERS):
        if quarter.last_day >= today:
            return
        yield quarter
        quarter = quarter.following


def _row(quarter: Quarter, forces: Iterable[Force], uses: Mapping[int, list[LfrUse]]) -> Row:
    counts = dict.fromkeys((*STANDINGS, NOT_KNOWN), 0)
    for force in forces:
        if _exists(force, quarter.last_day):
            use = _on(uses[force.pk], quarter.last_day)
            counts[use.status if use else NOT_KNOWN] += 1
    return Row(quarter, counts, sum(counts.values()))


def _line(force: Force, uses: list[LfrUse], quarters: Iterable[Quarter]) -> Line:
    spans: list[Span] = []
    for quarter in quarters:
        exists = _exists(force, quarter.last_day)
        use = _on(uses, quarter.last_day) if exists else None
        before = spans[-1] if spans else None
        if before is not None and (before.use, before.exists) == (use, exists):
            spans[-1] = Span(before.first, quarter, before.length + 1, use, exists)
        else:
            spans.append(Span(quarter, quarter, 1, use, exists))
    return Line(force, tuple(spans), tuple(uses))


def _on(uses: Iterable[LfrUse], day: date) -> LfrUse | None:
    return next((use for use in uses if day in use.period), None)


def _exists(force: Force, day: date) -> bool:
    return (force.valid_from is None or force.valid_from <= day) and (
        force.valid_until is None or day < force.valid_until
    )
