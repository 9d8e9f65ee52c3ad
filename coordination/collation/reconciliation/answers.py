"""How one claim stands beside the records: numbers alone, which pages and files put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Self

from coordination.collation.figures import Tally
from coordination.collation.reconciliation.running import Passing


@dataclass(frozen=True, slots=True)
class Part:
    """What one force's records come to: `own` record, and `others`' records that do not stand on the same days."""

    force: int
    own: Tally
    others: Tally


@dataclass(frozen=True, slots=True)
class Beside:
    """Another published figure about part of the same (the id of its claim), and the same force's records over
    its own period, from both kinds of source."""

    claim: int
    records: Tally


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records of the claim's period come to.

    `own`: forces' own records. `others`: records from other sources, without `doubled`, which stand on days that
    the force's own record has. `early` names the claims (by id) about trials that are added in `with_early`.
    `running` maps the first day of each month in which a sum changed to the sums at its end, of the forces' own
    records and of both together. `related` are measures by which this one is explained: own and others.
    """

    own: Tally
    others: Tally
    doubled: Tally
    early: tuple[int, ...]
    early_total: int
    own_last: date | None
    others_last: date | None
    parts: tuple[Part, ...]
    beside: tuple[Beside, ...]
    own_passing: Passing | None
    both_passing: Passing | None
    early_passing: Passing | None
    running: Mapping[date, tuple[int, int]]
    related: Mapping[str, tuple[Tally, Tally]]

    @property
    def both(self) -> Tally:
        """Forces' own records and those from other sources together: never shown without the two."""
        return self.own + self.others

    @property
    def with_early(self) -> int:
        return self.both.total + self.early_total

    def as_json(self) -> dict[str, Any]:
        return {
            "own": list(astuple(self.own)),
            "others": list(astuple(self.others)),
            "doubled": list(astuple(self.doubled)),
            "early": list(self.early),
            "early_total": self.early_total,
            "own_last": _written(self.own_last),
            "others_last": _written(self.others_last),
            "parts": [
                [part.force, list(astuple(part.own)), list(astuple(part.others))] for part in self.parts
            ],
            "beside": [[each.claim, list(astuple(each.records))] for each in self.beside],
            "passings": [
                [_written(day) for day in astuple(passing)] if passing else None
                for passing in (self.own_passing, self.both_passing, self.early_passing)
            ],
            "running": [[month.isoformat(), *sums] for month, sums in sorted(self.running.items())],
            "related": {
                measure: [list(astuple(tally)) for tally in tallies]
                for measure, tallies in self.related.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        passings = [
            Passing(*(_read(day) for day in written)) if written else None for written in stored["passings"]
        ]
        return cls(
            own=Tally(*stored["own"]),
            others=Tally(*stored["others"]),
            doubled=Tally(*stored["doubled"]),
            early=tuple(stored["early"]),
            early_total=stored["early_total"],
            own_last=_read(stored["own_last"]),
            others_last=_read(stored["others_last"]),
            parts=tuple(Part(force, Tally(*own), Tally(*others)) for force, own, others in stored["parts"]),
            beside=tuple(Beside(claim, Tally(*records)) for claim, records in stored["beside"]),
            own_passing=passings[0],
            both_passing=passings[1],
            early_passing=passings[2],
            running={date.fromisoformat(month): (own, both) for month, own, both in stored["running"]},
            related={
                measure: (Tally(*own), Tally(*others)) for measure, (own, others) in stored["related"].items()
            },
        )


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def merged(own: Mapping[date, int], both: Mapping[date, int]) -> dict[date, tuple[int, int]]:
    """Two running sums by the months in which either changes."""
    sums: dict[date, tuple[int, int]] = {}
    before = (0, 0)
    for month in sorted({*own, *both}):
        before = sums[month] = (own.get(month, before[0]), both.get(month, before[1]))
    return sums


def by_force(found: Iterable[tuple[int, bool, Tally]]) -> tuple[Part, ...]:
    """`found` are force, whether of its own record, and what it comes to."""
    sums: dict[int, list[Tally]] = {}
    for force, is_own, tally in found:
        pair = sums.setdefault(force, [Tally(), Tally()])
        pair[0 if is_own else 1] += tally
    return tuple(Part(force, *pair) for force, pair in sorted(sums.items()))
