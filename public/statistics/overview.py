"""Statistics year by year: every total leads to its records, and says how many forces and records it speaks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.figures import Code, Figure
from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    ENFORCEMENT_ACTIONS,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    FEWEST_ALERTS,
    TRUE_ALERTS,
    Measure,
    Rate,
)
from coordination.collation.series import SERIES_BREAKS, SeriesBreak
from coordination.collation.tables import COLUMNS, TableRow, YearTable
from design.charts import Bar, BarChart
from design.components import Column, Row, Table
from design.numbers import date_text, figure_html, number_text, shorthand
from forces.models import Force
from public import wording
from public.worlds import World, page
from register.models import Entry, Head, Tier
from register.search import LIVE

COUNTS = (DEPLOYMENTS, FACES_SEEN, ALERTS, TRUE_ALERTS, FALSE_ALERTS, ARRESTS, ENFORCEMENT_ACTIONS)
# What the pages show: PostgreSQL adds up no more than that.
SHOWN = (*COUNTS, FAR_ALERTS, FAR_FACES)
# Fewer false alerts than this and two years' rates are not compared in a heading.
FEWEST_TO_COMPARE = 5
CODES = (Code.NOT_AVAILABLE, Code.NOT_APPLICABLE, Code.ESTIMATED, Code.BREAK, Code.LOW_RELIABILITY)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the records of one table reach: first and last day, and when the register last changed."""

    first: date | None
    last: date | None
    as_of: datetime | None

    @classmethod
    def of(cls, realm: str, *, tier: str, force: Force | None = None) -> Reach:
        heads = Head.objects.in_realm(realm).standing().of_tier(tier).filter(technology=LIVE)
        entries = Entry.objects.filter(realm=realm)
        if force is not None:
            heads, entries = heads.filter(force=force), entries.filter(force=force)
        # One end at a time: each is the first row of an index, where a minimum and maximum read all of it.
        return cls(
            heads.order_by("on", "entry_id").values_list("on", flat=True).first(),
            heads.latest_first().values_list("on", flat=True).first(),
            entries.order_by("-pk").values_list("entered_at", flat=True).first(),
        )

    @classmethod
    def last_day(cls, realm: str, *, tier: str) -> Reach:
        """Only up to which day, in one query."""
        heads = Head.objects.in_realm(realm).standing().of_tier(tier).filter(technology=LIVE)
        return cls(None, heads.latest_first().values_list("on", flat=True).first(), None)

    @property
    def days(self) -> str:
        """From 6 April 2023 to 10 May 2025."""
        if self.first is None or self.last is None:
            return _("No records")
        return _("%(first)s to %(last)s") % {"first": date_text(self.first), "last": date_text(self.last)}


@page
def statistics(request: HttpRequest, *, world: World) -> HttpResponse:
    primary = YearTable.of(world.realm, tier=Tier.PRIMARY, columns=SHOWN)
    secondary = YearTable.of(world.realm, tier=Tier.SECONDARY, columns=SHOWN)
    reach = Reach.of(world.realm, tier=Tier.PRIMARY)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("statistics"),
        "primary": primary,
        "strip": strip(primary, reach),
        "charts": charts(primary, reach, world),
        "tables": tables(primary, reach, world),
        "secondary": tables(secondary, Reach.last_day(world.realm, tier=Tier.SECONDARY), world),
        "secondary_covers": secondary.total.coverage if secondary.total else None,
        "breaks": breaks(primary),
        "codes": [(shorthand(code, with_words=False), meaning(code)) for code in CODES],
        "deployments_url": world.url("deployments"),
        "csv_url": world.url("statistics-csv"),
    }
    return render(request, "public/statistics.html", context)


@page
def as_csv(request: HttpRequest, *, world: World) -> HttpResponse:
    """The main table, for a spreadsheet. Forces' own records only."""
    table = YearTable.of(world.realm, tier=Tier.PRIMARY, columns=COLUMNS)
    response = HttpResponse(table.csv(), content_type="text/csv; charset=utf-8")
    name = "deployments-by-year" + ("-demonstration" if world.is_made_up else "")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


# --- what the page of a force shows too ---------------------------------------------------------------


def strip(table: YearTable, reach: Reach) -> list[Row]:
    """What the figures speak for, before any figure."""
    covers = table.total.coverage if table.total else None
    return [
        *([Row(_("Coverage"), covers.sentence)] if covers else []),
        Row(_("Deployments"), reach.days),
        Row(_("As of"), reach.as_of if reach.as_of else _("No records yet")),
        Row(_("Source"), _("Forces' own published records")),
    ]


