"""The list of forces, how each stands to the technology, and the changes the centre makes to it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from design.components import Column, Link, Row, Table
from directory import actions
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Force, LfrUse, Membership
from forces.permissions import may
from portal.national.forms import ForceForm, SuccessorForm, UseForm
from portal.national.pages import answers, changing, decide, needs, show


@needs(Capability.READ_ALL_FORCES)
def forces(request: HttpRequest) -> HttpResponse:
    """All bodies: territorial forces first, made-up ones last, with who leads the team and today's use."""
    now = db_now()
    today = london_date(now)
    uses = {
        use.force_id: use.get_status_display()
        for use in LfrUse.objects.filter(technology="live", period__contains=today)
    }
    held = Q(memberships__period__contains=now)
    counted = Force.objects.annotate(
        people=Count("memberships__person", filter=held, distinct=True),
        owners=Count("memberships__person", filter=held & Q(memberships__role="force_owner"), distinct=True),
    ).order_by("-realm", "-body_type", "name")
    rows = [
        (
            Link(force.name, reverse("admin:national-force", args=[force.slug])),
            _("Made up") if force.is_made_up else force.get_body_type_display(),
            force.code,
            uses.get(force.pk, _("Not known")),
            force.people,
            _("None") if force.people and not force.owners else force.owners or "–",
        )
        for force in counted
    ]
    columns = [
        *(
            Column(_("Force")),
            Column(_("Kind")),
            Column(_("Code")),
            Column(_("Live facial recognition today")),
        ),
        *(Column(_("People"), numeric=True), Column(_("Team owners"), numeric=True)),
    ]
    territorial = sum(not force.is_made_up and force.body_type == "territorial" for force in counted)
    context = {
        "table": Table(_("Forces and other bodies"), columns, rows, caption_hidden=True, sortable=True),
        "territorial": territorial,
        "may_add": may(request.person, Capability.MANAGE_FORCES),  # type: ignore[attr-defined]
    }
    return show(request, "forces", context)


@needs(Capability.READ_ALL_FORCES)
def force(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Force, slug=slug)
    asker = request.person  # type: ignore[attr-defined]
    facts = [
        Row(_("Code"), found.code),
        Row(_("Kind"), found.get_body_type_display()),
        Row(_("Area"), found.area_name),
        Row(_("Region"), found.region),
        Row(_("Population"), _population(found)),
        Row(_("Source"), found.source),
    ]
    if found.name_cy:
        facts.insert(0, Row(_("Name in Welsh"), found.name_cy))
    if found.valid_until:
        facts.append(Row(_("No longer existed from"), found.valid_until))
    context = {
        "force": found,
        "facts": facts,
        "uses": LfrUse.objects.filter(force=found).order_by("-period"),
        "successors": found.successions.select_related("successor").order_by("on"),
        "predecessors": found.predecessions.select_related("predecessor").order_by("on"),
        "team": Membership.objects.filter(force=found, period__contains=db_now())
        .select_related("person")
        .order_by("person__name", "role"),
        "may_declare": may(asker, Capability.DECLARE_USE),
        "may_succeed": may(asker, Capability.MANAGE_FORCES),
        "may_invite": may(asker, Capability.MANAGE_TEAM),
    }
    return show(request, "force", context)


@changing
def add(request: HttpRequest) -> HttpResponse:
    def act(given: dict[str, Any]) -> str:
        reason = given.pop("reason")
        made = actions.add_force(Force(**given), by=request.person, at=db_now(), reason=reason)  # type: ignore[attr-defined]
        return _("%(force)s is added. Invite the owner of its team.") % {"force": made.name}

    return decide(
        request,
        ForceForm(answers(request)),
        act,
        needs=Capability.MANAGE_FORCES,
        title=_("Add a force"),
        button=_("Add"),
        back=reverse("admin:national-forces"),
        note=_("A force is never removed. When it ends, name its successor."),
    )


@changing
def successor(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Force, slug=slug)

    def act(given: dict[str, Any]) -> str:
        made = actions.name_successor(found, **given, by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _("%(new)s succeeds %(old)s.") % {"new": made.successor.name, "old": found.name}

    return decide(
        request,
        SuccessorForm(answers(request), force=found),
        act,
        needs=Capability.MANAGE_FORCES,
        title=_("Name a successor"),
        button=_("Name the successor"),
        back=_page_of(found),
        about=[Row(_("Force"), found.name)],
        note=_("No record and no role moves: people are granted their roles in the new force."),
        warns=True,
    )


@changing
def use(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Force, slug=slug)

    def act(given: dict[str, Any]) -> str:
        made = actions.declare_use(found, **given, by=request.person, at=db_now())  # type: ignore[attr-defined]
        return _("Recorded for %(force)s: %(status)s.") % {
            "force": found.name,
            "status": made.get_status_display(),
        }

    return decide(
        request,
        UseForm(answers(request)),
        act,
        needs=Capability.DECLARE_USE,
        title=_("Record how a force uses live facial recognition"),
        button=_("Record"),
        back=_page_of(found),
        about=[Row(_("Force"), found.name)],
        note=_(
            "This is public. Leave out what is not known: a day with nothing recorded is shown as not known."
        ),
    )


def _page_of(force: Force) -> str:
    return reverse("admin:national-force", args=[force.slug])


def _population(force: Force) -> str:
    if force.population is None:
        return ""
    return _("%(number)s in %(year)s. %(source)s") % {
        "number": f"{force.population:,}",
        "year": force.population_year,
        "source": force.population_source,
    }
