"""What happened under a plan, written down with what was planned filled in already."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from deployments.planning.choices import UseCase
from deployments.planning.models import Plan
from forces.capabilities import Capability
from forces.clock import LONDON, db_now
from forces.models import Force, Person
from forces.permissions import require
from portal.force.pages import address, plan_page
from portal.force.planning.overview import outcome_of
from portal.force.recording import write_down
from portal.typed import posted


@plan_page
def record(request: HttpRequest, force: Force, plan: Plan) -> HttpResponse:
    """The form of a result for this plan. What was planned is a beginning: what happened is what counts."""
    person: Person = request.person  # type: ignore[attr-defined]
    require(person, Capability.RECORD_RESULTS, force)
    outcome = outcome_of(plan)
    if posted(request) is None and outcome is not None:
        messages.info(request, _("What happened has been recorded already."))
        return redirect(address("deployment", outcome))
    if posted(request) is None and not (plan.is_binding and plan.has_begun(db_now())):
        messages.warning(request, _("There is nothing to record: it is not authorised, or has not begun."))
        return redirect(address("plan", plan))
    starts = plan.starts_at.astimezone(LONDON) if plan.starts_at else None
    ends = plan.ends_at.astimezone(LONDON) if plan.ends_at else None
    planned = {
        "on": starts.date() if starts else None,
        "start": starts.time() if starts else None,
        "end": ends.time() if ends else None,
        "place": plan.place,
        "area": plan.answers("place").get("area") or "",
        "technology": plan.technology,
        "use_case": str(UseCase(plan.use_case).label) if plan.use_case else "",
        "algorithm": plan.algorithm_id,
        "threshold": plan.answers("system").get("threshold"),
    }
    return write_down(request, force, plan, **planned)
