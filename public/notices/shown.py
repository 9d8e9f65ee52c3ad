"""Notices in the words that every page of them uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from design.components import Column, Link, Table
from design.notices import COLOURS, STATUSES, day_text, when_text
from design.numbers import moment_text, month_text
from forces.clock import london_date
from forces.models import Force
from public import wording
from public.worlds import World
from register.models import NoticeHead
from register.notices.queries import Deferred, to_come


def place_of(head: NoticeHead) -> str:
    return wording.place(head.place, head.area)


def when_of(head: NoticeHead) -> str:
    if head.starts_at is None or head.ends_at is None:
        return month_text(head.on) if head.is_withheld else day_text(head.on)
    return when_text(head.starts_at, head.ends_at)


def tag(status: str) -> SafeString:
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>', COLOURS[status], STATUSES[status]
    )


def table(heads: Sequence[NoticeHead], world: World, *, with_force: bool = True) -> Table:
    """Notices that are told, each with its force below its place."""
    return Table(
        _("Notices"),
        [Column(_("Place")), Column(_("When")), Column(_("Status"))],
        [[_place(head, world, with_force=with_force), when_of(head), tag(head.status)] for head in heads],
        caption_hidden=True,
        stacked=True,
    )


def _place(head: NoticeHead, world: World, *, with_force: bool) -> SafeString:
    force = (
        format_html('<span class="govuk-caption-m lfr-hint">{}</span>', head.force.name) if with_force else ""
    )
    return format_html(
        '<a class="govuk-link" href="{}">{}</a>{}', world.url("notice", head.reference), place_of(head), force
    )


def deferred_table(found: Sequence[Deferred], world: World) -> Table:
    return Table(
        _("Deployments of which the public is told afterwards"),
        [Column(_("Force")), Column(_("Month")), Column(_("Notices deferred"), numeric=True)],
        [
            [
                Link(each.name, world.url("force", each.slug)),
                month_text(each.month),
                Link(str(each.number), world.url("notice", each.reference))
                if each.reference
                else each.number,
            ]
            for each in found
        ],
        caption_hidden=True,
    )


def none_told(now: datetime, force: Force | None = None) -> str:
    """What an empty list means, and what it does not; with the moment at which we looked."""
    who = _("%(force)s has published no notice of a deployment to come here.") % {
        "force": force.name if force else ""
    }
    if force is None:
        who = _("No force has published a notice of a deployment to come here.")
    return " ".join(
        (
            who,
            _("Checked on %(moment)s.") % {"moment": moment_text(now)},
            _(
                "That does not mean that none will take place: forces may tell the public in other ways. Look on the "
                "force's own site too."
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Next:
    """The next notices, for the home page and that of a force. `table` is None where there are none: see `nothing`."""

    table: Table | None
    nothing: str
    href: str


def soon(world: World, now: datetime, force: Force | None = None) -> Next:
    """In one query."""
    heads = to_come(world.realm, london_date(now), force=force)
    query = f"?force={force.slug}" if force else ""
    return Next(
        table(heads, world, with_force=force is None) if heads else None,
        none_told(now, force),
        world.url("notices") + query,
    )