def tables(table: YearTable, reach: Reach, world: World) -> dict[str, Table] | None:
    """The counts, and the two rates beside their counts; None where there are no records."""
    if table.total is None:
        return None
    rows = [*table.rows, table.total]

    def made(caption: str, measures: Sequence[Measure | Rate]) -> Table:
        lines = [
            [
                _label(row, table, reach),
                *(_cell(row, measure, table, world) for measure in measures),
                *([_coverage(row)] if table.force is None else []),
            ]
            for row in rows
        ]
        return Table(
            caption,
            [
                Column(_("Year"), nowrap=True),
                *(Column(str(each.label), numeric=isinstance(each, Measure)) for each in measures),
                *([Column(_("Forces with records"))] if table.force is None else []),
            ],
            lines[:-1],
            total=lines[-1],
        )

    counts, rates = (
        _("What forces published, by year"),
        _("False alerts out of alerts, and out of faces seen"),
    )
    if table.tier == Tier.SECONDARY:
        counts, rates = _("What other sources say, by year"), _("False alert rates in other sources")
    return {"counts": made(counts, COUNTS), "rates": made(rates, (FAR_ALERTS, FAR_FACES))}


def _label(row: TableRow, table: YearTable, reach: Reach) -> str:
    """The year; of the last one, also up to which day there are records, for it may not be whole."""
    if _may_be_unfinished(row, table, reach) and reach.last:
        return format_html("{} <small>{}</small>", row.label, _("to %s") % _day_and_month(reach.last))
    return row.label


def _may_be_unfinished(row: TableRow, table: YearTable, reach: Reach) -> bool:
    """Whether no later record shows that the year is over."""
    return (
        bool(table.rows) and row is table.rows[0] and reach.last is not None and reach.last.year == row.year
    )


def _day_and_month(day: date) -> str:
    return date_text(day).removesuffix(f" {day.year}")


def figure_of(row: TableRow, table: YearTable, measure: Measure | Rate) -> Figure:
    return row.cells[table.columns.index(measure)].figure


def _cell(row: TableRow, measure: Measure | Rate, table: YearTable, world: World) -> Any:
    cell = row.cells[table.columns.index(measure)]
    href = f"{world.url('deployments')}?{cell.query}" if cell.figure.records else ""
    if cell.figure.is_rate:
        return wording.rate(cell.figure, href)
    shown = figure_html(cell.figure)
    if href:
        shown = format_html('<a class="govuk-link" href="{}">{}</a>', href, shown)
    return format_html("{}<br><small>{}</small>", shown, part) if (part := _part(cell.figure)) else shown


def _part(figure: Figure) -> str:
    """Of how many records a number speaks, where others should have given one and did not."""
    silent = figure.tally.not_applicable + figure.tally.aborted
    if figure.number is None or figure.known + silent == figure.records:
        return ""
    return _("from %(known)s of %(records)s records") % {
        "known": number_text(figure.known),
        "records": number_text(figure.records),
    }


def _coverage(row: TableRow) -> str:
    if row.coverage is None or not row.has_records:
        return _("None: not known")
    return _("%(counted)s of %(of)s") % {"counted": row.coverage.counted, "of": row.coverage.territorial} + (
        " + " + ", ".join(row.coverage.others) if row.coverage.others else ""
    )


def breaks(table: YearTable) -> list[SeriesBreak]:
    """The breaks in series that the table's figures span."""
    if table.total is None or Code.BREAK not in figure_of(table.total, table, FACES_SEEN).marks:
        return []
    return [
        known
        for known in SERIES_BREAKS
        if table.total.period.first <= known.on <= table.total.period.last
        and (table.force is None or table.force.code == known.force)
    ]


def meaning(code: Code) -> str:
    return {
        Code.NOT_AVAILABLE: _("Not published, or left out because it would mislead. It is not zero."),
        Code.NOT_APPLICABLE: _("Does not apply."),
        Code.ESTIMATED: _("An estimate by the force."),
        Code.BREAK: _("The way it is made changed: do not compare with the year before."),
        Code.LOW_RELIABILITY: _("Rests on fewer than %s alerts: it says very little.") % FEWEST_ALERTS,
    }[code]


# --- charts -------------------------------------------------------------------------------------------


