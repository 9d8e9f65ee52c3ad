"""Made-up records by the million, for measuring and nothing else.

They belong to forces that exist nowhere but here (`Synthetic force 01` to `20`, realm demonstration), every document
carries the quality code `synthetic`, and they go into a throw-away database only: one whose name begins with
`lfr_bench`. The register, its heads and the statistics are filled consistently, so `manage.py collate --verify` holds.

Records are drawn from a few hundred patterns of figures. What each pattern adds to the statistics is worked out once,
by the product's own measures; the rest is writing down.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import psycopg

FORCES = 20
PATTERNS = 400
FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
REALM = "demonstration"
PREFIX = "lfr_bench"
CHUNK = 10_000
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PLACES = [f"Synthetic place {n:03}" for n in range(1, 301)]
AREAS = [f"Synthetic area {n:02}" for n in range(1, 31)]
DAYS = 3  # from each deployment to its publication
SECONDARY_EVERY = 5  # each fifth record is transcribed from elsewhere, with its provenance


class NotThrowAway(Exception):
    """The database is not one that was made for measuring."""


@dataclass(frozen=True)
class SyntheticForce:
    pk: int
    number: int

    @property
    def code(self) -> str:
        return f"X77{self.number:06}"

    @property
    def slug(self) -> str:
        return f"synthetic-{self.number:02}"

    @property
    def name(self) -> str:
        return f"Synthetic force {self.number:02}"


@dataclass(frozen=True)
class Record:
    """What differs from one record to the next. `pattern` gives the figures."""

    number: int
    reference: str
    force: SyntheticForce
    on: date
    place: str
    area: str
    pattern: Pattern

    @property
    def entered_at(self) -> datetime:
        return datetime(self.on.year, self.on.month, self.on.day, 9, tzinfo=UTC) + timedelta(days=DAYS)

    def document(self) -> dict[str, Any]:
        return json.loads(self.body())

    def body(self) -> bytes:
        return (
            self.pattern.text
            % {
                "reference": self.reference,
                "force": self.force.code,
                "on": self.on.isoformat(),
                "place": self.place,
                "area": self.area,
            }
        ).encode()


@dataclass(frozen=True)
class Pattern:
    """Figures that many records share: the canonical text with gaps, and what it adds to the statistics."""

    number: int
    fields: dict[str, Any]

    @property
    def is_secondary(self) -> bool:
        return self.number % SECONDARY_EVERY == 0

    @property
    def tier(self) -> str:
        return "secondary" if self.is_secondary else "primary"

    @property
    def origin(self) -> str:
        return "collated" if self.is_secondary else "submitted"

    @property
    def status(self) -> str:
        return self.fields["status"]

    def example(self) -> dict[str, Any]:
        """A document of this pattern that stands on its own, to be checked against the public schema."""
        return {
            **self.fields,
            "reference": "LFR-0000-0000",
            "force": "X77000001",
            "on": "2020-02-29",
            "place": {"name": PLACES[0], "area": AREAS[0]},
        }

    @cached_property
    def facets(self) -> Any:
        from register.facets import facets_of

        return facets_of(self.example())

    @property
    def days(self) -> str:
        """Days to publish, as COPY reads it."""
        return r"\N" if self.is_secondary else str(DAYS)

    @cached_property
    def text(self) -> str:
        from register.canonical import canonical_bytes

        marked = {"reference": "<reference>", "force": "<force>", "on": "<on>"}
        document = {**self.fields, **marked, "place": {"name": "<place>", "area": "<area>"}}
        text = canonical_bytes(document).decode().replace("%", "%%")
        for gap in ("reference", "force", "on", "place", "area"):
            text = text.replace(f'"<{gap}>"', f'"%({gap})s"')
        return text

    @cached_property
    def adds(self) -> dict[str, Any]:
        from coordination.collation.counting import packed
        from coordination.collation.measures import contributions

        return {code: packed(added) for code, added in contributions(self.example()).items()}

    @cached_property
    def under(self) -> dict[str, str]:
        from coordination.collation.dimensions import Told, values

        return values(Told(*self.facets, None if self.is_secondary else DAYS))

    @cached_property
    def counted_text(self) -> str:
        return f"{_copied(json.dumps(self.adds))}\t{_copied(json.dumps(self.under))}"


def patterns(seed: int = 1) -> list[Pattern]:
    """The same ones each time."""
    rng = random.Random(seed)
    return [Pattern(number, _fields(rng, number)) for number in range(PATTERNS)]


def _fields(rng: random.Random, number: int) -> dict[str, Any]:
    is_secondary = number % SECONDARY_EVERY == 0
    aborted = rng.random() < 0.03
    alerts = rng.randint(0, 40)
    true = rng.randint(0, alerts)
    confirmed = rng.randint(0, true)
    arrests = rng.randint(0, confirmed)
    other = rng.randint(0, confirmed - arrests)
    figures: dict[str, int | None] = {
        "faces_seen": rng.randint(500, 60_000),
        "alerts": alerts,
        "true_alerts": true,
        "true_alerts_confirmed": confirmed,
        "true_alerts_unconfirmed": true - confirmed,
        "false_alerts": alerts - true,
        "false_alerts_confirmed": None,
        "false_alerts_unconfirmed": None,
        "undetermined_alerts": 0,
        "engagements": true,
        "arrests": arrests,
        "other_action": other,
        "no_action": confirmed - arrests - other,
    }
    if rng.random() < 0.1:
        figures["faces_seen"] = None
    if aborted:
        figures = dict.fromkeys(figures)
    reason = (
        {"code": "aborted", "why": "The deployment was stopped: weather."}
        if aborted
        else {"code": "not_published", "why": "The record does not give it."}
    )
    absent = {name: reason for name, figure in figures.items() if figure is None}
    for name in ("started_at", "ended_at"):
        absent[name] = {"code": "not_published", "why": "The record does not give it."}
    printed = {name.replace("_", " ").capitalize(): "-" if figure is None else str(figure)
               for name, figure in figures.items()}  # fmt: skip
    return {
        "schema": "deployment-result.v1",
        "technology": "live",
        "ends_on": None,
        "started_at": None,
        "ended_at": None,
        "duration_minutes": rng.randint(60, 480),
        "use_case": {"code": "1", "scheme": "synthetic", "label": "Made up to measure speed"},
        "status": "aborted" if aborted else "completed",
        "abort_reason": "Weather" if aborted else None,
        "watchlist_size": rng.randint(2_000, 16_000),
        "algorithm": {"vendor": "Made-up Vision", "product": "NeoScan", "version": "4.2"},
        "threshold": "0.64",
        "figures": figures,
        "absent": absent,
        "methods": {} if figures["faces_seen"] is None else {"faces_seen": "estimate"},
        "quality": ["synthetic"],
        "arithmetic": [],
        "provenance": None
        if not is_secondary
        else {
            "publisher": "Nobody: made up to measure speed",
            "document": "synthetic.csv",
            "url": None,
            "sha256": "0" * 64,
            "page": None,
            "row": number + 1,
            "printed": printed,
            "corrections": [],
        },
    }


def reference(number: int) -> str:
    """Spread over all there are, the same each time, none twice."""
    mixed = (number * 0x9E37_79B9_75 + 0x1234_5678) % 2**40
    letters = "".join(ALPHABET[mixed >> 5 * place & 31] for place in range(8))
    return f"LFR-{letters[:4]}-{letters[4:]}"


def records(size: int, forces: list[SyntheticForce], seed: int = 1) -> Iterator[Record]:
    """Roughly in the order of their days, as they come in life: published some days or weeks late."""
    drawn = patterns(seed)
    rng = random.Random(seed)
    days = (LAST - FIRST).days
    for number in range(1, size + 1):
        late = min(rng.expovariate(1 / 20), 200)
        day = max(0, min(days, int(number * days / size - late)))
        yield Record(
            number=number,
            reference=reference(number),
            force=forces[int(rng.random() ** 2 * len(forces))],  # some publish far more than others
            on=FIRST + timedelta(days=day),
            place=PLACES[int(rng.random() * len(PLACES))],
            area=AREAS[int(rng.random() * len(AREAS))],
            pattern=drawn[int(rng.random() * len(drawn))],
        )


def fill(admin_url: str, size: int, *, seed: int = 1) -> list[SyntheticForce]:
    """`size` records into an empty, migrated database, by COPY as the administrator.

    Foreign keys and triggers rest meanwhile, but for the one that gives heads their words: what is written is
    consistent by construction, and the verifier says so afterwards. Raises NotThrowAway.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        name = admin.info.dbname
        entries = admin.execute(
            "SELECT count(*) FROM (SELECT FROM register_entry LIMIT 1) AS found"
        ).fetchone()
        if not name.startswith(PREFIX) or entries != (0,):
            raise NotThrowAway(f"{name} is not an empty database whose name begins with {PREFIX}.")
        forces = make_forces(admin)
        admin.execute("ALTER TABLE register_head ENABLE ALWAYS TRIGGER register_head_tells")
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET synchronous_commit = off")
        indexes = _without_indexes(admin)
        months: Counter[tuple[int, date, int]] = Counter()
        drawn = {pattern.number: pattern for pattern in patterns(seed)}
        chunk: list[Record] = []
        for record in records(size, forces, seed):
            months[record.force.pk, record.on.replace(day=1), record.pattern.number] += 1
            chunk.append(record)
            if len(chunk) == CHUNK:
                _copy_chunk(admin, chunk)
                chunk = []
        _copy_chunk(admin, chunk)
        _copy_cells(admin, months, drawn)
        for index in indexes:
            admin.execute(index)
        admin.execute(f"SELECT setval('register_entry_id_seq', {size})")
        admin.execute("SET session_replication_role = origin")
        admin.execute("ALTER TABLE register_head ENABLE TRIGGER register_head_tells")
        admin.execute("VACUUM ANALYZE")
    return forces


