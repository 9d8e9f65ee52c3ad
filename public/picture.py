"""The nation at a glance: each territorial force, and how many deployments its own records give."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.published import words
from design.components import Column, Link, Table
from design.force_tiles import placed
from design.numbers import date_text, figure_html, number_text
from design.tiles import Outline, Tile, TileGrid
from forces.areas.drawing import Drawn
from forces.models import AreaMap, Force
from public.worlds import World
from register.freshness import last_changed
from register.models import Head, Tier
from register.search import LIVE

# From the first to the last of each colour: one, a few trials, a year of use, more than a year's.
STEPS = (1, 10, 50, 200)


def national_picture(
    forces: Collection[Force],
    own: Mapping[int, int],
    reported: Mapping[int, int],
    world: World,
) -> TileGrid | None:
    """`forces` are the territorial ones that exist; `own` and `reported` count deployments by id of the force, from its
    own records and from other sources. A force without a number is not known, never zero. None without any force."""
    if not forces:
        return None
    places = placed((force.code, force.name) for force in forces)
    tiles = [
        Tile(
            code=force.code,
            name=force.name,
            label=places[force.code].label,
            short=places[force.code].short,
            column=places[force.code].column,
            row=places[force.code].row,
            value=own.get(force.pk),
            said=_said(own.get(force.pk)),
            href=world.url("force", force.slug),
            has_dot=force.pk in reported,
        )
        for force in forces
    ]
    return TileGrid(
        id="picture",
        title=_finding(len(forces), sum(force.pk in own for force in forces), world),
        subtitle=_subtitle(world),
        tiles=tiles,
        steps=STEPS,
        unknown=_("No records of its own here: not known"),
        zero=_("0: its records say none"),
        dot=_("other sources report deployments"),
        table=_table(forces, own, reported, world),
        outline=None if world.is_made_up else outline(),
        note=_(
            "Colours count deployments in a force's own records. Each area leads to its force. Other sources are never "
            "added to own records."
        ),
        source=words.own_records(world.realm).lower(),
    )


def outline() -> Outline | None:
    """The map that was loaded here, if one was."""
    standing = AreaMap.standing()
    if standing is None or standing.drawing is None:
        return None
    drawing: Drawn = standing.drawing
    return Outline(
        drawing["width"],
        drawing["height"],
        drawing["paths"],
        {code: (left, top, right, bottom) for code, (left, top, right, bottom) in drawing["boxes"].items()},
        standing.attribution,
    )


def _said(value: int | None) -> str:
    if value is None:
        return _("no records of its own here: not known")
    return ngettext("%s deployment", "%s deployments", value) % number_text(value)


def _finding(count: int, known: int, world: World) -> str:
    told = {"known": known, "of": count, "unknown": count - known}
    if not known:
        return _("No force has records of its own here, so how often each deployed is not known")
    if known == count:
        return _("All %(of)s forces have records of their own here") % told
    if world.is_made_up:
        return _("%(known)s of %(of)s made-up forces have records of their own here") % told
    return (
        ngettext(
            "%(known)s of %(of)s forces has records of its own here; how often the other %(unknown)s deployed is not "
            "known from them",
            "%(known)s of %(of)s forces have records of their own here; how often the other %(unknown)s deployed is "
            "not known from them",
            known,
        )
        % told
    )


def _subtitle(world: World) -> str:
    """What is counted, over which days, and when the register last changed."""
    days = Head.objects.in_realm(world.realm).standing().of_tier(Tier.PRIMARY).filter(technology=LIVE)
    # Both ends at once, each the first row of an index.
    earliest = days.order_by("on", "entry_id").values_list("on", flat=True)[:1]
    ends = list(earliest.union(days.latest_first().values_list("on", flat=True)[:1], all=True))
    as_of = last_changed(world.realm)
    if not ends or as_of is None:
        return _("Deployments of live facial recognition in forces' own records. There are none yet.")
    return _(
        "Deployments of live facial recognition in forces' own records, %(first)s to %(last)s, as of %(day)s"
    ) % {"first": date_text(min(ends)), "last": date_text(max(ends)), "day": date_text(as_of)}


def _table(
    forces: Collection[Force], own: Mapping[int, int], reported: Mapping[int, int], world: World
) -> Table:
    """The same values, in the order of names."""
    return Table(
        _("Deployments by territorial force"),
        [Column(_("Force")), Column(_("Own records")), Column(_("Other sources"))],
        [
            [
                Link(force.name, world.url("force", force.slug)),
                figure_html(own[force.pk]) if force.pk in own else _("Not known"),
                figure_html(reported[force.pk]) if force.pk in reported else _("None held"),
            ]
            for force in sorted(forces, key=lambda force: force.name)
        ],
        caption_hidden=True,
    )
