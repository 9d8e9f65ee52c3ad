"""The force's documents that somebody may rest an attestation on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deployments.planning.models import Plan
from deployments.readiness.live import day_of
from deployments.readiness.papers import documents_for
from deployments.readiness.services import NOT_RECORDED
from forces.clock import db_now


def of_kind(plan: Plan, kind: str) -> list[tuple[int, str]]:
    """The document of this kind that stands on the plan's day, as a choice; none where none stands."""
    day = day_of(plan, db_now())
    standing = documents_for({(plan.force, day)})[plan.force_id, day]
    held = None if standing is NOT_RECORDED else standing.get(kind)
    if held is None:
        return []
    return [(held.id, _("%(title)s, version %(version)s") % {"title": held.title, "version": held.version})]
