"""Rows of a published table by what records say of themselves: use case, settings, watchlist, time to publish.

Read from the breakdown cells. An open dimension shows its largest values and adds the others up in one row, which no
list of records answers to, so that row leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation import breakdowns, dimensions
from coordination.collation.dimensions import Settings
from coordination.collation.measures import Measure, Rate
from coordination.collation.published.dimensions import BY_YEARS, Dimension, Part
from coordination.collation.published.grid import Column, Kind, Value
from coordination.collation.published.questions import Question
from register.facets import NO_VERSION, NOT_PUBLISHED

if TYPE_CHECKING:
    from coordination.collation.published.reading import Row, Table

# Letters of a label that a drawing 320 pixels wide has room for, with the figure behind it.
LONGEST_SHORT = 32
NOT_APPLICABLE = "not_applicable"
ABSENT = gettext_lazy("Not published")
OTHERS = gettext_lazy("All others")


def _rows(
    dimension: dimensions.Dimension, named: Callable[[str], tuple[Value, ...]]
) -> Callable[[Question, Sequence[Measure | Rate]], Iterator[Part]]:
    def read(question: Question, measures: Sequence[Measure | Rate]) -> Iterator[Part]:
        found = breakdowns.by_value(
            question.realm,
            dimension,
            tier=question.tier,
            technology=question.technology,
            force=question.force,
            first_year=question.first_year,
            last_year=question.last_year,
            measures=measures,
        )
        if found is None:
            return
        years = question.years_asked()
        labels = [_labelled(dimension, row.value or "", row.label) for row in found.rows]
        for row, label, short in zip(found.rows, labels, _shorts(labels), strict=True):
            value = row.value or ""
            asked: dict[str, str | int] = {**years, **row.words}
            yield Part(label, named(value), asked, row.figures, _short(value) or short)
        if found.others is not None:
            values: tuple[Value, ...] = tuple(str(OTHERS) for _value in named(found.rows[0].value or ""))
            label = _("%(others)s (%(number)s)") % {"others": OTHERS, "number": found.values_in_others}
            yield Part(label, values, None, found.others.figures)

    return read


def _labelled(dimension: dimensions.Dimension, value: str, label: str) -> str:
    if dimension is dimensions.PUBLISHED_WITHIN and value == NOT_APPLICABLE:
        return f"[z] {label}"
    return label


def _short(value: str) -> str:
    return _("[z] Transcribed by the centre") if value == NOT_APPLICABLE else ""


def _shorts(labels: Sequence[str]) -> list[str]:
    """Cut at the end, and in the middle where labels that begin alike could not be told apart."""
    cut = [
        label if len(label) <= LONGEST_SHORT else f"{label[: LONGEST_SHORT - 1].rstrip()}…"
        for label in labels
    ]
    half = LONGEST_SHORT // 2
    return [
        short if cut.count(short) == 1 else f"{label[: half - 1].rstrip()}…{label[-half:].lstrip()}"
        for label, short in zip(labels, cut, strict=True)
    ]


def _by_text(value: str) -> tuple[Value, ...]:
    return (value or str(ABSENT),)


def _by_settings(value: str) -> tuple[Value, ...]:
    settings = Settings.of(value)
    return settings.algorithm or str(ABSENT), settings.threshold or str(ABSENT)


def _by_band(dimension: dimensions.Dimension) -> Callable[[str], tuple[Value, ...]]:
    return lambda value: (value, dimension.said(value))


# --- what the rows themselves give to say ------------------------------------------------------------------


def _records(row: Row) -> int:
    return max((cell.figure.records for cell in row.cells), default=0)


def _where_none(silent: Callable[[Row], bool], said: str | Promise) -> Callable[[Table], Iterable[str]]:
    """A remark where every record of the table stands under rows that are `silent`."""

    def remarks(table: Table) -> Iterator[str]:
        if table.total is not None and all(map(silent, table.rows)):
            yield str(said) % {"records": _records(table.total)}

    return remarks


def _of_settings(table: Table) -> Iterator[str]:
    if table.total is None:
        return
    systems = {str(row.values[0]) for row in table.rows}
    if systems == {str(ABSENT)}:
        yield _(
            "The algorithm is not published in any of these records. Whether two rows, or two records of one row, come "
            "from the same system is not known, so nothing here can be compared: not forces, not thresholds, not years."
        )
    elif str(ABSENT) in systems:
        yield _(
            "Some records do not say which algorithm was used: they may come from several systems, so their rows "
            "compare with nothing."
        )
    if any(system.endswith(f", {NO_VERSION}") for system in systems):
        yield _(
            "Some records name an algorithm without its version. Two versions of one algorithm are two algorithms."
        )


def everything(question: Question, part: Part) -> bool:
    """Years were left out while reading."""
    return True


def _dimension(
    of: dimensions.Dimension,
    all_label: str | Promise,
    columns: tuple[Column, ...],
    named: Callable[[str], tuple[Value, ...]],
    remarks: Callable[[Table], Iterable[str]],
    keys: int = 1,
) -> Dimension:
    return Dimension(
        of.code,
        of.label,
        all_label,
        columns,
        BY_YEARS,
        _rows(of, named),
        everything,
        in_time=False,
        remarks=remarks,
        keys=keys,
    )


USE_CASE = _dimension(
    dimensions.USE_CASE,
    gettext_lazy("All use cases"),
    (Column("use_case", dimensions.USE_CASE.label, gettext_lazy("As the force published it."), Kind.TEXT),),
    _by_text,
    _where_none(
        lambda row: row.values == (str(ABSENT),),
        gettext_lazy("None of these %(records)s records says for which use case the system was used."),
    ),
)
SETTINGS = _dimension(
    dimensions.SETTINGS,
    gettext_lazy("All settings"),
    (
        Column(
            "algorithm",
            gettext_lazy("Algorithm"),
            gettext_lazy("Maker, product and version as published."),
            Kind.TEXT,
        ),
        Column(
            "threshold",
            gettext_lazy("Threshold"),
            gettext_lazy("The lowest score that raises an alert, on the scale of this algorithm alone."),
            Kind.TEXT,
        ),
    ),
    _by_settings,
    _of_settings,
    keys=2,
)
WATCHLIST = _dimension(
    dimensions.WATCHLIST_BAND,
    gettext_lazy("All sizes"),
    (
        Column("watchlist", gettext_lazy("Code of the size"), gettext_lazy("Stays for good."), Kind.TEXT),
        Column(
            "watchlist_entries",
            dimensions.WATCHLIST_BAND.label,
            dimensions.WATCHLIST_BAND.definition,
            Kind.TEXT,
        ),
    ),
    _by_band(dimensions.WATCHLIST_BAND),
    _where_none(
        lambda row: row.values[0] == NOT_PUBLISHED,
        gettext_lazy("None of these %(records)s records says how large the watchlist was."),
    ),
)
PUBLISHED = _dimension(
    dimensions.PUBLISHED_WITHIN,
    gettext_lazy("All deployments"),
    (
        Column("published", gettext_lazy("Code of the time"), gettext_lazy("Stays for good."), Kind.TEXT),
        Column(
            "time_to_publish",
            dimensions.PUBLISHED_WITHIN.label,
            dimensions.PUBLISHED_WITHIN.definition,
            Kind.TEXT,
        ),
    ),
    _by_band(dimensions.PUBLISHED_WITHIN),
    _where_none(
        lambda row: row.values[0] == NOT_APPLICABLE,
        gettext_lazy(
            "No force has published a deployment here itself: the national centre transcribed all %(records)s records. "
            "When it did so says nothing about how long a force takes, so no time is given."
        ),
    ),
)
