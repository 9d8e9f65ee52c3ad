"""What a table has a row for. A dimension knows how its values are read, what they are called, and which records are
behind them; a table of another kind needs another dimension and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.collation import queries
from coordination.collation.measures import Measure, Rate
from coordination.collation.published.grid import Column, Kind, Value
from coordination.collation.published.questions import Question
from coordination.collation.queries import Figures
from forces.models import Force

if TYPE_CHECKING:
    from coordination.collation.published.reading import Table

BY_YEARS = ("force", "tier", "from", "to")
BY_ONE_YEAR = ("tier", "year")


def _nothing(table: Table) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Part:
    """One row before it is laid out. `values` stand in the order of the dimension's columns; `asked` is what narrows
    the list of records to those behind the row, in the list's own words, and None where no words do; `short` is its
    label where room is scarce."""

    label: str
    values: tuple[Value, ...]
    asked: Mapping[str, str | int] | None
    figures: Figures
    short: str = ""
    force: Force | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """`read(question, measures)` gives every part of one realm and tier, whatever the years asked for, in the order of
    the table; `keep(question, part)` says which of them the years let through: rates are judged by all of them.

    `filters` are the words an address may use. `all_label` names the row that adds up the others. `in_time` is true
    where rows follow each other in time, latest first. It is the whole's coverage that counts where `has_coverage` is
    false: a row of one force speaks of that force. `remarks` are what its rows give to say, before any other note. The
    first `keys` of its columns tell rows apart.
    """

    code: str
    label: str | Promise
    all_label: str | Promise
    columns: tuple[Column, ...]
    filters: tuple[str, ...]
    read: Callable[[Question, Sequence[Measure | Rate]], Iterable[Part]]
    keep: Callable[[Question, Part], bool]
    in_time: bool = True
    has_coverage: bool = True
    remarks: Callable[[Table], Iterable[str]] = _nothing
    keys: int = 1


def within(question: Question, part: Part) -> bool:
    """Whether the part begins in the years that are asked for."""
    year = part.figures.period.first.year
    return (question.first_year or year) <= year <= (question.last_year or year)


def _newest_first(
    read: Callable[..., Sequence[queries.Figures]], question: Question, measures: Sequence[Measure | Rate]
) -> Iterable[queries.Figures]:
    found = read(
        question.realm,
        tier=question.tier,
        technology=question.technology,
        force=question.force,
        measures=measures,
    )
    return reversed(found)


def _years(question: Question, measures: Sequence[Measure | Rate]) -> Iterable[Part]:
    for figures in _newest_first(queries.by_year, question, measures):
        year = figures.period.first.year
        yield Part(str(year), (year,), {"year": year}, figures)


def _months(question: Question, measures: Sequence[Measure | Rate]) -> Iterable[Part]:
    for figures in _newest_first(queries.by_month, question, measures):
        first = figures.period.first
        yield Part(
            f"{MONTHS[first.month]} {first.year}",
            (f"{first:%Y-%m}",),
            {"year": first.year, "month": first.month},
            figures,
            f"{str(MONTHS[first.month])[:3]} {first.year}",
        )


def _forces(question: Question, measures: Sequence[Measure | Rate]) -> Iterable[Part]:
    found = queries.by_force(
        question.realm,
        tier=question.tier,
        technology=question.technology,
        year=question.year,
        measures=measures,
    )
    for force, figures in found:
        period = figures.period
        values = (force.code, force.name, period.first.isoformat(), period.last.isoformat())
        asked: dict[str, str | int] = {"force": force.slug}
        if question.year is not None:
            asked["year"] = question.year
        yield Part(force.name, values, asked, figures, force=force)


YEAR = Dimension(
    "year",
    _("Year"),
    _("All years"),
    (
        Column(
            "year",
            _("Year"),
            _("The calendar year in which the deployment started, UK local time."),
            Kind.YEAR,
        ),
    ),
    BY_YEARS,
    _years,
    within,
)
MONTH = Dimension(
    "month",
    _("Month"),
    _("All months"),
    (
        Column(
            "month", _("Month"), _("The month in which the deployment started, UK local time."), Kind.MONTH
        ),
    ),
    BY_YEARS,
    _months,
    within,
)
FORCE = Dimension(
    "force",
    _("Force"),
    _("All forces with records"),
    (
        Column("force", _("Code of the force"), _("The code of the force, as on its page."), Kind.TEXT),
        Column("force_name", _("Force"), _("The police force whose deployments these are."), Kind.TEXT),
        Column("from", _("From"), _("First day of the years with records that the row speaks of."), Kind.DAY),
        Column("to", _("To"), _("Last day of the years with records that the row speaks of."), Kind.DAY),
    ),
    BY_ONE_YEAR,
    _forces,
    lambda question, part: True,
    in_time=False,
    has_coverage=False,
)
