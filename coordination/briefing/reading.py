"""The answer to a question as the register has it now: figures with their addresses, caveats, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from coordination.briefing import caveats, sentences
from coordination.briefing.addresses import Addresses
from coordination.briefing.asked import Asked
from coordination.briefing.caveats import Caveat
from coordination.briefing.figures import Line
from coordination.briefing.records import Sums, sums_of
from coordination.collation.measures import Measure, Rate
from coordination.collation.published import words
from coordination.collation.published.reading import Row, Table
from register.archives import State

# Beyond this many records an answer keeps their number and not which they are.
MOST_RECORDS = 5_000


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of source says. `total` are its figures over all that was asked, `rows` those of each row.

    `first` and `last` are the days of the first and last record; None where there is none.
    """

    tier: str
    source: str
    coverage: str
    covers: str
    first: date | None
    last: date | None
    total: tuple[Line, ...]
    rows: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.total, *self.rows)

    def as_json(self) -> dict[str, Any]:
        return {
            "tier": self.tier,
            "source": self.source,
            "coverage": self.coverage,
            "covers": self.covers,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "total": [line.as_json() for line in self.total],
            "rows": [line.as_json() for line in self.rows],
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Part:
        ends = {
            name: date.fromisoformat(stored[name]) if stored[name] else None for name in ("first", "last")
        }
        return cls(
            stored["tier"],
            stored["source"],
            stored["coverage"],
            stored["covers"],
            ends["first"],
            ends["last"],
            tuple(map(Line.read, stored["total"])),
            tuple(map(Line.read, stored["rows"])),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """All that an answer says. `subject` is what it is made from, in words; `address` where that stands in public.

    `records` maps the reference of each record to its version, None where there are too many of them; `count` is how
    many there are.
    """

    subject: str
    narrowed: tuple[str, ...]
    address: str
    text: tuple[str, ...]
    parts: tuple[Part, ...]
    caveats: tuple[str, ...]
    records: Mapping[str, int] | None
    count: int
    register: str
    as_of: datetime | None

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for part in self.parts for line in part.lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "narrowed": list(self.narrowed),
            "address": self.address,
            "text": list(self.text),
            "parts": [part.as_json() for part in self.parts],
            "caveats": list(self.caveats),
            "records": None if self.records is None else dict(self.records),
            "count": self.count,
            "register": self.register,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Content:
        return cls(
            stored["subject"],
            tuple(stored["narrowed"]),
            stored["address"],
            tuple(stored["text"]),
            tuple(map(Part.read, stored["parts"])),
            tuple(stored["caveats"]),
            stored["records"],
            stored["count"],
            stored["register"],
            datetime.fromisoformat(stored["as_of"]) if stored["as_of"] else None,
        )


def content(
    asked: Asked,
    *,
    measures: Sequence[str],
    left_out: Iterable[str],
    addresses: Addresses,
    state: State,
    only_deployments: bool = False,
) -> Content:
    """Read everything. Inside `steady`, so that figures and records are of this state.

    `only_deployments`: the text says no more of the figures, for they stand beside it.
    """
    chosen = asked.chosen(measures)
    parts, said = (
        _of_table(asked, chosen, addresses) if asked.table else _of_records(asked, chosen, addresses)
    )
    left = set(left_out)
    records = dict(
        asked.search.heads().order_by("reference").values_list("reference", "version")[: MOST_RECORDS + 1]
    )
    is_few = len(records) <= MOST_RECORDS
    page = addresses.of_table(asked.code, asked.words) if asked.table else addresses.of_records(asked.query)
    return Content(
        subject_of(asked),
        tuple(asked.narrowed),
        page,
        tuple(sentences.answer(asked, parts, as_of=state.as_of, only_deployments=only_deployments)),
        tuple(parts),
        tuple(each.said for each in said if each.needed or each.key not in left),
        records if is_few else None,
        len(records) if is_few else asked.search.heads().count(),
        state.version,
        state.as_of,
    )


def notes_of(asked: Asked, measures: Sequence[str]) -> list[Caveat]:
    """What may be said beside the figures, and what must be, as it stands now."""
    chosen = asked.chosen(measures)
    if asked.question is not None:
        return caveats.of_table(_table(asked, chosen))
    return caveats.of_records(asked, chosen, _sums(asked, chosen))


def subject_of(asked: Asked) -> str:
    return str(asked.table.title if asked.table else sentences.LIST)


def _table(asked: Asked, chosen: Sequence[Measure | Rate]) -> Table:
    assert asked.table is not None and asked.question is not None  # noqa: S101 - asked by who looked
    return Table.of(asked.table, asked.question, columns=chosen)


def _of_table(
    asked: Asked, chosen: Sequence[Measure | Rate], addresses: Addresses
) -> tuple[list[Part], list[Caveat]]:
    table = _table(asked, chosen)
    total, rows = lines_of(table, addresses)
    ends = asked.search.heads().order_by()
    part = Part(
        table.question.tier,
        words.source(table),
        words.coverage(table),
        table.coverage.phrase if table.coverage else "",
        ends.order_by("on").values_list("on", flat=True).first(),
        ends.order_by("-on").values_list("on", flat=True).first(),
        total,
        rows,
    )
    return [part], caveats.of_table(table)


def lines_of(table: Table, addresses: Addresses) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The figures of all together, and those of each row."""
    keys = table.published.dimension.keys
    at_the_table = addresses.of_table(table.published.code, table.question.words(table.published))

    def lines(row: Row, key: str, label: str) -> Iterator[Line]:
        for cell in row.cells:
            # What no list of records holds is checked at the table itself.
            address = addresses.of_records(cell.query) if cell.query else at_the_table
            yield Line.of(cell.figure, tier=table.question.tier, key=key, row=label, address=address)

    rows = tuple(
        line
        for row in table.rows
        for line in lines(row, "|".join(map(str, row.values[:keys])) or row.label, row.label)
    )
    return tuple(lines(table.total, "", "")) if table.total else (), rows


def _of_records(
    asked: Asked, chosen: Sequence[Measure | Rate], addresses: Addresses
) -> tuple[list[Part], list[Caveat]]:
    parts, sums = [], _sums(asked, chosen)
    for tier, found in sums.items():
        force, covered = asked.search.force, found.coverage
        parts.append(
            Part(
                tier,
                str(sentences.SOURCES[tier]),
                covered.sentence if covered else sentences.one_force(force.name if force else ""),
                covered.phrase if covered else "",
                found.first,
                found.last,
                tuple(
                    Line.of(
                        each,
                        tier=tier,
                        key="",
                        row="",
                        address=addresses.of_records(_query(asked, tier, each.measure.code)),
                    )
                    for each in found.figures
                ),
                (),
            )
        )
    return parts, caveats.of_records(asked, chosen, sums)


def _sums(asked: Asked, chosen: Sequence[Measure | Rate]) -> dict[str, Sums]:
    measures = [measure for measure in chosen if isinstance(measure, Measure)]
    return {tier: sums_of(replace(asked.search, tier=tier), measures) for tier in asked.tiers}


def _query(asked: Asked, tier: str, measure: str) -> str:
    return urlencode({**asked.words, "tier": tier, "measure": measure})
