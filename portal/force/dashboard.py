"""Where people begin: which force, what waits for them, what happened lately."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from deployments.models import Deployment, Plan, Result
from design.navigation import address as first_address
from forces.capabilities import Capability
from forces.clock import LONDON, db_now, london_date
from forces.models import Force, Person
from forces.permissions import may
from portal.force import answers, history, wording
from portal.force.alerts import told
from portal.force.colleagues import holders
from portal.force.pages import address, force_page, forces_of, people_named, public_address, show, signed_in
from portal.force.planning.standing import Standing, waits_as
from portal.force.waiting import Waiting, of_documents, of_plans, plans_in_work, published_by

SHOWN = 12
ACTIVITY = 6
REASON_SHOWN = 120
ACTIVITY_SHOWN = 200
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


@force_page
def dashboard(request: HttpRequest, force: Force) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    at = db_now()
    today = london_date(at)
    due = list(Deployment.objects.visible_to(person).filter(force=force).due().with_results()[:200])
    in_work = [each.in_work for each in due]
    lately = history.latest(force, ACTIVITY)
    names = {each.person_id: each.who for each in lately if each.who}  # type: ignore[attr-defined]
    names |= people_named({each.sent_back_by_id for each in in_work if each.is_sent_back} - set(names))
    writers = cache(lambda right: {each.pk for each in holders(force, right)[right]})
    tasks = {each: waiting_for(person, each, force, at, names, writers) for each in due}
    plans = plans_in_work(person, force, at)
    of_mine = of_plans(person, force, plans, at)
    mine = [*filter(None, tasks.values()), *of_mine, *of_documents(person, force, at)]
    mine.sort(key=lambda each: each.order)
    theirs = [*_plans_of_others(plans, of_mine, at)]
    theirs += [_of_others(each) for each, task in tasks.items() if task is None]
    published = published_by(force, plans, today.year)
    recorded = [result for result in in_work if result.status == Result.Status.RECORDED]
    to_answer = sum(bool(result.open_questions()) for result in recorded)
    alerts, more_alerts = told(person, force)
    context = {
        "alerts": alerts,
        "more_alerts": more_alerts,
        "mine": mine[:SHOWN],
        "mine_count": len(mine),
        "late": sum(each.is_late for each in mine),
        "theirs": theirs[:SHOWN],
        "more_theirs": max(0, len(theirs) - SHOWN),
        "to_review": len(recorded) - to_answer,
        "to_answer": to_answer,
        "sent_back": sum(result.is_sent_back for result in in_work),
        "to_publish": sum(result.status == Result.Status.REVIEWED for result in in_work),
        "planned": sum(plan.starts_at is not None and plan.starts_at > at for plan in plans),
        "published": published.all,
        "this_year": published.this_year,
        "year": today.year,
        "may_record": may(person, Capability.RECORD_RESULTS, force),
        "may_plan": may(person, Capability.PLAN_DEPLOYMENTS, force),
        "public_page": public_address(force, "force", force.slug),
        "activity": [
            replace(each, text=Truncator(each.text).chars(ACTIVITY_SHOWN))
            for each in history.in_words(lately, force, with_subject=True, names=names)
        ],
        "may_read_audit": may(person, Capability.READ_AUDIT, force),
    }
    return show(request, "dashboard", force, context)


@dataclass(frozen=True, slots=True)
class OfOthers:
    """What waits for colleagues: its place and day, its page, and what is to be done as a tag."""

    where: str
    reference: str
    href: str
    standing: Standing | wording.Standing


def _of_others(deployment: Deployment) -> OfOthers:
    where = wording.where_and_when(deployment.in_work or deployment.shown)
    page = address("deployment", deployment)
    return OfOthers(where, deployment.reference, page, wording.standing(deployment))


def _plans_of_others(plans: Sequence[Plan], mine: Sequence[Waiting], at: datetime) -> Iterator[OfOthers]:
    """Plans of which something waits for somebody else, and nothing for this person."""
    for plan in plans:
        page = address("plan", plan)
        waits = waits_as(plan, at, is_recorded=plan.is_recorded)  # type: ignore[attr-defined]
        if waits is not None and not any(each.href.startswith(page) for each in mine):
            yield OfOthers(answers.where_and_when(plan), plan.reference, page, waits)


def waiting_for(
    person: Person,
    deployment: Deployment,
    force: Force,
    at: datetime,
    senders: Mapping[int | None, str],
    writers: Callable[[Capability], set[int]],
) -> Waiting | None:
    """What this person can do next for the deployment, if anything; each task waits for those who may do it.

    `senders` holds the names of whoever sent something back; `writers` the ids of whoever holds a right to write.
    """
    result = deployment.in_work
    if result is None:
        return None
    own = result.wrote_some(person)
    where = wording.where_and_when(result)
    since = (london_date(at) - result.on).days
    hint = _("%(reference)s, %(days)s since the deployment") % {
        "reference": deployment.reference,
        "days": wording.days(since),
    }

    def task(words: str, name: str, verb: str, colour: str, said: str = "") -> Waiting:
        return Waiting(
            words % {"where": where},
            said or hint,
            address(name, deployment),
            verb,
            colour,
            at,
            _due(result.on),
            comes_back=bool(said),
        )

    writing = Capability.CORRECT_RESULTS if result.is_correction else Capability.RECORD_RESULTS
    writes = may(person, writing, force)
    if result.is_sent_back:
        if not writes or not (own or _is_nobodys(result, writers(writing), person)):
            return None
        said = _("%(who)s: “%(reason)s”") % {
            "who": senders.get(result.sent_back_by_id, _("somebody outside the force")),
            "reason": Truncator(result.sent_back_reason).chars(REASON_SHOWN),
        }
        return task(_("Sent back: %(where)s"), "deployment", _("Change"), "orange", said)
    if result.status == Result.Status.RECORDED and result.open_questions():
        return task(_("Answer questions: %(where)s"), "questions", _("Answer"), "orange") if writes else None
    if own:
        return None
    if result.status == Result.Status.RECORDED and may(person, Capability.REVIEW_RESULTS, force):
        return task(_("Review: %(where)s"), "review", _("Review"), "yellow")
    if result.status == Result.Status.REVIEWED and may(person, Capability.PUBLISH_RESULTS, force):
        return task(_("Publish: %(where)s"), "publish", _("Publish"), "blue")
    return None


def _is_nobodys(result: Result, writers: set[int], person: Person) -> bool:
    """Whether no author can change it, as where a system wrote it: it then waits for whoever else may write."""
    return person.pk != result.sent_back_by_id and not writers & {*result.authors, *result.connectors}


def _due(on: date) -> datetime:
    """The end of the last day on which nothing is late yet."""
    last = on + timedelta(days=OVERDUE_AFTER + 1)
    return datetime(last.year, last.month, last.day, tzinfo=LONDON)
