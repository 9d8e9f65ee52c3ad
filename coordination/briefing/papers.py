"""An answer as a paper: what its PDF and its spreadsheet say, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from coordination.briefing.addresses import Addresses
from coordination.briefing.changes import MOST_NAMED, Changes
from coordination.briefing.figures import Line, codes_in, moment, percent
from coordination.briefing.models import Question
from coordination.briefing.reading import Content, Part
from coordination.briefing.writing.paper import Block, Cell, Grid, Paper, Points, Section, Text
from coordination.collation.measures import BY_CODE, Rate
from register.models import Tier

# As many columns of figures as can be read side by side on a page.
COLUMNS = 5


def of_answer(
    question: Question,
    found: Content,
    changes: Changes | None,
    *,
    number: int,
    at: datetime,
    addresses: Addresses,
) -> Paper:
    told = {"number": number, "reference": question.reference}
    subtitle = _("Answer %(number)s to %(reference)s") if question.reference else _("Answer %(number)s")
    sections = [
        Section(_("Answer"), tuple(Text(said) for said in found.text)),
        *(Section(heading_of(part), tuple(_figures(number, part))) for number, part in numbered(found.parts)),
        Section(_("What must be known to read this"), (Points(found.caveats),)),
    ]
    if codes := codes_in(found.lines):
        sections.append(Section(_("What the codes mean"), (Points(tuple(codes)),)))
    if changes is not None:
        sections.append(
            Section(_("What changed since the answer before"), tuple(_changed(changes, addresses)))
        )
    return Paper(
        question.title,
        subtitle % told,
        (
            # Files go out of the house: who made one stands on its page.
            (_("Answered"), _("%s, by the national centre") % moment(at)),
            (
                _("The register had last changed"),
                moment(found.as_of) if found.as_of else _("never: it is empty"),
            ),
            (_("Made from"), "; ".join([found.subject, *found.narrowed])),
            (_("Records"), f"{found.count:,}"),
        ),
        tuple(sections),
        at,
        (*how_to_check(), found.address),
    )


def how_to_check() -> tuple[str, ...]:
    return (
        _(
            "Each number leads to the records it is made from: press it. On paper, the address below opens the same "
            "table or list. All addresses stand in the spreadsheet that goes with this file."
        ),
    )


def heading_of(part: Part) -> str:
    return _("Forces' own records") if part.tier == Tier.PRIMARY else _("Records from other sources")


def numbered(parts: Sequence[Part]) -> Iterator[tuple[int, Part]]:
    yield from enumerate(parts, 1)


def _figures(number: int, part: Part) -> Iterator[Block]:
    yield Text(_("%(source)s. %(coverage)s") % {"source": part.source, "coverage": part.coverage})
    if part.total:
        yield totals(_("Total %s") % number, _("All together"), part.total)
    yield from matrix(_("Rows %s") % number, part.rows)


def totals(name: str, caption: str, lines: Sequence[Line]) -> Grid:
    """One row for each figure, with the counts of rates, if there are any, and of how many records it speaks."""
    has_rates = any(isinstance(BY_CODE[line.measure], Rate) for line in lines)
    return Grid(
        name,
        caption,
        (_("Figure"), _("Number"), *([_("Counts of the rate")] if has_rates else []), _("Known for")),
        (False, True, *([False] if has_rates else []), False),
        tuple(
            (
                Cell(line.label),
                line.cell,
                *([Cell(counts(line))] if has_rates else []),
                Cell(line.completeness),
            )
            for line in lines
        ),
    )


def counts(line: Line) -> str:
    """27 of 1,286; 95% interval 1.4% to 3.0%. For a count, words that say that it is none."""
    if line.numerator is None or line.denominator is None:
        return _("not known") if isinstance(BY_CODE[line.measure], Rate) else _("not a rate")
    said = _("%(top)s of %(bottom)s") % {"top": f"{line.numerator:,}", "bottom": f"{line.denominator:,}"}
    if line.lower is None or line.upper is None:
        return said
    return _("%(said)s; 95%% interval %(lower)s to %(upper)s") % {
        "said": said,
        "lower": percent(line.lower),
        "upper": percent(line.upper),
    }


def matrix(name: str, lines: Sequence[Line], href: str = "") -> Iterator[Grid]:
    """Rows by figures, a few figures at a time."""
    measures = list(dict.fromkeys(line.measure for line in lines))
    rows: dict[str, dict[str, Line]] = {}
    for line in lines:
        rows.setdefault(line.key, {})[line.measure] = line
    for place, some in enumerate(_chunks(measures), 1):
        labels = [next(line.label for line in lines if line.measure == code) for code in some]
        yield Grid(
            name if len(measures) <= COLUMNS else f"{name}.{place}",
            ", ".join(labels),
            (_("Row"), *labels),
            (False, *(True for _code in some)),
            tuple(
                (Cell(next(iter(found.values())).row), *(found[code].cell for code in some))
                for found in rows.values()
            ),
            href,
        )


def _chunks(measures: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(measures), COLUMNS):
        yield tuple(measures[start : start + COLUMNS])


def _changed(changes: Changes, addresses: Addresses) -> Iterator[Block]:
    if changes.same_register:
        yield Text(_("Nothing: the register has not changed since answer %s.") % changes.since)
        return
    if not changes.moved:
        yield Text(_("No figure says anything else than in answer %s.") % changes.since)
    else:
        yield Grid(
            _("Changes"),
            _("Figures that say something else than in answer %s") % changes.since,
            (_("Source"), _("Row"), _("Figure"), _("Before"), _("Now")),
            (False, False, False, True, True),
            tuple(
                (
                    Cell(str(Tier(each.tier).label)),
                    Cell(each.row or _("All together")),
                    Cell(each.label),
                    Cell(each.before or _("was not given")),
                    Cell(each.after or _("is not given"), href=each.address),
                )
                for each in changes.moved
            ),
        )
    if changes.touched is None:
        yield Text(
            _("There are too many records to say which of them moved the figures."), addresses.revisions
        )
        return
    if changes.touched:
        yield Grid(
            _("Why"),
            _("Records that moved them, with what was done to each; the reason stands at its address"),
            (_("Record"), _("What"), _("Revisions")),
            (False, False, False),
            tuple(
                (
                    Cell(each.reference, href=addresses.of_record(each.reference)),
                    Cell(each.words),
                    Cell(
                        ", ".join(each.revisions) or _("none: first published"),
                        href=addresses.of_revisions(each.reference) if each.revisions else "",
                    ),
                )
                for each in changes.touched
            ),
        )
    if changes.touched_count > MOST_NAMED:
        yield Text(_("There are %s such records; the first are shown.") % f"{changes.touched_count:,}")
