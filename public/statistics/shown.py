"""A published table as pages show it: its figures with links to the records behind them, and what is said beside."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.collation.figures import Code, Figure
from coordination.collation.measures import FEWEST_ALERTS, FEWEST_EXPECTED, Measure, Rate
from coordination.collation.published import words
from coordination.collation.published.declaration import Group
from coordination.collation.published.reading import Row as TableRow
from coordination.collation.published.reading import Table as Read
from design.components import Column, Row, Table
from design.numbers import date_text, figure_html, number_text, shorthand
from forces.models import Force
from public import wording
from public.worlds import World
from register.models import Tier

CODES = (Code.NOT_AVAILABLE, Code.NOT_APPLICABLE, Code.ESTIMATED, Code.BREAK, Code.LOW_RELIABILITY)


def strip(table: Read) -> list[Row]:
    """What the figures speak for, before any figure."""
    return [
        *([Row(_("Coverage"), table.coverage.sentence)] if table.coverage else []),
        Row(_("Deployments"), words.days(table)),
        Row(_("As of"), table.reach.as_of if table.reach.as_of else _("No records yet")),
        Row(_("Source"), words.source(table)),
    ]


def tables(table: Read, world: World) -> list[Table]:
    """One for each group of measures that was read; none where there are no records."""
    if table.total is None:
        return []
    made = []
    for group in table.published.groups:
        measures = [measure for measure in group.measures if measure in table.columns]
        if measures:
            made.append(_group(table, group, measures, world))
    return made


def _group(table: Read, group: Group, measures: list[Measure | Rate], world: World) -> Table:
    has_coverage = table.question.force is None and table.published.dimension.has_coverage

    def line(row: TableRow) -> list[Any]:
        covers = [_coverage(row)] if has_coverage else []
        return [
            _label(row, table, world),
            *(_cell(row, measure, table, world) for measure in measures),
            *covers,
        ]

    return Table(
        str(group.caption),
        [
            Column(str(table.published.dimension.label), nowrap=table.published.dimension.in_time),
            *(Column(str(each.label), numeric=isinstance(each, Measure)) for each in measures),
            *([Column(_("Forces with records"))] if has_coverage else []),
        ],
        [line(row) for row in table.rows],
        total=line(table.total) if table.total else None,
    )


def _label(row: TableRow, table: Read, world: World) -> str | SafeString:
    """Of the last year or month with records also up to which day there are any, for it may not be whole."""
    if may_be_unfinished(row, table) and table.reach.last:
        return format_html("{} <small>{}</small>", row.label, _("to %s") % _day_and_month(table))
    if row.force is not None:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', world.url("force", row.force.slug), row.label
        )
    return row.label


def may_be_unfinished(row: TableRow, table: Read) -> bool:
    """Whether no later record shows that the period is over."""
    return (
        table.published.dimension.in_time
        and table.reach.last is not None
        and row is not table.total
        and row.period.first <= table.reach.last <= row.period.last
    )


def _day_and_month(table: Read) -> str:
    assert table.reach.last is not None  # noqa: S101 - asked only where there is one
    return date_text(table.reach.last).removesuffix(f" {table.reach.last.year}")


def records_url(row: TableRow, table: Read, measure: Measure | Rate, world: World) -> str:
    """The list of the records behind a figure, which adds them up again; nothing where there are none, or no list."""
    cell = table.cell(row, measure)
    return f"{world.url('deployments')}?{cell.query}" if cell.figure.records and cell.query else ""


def _cell(row: TableRow, measure: Measure | Rate, table: Read, world: World) -> Any:
    figure = table.figure(row, measure)
    href = records_url(row, table, measure, world)
    if figure.is_rate:
        return wording.rate(figure, href)
    shown = figure_html(figure)
    if href:
        shown = format_html('<a class="govuk-link" href="{}">{}</a>', href, shown)
    return format_html("{}<br><small>{}</small>", shown, part) if (part := _part(figure)) else shown


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


def codes() -> list[tuple[SafeString, str]]:
    """What the codes in the tables mean."""
    return [(shorthand(code, with_words=False), meaning(code)) for code in CODES]


def meaning(code: Code) -> str:
    return {
        Code.NOT_AVAILABLE: _("Not published, or left out because it would mislead. It is not zero."),
        Code.NOT_APPLICABLE: _("Does not apply."),
        Code.ESTIMATED: _("An estimate by the force."),
        Code.BREAK: _("The way it is made changed: do not compare with the period before."),
        Code.LOW_RELIABILITY: _(
            "It says very little: fewer than %(alerts)s alerts, or so few that fewer than %(expected)s false alerts "
            "were to be expected at the rate of all rows together."
        )
        % {"alerts": FEWEST_ALERTS, "expected": FEWEST_EXPECTED},
    }[code]


def definitions(table: Read) -> list[tuple[str, str]]:
    """What each measure means, and what may be compared with what."""
    return [(str(each.label), f"{each.definition} {each.comparability}") for each in table.columns]


def of_other_tier(table: Read, address: str) -> tuple[str, str] | None:
    """The words and the address of the same table of the other kind of source."""
    if table.question.tier == Tier.SECONDARY:
        return _("Forces' own records"), address
    return _("Records from other sources"), f"{address}?tier={Tier.SECONDARY.value}"


def where(table: Read) -> str:
    """Of whom the figures speak, for the line below a title."""
    force: Force | None = table.question.force
    if force is not None:
        return force.name
    return table.coverage.phrase if table.coverage else ""
