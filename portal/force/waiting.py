"""What waits for one person in one force, each with the moment by which it is due: the dashboard sorts by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deployments.models import Deployment, DeploymentQuerySet
from deployments.planning.models import BINDING, Plan
from deployments.readiness import Deadlines, deadlines_of
from design.numbers import short_date_text, time_text
from forces.capabilities import Capability
from forces.clock import LONDON, london_date
from forces.documents import all_documents_of
from forces.models import Document, Force, Person
from forces.permissions import may
from portal.force import answers
from portal.force.pages import address

S = Plan.Status
MOST = 200
LONG_AGO = timedelta(days=30)  # since when unfinished plans of the past are no longer shown
SOON = timedelta(days=2)
SHOWN = 120  # characters of a reason
RESULT_DUE = timedelta(days=5)  # where no rule in force says by when a result is published
REVIEWED_SOON = timedelta(days=30)
BEFORE_AUTHORITY = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.REFUSED, S.ASSESSED)
WRITE_AND_DECIDE = (Capability.PLAN_DEPLOYMENTS, Capability.AUTHORISE_DEPLOYMENTS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: what, where, until when. `first`: before all else, whatever else is overdue."""

    title: str
    hint: str
    href: str
    verb: str
    colour: str
    at: datetime
    due: datetime | None = None
    first: bool = False
    comes_back: bool = False  # of what is due at the same time, it is done first

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due < self.at

    @property
    def is_soon(self) -> bool:
        return self.due is not None and not self.is_late and self.due - self.at < SOON

    @property
    def order(self) -> tuple[bool, bool, datetime, bool]:
        return not self.first, self.due is None and not self.first, self.due or self.at, not self.comes_back

    @property
    def by_when(self) -> str:
        """ "Overdue by 3 days", "By Tue 24 Nov 2026, 10am", or ""."""
        if self.due is None:
            return _("Now") if self.first else ""
        if self.is_late:
            return _("Overdue by %(time)s") % {"time": length(self.at - self.due)}
        return _("By %(day)s, %(time)s") % {"day": short_date_text(self.due), "time": time_text(self.due)}


def length(passed: timedelta) -> str:
    """ "3 days", "5 hours", "20 minutes"."""
    minutes = max(1, int(passed.total_seconds()) // 60)
    if minutes < 90:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    if minutes < 48 * 60:
        return ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
    return ngettext("%d day", "%d days", minutes // 1440) % (minutes // 1440)


def plans_in_work(person: Person, force: Force, at: datetime) -> list[Plan]:
    """Plans of which something may wait for somebody, in one statement; each says whether its result is recorded."""
    recorded = Deployment.objects.owned_by(force).filter(plan=OuterRef("pk"))
    published = Deployment.objects.owned_by(force).published()
    found = (
        Plan.objects.seen_by(person, at=at)
        .filter(force=force)
        .exclude(status=S.CANCELLED)
        .annotate(
            is_recorded=Exists(recorded),
            published=_count(published),
            this_year=_count(published.filter(current__on__year=london_date(at).year)),
        )
        .filter(Q(ends_at=None) | Q(ends_at__gt=at - LONG_AGO) | Q(status__in=BINDING, is_recorded=False))
        .with_people()
        .order_by("starts_at", "pk")
    )
    plans = list(found[:MOST])
    for plan in plans:
        plan.force = force
    return plans


def _count(found: DeploymentQuerySet) -> Coalesce:
    numbers = found.order_by().values("force").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers), 0)


@dataclass(frozen=True, slots=True)
class Published:
    """How many results stand on the register: all, and of deployments of this year."""

    all: int
    this_year: int


def published_by(force: Force, plans: Sequence[Plan], year: int) -> Published:
    """Comes along with the plans, where there are any: one statement less."""
    if plans:
        return Published(plans[0].published, plans[0].this_year)  # type: ignore[attr-defined]
    return Published(
        **Deployment.objects.owned_by(force)
        .published()
        .aggregate(all=Count("pk"), this_year=Count("pk", filter=Q(current__on__year=year)))
    )


def of_plans(person: Person, force: Force, plans: Sequence[Plan], at: datetime) -> list[Waiting]:
    """What this person can do about these plans now; each thing waits for those who may do it."""
    rights = {
        right: may(person, right, force)
        for right in (
            Capability.PLAN_DEPLOYMENTS,
            Capability.ASSESS_PLANS,
            Capability.AUTHORISE_DEPLOYMENTS,
            Capability.NOTIFY_PUBLIC,
            Capability.COMMAND_DEPLOYMENTS,
            Capability.RECORD_RESULTS,
        )
    }
    dated = [plan for plan in plans if _needs_deadlines(plan, rights, at)]
    deadlines = deadlines_of(dated, at=at) if dated else {}
    return [
        each
        for plan in plans
        for each in _of_plan(person, plan, rights, deadlines.get(plan.pk, Deadlines()), at)
    ]


