"""The figures people ask for first, for the home page and the page of the statistics."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from coordination.collation.measures import ALERTS, ARRESTS, DEPLOYMENTS, FACES_SEEN, FAR_ALERTS
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import DEPLOYMENTS_BY_YEAR
from design.numbers import number_text
from public import wording
from public.statistics.shown import records_url
from public.worlds import World

KEY = (DEPLOYMENTS, FACES_SEEN, FAR_ALERTS, ALERTS, ARRESTS)


def read(world: World) -> Table:
    return Table.of(DEPLOYMENTS_BY_YEAR, Question(world.realm), columns=KEY)


def figures(table: Table, world: World) -> list[dict[str, Any]]:
    """Four, each with its link to the records and what must be said beside it; none where there are no records."""
    total = table.total
    if total is None:
        return []
    rate = table.figure(total, FAR_ALERTS)
    notes = {
        DEPLOYMENTS: wording.years([row.year for row in table.rows if row.year]),
        FACES_SEEN: _(
            "Detections, not people. [e] estimated. [b] made differently over time: do not compare years."
        ),
        ARRESTS: _("As the forces count them. Not people, and not convictions."),
    }
    shown: list[dict[str, Any]] = [
        {
            "label": str(measure.label),
            "value": figure.number if figure.number is not None else figure,
            "of": " ".join(mark.shown for mark in figure.marks),
            "note": note,
            "href": records_url(total, table, measure, world),
        }
        for measure, figure, note in ((each, table.figure(total, each), notes[each]) for each in notes)
    ]
    if rate.number is not None:
        told = {
            "label": _("False alerts"),
            "value": rate.numerator,
            "of": _("of %(alerts)s alerts") % {"alerts": number_text(rate.denominator or 0)},
            "note": wording.share(rate),
            "href": records_url(total, table, FAR_ALERTS, world),
        }
        shown.insert(2, told)
    return shown
