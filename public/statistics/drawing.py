"""The drawing of a published table: bars for counts, points with their intervals for rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from coordination.collation.figures import Code, Figure
from coordination.collation.measures import Measure, Rate
from coordination.collation.published import words
from coordination.collation.published.declaration import Drawing as Declared
from coordination.collation.published.reading import Row, Table
from design.charts import Bar, BarChart
from design.components import Link
from design.intervals import IntervalChart, Point
from design.numbers import date_text, number_text
from public import wording
from public.statistics.findings import finding
from public.statistics.shown import may_be_unfinished, records_url, where
from public.worlds import World

# More rows than this are not drawn: the table has them all.
MOST = 24


def drawn(table: Table, world: World, downloads: Sequence[Link] = ()) -> BarChart | IntervalChart | None:
    """The chart that the table declares; None where it declares none or has too few rows to say anything."""
    declared = table.published.drawing
    if declared is None or table.total is None or len(table.rows) < declared.fewest:
        return None
    measure = declared.measures[0]
    rows = _rows(table, declared)
    told: dict[str, Any] = {
        "id": "chart",
        "title": finding(table, measure),
        "subtitle": _subtitle(table, measure, rows),
        "label_name": str(table.published.dimension.label),
        "note": _note(table),
        "source": words.source(table).lower(),
        "downloads": downloads,
    }
    if isinstance(measure, Rate) and measure.is_share:
        points = _points([row for row in rows if row.has_records], table, measure, world)
        if any(point.share is None and "[u]" in point.said for point in points):
            told["note"] += " " + _("[u] says very little and is not drawn.")
        return IntervalChart(**told, measure=str(measure.label), points=points)
    bars = [
        Bar(
            _label(row, table),
            [_plain(table.figure(row, each)) for each in declared.measures],
            href=records_url(row, table, measure, world),
            name="" if table.published.dimension.in_time else row.label,
        )
        for row in rows
    ]
    return BarChart(**told, series=[str(each.label) for each in declared.measures], bars=bars)


def _rows(table: Table, declared: Declared) -> list[Row]:
    """What is drawn: the latest, oldest first; or all, in the order of the table."""
    most = declared.latest or MOST
    if table.published.dimension.in_time:
        return list(reversed(table.rows[:most]))
    return list(table.rows[:most])


def _subtitle(table: Table, measure: Measure | Rate, rows: Sequence[Row]) -> str:
    told = {
        "measure": measure.label,
        "by": str(table.published.dimension.label).lower(),
        "where": where(table),
        "first": rows[0].label if rows else "",
        "last": rows[-1].label if rows else "",
    }
    if len(rows) < len(table.rows) and table.published.dimension.in_time:
        return _("%(measure)s by %(by)s, %(first)s to %(last)s, %(where)s") % told
    if len(rows) < len(table.rows):
        return _("%(measure)s by %(by)s, the first of the table, %(where)s") % told
    return _("%(measure)s by %(by)s, %(where)s") % told


def _note(table: Table) -> str:
    said = [words.coverage(table)]
    if table.reach.last:
        said.append(_("Records reach to %s.") % date_text(table.reach.last))
    said.append(_("As of %s.") % words.as_of(table))
    return " ".join(said)


def _label(row: Row, table: Table) -> str:
    if may_be_unfinished(row, table) and table.reach.last and table.published.dimension.code == "year":
        month = str(MONTHS_3[table.reach.last.month]).capitalize()
        return _("%(year)s to %(month)s") % {"year": row.label, "month": month}
    return row.short


def _plain(figure: Figure) -> Figure:
    """So many to one of another is drawn without decimals; that it is an estimate is said beside the drawing once."""
    if figure.number is None:
        return figure
    marks = tuple(mark for mark in figure.marks if mark is not Code.ESTIMATED)
    return replace(figure, number=round(figure.number), marks=marks)


def _points(rows: Sequence[Row], table: Table, measure: Rate, world: World) -> list[Point]:
    """Where some rates can be relied on, the others are said and not drawn: their ranges would leave no room."""
    reliable = [row for row in rows if Code.LOW_RELIABILITY not in table.figure(row, measure).marks]
    return [_point(row, table, measure, world, is_drawn=row in reliable or not reliable) for row in rows]


def _point(row: Row, table: Table, measure: Rate, world: World, *, is_drawn: bool) -> Point:
    rate = table.figure(row, measure)
    href = records_url(row, table, measure, world)
    label = _label(row, table)
    if rate.number is None:
        assert rate.code is not None  # noqa: S101 - a figure is a number or a code
        return Point(label, None, None, None, f"{rate.code.shown} {rate.meanings[0]}", href)
    said = _("%(top)s of %(bottom)s, %(share)s") % {
        "top": number_text(rate.numerator or 0),
        "bottom": number_text(rate.denominator or 0),
        "share": wording.percentage(float(rate.number)),
    }
    if rate.interval is not None:
        said += _(" (%(lower)s to %(upper)s)") % {
            "lower": wording.percentage(rate.interval.lower),
            "upper": wording.percentage(rate.interval.upper),
        }
    said += "".join(f" {mark.shown}" for mark in rate.marks if mark is not Code.ESTIMATED)
    if not is_drawn:
        return Point(label, None, None, None, said, href)
    lower = rate.interval.lower if rate.interval else None
    upper = rate.interval.upper if rate.interval else None
    return Point(label, float(rate.number), lower, upper, said, href)