def of_documents(person: Person, force: Force, at: datetime) -> list[Waiting]:
    """Documents whose review is due, for whoever keeps them."""
    if not may(person, Capability.KEEP_DOCUMENTS, force):
        return []
    today = london_date(at)
    return [
        Waiting(
            _("Review: %(title)s") % {"title": each.title},
            _("%(kind)s, version %(version)s") % {"kind": each.get_kind_display(), "version": each.version},
            _document_address(force, each),
            _("Review"),
            "purple",
            at,
            datetime(each.review_on.year, each.review_on.month, each.review_on.day, tzinfo=LONDON)
            + timedelta(days=1),
        )
        for each in all_documents_of(force, today)
        if each.review_on is not None and each.review_on <= today + REVIEWED_SOON
    ]


def _of_plan(
    person: Person, plan: Plan, rights: dict[Capability, bool], deadlines: Deadlines, at: datetime
) -> list[Waiting]:
    own = plan.wrote_some(person)
    where = answers.where_and_when(plan)
    authority = plan.authority if plan.is_binding else None
    officer = rights[Capability.AUTHORISE_DEPLOYMENTS] and not own
    in_time = _in_time(plan, deadlines, at)
    found: list[Waiting] = []

    def task(
        words: str,
        page: str,
        verb: str,
        colour: str,
        due: datetime | None,
        hint: str = "",
        first: bool = False,
    ) -> None:
        found.append(
            Waiting(
                words % {"where": where},
                Truncator(hint).chars(SHOWN) if hint else plan.reference,
                address(page, plan),
                verb,
                colour,
                at,
                due,
                first,
            )
        )

    if plan.affected_at is not None and plan.is_live(at) and plan.status != S.HELD:
        commands = plan.commander_id == person.pk or plan.commander_id is None
        if commands and rights[Capability.COMMAND_DEPLOYMENTS]:
            task(
                _("Running now: %(where)s"),
                "running",
                _("Decide"),
                "red",
                None,
                plan.affected_by,
                True,
            )
    if plan.status == S.HELD and officer:
        task(
            _("Look at again: %(where)s"),
            "authorise",
            _("Decide"),
            "orange",
            plan.starts_at,
            plan.affected_by,
        )
    elif authority is not None and authority.is_unconfirmed and officer:
        task(
            _("Confirm urgent authority: %(where)s"),
            "authorise",
            _("Confirm"),
            "orange",
            authority.confirm_by,
        )
    if plan.status == S.SUBMITTED and plan.is_urgent and officer:
        task(
            _("Urgent authority: %(where)s"),
            "authorise",
            _("Authorise"),
            "red",
            plan.starts_at,
            plan.urgency,
            True,
        )
    elif plan.status == S.SUBMITTED and not plan.is_urgent and rights[Capability.ASSESS_PLANS] and not own:
        task(_("Assess: %(where)s"), "assess", _("Assess"), "yellow", in_time)
    if plan.status == S.ASSESSED and officer:
        task(_("Authorise: %(where)s"), "authorise", _("Authorise"), "blue", in_time)
    if plan.status == S.AUTHORISED and not plan.is_deferred and rights[Capability.NOTIFY_PUBLIC]:
        task(
            _("Publish the notice: %(where)s"),
            "notice",
            _("Notify"),
            "blue",
            deadlines.notice or plan.starts_at,
        )
    day = plan.deferral_review_on
    if plan.status == S.AUTHORISED and officer and day is not None and day <= london_date(at):
        due = datetime(day.year, day.month, day.day, tzinfo=LONDON)
        task(_("Look at the withheld notice again: %(where)s"), "notice", _("Decide"), "orange", due)
    if plan.status in (S.RETURNED, S.REFUSED) and own and rights[Capability.PLAN_DEPLOYMENTS]:
        words = _("Sent back: %(where)s") if plan.status == S.RETURNED else _("Refused: %(where)s")
        task(words, "plan", _("Change"), "orange", in_time, f"“{plan.question}”")
    if plan.status == S.DRAFT and own and rights[Capability.PLAN_DEPLOYMENTS]:
        task(_("Finish the plan: %(where)s"), "plan", _("Finish"), "grey", in_time)
    is_over = plan.is_binding and plan.is_over(at) and not plan.is_recorded  # type: ignore[attr-defined]
    if is_over and rights[Capability.RECORD_RESULTS] and plan.ends_at is not None:
        due = deadlines.result or plan.ends_at + RESULT_DUE
        task(_("Record the result: %(where)s"), "record-plan", _("Record"), "yellow", due)
    return found


def _in_time(plan: Plan, deadlines: Deadlines, at: datetime) -> datetime | None:
    """By when a plan is to be authorised: while the public can still be told in time, else before it starts."""
    return deadlines.notice if deadlines.notice is not None and deadlines.notice > at else plan.starts_at


def _needs_deadlines(plan: Plan, rights: dict[Capability, bool], at: datetime) -> bool:
    """Whether what waits of it has a moment that follows from the rules."""
    if plan.status in BEFORE_AUTHORITY and not plan.is_urgent:
        return any(rights[right] for right in WRITE_AND_DECIDE)
    if plan.status == S.AUTHORISED and not plan.is_deferred and rights[Capability.NOTIFY_PUBLIC]:
        return True
    return plan.is_binding and plan.is_over(at) and rights[Capability.RECORD_RESULTS]


def _document_address(force: Force, document: Document) -> str:
    return reverse("portal:force-document", args=[force.slug, document.public_id])