def _without_indexes(admin: psycopg.Connection[Any]) -> list[str]:
    """Drop the indexes that no constraint needs, and say how to make them again: quicker once than row by row."""
    found = admin.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [["register_entry", "register_entrybody", "register_head", "collation_counted"]],
    ).fetchall()
    for name, _how in found:
        admin.execute(f"DROP INDEX {name}")
    return [how for _name, how in found]


def make_forces(admin: psycopg.Connection[Any], count: int = FORCES) -> list[SyntheticForce]:
    made = []
    for number in range(1, count + 1):
        force = SyntheticForce(0, number)
        row = admin.execute(
            "INSERT INTO forces_force (code, slug, name, name_cy, area_name, region, body_type, realm,"
            " population_source, source)"
            " VALUES (%s, %s, %s, '', '', '', 'territorial', %s, '', 'Made up to measure speed') RETURNING id",
            [force.code, force.slug, force.name, REALM],
        ).fetchone()
        made.append(SyntheticForce(row[0], number))  # type: ignore[index]
    return made


_ENTRY = (
    "id, reference, version, act, supersedes_id, reason, force_id, realm, origin, tier, schema, commitment, size,"
    " entered_at"
)
_HEAD = (
    'reference, entry_id, force_id, realm, origin, tier, technology, "on", place, area, status,'
    " use_case, algorithm, threshold, watchlist_size, days_to_publish, version,"
    " is_withdrawn, is_redacted, first_entered_at, entered_at"
)


