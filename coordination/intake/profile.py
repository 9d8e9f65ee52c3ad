"""A profile: one small TOML file that says how to read one publisher's layout.

`docs/how-to/add-an-import-profile.md` explains every key. A profile that contradicts itself is refused when it
is loaded, so that a mistake shows at once and not in a figure.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from coordination.intake.fields import CONVERTERS, FIELDS, FIGURES, OTHER_NULLABLE

FOLDER = Path(__file__).parent / "profiles"
ABSENCES = ("not_published", "not_applicable", "aborted", "misleading")
TIERS = ("primary", "secondary")


class BadProfile(Exception):
    """A profile file that is not one. For whoever writes profiles."""


@dataclass(frozen=True, slots=True)
class Condition:
    """On one printed cell. `has` asks for one item of a list separated by semicolons."""

    column: str
    is_in: tuple[str, ...] = ()
    starts: str = ""
    has: str = ""

    def holds(self, printed: dict[str, str | None]) -> bool:
        text = printed.get(self.column) or ""
        if self.is_in:
            return text in self.is_in
        if self.has:
            return self.has in (item.strip() for item in text.split(";"))
        return text.startswith(self.starts)


@dataclass(frozen=True, slots=True)
class Layout:
    """One arrangement of columns. `heading` as the reader finds it, `columns` as we name them, in order."""

    heading: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    any_order: bool = False
    where: Condition | None = None

    @property
    def width(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    field: str | None
    convert: str
    quality: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UseCases:
    """One version of a publisher's list of use cases."""

    scheme: str
    codes: dict[str, str]
    words: dict[str, str]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that is printed but would mislead, or that stands for something else in some rows."""

    field: str
    code: str
    why: str
    when: Condition | None = None
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Erratum:
    """A misprint: where it was seen, the cells that identify its row, what to use instead, and why."""

    document: str
    page: int
    row: int
    cells: dict[str, str]
    column: str
    printed: str
    corrected: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A quality code for rows: those with these cells, or with a start date in this period."""

    code: str
    why: str
    cells: dict[str, str] = field(default_factory=dict)
    first_on: str = ""
    last_on: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    title: str
    series: str
    tier: str
    technology: str
    force: str
    publisher: str
    document: str
    url: str
    layouts: tuple[Layout, ...]
    ignored: tuple[tuple[str, ...], ...]
    columns: dict[str, Column]
    date_formats: tuple[str, ...]
    use_cases: tuple[UseCases, ...]
    sums: dict[str, tuple[str, ...]]
    absent: dict[str, tuple[str, str]]
    blank_why: str
    not_applicable_words: tuple[str, ...]
    aborted_when: Condition | None
    aborted_if_all: tuple[str, ...]
    abort_reason: str
    methods: dict[str, str]
    quality: tuple[str, ...]
    quality_codes: dict[str, tuple[str, ...]]
    withheld: tuple[Withheld, ...]
    errata: tuple[Erratum, ...]
    marks: tuple[Mark, ...]
    joins_broken_rows: bool


def normal(heading: str | None) -> str:
    """A heading as compared: letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", heading or "").casefold()


def load(path: Path) -> Profile:
    """Read one profile. Raises `BadProfile` with the file's name and what is wrong."""
    try:
        return _build(tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError, tomllib.TOMLDecodeError) as error:
        raise BadProfile(f"{path.name}: {type(error).__name__}: {error}") from error


