"""Claims as the pages show them: a table of all, and the working of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordination.collation.figures import Coverage, Tally
from coordination.collation.reconciliation.models import Claim, Role
from coordination.collation.reconciliation.queries import Line, Lines
from coordination.collation.reconciliation.running import Passing
from design.components import Column, Row, Table
from design.numbers import date_text, figure_html, number_text, shorthand
from design.running import RunningChart
from public.statistics.reconciliation import words
from public.worlds import NATIONAL
from register.models import Tier


@dataclass(frozen=True, slots=True)
class Section:
    """One claim with its working."""

    title: str
    about: str
    rows: list[Row]
    reasons: list[str]
    parts: Table | None
    beside: Table | None
    chart: RunningChart | None


def summary(lines: Lines) -> Table:
    """A row for each claim: what is claimed, what the records say, and what explains the difference."""
    return Table(
        _("Published claims, and what the records here come to over the same time"),
        [
            Column(_("Claim")),
            Column(_("Claimed"), numeric=True),
            Column(_("Forces' own records"), numeric=True),
            Column(_("With other sources"), numeric=True),
            Column(_("Difference")),
            Column(_("What is known of why")),
        ],
        [
            [
                _named(line),
                _claimed(line.claim),
                _own(line),
                _both(line),
                words.difference(line),
                words.in_short(line, lines.coverage(line)),
            ]
            for line in lines.lines
        ],
        caption_hidden=True,
        stacked=True,
    )


def section(line: Line, lines: Lines) -> Section:
    coverage = lines.coverage(line)
    return Section(
        _title(line),
        f"{words.subject(line.claim)}, {words.period(line.claim)}",
        _rows(line, coverage),
        words.explained(line, coverage),
        _by_force(line),
        _beside(line),
        _chart(line),
    )


def records_url(line: Line, tier: str, **narrowed: Any) -> str:
    """The list of the records behind a sum, with the sum above it."""
    return f"{NATIONAL.url('deployments')}?{urlencode(line.query(tier, **narrowed))}"


# --- the table of all --------------------------------------------------------------------------------------


def _named(line: Line) -> SafeString:
    return format_html(
        '<a class="govuk-link" href="{}">{}</a><br><span class="govuk-!-font-weight-regular">{}, {}</span>',
        NATIONAL.url("claim", line.claim.code),
        _title(line),
        words.subject(line.claim),
        words.period(line.claim),
    )


def _claimed(claim: Claim) -> str:
    return words.value(claim)


def _own(line: Line) -> SafeString:
    if line.answer is None:
        return shorthand("x")
    return _linked(line, line.answer.own, Tier.PRIMARY)


def _both(line: Line) -> SafeString:
    """Both sums, and what each kind of source gives of it: never the sum without its parts."""
    if line.answer is None or not line.is_summed:
        return shorthand("x")
    return format_html(
        "{}<br><small>{} + {}</small>",
        figure_html(line.figure(line.answer.both)),
        number_text(line.answer.own.total),
        _linked(line, line.answer.others, Tier.SECONDARY),
    )


def _linked(line: Line, tally: Tally, tier: str, **narrowed: Any) -> SafeString:
    """A sum that opens its records; [x] too, for its records are there to be seen."""
    if not tally.records:
        return format_html("{}", "0" if tier == Tier.SECONDARY else shorthand("x"))
    return format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        records_url(line, tier, **narrowed),
        figure_html(line.figure(tally, **narrowed)),
    )


# --- one claim ---------------------------------------------------------------------------------------------


def _title(line: Line) -> str:
    return _("%(claimant)s: %(value)s %(what)s") % {
        "claimant": line.claim.claimant,
        "value": number_text(line.claim.value),
        "what": str(line.measure.label).lower(),
    }


def _rows(line: Line, coverage: Coverage | None) -> list[Row]:
    claim, answer = line.claim, line.answer
    rows = [
        Row(_("Claimed"), words.value(claim)),
        *([Row(_("Counts"), claim.counts)] if claim.counts else []),
        Row(_("Read in"), _source(claim)),
    ]
    if answer is None:
        return rows
    rows += [
        Row(_("Forces' own records"), _sum(line, answer.own, Tier.PRIMARY)),
        Row(_("Records from other sources"), _sum(line, answer.others, Tier.SECONDARY)),
        Row(_("Both together"), _sum_of_both(line)),
        Row(_("Difference from both"), words.difference(line)),
        *(
            [Row(_("Both, with what is known of trials"), number_text(answer.with_early))]
            if answer.early
            else []
        ),
    ]
    if coverage is not None:
        rows.append(Row(_("Coverage"), coverage.sentence))
    reach = [
        _("forces' own to %s") % date_text(answer.own_last) if answer.own_last else "",
        _("other sources to %s") % date_text(answer.others_last) if answer.others_last else "",
    ]
    if any(reach):
        rows.append(Row(_("Records reach"), ", ".join(filter(None, reach))))
    rows += _met(line)
    return rows


def _source(claim: Claim) -> SafeString:
    named = (
        format_html('<a class="govuk-link" href="{}" rel="external">{}</a>', claim.source_url, claim.source)
        if claim.source_url
        else claim.source
    )
    return format_html(
        "{}. {} {}",
        named,
        _("Published: %s.") % words.published(claim),
        "" if claim.is_verified else _("Not verified: the source itself was not read."),
    )


def _sum(line: Line, tally: Tally, tier: str) -> SafeString:
    if not tally.records:
        return format_html("{}", _("No records of this time."))
    figure = line.figure(tally)
    return format_html("{}. {}", _linked(line, tally, tier), figure.completeness)


def _sum_of_both(line: Line) -> SafeString | str:
    assert line.answer is not None  # noqa: S101
    if not line.is_summed:
        return _("Not added up.")
    return figure_html(line.figure(line.answer.both))


def _met(line: Line) -> list[Row]:
    """Where the running sums meet the claim, for each kind of source."""
    answer = line.answer
    assert answer is not None  # noqa: S101
    if not line.is_summed or not line.claim.value or line.own_agrees:
        return []
    rows = []
    if answer.others.records:
        rows.append(
            _running(line, _("Forces' own records alone"), answer.own, answer.own_passing, words.Basis.OWN)
        )
    rows.append(_running(line, _("The running sum"), answer.both, answer.both_passing, words.Basis.ALL))
    return [row for row in rows if row.value]


def _running(line: Line, label: str, tally: Tally, passing: Passing | None, basis: words.Basis) -> Row:
    assert line.answer is not None  # noqa: S101
    if passing is not None:
        return Row(label, f"{words.match(line, passing, basis)} {words.until(line, passing)}".strip())
    reached = line.answer.own_last
    if basis is words.Basis.ALL or not tally.known or reached is None:
        return Row(label, "")
    told = {
        "total": number_text(tally.total),
        "on": date_text(reached),
        "value": number_text(line.claim.value),
    }
    return Row(label, _("They come to %(total)s by %(on)s and do not reach %(value)s.") % told)


def _by_force(line: Line) -> Table | None:
    """What each force's records give of a national sum."""
    if line.claim.subject is not None or line.answer is None or not line.is_summed:
        return None
    parts = sorted(
        (part for part in line.answer.parts if part.force in line.forces),
        key=lambda part: line.forces[part.force].name,
    )
    if not parts:
        return None
    return Table(
        _("By force"),
        [
            Column(_("Force")),
            Column(_("Own records"), numeric=True),
            Column(_("Other sources"), numeric=True),
        ],
        [
            [
                line.forces[part.force].name,
                *(
                    _linked(line, tally, tier, force=line.forces[part.force]) if tally.records else "–"
                    for tally, tier in ((part.own, Tier.PRIMARY), (part.others, Tier.SECONDARY))
                ),
            ]
            for part in parts
        ],
    )


