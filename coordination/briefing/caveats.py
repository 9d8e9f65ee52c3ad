"""What must be said beside figures. Each caveat is one of the figure's own notes: nobody types one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.briefing.asked import Asked
from coordination.briefing.figures import day
from coordination.briefing.records import Sums
from coordination.collation.measures import Measure, Rate
from coordination.collation.published import words
from coordination.collation.published.reading import Table
from coordination.collation.series import breaks_within
from register.models import Tier


@dataclass(frozen=True, slots=True)
class Caveat:
    """`key` follows from the wording: a note that is worded anew is said again until somebody leaves it out.

    One that is `needed` cannot be left out: without it the figures would be read wrongly.
    """

    key: str
    said: str
    needed: bool


def of_table(table: Table) -> list[Caveat]:
    """The notes of the table as it stands, then what each measure means."""
    own = {str(note) for note in table.published.notes}
    # Coverage stands beside the figures themselves.
    notes = [said for said in words.notes(table) if said != words.coverage(table)]
    return _once(
        [
            *((said, said not in own) for said in notes),
            *((said, False) for said in _meanings(table.columns)),
        ]
    )


def of_records(asked: Asked, measures: Iterable[Measure | Rate], sums: Mapping[str, Sums]) -> list[Caveat]:
    """`sums` are what the records of each kind of source come to."""
    measures = list(measures)
    return _once(
        [
            *((said, True) for said in _of_records(asked, measures, sums)),
            *((said, False) for said in _meanings(measures)),
        ]
    )


def _of_records(asked: Asked, measures: list[Measure | Rate], sums: Mapping[str, Sums]) -> Iterator[str]:
    yield _(
        "Missing is never zero. Where there is no number a code in square brackets stands, and no record does not mean "
        "that nothing happened: a force that published nothing has no records here."
    )
    if len(asked.tiers) > 1:
        yield _(
            "Forces' own records and records from press reports, web pages and transcriptions by others are given "
            "apart and never added: some of them count the same deployments."
        )
    elif asked.tiers == (Tier.SECONDARY.value,):
        yield _("From press reports, web pages and transcriptions by others, not from forces' own records.")
    else:
        yield _("Forces' own records only. Press reports and other sources are not in these figures.")
    told = {
        known
        for found in sums.values()
        for measure in measures
        if found.first and found.last
        for known in breaks_within(
            measure.code, [force.code for force in found.forces], found.first, found.last
        )
    }
    for known in sorted(told, key=lambda each: each.on):
        yield _("Break in series on %(on)s: %(what)s") % {"on": day(known.on), "what": known.what}


def _meanings(measures: Iterable[Measure | Rate]) -> Iterator[str]:
    for measure in measures:
        yield f"{measure.label}: {measure.definition} {measure.comparability}"


def _once(found: Iterable[tuple[str, bool]]) -> list[Caveat]:
    kept: dict[str, Caveat] = {}
    for said, needed in found:
        key = hashlib.sha256(said.encode()).hexdigest()[:16]
        kept.setdefault(key, Caveat(key, said, needed))
    return list(kept.values())
