"""A briefing pack as a paper: headlines, tables, outliers, claims, revisions, open decisions, notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from coordination.briefing.addresses import Addresses
from coordination.briefing.figures import Line, codes_in, day, moment
from coordination.briefing.pack import Briefing, Claimed, KeyTable, Waiting
from coordination.briefing.papers import heading_of, matrix, totals
from coordination.briefing.reading import Content
from coordination.briefing.writing.paper import Block, Cell, Grid, Paper, Points, Section, Text
from forces.clock import london_date
from register.revisions import Kind

TITLE = "Police live facial recognition: briefing pack"


def of_pack(
    found: Briefing,
    decisions: Sequence[Waiting],
    *,
    at: datetime,
    addresses: Addresses,
) -> Paper:
    sections = [
        Section(_("Headline figures: %s") % heading_of(each.parts[0]).lower(), tuple(_headline(number, each)))
        for number, each in enumerate(found.headlines, 1)
    ]
    sections += [
        Section(_("Key figures"), tuple(_tables(found.tables))),
        Section(_("What stands out"), tuple(_outliers(found, addresses))),
        Section(_("What others claim, beside the records"), tuple(_claims(found, addresses))),
        Section(_("Latest changes to what was published"), tuple(_revisions(found, addresses))),
        Section(_("Open decisions"), tuple(_decisions(decisions))),
        Section(_("What must be known to read this"), (Points(found.caveats),)),
    ]
    if codes := codes_in(found.lines):
        sections.append(Section(_("What the codes mean"), (Points(tuple(codes)),)))
    return Paper(
        TITLE,
        _("As the register stood on %s") % day(london_date(at)),
        (
            (_("Made"), _("%s, by the national centre") % moment(at)),
            (
                _("The register had last changed"),
                moment(found.as_of) if found.as_of else _("never: it is empty"),
            ),
            (_("State of the register"), found.register),
        ),
        tuple(sections),
        at,
        (
            _(
                "Each number leads to the records it is made from: press it. On paper, the address below a table opens "
                "the same table. All addresses stand in the spreadsheet that goes with this file."
            ),
            _(
                "Forces' own records, records from other sources and what others claim are given apart. None of them "
                "is ever added to another. Open decisions are the centre's own and not public; everything else is."
            ),
        ),
    )


def _headline(number: int, found: Content) -> Iterator[Block]:
    for said in found.text[:1]:
        yield Text(said, found.address)
    for part in found.parts:
        if part.total:
            yield totals(_("Headlines %s") % number, _("All years with records"), part.total)
        latest = [line for line in part.rows if line.key == max(each.key for each in part.rows)]
        if latest:
            yield totals(
                _("Latest year %s") % number,
                _("The latest year with records: %s") % latest[0].row,
                latest,
            )
            if part.last is not None:
                yield Text(_("Its last record is of %s, so the year may be incomplete.") % day(part.last))


def _tables(tables: Sequence[KeyTable]) -> Iterator[Block]:
    if not tables:
        yield Text(_("There are no records."))
    for number, table in enumerate(tables, 1):
        yield Text(" ".join([f"{table.title}.", table.coverage, *table.remarks]))
        lines = [_named(line) for line in table.lines]
        yield from matrix(_("Table %s") % number, lines, table.address)


def _named(line: Line) -> Line:
    return line if line.row else replace(line, row=_("All together"))


def _outliers(found: Briefing, addresses: Addresses) -> Iterator[Block]:
    yield Text(
        _(
            "Forces with the same algorithm and threshold are compared by their false alerts out of alerts, and months "
            "of one force with each other. Only chance is judged: places, crowds and watchlists differ too, so what "
            "stands out is a reason to ask and no finding."
        )
    )
    seen = (*found.outliers.forces, *found.outliers.months)
    for each in seen:
        yield Text(each.words, addresses.of_records(each.query))
    if not seen:
        yield Text(_("Nothing that could be judged stands out."))
    yield Points(tuple(found.outliers.judged))
    if found.outliers.refusals:
        yield Text(_("Not compared, and why:"))
        yield Points(tuple(found.outliers.refusals))


def _claims(found: Briefing, addresses: Addresses) -> Iterator[Block]:
    if not found.claims:
        yield Text(_("No claim is held against the records."))
        return
    yield Text(
        _(
            "Each is held against the records of the same time. Who is right is not said; what is known of why they "
            "differ stands at its address."
        ),
        addresses.claims,
    )
    if found.claims_as_of is not None:
        yield Text(_("Held against the records on %s.") % moment(found.claims_as_of))
    yield Grid(
        _("Claims"),
        _("What was claimed, and what the records of that time come to"),
        (
            _("Who, and what"),
            _("Period"),
            _("Claimed"),
            _("Forces' own records"),
            _("Other sources' records"),
            _("Claim less own records"),
        ),
        (False, False, True, True, True, True),
        tuple(tuple(_claim(each)) for each in found.claims),
    )


def _claim(each: Claimed) -> Iterator[Cell]:
    unverified = "" if each.is_verified else _(" (source not checked)")
    yield Cell(f"{each.claimant}: {each.what}{unverified}")
    yield Cell(each.period)
    yield Cell(each.claimed, href=each.address)
    yield Cell(each.own or "–", each.own_number, href=each.own_query if each.own else "")
    yield Cell(each.others or "–", each.others_number, href=each.others_query if each.others else "")
    yield Cell(each.apart)


def _revisions(found: Briefing, addresses: Addresses) -> Iterator[Block]:
    if not found.revisions:
        yield Text(_("Nothing was corrected, withdrawn or removed."), addresses.revisions)
        return
    kinds = {
        Kind.CORRECTION.value: _("Corrected"),
        Kind.WITHDRAWAL.value: _("Withdrawn"),
        Kind.REMOVAL.value: _("Removed"),
    }
    yield Grid(
        _("Revisions"),
        _("The latest corrections, withdrawals and removals; reasons stand at their addresses"),
        (_("Revision"), _("What"), _("When"), _("Force"), _("Figures")),
        (False, False, False, False, False),
        tuple(
            (
                Cell(each.name, href=each.address),
                Cell(kinds[each.kind]),
                Cell(day(london_date(each.at))),
                Cell(each.force),
                Cell("; ".join(each.fields) or _("none changed")),
            )
            for each in found.revisions
        ),
        addresses.revisions,
    )


def _decisions(decisions: Sequence[Waiting]) -> Iterator[Block]:
    open_now = [each for each in decisions if each.count]
    if open_now:
        yield Grid(
            _("Decisions"),
            _("What waits for somebody"),
            (_("What"), _("How many"), _("Oldest since")),
            (False, True, False),
            tuple(
                (
                    Cell(each.title),
                    Cell(f"{each.count:,}", each.count),
                    Cell(day(london_date(each.oldest)) if each.oldest else _("not known")),
                )
                for each in open_now
            ),
        )
    clear = [each.title for each in decisions if not each.count]
    if clear:
        yield Text(_("Nothing waits here:"))
        yield Points(tuple(clear))