def _beside(line: Line) -> Table | None:
    """Other figures that somebody published about part of the same. None of them is added to the records."""
    if line.answer is None or not line.answer.beside:
        return None
    rows = []
    for each in line.answer.beside:
        figure = line.figures[each.claim]
        said = figure.counts or (_("Trials") if figure.role == Role.EARLY else "")
        source = (
            format_html(
                '<a class="govuk-link" href="{}" rel="external">{}</a>', figure.source_url, figure.source
            )
            if figure.source_url
            else figure.source
        )
        about = format_html("{}, {}{}", figure.claimant, words.period(figure), f": {said}" if said else "")
        shown = number_text(each.records.total) if each.records.known else _("No record")
        rows.append([about, words.value(figure), shown, source])
    return Table(
        _("Other published figures about part of it"),
        [
            Column(_("Who and when")),
            Column(_("Published"), numeric=True),
            Column(_("Records here"), numeric=True),
            Column(_("Read in")),
        ],
        rows,
    )


def _chart(line: Line) -> RunningChart | None:
    """The running sum, where it equals the claim at the end of a day and goes on: then the drawing says something."""
    answer = line.answer
    if answer is None or answer.both_passing is None or answer.both_passing.equal_from is None:
        return None
    if line.agrees or len(answer.running) < 2:
        return None
    has_others = bool(answer.others.total)
    steps = {
        month: (own, both - own) if has_others else (own,) for month, (own, both) in answer.running.items()
    }
    series = [_("Forces' own records"), *([_("Other sources")] if has_others else [])]
    return RunningChart(
        id="running-sum",
        title=words.match(line, answer.both_passing),
        subtitle=_("Running sum of %(what)s by the end of each month, %(subject)s, %(period)s")
        % {
            "what": str(line.measure.label).lower(),
            "subject": words.subject(line.claim),
            "period": words.period(line.claim),
        },
        series=series,
        steps=steps,
        last=line.claim.last,
        value=line.claim.value,
        value_name=_("Claimed"),
        label_name=_("Month"),
        total_name=_("Both"),
        source=_("the records of this register, and the claim"),
        level=2,
    )
