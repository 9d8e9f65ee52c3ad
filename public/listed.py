"""Records as a table, and why each was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.dates import MONTHS_3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from coordination.collation.figures import Tally, figure
from coordination.collation.measures import ALERTS, ARRESTS, FALSE_ALERTS, Measure
from design.components import Column, Table
from public import values, wording
from public.worlds import World
from register.models import Tier
from register.words import Excerpt, Part

SHOWN = (ALERTS, FALSE_ALERTS, ARRESTS)
# Of a record in which words stand in many places, those that matter most.
MOST_EXCERPTS = 3
FIELDS = (
    *("reference", "place", "area", "tier", "origin", "status", "version", "is_withdrawn", "is_redacted"),
    *("force__name", "entry__kept__body"),
)


def listed(
    rows: list[Any],
    world: World,
    measures: tuple[Measure, ...],
    *,
    with_force: bool = True,
    excerpts: Mapping[int, list[Excerpt]] = MappingProxyType({}),
    stacked: bool = False,
) -> Table:
    """Records as a table; `with_force` names the force below each place, `excerpts` say by entry why it was found.

    `stacked`: on a narrow screen each record is a block, for short lists whose every figure should be seen at once.
    """
    return Table(
        _("Deployments"),
        [
            Column(_("Place")),
            Column(_("Date")),
            *(Column(str(measure.label), numeric=True) for measure in measures),
        ],
        [
            [
                format_html(
                    "{}{}", _place(row, world, with_force=with_force), _found(excerpts.get(row.entry_id, []))
                ),
                _short(row.on),
                *_figures(row, measures),
            ]
            for row in rows
        ],
        caption_hidden=True,
        stacked=stacked,
    )


def _short(day: date) -> str:
    """23 Jul 2026."""
    return f"{day.day}\u00a0{str(MONTHS_3[day.month]).capitalize()} {day.year}"


def _place(row: Any, world: World, *, with_force: bool) -> SafeString:
    """The place as a link, told apart from others of its name, and what sets the record apart."""
    link = format_html(
        '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
        world.url("deployment", row.reference),
        wording.place(row.place, row.area),
        _short(row.on),
    )
    if with_force:
        link = format_html('{}<br><span class="govuk-!-font-weight-regular">{}</span>', link, row.force__name)
    apart = [
        (colour, text)
        for is_so, colour, text in (
            (row.is_redacted, "red", _("Removed")),
            (row.is_withdrawn, "red", _("Withdrawn")),
            (row.status == "aborted", "grey", _("Aborted")),
            (row.tier == Tier.SECONDARY, "yellow", _("Other source")),
            (row.version > 1 and not row.is_withdrawn, "blue", _("Corrected")),
        )
        if is_so
    ]
    tags = format_html_join("", ' <strong class="govuk-tag govuk-tag--{}">{}</strong>', apart)
    return format_html("{}{}", link, tags)


def _found(excerpts: list[Excerpt]) -> SafeString:
    """Where the words stand: the field's name and the text round them, those marked."""
    return format_html_join(
        "",
        '<p class="govuk-body-s govuk-!-font-weight-regular govuk-!-margin-top-1 govuk-!-margin-bottom-0">{}: {}</p>',
        [
            (
                values.name(tuple(excerpt.field.split("."))),
                format_html_join(
                    "",
                    "{}",
                    [
                        (format_html("<mark>{}</mark>", part.text) if part.is_found else part.text,)
                        for part in excerpt.parts
                    ],
                ),
            )
            for excerpt in excerpts[:MOST_EXCERPTS]
        ],
    )


def _marked(part: Part) -> str:
    return format_html("<mark>{}</mark>", part.text) if part.is_found else part.text


def _figures(row: Any, measures: tuple[Measure, ...]) -> list[Any]:
    if row.is_withdrawn or row.is_redacted or row.entry__kept__body is None:
        return [mark_safe("–")] * len(measures)
    document = json.loads(bytes(row.entry__kept__body))
    return [figure(measure, Tally.of(measure.contribute(document))) for measure in measures]
