"""Forces: who they are, how they stand to the technology, and what they have published. One fixed order for all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from coordination.collation.measures import (
    ALERTS,
    ARRESTS,
    DEPLOYMENTS,
    ENFORCEMENT_ACTIONS,
    FACES_SEEN,
    FALSE_ALERTS,
    FAR_ALERTS,
    FAR_FACES,
    TRUE_ALERTS,
)
from coordination.collation.models import Cell, Span
from coordination.collation.published import words
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import DEPLOYMENTS_BY_YEAR
from coordination.collation.queries import Figures, by_force
from design.components import Column, Link, Row
from design.components import Table as Shown
from design.numbers import date_text, figure_html, number_text
from forces.clock import db_now, london_date
from forces.documents import contact_said, with_contact
from forces.models import BodyType, Force, LfrUse, Succession
from public.documents import Part, document_parts
from public.listed import FIELDS, SHOWN, listed
from public.notices.shown import Next, soon
from public.picture import national_picture
from public.statistics import shown
from public.statistics.drawing import drawn
from public.worlds import World, asked_of, page, world_of
from register import search
from register.models import Tier
from register.search import Reader, Search

LATEST = 5
FIGURES = (
    *(DEPLOYMENTS, FACES_SEEN, ALERTS, TRUE_ALERTS, FALSE_ALERTS),
    *(FAR_ALERTS, FAR_FACES, ARRESTS, ENFORCEMENT_ACTIONS),
)
Counts = dict[Tier, dict[int, Figures]]


@partial(page, takes=("find",))
def index(request: HttpRequest, *, world: World) -> HttpResponse:
    ask = Reader(asked_of(request), blank_is_absent=True)
    chosen = ask.force("find", world.realm)
    if chosen is not None:
        return redirect(world.url("force", chosen.slug))
    counts = {
        tier: {force.pk: found for force, found in by_force(world.realm, tier=tier, measures=[DEPLOYMENTS])}
        for tier in (Tier.PRIMARY, Tier.SECONDARY)
    }
    forces = list(
        Force.objects.filter(realm=world.realm).prefetch_related(
            Prefetch("lfr_uses", LfrUse.objects.filter(technology=search.LIVE).order_by("period"))
        )
    )
    today = london_date(db_now())
    territorial = [force for force in forces if force.body_type == BodyType.TERRITORIAL]
    others = [force for force in forces if force.body_type != BodyType.TERRITORIAL]
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("forces"),
        "count": len(territorial),
        "with_records": sum(force.pk in counts[Tier.PRIMARY] for force in territorial),
        "with_reports": sum(force.pk in counts[Tier.SECONDARY] for force in territorial),
        "picture": national_picture(
            [force for force in territorial if _exists(force, today)],
            _deployments(counts[Tier.PRIMARY]),
            _deployments(counts[Tier.SECONDARY]),
            world,
        ),
        "capability_url": world.url("capability"),
        "territorial": _table(territorial, counts, today, world, _("Territorial police forces")),
        "others": _table(others, counts, today, world, _("Other bodies")) if others else None,
        "was_not_found": bool(ask.errors),
    }
    return render(request, "public/forces.html", context, status=400 if ask.errors else 200)


def _table(forces: Iterable[Force], counts: Counts, today: Any, world: World, caption: str) -> Shown:
    return Shown(
        caption,
        [
            Column(_("Force")),
            Column(_("Region")),
            Column(_("Use now")),
            Column(_("Own records"), numeric=True),
            Column(_("Other sources"), numeric=True),
        ],
        [
            [
                Link(force.name, world.url("force", force.slug)),
                force.region or "–",
                _use_now(force, today),
                *(_published(force, counts, tier, world) for tier in (Tier.PRIMARY, Tier.SECONDARY)),
            ]
            for force in forces
        ],
        caption_hidden=True,
    )


def _exists(force: Force, day: date) -> bool:
    return (force.valid_from is None or force.valid_from <= day) and (
        force.valid_until is None or day < force.valid_until
    )


def _deployments(counts: dict[int, Figures]) -> dict[int, int]:
    """By id of the force; without those whose number is not known."""
    numbers = {pk: found[DEPLOYMENTS.code].number for pk, found in counts.items()}
    return {pk: int(number) for pk, number in numbers.items() if number is not None}


def _use_now(force: Force, today: Any) -> str:
    now = next((use for use in force.lfr_uses.all() if today in use.period), None)
    return now.get_status_display() if now else _("Not known")


def _published(force: Force, counts: Counts, tier: Tier, world: World) -> Any:
    found = counts[tier].get(force.pk)
    if found is None:
        return _("None held")
    return Link(
        figure_html(found[DEPLOYMENTS.code]),
        f"{world.url('deployments')}?force={force.slug}&tier={tier.value}&measure={DEPLOYMENTS.code}",
    )


@page
def force(request: HttpRequest, slug: str, *, world: World) -> HttpResponse:
    found = (
        with_contact(Force.objects.filter(slug=slug))
        .annotate(has_a_successor=Exists(Succession.objects.filter(predecessor=OuterRef("pk"))))
        .prefetch_related(Prefetch("lfr_uses", LfrUse.objects.order_by("technology", "period")))
        .first()
    )
    if found is None:
        raise Http404(_("No force on this register has the name %(slug)s.") % {"slug": slug})
    if found.realm != world.realm:
        return redirect(world_of(found.realm).url("force", slug))
    table = Table.of(DEPLOYMENTS_BY_YEAR, Question(world.realm, force=found), columns=FIGURES)
    contact = contact_said(found)
    now = db_now()
    latest = search.page(Search(world.realm, force=found), *FIELDS, after=None, size=LATEST)
    notices = soon(world, now, found)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("forces"),
        "force": found,
        "feeds": world.feeds_of(found),
        "strip": _facts(found),
        "uses": _uses(found),
        "successions": [
            (each.successor.name, world.url("force", each.successor.slug), each.on, each.source)
            for each in _successions(found)
        ],
        "contact": contact,
        "parts": _parts(found, world, notices, document_parts(found, contact, london_date(now))),
        "days": words.days(table),
        "as_of": table.reach.as_of,
        "tables": shown.tables(table, world),
        "chart": drawn(table, world),
        "breaks": table.breaks,
        "codes": shown.codes(),
        "table_url": f"{world.url('statistics-table', table.published.code)}?force={found.slug}",
        "next_notices": notices,
        "latest": listed(latest.rows, world, SHOWN, with_force=False) if latest.rows else None,
        "records_url": f"{world.url('deployments')}?force={found.slug}",
        "forces_url": world.url("forces"),
    }
    return render(request, "public/force.html", context)


def _parts(force: Force, world: World, notices: Next, documents: list[Part]) -> list[Part]:
    """The same parts for every force in the same order, so that two can be laid side by side."""
    return [
        *documents,
        Part(
            "notices",
            _("Notices of deployments to come"),
            _("Published here.") if notices.table else _("None is published here."),
            Link(_("See the notices"), "#next-notices"),
        ),
        _results(force, world),
        Part("engagement", _("Community engagement"), _("No meetings or answers are collected here yet.")),
        Part(
            "returns",
            _("Returns"),
            _(
                "No monthly declarations are collected here yet, so a month without records is unknown, not zero."
            ),
        ),
    ]


def _successions(force: Any) -> Iterable[Succession]:
    """Who took over from it. Most forces have nobody, and are not asked twice."""
    if not force.has_a_successor:
        return []
    return force.successions.select_related("successor").order_by("on")


def _results(force: Force, world: World) -> Part:
    """How many records there are, by how near their source is: never added up."""
    cells = Cell.objects.filter(
        realm=world.realm,
        force=force,
        technology=search.LIVE,
        span=Span.YEAR,
        measure=DEPLOYMENTS.code,
    )
    totals = dict(cells.values("tier").annotate(all=Sum("total")).values_list("tier", "all"))
    own, others = (totals.get(tier.value, 0) for tier in (Tier.PRIMARY, Tier.SECONDARY))
    name = _("Results of deployments")
    if not own and not others:
        return Part("results", name, _("None."))
    said = _("In its own records: %(own)s. In other sources: %(others)s. Never add the two up.")
    told = {"own": number_text(int(own)), "others": number_text(int(others))}
    return Part("results", name, said % told, Link(_("See the figures"), "#figures"))


def _facts(force: Force) -> list[Row]:
    population = (
        _("%(people)s (%(year)s). Source: %(source)s")
        % {
            "people": number_text(force.population),
            "year": force.population_year,
            "source": force.population_source,
        }
        if force.population
        else _("Not held")
    )
    return [
        Row(_("Kind of body"), force.get_body_type_display()),
        Row(_("Region"), force.region or _("Not held")),
        Row(_("People in its area"), population),
        Row(_("Code"), force.code),
    ]


def _uses(force: Force) -> Shown | None:
    """How it stood to the technology over time. Days between are unknown, and the page says so."""
    uses = list(force.lfr_uses.all())
    if not uses:
        return None
    return Shown(
        _("Use of facial recognition over time"),
        [Column(_("From")), Column(_("Until")), Column(_("Use")), Column(_("Source"))],
        [
            [
                date_text(use.period.lower) if use.period.lower else _("Not known"),
                # The range ends before its upper day.
                date_text(use.period.upper) if use.period.upper else _("Still so, as far as is known"),
                f"{use.get_status_display()}"
                + ("" if use.technology == search.LIVE else f" ({search.TECHNOLOGIES[use.technology]})"),
                Link(use.source, use.source_url) if use.source_url else use.source,
            ]
            for use in uses
        ],
        caption_hidden=True,
    )