def charts(table: YearTable, reach: Reach, world: World) -> list[BarChart]:
    if table.total is None:
        return []
    oldest_first = list(reversed(table.rows))
    where = table.force.name if table.force else table.total.coverage.phrase if table.total.coverage else ""
    note = _note(table, reach)
    return [
        BarChart(
            id="deployments",
            title=_deployments_title(table),
            subtitle=_("Number of deployments by year, %(where)s") % {"where": where},
            series=[_("Deployments")],
            bars=[_bar(row, table, world, reach, (DEPLOYMENTS,)) for row in oldest_first],
            label_name=_("Year"),
            note=note,
            source=_("forces' own published records"),
        ),
        BarChart(
            id="alerts",
            title=_alerts_title(table),
            subtitle=_("Alerts judged true and judged false by year, %(where)s") % {"where": where},
            series=[_("True"), _("False")],
            bars=[
                _bar(row, table, world, reach, (TRUE_ALERTS, FALSE_ALERTS))
                for row in oldest_first
                if row.has_records
            ],
            label_name=_("Year"),
            note=note,
            source=_("forces' own published records"),
        ),
    ]


def _bar(row: TableRow, table: YearTable, world: World, reach: Reach, measures: Sequence[Measure]) -> Bar:
    label = row.label
    if _may_be_unfinished(row, table, reach) and reach.last:
        label = _("%(year)s to %(month)s") % {
            "year": label,
            "month": str(MONTHS_3[reach.last.month]).capitalize(),
        }
    return Bar(
        label,
        [figure_of(row, table, measure) for measure in measures],
        href=f"{world.url('deployments')}?{row.query}" if row.has_records else "",
    )


def _note(table: YearTable, reach: Reach) -> str:
    covers = table.total.coverage if table.total else None
    said = [covers.sentence] if covers else []
    if reach.last:
        said.append(_("Records reach to %(last)s.") % {"last": date_text(reach.last)})
    return " ".join(said)


def _whole_years(table: YearTable) -> list[TableRow]:
    """Years with records that later records show to be over, latest first: only these are compared."""
    return [row for row in table.rows[1:] if row.has_records]


def _pair(table: YearTable) -> tuple[TableRow, TableRow] | None:
    """The last two whole years that follow each other and speak of the same number of forces."""
    whole = _whole_years(table)
    if len(whole) < 2:
        return None
    after, before = whole[0], whole[1]
    follows = (after.year or 0) - (before.year or 0) == 1
    same = table.force is not None or (
        after.coverage is not None
        and before.coverage is not None
        and (after.coverage.counted, after.coverage.others)
        == (before.coverage.counted, before.coverage.others)
    )
    return (after, before) if follows and same else None


def _deployments_title(table: YearTable) -> str:
    """The finding: two years compared, if they compare; else what there is."""
    if pair := _pair(table):
        after, before = pair
        return _("%(after)s deployments in %(year)s, compared with %(before)s in %(earlier)s") % {
            "after": _plain(figure_of(after, table, DEPLOYMENTS)),
            "before": _plain(figure_of(before, table, DEPLOYMENTS)),
            "year": after.label,
            "earlier": before.label,
        }
    assert table.total is not None  # noqa: S101 - a chart is of records
    count = figure_of(table.total, table, DEPLOYMENTS).number or 0
    return ngettext("%(n)s deployment published", "%(n)s deployments published", int(count)) % {
        "n": number_text(count)
    }


def _alerts_title(table: YearTable) -> str:
    whole = _whole_years(table)[:1] or [row for row in table.rows if row.has_records][:1]
    if pair := _pair(table):
        after, before = (figure_of(row, table, FAR_ALERTS) for row in pair)
        if _compares(after) and _compares(before):
            return _(
                "1 in %(after)s alerts was false in %(year)s, compared with 1 in %(before)s in %(earlier)s"
            ) % {
                "after": _one_in(after),
                "before": _one_in(before),
                "year": pair[0].label,
                "earlier": pair[1].label,
            }
    rate = figure_of(whole[0], table, FAR_ALERTS)
    if rate.number is None:
        return _("True and false alerts")
    return _("%(false)s of %(alerts)s alerts were false in %(year)s") % {
        "false": number_text(rate.numerator or 0),
        "alerts": number_text(rate.denominator or 0),
        "year": whole[0].label,
    }


def _compares(rate: Figure) -> bool:
    return (
        bool(rate.number)
        and (rate.numerator or 0) >= FEWEST_TO_COMPARE
        and Code.LOW_RELIABILITY not in rate.marks
    )


def _one_in(rate: Figure) -> str:
    return number_text(round((rate.denominator or 0) / (rate.numerator or 1)))


def _plain(figure: Figure) -> str:
    return number_text(figure.number or 0)