@cache
def profiles() -> dict[str, Profile]:
    """Every profile of the project, by name."""
    found = [load(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {profile.name: profile for profile in found}


def _build(raw: dict[str, Any]) -> Profile:
    columns = {label: _column(label, spec) for label, spec in raw["columns"].items()}
    aborted = raw.get("aborted", {})
    profile = Profile(
        name=raw["name"],
        title=raw["title"],
        series=raw["series"],
        tier=raw["tier"],
        technology=raw.get("technology", "live"),
        force=raw.get("force", ""),
        publisher=raw.get("publisher", ""),
        document=raw.get("document", ""),
        url=raw.get("url", ""),
        layouts=tuple(_layout(spec) for spec in raw["layout"]),
        ignored=tuple(tuple(normal(cell) for cell in spec["heading"]) for spec in raw.get("ignore", [])),
        columns=columns,
        date_formats=tuple(raw["dates"]),
        use_cases=tuple(
            UseCases(
                spec["scheme"], spec.get("codes", {}), spec.get("words", {}), _condition(spec.get("when"))
            )
            for spec in raw.get("use_cases", [])
        ),
        sums={name: tuple(parts) for name, parts in raw.get("sums", {}).items()},
        absent={name: (spec["code"], spec["why"]) for name, spec in raw.get("absent", {}).items()},
        blank_why=raw.get("blank", "The source prints nothing here."),
        not_applicable_words=tuple(raw.get("not_applicable_words", ["N/A"])),
        aborted_when=_condition(aborted.get("when")),
        aborted_if_all=tuple(aborted.get("if_all_not_applicable", [])),
        abort_reason=aborted.get("reason", ""),
        methods=raw.get("methods", {}),
        quality=tuple(raw.get("quality", [])),
        quality_codes={code: tuple(ours) for code, ours in raw.get("quality_codes", {}).items()},
        withheld=tuple(
            Withheld(
                spec["field"],
                spec["code"],
                spec["why"],
                _condition(spec.get("when")),
                spec.get("repeats", ""),
            )
            for spec in raw.get("withhold", [])
        ),
        errata=tuple(Erratum(**spec) for spec in raw.get("errata", [])),
        marks=tuple(
            Mark(
                spec["code"],
                spec["why"],
                spec.get("cells", {}),
                str(spec.get("first_on", "")),
                str(spec.get("last_on", "")),
            )
            for spec in raw.get("marks", [])
        ),
        joins_broken_rows=raw.get("joins_broken_rows", False),
    )
    _check(profile)
    return profile


def _layout(spec: dict[str, Any]) -> Layout:
    heading = tuple(
        tuple(normal(way) for way in (cell if isinstance(cell, list) else [cell])) for cell in spec["heading"]
    )
    columns = tuple(spec.get("columns") or [c if isinstance(c, str) else c[0] for c in spec["heading"]])
    return Layout(heading, columns, spec.get("any_order", False), _condition(spec.get("where")))


def _column(label: str, spec: dict[str, Any] | str) -> Column:
    if spec == "ignore":
        return Column(label, None, "text")
    assert isinstance(spec, dict)  # noqa: S101  # narrows the type; a string other than "ignore" is a TypeError
    return Column(label, spec["field"], spec["as"], tuple(spec.get("quality", [])))


def _condition(spec: dict[str, Any] | None) -> Condition | None:
    if spec is None:
        return None
    return Condition(spec["column"], tuple(spec.get("in", [])), spec.get("starts", ""), spec.get("has", ""))


def _check(profile: Profile) -> None:
    def need(holds: bool, complaint: str) -> None:
        if not holds:
            raise ValueError(complaint)

    fields = {column.field for column in profile.columns.values() if column.field}
    need(profile.tier in TIERS, f"tier is one of {', '.join(TIERS)}")
    need("on" in fields and "place.name" in fields, "the date (on) and the place (place.name) need a column")
    need(
        bool(profile.force) or "force" in fields, "say whose deployments these are: force, or a column for it"
    )
    for column in profile.columns.values():
        need(
            column.field is None or column.field in FIELDS or column.field in _parts(profile),
            f"field {column.field}",
        )
        need(column.convert in CONVERTERS, f"column {column.label}: cannot read as {column.convert}")
    for layout in profile.layouts:
        for label in layout.columns:
            need(label in profile.columns, f"column {label} of a layout is not described under [columns]")
        need(len(set(layout.columns)) == len(layout.columns), "a layout names a column twice")
    for name in FIGURES:
        given = name in fields or name in profile.sums
        need(given or name in profile.absent, f"{name} has no column; say under [absent] what that means")
    for name, (code, _why) in profile.absent.items():
        need(name in (*FIGURES, *OTHER_NULLABLE), f"absent: {name} is not a field that can be absent")
        need(code in ABSENCES, f"absent: {name}: code is one of {', '.join(ABSENCES)}")
    for withheld in profile.withheld:
        need(withheld.field in FIGURES and withheld.code in ABSENCES, f"withhold: {withheld.field}")
    for erratum in profile.errata:
        need(erratum.column in profile.columns, f"erratum: column {erratum.column}")
        need(
            erratum.cells.get(erratum.column) == erratum.printed, "erratum: cells must hold the printed text"
        )


def _parts(profile: Profile) -> set[str]:
    return {part for parts in profile.sums.values() for part in parts}
