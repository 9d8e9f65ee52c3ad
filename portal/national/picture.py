"""The national picture of plans: what every force plans, runs today and is late with; any cell opens its records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deployments.nation import COUNTED, OVERDUE, Overdue, Standing, all_overdue, in_use, standings, which
from deployments.planning.models import Authority, Plan
from design.components import Column, Link, NavItem, Table
from design.force_tiles import placed
from design.numbers import date_text, moment_text, number_text
from design.tiles import Tile, TileGrid
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import BodyType, Force, Person
from forces.permissions import may
from forces.ranks import Rank
from forces.words import Words
from portal.force.answers import window
from portal.national.imports import page_of, turning
from portal.national.pages import needs, show
from portal.national.waiting import age_of

# What one cell may hold, with its heading.
CELLS: dict[str, Words] = {
    **COUNTED,
    "overdue": gettext_lazy("Overdue"),
    "systems": gettext_lazy("Algorithms and thresholds in use"),
}
# What the picture can colour; the first is shown unless another is asked for.
MEASURES = ("planned", "today", "overdue")
STEPS = (1, 3, 10, 30)
ALL = "all"  # in place of a force's short name: every force but the made-up ones
PLANS_A_PAGE = 50


@needs(Capability.READ_ALL_FORCES)
def picture(request: HttpRequest) -> HttpResponse:
    reader: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    asked = request.GET.get("show", "")
    sees_plans = may(reader, Capability.READ_NATIONAL_PLANS)
    measures = MEASURES if sees_plans else ("overdue",)
    measure = asked if asked in measures else measures[0]
    found = standings(reader, at=at)
    forces = list(Force.objects.on(london_date(at)).order_by("name"))
    real = [force for force in forces if not force.is_made_up]
    made_up = [force for force in forces if force.is_made_up] if settings.DEMONSTRATION else []
    territorial = [force for force in real if force.body_type == BodyType.TERRITORIAL]
    total = totals(real, found)
    context = {
        "measures": [
            NavItem(f"{CELLS[code]} ({known(total[code])})", f"?show={code}", current=code == measure)
            for code in measures
        ],
        "grid": _grid(territorial, found, measure, at) if territorial else None,
        "table": _table(
            _("By force"), [each for each in real if each.pk in found], found, sees_plans, caption_shown=True
        ),
        "others": [
            Link(each.name, reverse("admin:national-force", args=[each.slug]))
            for each in real
            if each.pk not in found
        ],
        "made_up": _table(_("Made-up forces"), made_up, found, sees_plans) if made_up else None,
        "total": {code: known(value) for code, value in total.items()},
        "late": bool(total["overdue"]),
        "forces": len(territorial),
        "planning": sum(_uses(found.get(force.pk)) for force in territorial),
        "sees_plans": sees_plans,
    }
    return show(request, "picture", context)


@needs(Capability.READ_ALL_FORCES)
def cell(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """The records behind one cell: plans with where, when, their state and on whose authority."""
    reader: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    force = None if slug == ALL else Force.objects.filter(slug=slug).first()
    if what not in CELLS or (force is None and slug != ALL):
        raise Http404(_("The picture has no such cell."))
    seen = Plan.objects.seen_by(reader, at=at)
    mine = seen.filter(force=force) if force is not None else seen.filter(force__realm="national")
    context = {
        "force": force,
        "heading": CELLS[what],
        "what": what,
        "uses": force is None or mine.exists(),
        "sees_plans": may(reader, Capability.READ_NATIONAL_PLANS),
    }
    if what == "overdue":
        late = all_overdue(reader, at=at, force=force)
        if force is None:
            national = set(Force.objects.national().values_list("pk", flat=True))
            late = [each for each in late if each.force_id in national]
        kind = request.GET.get("kind", "")
        if kind in OVERDUE:
            late = [each for each in late if each.kind == kind]
            context["kind"] = OVERDUE[kind]
        page = page_of(request, late, PLANS_A_PAGE)
        context["table"] = _late_table(list(page), at)
    else:
        chosen = mine.filter(in_use(at)) if what == "systems" else mine.filter(which(what, at))
        ordered = (
            chosen.with_people()
            .defer("authority__readiness", "authority__reason")
            .order_by("starts_at", "pk")
        )
        page = page_of(request, ordered, PLANS_A_PAGE)
        context["table"] = plans_table(list(page), systems=what == "systems")
    context |= {"count": page.paginator.count, **turning(request, page)}
    return show(request, "picture_cell", context)


def totals(forces: Collection[Force], found: Mapping[int, Standing]) -> dict[str, int | None]:
    """Sums over these forces, by the codes of CELLS but for systems; None while none of them has plans here."""
    held = [found[force.pk] for force in forces if force.pk in found]
    late = sum(len(each.overdue) for each in held)
    if not any(_uses(each) for each in held):
        return {**dict.fromkeys(COUNTED), "overdue": late or None}
    sums = {code: sum(each.counted.get(code, 0) for each in held) for code in COUNTED}
    return {**sums, "overdue": late}


# The picture ------------------------------------------------------------------------------------------


def _uses(standing: Standing | None) -> bool:
    """Whether the force has plans here at all: otherwise what it plans is not known."""
    return standing is not None and standing.plans > 0


def _value(standing: Standing | None, measure: str) -> int | None:
    """None where it is not known: a force without plans may deploy all the same."""
    if measure == "overdue":
        late = len(standing.overdue) if standing is not None else 0
        return late if late or _uses(standing) else None
    return standing.counted[measure] if standing is not None and _uses(standing) else None


def known(value: int | None) -> str:
    return number_text(value) if value is not None else _("not known")


def _said(value: int | None, measure: str) -> str:
    if value is None:
        return _("no plans here: not known")
    return f"{CELLS[measure]}: {number_text(value)}"


def _grid(forces: Sequence[Force], found: Mapping[int, Standing], measure: str, at: datetime) -> TileGrid:
    places = placed((force.code, force.name) for force in forces)
    tiles = []
    for force in forces:
        standing, place = found.get(force.pk), places[force.code]
        value = _value(standing, measure)
        tiles.append(
            Tile(
                code=force.code,
                name=force.name,
                label=place.label,
                short=place.short,
                column=place.column,
                row=place.row,
                value=value,
                said=_said(value, measure),
                href=_cell_of(force, measure),
                has_dot=measure != "overdue" and standing is not None and bool(standing.overdue),
            )
        )
    known = sum(_uses(found.get(force.pk)) for force in forces)
    return TileGrid(
        id="picture",
        title=ngettext(
            "%(known)s of %(of)s forces has plans here; what the others plan is not known",
            "%(known)s of %(of)s forces have plans here; what the others plan is not known",
            known,
        )
        % {"known": known, "of": len(forces)}
        if known < len(forces)
        else _("All %(of)s forces have plans here") % {"of": len(forces)},
        subtitle=_("%(what)s, by force, on %(when)s") % {"what": CELLS[measure], "when": moment_text(at)},
        tiles=tiles,
        steps=STEPS,
        unknown=_("No plans here: not known"),
        zero=_("0: it has plans here, and none of these"),
        dot=_("something is overdue"),
        table=Table("", [], []),
        note=_("Each force leads to its records. Made-up forces are never counted here."),
    )


def _table(
    caption: str,
    forces: Sequence[Force],
    found: Mapping[int, Standing],
    sees_plans: bool,
    *,
    caption_shown: bool = False,
) -> Table:
    """Who may not see plans beforehand is shown no number of them at all: zero would not be so."""
    codes = (*COUNTED, "overdue") if sees_plans else ("overdue",)
    rows = []
    for force in forces:
        standing = found.get(force.pk)
        cells = [_opens(force, code, _value(standing, code)) for code in codes]
        rows.append(
            [
                Link(force.name, reverse("admin:national-force", args=[force.slug])),
                *cells,
                _used(force, standing),
            ]
        )
    return Table(
        caption,
        [
            Column(_("Force")),
            *(Column(str(CELLS[code]), numeric=True) for code in codes),
            Column(str(CELLS["systems"])),
        ],
        rows,
        caption_hidden=not caption_shown,
        stacked=True,
    )


def _opens(force: Force, code: str, value: int | None) -> Any:
    """A number that leads to its records; zero has none, and what is not known says so."""
    if value is None:
        return _("Not known")
    if not value:
        return "0"
    told = format_html(
        '{}<span class="govuk-visually-hidden">: {}, {}</span>', number_text(value), CELLS[code], force.name
    )
    return Link(told, _cell_of(force, code))


def _used(force: Force, standing: Standing | None) -> Any:
    if standing is None or not standing.systems:
        return _("None told") if _uses(standing) else _("Not known")
    first, *others = standing.systems
    told = _("%(algorithm)s at %(threshold)s") % {"algorithm": first.algorithm, "threshold": first.threshold}
    if others:
        told += " " + ngettext("and %(n)d other", "and %(n)d others", len(others)) % {"n": len(others)}
    return Link(told, _cell_of(force, "systems"))


def _cell_of(force: Force, what: str) -> str:
    return reverse("admin:national-picture-cell", args=[force.slug, what])


# Records ----------------------------------------------------------------------------------------------


def plans_table(plans: Sequence[Plan], *, systems: bool = False) -> Table:
    """Plans as rows; `systems` adds which algorithm and threshold each names."""
    columns = [_("Plan"), _("Force"), _("Place"), _("When"), _("State"), _("Authority")]
    rows = []
    for plan in plans:
        row = [
            plan_link(plan),
            force_words(plan.force),
            plan.place or _("Not said yet"),
            window(plan) or _("Not said yet"),
            plan.get_status_display(),
            authority_words(plan.authority) if plan.authority is not None else _("None"),
        ]
        if systems:
            row.append(
                _("%(algorithm)s at %(threshold)s")
                % {"algorithm": plan.algorithm, "threshold": plan.answers("system").get("threshold") or "–"}
            )
        rows.append(row)
    if systems:
        columns.append(_("Algorithm and threshold"))
    return Table(
        _("Plans"),
        [Column(each, nowrap=not place) for place, each in enumerate(columns)],
        rows,
        caption_hidden=True,
        stacked=True,
    )


def plan_link(plan: Plan) -> Link:
    return Link(plan.reference, reverse("admin:national-plan", args=[plan.reference]))


def force_words(force: Force) -> str:
    return _("%(force)s (made up)") % {"force": force.name} if force.is_made_up else force.name


def rank_words(rank: str) -> str:
    return str(Rank(rank).label) if rank in Rank.values else _("rank not recorded")


def authority_words(authority: Authority) -> str:
    """Of what kind, and on whose rank."""
    return f"{authority.get_kind_display()}, {rank_words(authority.rank)}"


def _late_table(late: Sequence[Overdue], at: datetime) -> Table:
    references = [each.reference for each in late if each.reference]
    plans = {
        plan.reference: plan
        for plan in Plan.objects.across_forces(reason="the plans that the reader was shown as overdue")
        .filter(reference__in=references)
        .select_related("force")
        .defer("content")
    }
    forces = Force.objects.in_bulk({each.force_id for each in late})
    rows = []
    for each in late:
        plan = plans.get(each.reference)
        about: Any
        if plan is not None:
            about, where = plan_link(plan), plan.place
        else:
            assert each.document is not None  # noqa: S101 - what is overdue is about a plan or a document
            about, where = Link(str(each.document), each.document.url), each.document.get_kind_display()
        rows.append(
            [
                str(OVERDUE[each.kind]),
                about,
                where,
                force_words(forces[each.force_id]),
                _("%(when)s (%(age)s ago)") % {"when": date_text(each.due), "age": age_of(each.due, at)},
            ]
        )
    columns = [_("What is overdue"), _("Plan or document"), _("Place or kind"), _("Force"), _("Since")]
    return Table(
        _("What is overdue"), [Column(str(each)) for each in columns], rows, caption_hidden=True, stacked=True
    )