def _copied(text: str) -> str:
    """As COPY reads it."""
    return text.replace("\\", r"\\")


def _copy_chunk(admin: psycopg.Connection[Any], chunk: list[Record]) -> None:
    entries, bodies, heads, counted = [], [], [], []
    for record in chunk:
        pattern, force, at = record.pattern, record.force.pk, record.entered_at.isoformat()
        facets = pattern.facets
        body = record.body()
        salt = hashlib.sha256(record.reference.encode()).digest()
        commitment = hashlib.sha256(salt + body).hexdigest()
        entries.append(
            f"{record.number}\t{record.reference}\t1\toriginal\t\\N\t\t{force}\t{REALM}\t{pattern.origin}\t"
            f"{pattern.tier}\tdeployment-result.v1\t{commitment}\t{len(body)}\t{at}\n"
        )
        bodies.append(f"{record.number}\t{force}\t\\\\x{salt.hex()}\t\\\\x{body.hex()}\n")
        heads.append(
            f"{record.reference}\t{record.number}\t{force}\t{REALM}\t{pattern.origin}\t{pattern.tier}\tlive\t"
            f"{record.on}\t{record.place}\t{record.area}\t{pattern.status}\t{facets.use_case}\t{facets.algorithm}\t"
            f"{facets.threshold}\t{facets.watchlist_size}\t{pattern.days}\t1\tf\tf\t{at}\t{at}\n"
        )
        counted.append(
            f"{record.reference}\t{force}\t{REALM}\t{record.number}\t{pattern.tier}\tlive\t{record.on}\t"
            f"{pattern.counted_text}\n"
        )
    for table, columns, lines in (
        ("register_entry", _ENTRY, entries),
        ("register_entrybody", "entry_id, force_id, salt, body", bodies),
        ("register_head", _HEAD, heads),
        (
            "collation_counted",
            'reference, force_id, realm, entry_id, tier, technology, "on", contributions, under',
            counted,
        ),
    ):
        with admin.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            copy.write("".join(lines))


def _copy_cells(
    admin: psycopg.Connection[Any], months: Counter[tuple[int, date, int]], drawn: dict[int, Pattern]
) -> None:
    """A cell per measure, force and month, and the same by year: what counting the records one by one comes to."""
    from coordination.collation.contributions import State
    from coordination.collation.counting import unpacked
    from coordination.collation.dimensions import KEPT
    from coordination.collation.models import SUMS

    cells: dict[tuple[Any, ...], list[int]] = {}
    breakdowns: dict[tuple[Any, ...], list[int]] = {}

    def add(to: dict[tuple[Any, ...], list[int]], key: tuple[Any, ...], what: dict[int, int]) -> None:
        sums = to.setdefault(key, [0] * len(SUMS))
        for place, number in what.items():
            sums[place] += number

    for (force, month, number), times in months.items():
        pattern = drawn[number]
        for measure, stored in pattern.adds.items():
            state, total, base = unpacked(stored)
            place = SUMS.index(State(state).value)
            what = {0: times * total, 1: times * base, place: times}
            of = (REALM, pattern.tier, "live")
            add(cells, (*of, "month", month, measure, force), what)
            add(cells, (*of, "year", month.replace(month=1), measure, force), what)
            for dimension, value in pattern.under.items():
                if measure in KEPT[dimension]:
                    add(breakdowns, (*of, dimension, value, month.replace(month=1), measure, force), what)
    key = ("realm", "tier", "technology")
    for table, more, found in (
        ("collation_cell", ("span",), cells),
        ("collation_breakdown", ("dimension", "value"), breakdowns),
    ):
        columns = ", ".join((*key, *more, "starts_on", "measure", "force_id", *SUMS))
        with admin.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row, sums in found.items():
                copy.write_row((*row, *sums))
