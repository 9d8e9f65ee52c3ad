"""Force capability as the page shows it: a drawing, a line for each force, and every statement with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.capability import NAMES, NOT_KNOWN, STANDINGS, Capability, Line, Span
from design.components import Column, Link, Table
from design.numbers import date_text, number_text
from design.standing import Moment, Standing, StandingChart
from forces.models import LfrUse
from public.worlds import World

KINDS = {
    LfrUse.Status.OWN.value: "c1",
    LfrUse.Status.SHARED.value: "c2",
    LfrUse.Status.BORROWED.value: "c4",
    LfrUse.Status.PAUSED.value: "c3",
    LfrUse.Status.NONE.value: "c0",
    NOT_KNOWN: "unknown",
}
EQUIPPED = (LfrUse.Status.OWN.value, LfrUse.Status.SHARED.value, LfrUse.Status.BORROWED.value)


@dataclass(frozen=True, slots=True)
class Cell:
    """Some quarters of a force: `words` are seen, `period` is heard before them."""

    kind: str
    length: int
    words: str
    period: str


@dataclass(frozen=True, slots=True)
class Grid:
    """`years` are headings over so many quarters each; `quarters` their numbers; `lines` a name, its page and cells."""

    caption: str
    years: list[tuple[int, int]]
    quarters: list[int]
    lines: list[tuple[Link, list[Cell]]]


def finding(read: Capability, world: World) -> str:
    """One sentence about the last day of the last quarter; what is not known is part of it."""
    if not read.rows:
        return _("Nothing is recorded here of how forces stand to live facial recognition")
    row = read.rows[-1]
    equipped = sum(row.counts[standing] for standing in EQUIPPED)
    told = {
        "equipped": equipped,
        "of": row.forces,
        "day": date_text(row.quarter.last_day),
        "unknown": row.counts[NOT_KNOWN],
    }
    if world.is_made_up:
        return (
            _(
                "%(equipped)s of %(of)s made-up forces are known to have had equipment on %(day)s; of %(unknown)s it "
                "is not known"
            )
            % told
        )
    return (
        ngettext(
            "%(equipped)s of %(of)s forces is known to have had own, shared or borrowed equipment on %(day)s; of "
            "%(unknown)s it is not known",
            "%(equipped)s of %(of)s forces are known to have had own, shared or borrowed equipment on %(day)s; of "
            "%(unknown)s it is not known",
            equipped,
        )
        % told
    )


def chart(read: Capability, world: World, downloads: list[Link]) -> StandingChart | None:
    if not read.rows:
        return None
    return StandingChart(
        id="chart",
        title=finding(read, world),
        subtitle=_(
            "Territorial forces by what equipment they are known to have had on the last day of each quarter, "
            "%(first)s to %(last)s"
        )
        % {
            "first": date_text(read.rows[0].quarter.last_day),
            "last": date_text(read.rows[-1].quarter.last_day),
        },
        standings=[Standing(str(NAMES[each]), KINDS[each]) for each in (*STANDINGS, NOT_KNOWN)],
        moments=[
            Moment(
                _("Quarter %(number)s of %(year)s")
                % {"number": row.quarter.number, "year": row.quarter.year},
                [row.counts[each] for each in (*STANDINGS, NOT_KNOWN)],
                _("%(year)s Q%(number)s") % {"number": row.quarter.number, "year": row.quarter.year},
                str(row.quarter.year),
            )
            for row in read.rows
        ],
        label_name=_("Quarter"),
        whole=_("Forces"),
        note=_("Numbers in the drawing are forces of which anything is known."),
        source=_("what is recorded here of each force's use, from published sources"),
        downloads=downloads,
    )


def grid(read: Capability, lines: tuple[Line, ...], caption: str, world: World) -> Grid | None:
    if not lines or not read.rows:
        return None
    return Grid(
        caption,
        [(year, len(list(each))) for year, each in groupby(read.quarters, key=lambda quarter: quarter.year)],
        [quarter.number for quarter in read.quarters],
        [
            (Link(line.force.name, world.url("force", line.force.slug)), [_cell(span) for span in line.spans])
            for line in lines
        ],
    )


def _cell(span: Span) -> Cell:
    period = span.first.code if span.first == span.last else f"{span.first.code} – {span.last.code}"
    if not span.exists:
        return Cell("unknown", span.length, _("No such force"), period)
    if span.use is None:
        return Cell("unknown", span.length, _("Not known") if span.length > 1 else "?", period)
    words = SHORT[span.use.status]()
    if not span.use.is_verified:
        words = _("%s, unverified") % words
    return Cell(KINDS[span.use.status], span.length, words, period)


SHORT = {
    "own": lambda: _("Own"),
    "shared": lambda: _("Shared"),
    "borrowed": lambda: _("Borrowed"),
    "paused": lambda: _("Paused"),
    "none": lambda: _("None"),
}


def statements(read: Capability, world: World) -> Table:
    """Every statement on record, by force and first day, with its source."""
    return Table(
        _("Every statement on record"),
        [
            Column(_("Force")),
            Column(_("From")),
            Column(_("Until")),
            Column(_("How it stood")),
            Column(_("Verified")),
            Column(_("Source")),
        ],
        [
            [
                Link(use.force.name, world.url("force", use.force.slug)),
                date_text(use.period.lower) if use.period.lower else _("Not known"),
                date_text(last_day(use)) if use.period.upper else _("Still so, as far as is known"),
                NAMES[use.status],
                _("Yes") if use.is_verified else _("No: unverified"),
                Link(use.source, use.source_url) if use.source_url else use.source,
            ]
            for use in read.statements
        ],
        caption_hidden=True,
        stacked=True,
    )


def last_day(use: LfrUse) -> date:
    """Of a use with an end, which its range does not include."""
    return use.period.upper - timedelta(days=1)


def coverage(read: Capability) -> str:
    known, unknown = len(read.lines), len(read.unknown)
    return _("Something is recorded of %(known)s territorial forces, nothing of %(unknown)s") % {
        "known": number_text(known),
        "unknown": number_text(unknown),
    }


def sources(read: Capability) -> str:
    statements = read.statements
    return _("Published sources, each named below; %(verified)s of %(all)s statements are verified") % {
        "verified": number_text(sum(use.is_verified for use in statements)),
        "all": number_text(len(statements)),
    }
