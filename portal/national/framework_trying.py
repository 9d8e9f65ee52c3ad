"""Trying a version of the legal framework against the plans of today: exactly which it would hit, before it holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.framework.models import Version
from deployments.planning.models import Plan
from deployments.readiness.trying_out import Hit, hits
from deployments.readiness.worse import Change
from design.components import Column, Link, Table
from design.numbers import date_text, short_date_text
from forces.capabilities import Capability
from forces.clock import db_now
from portal.national.framework import predecessor, version_of
from portal.national.imports import page_of, turning
from portal.national.pages import needs, show
from portal.national.picture import force_words

LINES_A_PAGE = 100


@needs(Capability.READ_NATIONAL_PLANS)
def try_out(request: HttpRequest, version: int) -> HttpResponse:
    """Plans of every force, drafts included, that would newly fail a requirement or be newly blocked by one."""
    found = version_of(version)
    before = predecessor(found)
    at = db_now()
    hit = hits(before, found, at=at, by=request.person) if before is not None else []  # type: ignore[attr-defined]
    # By force, made-up ones last; a force's plans the soonest first.
    hit.sort(key=lambda each: (each.force.is_made_up, each.force.name))
    lines = [(each, change) for each in hit for change in each.changes]
    page = page_of(request, lines, LINES_A_PAGE)
    context = {
        "version": found,
        "before": before,
        "day": date_text(found.takes_effect_on) if found.takes_effect_on else "",
        "plans": len(hit),
        "forces": len({each.force.pk for each in hit}),
        "by_force": _by_force(hit) if hit else None,
        "by_requirement": _by_requirement(hit, found) if hit else None,
        "table": _table(list(page)),
        **turning(request, page),
    }
    return show(request, "framework_try", context)


def _by_force(hit: list[Hit]) -> Table:
    counted = Counter(each.force for each in hit)
    rows = [[force_words(force), n] for force, n in counted.items()]
    return Table(_("Plans by force"), [Column(_("Force")), Column(_("Plans"), numeric=True)], rows)


def _by_requirement(hit: list[Hit], version: Version) -> Table:
    counted = Counter((change.code, change.after.rule.title) for each in hit for change in each.changes)
    rows = [
        [Link(title, reverse("admin:national-framework-requirement", args=[version.number, code])), n]
        for (code, title), n in counted.most_common()
    ]
    return Table(
        _("Plans by requirement"), [Column(_("Requirement")), Column(_("Plans"), numeric=True)], rows
    )


def _table(lines: list[tuple[Hit, Change]]) -> Table:
    rows: list[list[Any]] = [
        [
            Link(hit.reference, reverse("admin:national-plan", args=[hit.reference])),
            force_words(hit.force),
            _where(hit),
            Plan.Status(hit.status).label,
            change.after.rule.title,
            _before(change),
            _after(change),
        ]
        for hit, change in lines
    ]
    columns = [
        _("Plan"),
        _("Force"),
        _("Place and day"),
        _("State"),
        _("Requirement"),
        _("Before"),
        _("Then"),
    ]
    return Table(
        _("Each plan and each requirement"),
        [Column(each, nowrap=not place) for place, each in enumerate(columns)],
        rows,
        stacked=True,
    )


def _where(hit: Hit) -> str:
    said = [hit.place, short_date_text(hit.starts_at) if hit.starts_at else ""]
    return ", ".join(filter(None, said)) or _("Not said yet")


def _before(change: Change) -> str:
    if change.before is None:
        return _("Not asked")
    if change.before.is_missed:
        return _("Not met, and it only warned")
    return str(change.before.state.label)


def _after(change: Change) -> Any:
    verdict = _("Not met: stops the plan") if change.after.rule.blocks else _("Not met: warns")
    return format_html("<strong>{}</strong>. {}", verdict, change.after.words)
