"""Where people begin: which force, what waits for them, what happened lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from deployments.models import Deployment, Result
from design.navigation import address as first_address
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Force, Person
from forces.permissions import may
from portal.force import history, wording
from portal.force.pages import address, force_page, forces_of, public_address, show, signed_in

SHOWN = 10
ACTIVITY = 6
OVERDUE_AFTER = 5  # days; a mark to sort by, not a rule: no national limit is in force


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Straight to one's force; whoever belongs to several chooses, so that nobody acts for the wrong one."""
    person: Person = request.person  # type: ignore[attr-defined]
    forces = list(forces_of(person))
    if len(forces) == 1:
        return redirect("portal:dashboard", forces[0].slug)
    is_national = may(person, Capability.READ_ALL_FORCES)
    context = {"forces": forces, "national": first_address("admin:index") if is_national else ""}
    return render(request, "portal/force/choose.html", context)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: what, where, and how long it has waited since the deployment."""

    title: str
    hint: str
    href: str
    verb: str
    colour: str
    since: int

    @property
    def is_late(self) -> bool:
        return self.since > OVERDUE_AFTER


@force_page
def dashboard(request: HttpRequest, force: Force) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    today = london_date(db_now())
    due = list(Deployment.objects.visible_to(person).filter(force=force).due().with_results()[:200])
    mine = [task for task in (waiting_for(person, each, force, today) for each in due) if task]
    theirs = [each for each in due if waiting_for(person, each, force, today) is None]
    published = Deployment.objects.visible_to(person).filter(force=force).published()
    context = {
        "mine": mine[:SHOWN],
        "mine_count": len(mine),
        "theirs": [
            (each, wording.standing(each), wording.where_and_when(each.in_work)) for each in theirs[:SHOWN]
        ],
        "to_review": sum(each.in_work.status == Result.Status.RECORDED for each in due),
        "to_publish": sum(each.in_work.status == Result.Status.REVIEWED for each in due),
        "published": published.count(),
        "this_year": published.filter(current__on__year=today.year).count(),
        "year": today.year,
        "late": sum(task.is_late for task in mine),
        "may_record": may(person, Capability.RECORD_RESULTS, force),
        "public_page": public_address(force, "force", force.slug),
        "activity": history.lately(force, ACTIVITY),
        "may_read_audit": may(person, Capability.READ_AUDIT, force),
    }
    return show(request, "dashboard", force, context)


def waiting_for(person: Person, deployment: Deployment, force: Force, today: date) -> Waiting | None:
    """What this person can do next for the deployment, if anything; each task waits for those who may do it."""
    result = deployment.in_work
    if result is None:
        return None
    own = result.wrote_some(person)
    where = wording.where_and_when(result)
    since = (today - result.on).days
    hint = _("%(reference)s, %(days)s since the deployment") % {
        "reference": deployment.reference,
        "days": wording.days(since),
    }

    def task(words: str, name: str, verb: str, colour: str) -> Waiting:
        return Waiting(words % {"where": where}, hint, address(name, deployment), verb, colour, since)

    writes = may(
        person, Capability.CORRECT_RESULTS if result.is_correction else Capability.RECORD_RESULTS, force
    )
    if result.status == Result.Status.RECORDED and result.open_questions():
        return task(_("Answer questions: %(where)s"), "questions", _("Answer"), "orange") if writes else None
    if own:
        return None
    if result.status == Result.Status.RECORDED and may(person, Capability.REVIEW_RESULTS, force):
        return task(_("Review: %(where)s"), "review", _("Review"), "yellow")
    if result.status == Result.Status.REVIEWED and may(person, Capability.PUBLISH_RESULTS, force):
        return task(_("Publish: %(where)s"), "publish", _("Publish"), "blue")
    return None
