"""What is said of every table beside its figures, in the same words in every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from coordination.collation.figures import MEANINGS, Code
from coordination.collation.published.reading import Table
from forces.clock import london_date
from forces.models import Realm
from register.models import Tier

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table is published. `page` is the address of its page in full, without filters."""

    page: str

    def of(self, table: Table) -> str:
        """The page of exactly this question: what a citation names."""
        asked = urlencode(table.question.words(table.published))
        return f"{self.page}?{asked}" if asked else self.page


def is_made_up(table: Table) -> bool:
    return table.question.realm == Realm.DEMONSTRATION


def title(table: Table) -> str:
    """With what it was narrowed to, and said to be made up where it is."""
    said = str(table.published.title)
    question = table.question
    if question.force is not None:
        said += f", {question.force.name}"
    if years := years_asked(table):
        said += f", {years}"
    if question.tier == Tier.SECONDARY:
        said += _(", other sources")
    return _("Made up: %s") % said if is_made_up(table) else said


def years_asked(table: Table) -> str:
    first, last = table.question.first_year, table.question.last_year
    if first and last:
        return str(first) if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %s") % first
    return _("to %s") % last if last else ""


def file_name(table: Table, ending: str) -> str:
    """Our own words and short names of forces only: deployments-by-year-kent-2024.csv."""
    question = table.question
    years = [question.year] if question.year else [question.first_year, question.last_year]
    parts = [
        table.published.code,
        question.force.slug if question.force else "",
        "to" if question.last_year and not question.first_year else "",
        "-".join(str(year) for year in years if year),
        "secondary" if question.tier == Tier.SECONDARY else "",
        "demonstration" if is_made_up(table) else "",
    ]
    return f"{'-'.join(part for part in parts if part)}.{ending}"


def day(on: date) -> str:
    """10 May 2025."""
    return f"{on.day} {MONTHS[on.month]} {on.year}"


def moment(at: datetime | None) -> str | None:
    """As the API writes it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def coverage(table: Table) -> str:
    if table.question.force is not None:
        return _("Records of one force: %s.") % table.question.force.name
    if table.coverage is None:
        return _("No records. That does not mean that nothing happened.")
    return table.coverage.sentence


def days(table: Table) -> str:
    """Which days the table speaks of."""
    if table.total is None or table.reach.first is None or table.reach.last is None:
        return _("No records")
    first, last = (
        max(table.reach.first, table.total.period.first),
        min(table.reach.last, table.total.period.last),
    )
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def as_of(table: Table) -> str:
    return _("No records yet") if table.reach.as_of is None else day(london_date(table.reach.as_of))


def source(table: Table) -> str:
    if table.question.tier == Tier.SECONDARY:
        return _("Press reports, web pages and transcriptions by others, never added to forces' own records")
    return own_records(table.question.realm)


def own_records(realm: str) -> str:
    """What the figures of the first tier are made from. A drawing is passed on without the page round it, so its own
    line of source says where everything is made up."""
    if realm == Realm.DEMONSTRATION:
        return _("Made-up records of made-up forces")
    return _("Forces' own published records")


def notes(table: Table) -> list[str]:
    """Each a sentence or two. Read them before a figure is quoted."""
    return list(_notes(table))


def _notes(table: Table) -> Iterator[str]:
    if is_made_up(table):
        yield _(
            "Every figure here is made up, for a demonstration. No real force has anything to do with it."
        )
    yield coverage(table)
    yield from table.published.dimension.remarks(table)
    yield from (str(note) for note in table.published.notes)
    yield _(
        "Missing is never zero. Where there is no number a code in square brackets stands, and a row without records "
        "does not mean that nothing happened: a force that published nothing has no records here."
    )
    if table.question.tier == Tier.SECONDARY:
        yield _(
            "From press reports, web pages and transcriptions by others, not from the force's own record. Never add "
            "these to the forces' own records: some of them count the same deployments."
        )
    else:
        yield _(
            "Forces' own records only. Press reports and other sources are a table apart and are never added."
        )
    if any(column.group is not None and column.name.endswith("_lower_95") for column in table.grid.columns):
        yield (
            _(
                "Rates are worked out over the records that give both counts. They are given as shares of 1 in files, "
                "with the exact 95% interval of Clopper and Pearson."
            )
        )
    for each in table.breaks:
        yield _("Break in series on %(on)s: %(what)s") % {"on": day(each.on), "what": each.what}


def shorthand(table: Table) -> list[tuple[str, str]]:
    """Every code that may stand in a table, with its meaning: readers look for what is not there, too."""
    return [(code.shown, str(MEANINGS[code])) for code in Code]


def citation(table: Table, place: Place) -> str:
    """To be copied as it stands: what, of whom, as of when, and where."""
    return _(
        "National register of police facial recognition: %(title)s. %(coverage)s As of %(day)s. %(address)s"
    ) % {
        "title": title(table),
        "coverage": coverage(table),
        "day": as_of(table),
        "address": place.of(table),
    }
