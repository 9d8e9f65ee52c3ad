"""What forces plan, as the centre sees it: how many plans of what kind each force has, and what is overdue.

Everything here is asked as a reader, in the reader's own scope, and counts only plans that they may read. A force
without any plan has no figures at all: whether it deploys is not known from here, and that is never zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.framework.models import Tightening
from coordination.framework.rules import Rule, rules_for_forces
from deployments.models import Result
from deployments.planning.models import BINDING, Plan, PlanQuerySet
from deployments.readiness.judging import judge
from deployments.readiness.live import day_of
from deployments.readiness.moments import start_of
from deployments.readiness.subject import Subject
from deployments.readiness.verdicts import Verdict
from forces.clock import london_date
from forces.models import Force, Person
from forces.models.documents import Document, DocumentWithdrawal
from forces.words import Words

S = Plan.Status
IN_USE = timedelta(days=365)  # how long after its end a plan still tells what a force uses

# What a force's plans are counted under, and the words for each. A plan is counted under one of these at most.
COUNTED: dict[str, Words] = {
    "writing": _("Being written"),
    "planned": _("Planned"),
    "today": _("Live today"),
}
# What may be overdue, and what that means.
OVERDUE: dict[str, Words] = {
    "result": _("Result not published in time"),
    "authority": _("Urgent authority not confirmed in writing"),
    "deferral": _("Deferral of a notice not looked at again"),
    "document": _("Document past its review date"),
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """One thing that should have been done by `due`: about a plan, or about a document of the force."""

    kind: str
    force_id: int
    due: datetime
    reference: str = ""
    verdict: Verdict | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class System:
    """An algorithm and a threshold that plans name, and how many of a force's plans do."""

    algorithm: str
    threshold: str
    plans: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One force's plans. `counted` by the codes of COUNTED."""

    plans: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    overdue: tuple[Overdue, ...] = ()
    systems: tuple[System, ...] = ()


def standings(reader: Person, *, at: datetime) -> dict[int, Standing]:
    """By id of the force: every force that has a plan the reader may see, or a document past its review."""
    counted, systems = _counted(Plan.objects.seen_by(reader, at=at), at)
    late: defaultdict[int, list[Overdue]] = defaultdict(list)
    for each in all_overdue(reader, at=at):
        late[each.force_id].append(each)
    return {
        force: Standing(
            counted[force]["plans"] if force in counted else 0,
            {code: counted[force][code] for code in COUNTED} if force in counted else {},
            tuple(late.get(force, ())),
            tuple(systems.get(force, ())),
        )
        for force in counted.keys() | late.keys()
    }


def which(code: str, at: datetime) -> Q:
    """The plans counted under one of COUNTED."""
    today = start_of(london_date(at))
    live_today = Q(
        status__in=BINDING, starts_at__lt=start_of(london_date(at) + timedelta(days=1)), ends_at__gt=today
    )
    if code == "today":
        return live_today
    if code == "writing":
        return Q(status__in=[S.DRAFT, S.RETURNED, S.REFUSED]) & (Q(ends_at=None) | Q(ends_at__gt=at))
    return (
        Q(status__in=[S.SUBMITTED, S.ASSESSED], ends_at__gt=at)
        | Q(status__in=BINDING, starts_at__gt=at) & ~live_today
    )


def all_overdue(reader: Person, *, at: datetime, force: Force | None = None) -> list[Overdue]:
    """Everything that is overdue, of one force or of all, what has waited longest first."""
    rows = Plan.objects.seen_by(reader, at=at)
    if force is not None:
        rows = rows.filter(force=force)
    found = [*_of_plans(rows, at), *_of_documents(force, at)]
    return sorted(found, key=lambda each: (each.due, each.kind, each.reference))


def in_use(at: datetime) -> Q:
    """The plans that tell what a force uses: authorised ones that lie ahead or ended in the last year."""
    return Q(status__in=BINDING, ends_at__gt=at - IN_USE, algorithm__isnull=False)


# Parts ------------------------------------------------------------------------------------------------


def unconfirmed(at: datetime) -> Q:
    """Of plans: an urgent authority stands that should have been confirmed in writing by now."""
    return Q(
        status__in=BINDING,
        authority__kind="urgent_oral",
        authority__confirmed_by=None,
        authority__voided_at=None,
        authority__confirm_by__lt=at,
    )


def unreviewed_deferral(today: date) -> Q:
    """Of plans: the public is still not told, and the day on which that was to be looked at again has passed."""
    withheld = Q(status=S.AUTHORISED) | Q(status=S.HELD, held_from=S.AUTHORISED)
    return withheld & ~Q(deferral_ground="") & Q(deferral_review_on__lt=today)


def without_result(at: datetime) -> Q:
    """Of plans: it was authorised and is over, and no result of it was ever published."""
    published = Result.objects.across_forces(reason="whether these plans have a published result").filter(
        deployment__plan=OuterRef("pk"), number=1, published_at__isnull=False
    )
    return Q(status__in=BINDING, ends_at__lte=at) & ~Q(Exists(published))


def _of_plans(rows: PlanQuerySet, at: datetime) -> Iterable[Overdue]:
    today = london_date(at)
    asked = rows.filter(without_result(at) | unconfirmed(at) | unreviewed_deferral(today))
    plans = list(
        asked.select_related("force", "authority")
        .annotate(
            is_unconfirmed=_is(unconfirmed(at)),
            is_unreviewed=_is(unreviewed_deferral(today)),
            is_without_result=_is(without_result(at)),
        )
        .defer("authority__readiness", "authority__reason", "content")
    )
    ended = [plan for plan in plans if plan.is_without_result]
    for plan in plans:
        if plan.is_unconfirmed:
            yield Overdue("authority", plan.force_id, plan.authority.confirm_by, plan.reference)
        if plan.is_unreviewed and plan.deferral_review_on is not None:
            due = start_of(plan.deferral_review_on + timedelta(days=1))
            yield Overdue("deferral", plan.force_id, due, plan.reference)
    yield from _results(ended, at)


def _is(condition: Q) -> Coalesce:
    """As a column: what cannot be told of a row, such as of an authority where there is none, is not so."""
    return Coalesce(ExpressionWrapper(condition, BooleanField()), Value(False))


def _results(plans: list[Plan], at: datetime) -> Iterable[Overdue]:
    """Judged by the rules of each plan's own day, as on the plan's own page."""
    if not plans:
        return
    # Forces that are not stricter than the nation share its rules: most of them, on every one of their days.
    stricter = set(Tightening.objects.filter(parameter="days").values_list("force", flat=True))
    own = {plan.force for plan in plans if plan.force_id in stricter}
    rules = {
        key: [rule for rule in found if rule.check == "results_within"]
        for key, found in rules_for_forces([None, *own], {day_of(plan, at) for plan in plans}).items()
    }
    for plan in plans:
        day, ended_on = day_of(plan, at), london_date(plan.ends_at or at)
        held = rules[plan.force_id if plan.force_id in stricter else None, day]
        verdicts = [judge(rule, _over(plan, rule, day, at)) for rule in held]
        missed = [verdict for verdict in verdicts if verdict.is_missed]
        if missed:
            strictest = min(missed, key=lambda verdict: verdict.rule.parameters["days"])
            due = start_of(ended_on + timedelta(days=strictest.rule.parameters["days"] + 1))
            yield Overdue("result", plan.force_id, due, plan.reference, strictest)


def _over(plan: Plan, rule: Rule, day: date, at: datetime) -> Subject:
    """A plan that is over, without a result. What it says is read only where the rule does not apply to all."""
    applies = rule.applies_to
    is_narrow = any((applies.use_cases, applies.place_types, applies.watchlist_categories, applies.cameras))
    said = plan.said if is_narrow else {}
    return Subject(
        plan.reference, plan.technology, day, at, said, starts_at=plan.starts_at, ends_at=plan.ends_at
    )


def _of_documents(force: Force | None, at: datetime) -> Iterable[Overdue]:
    today = london_date(at)
    same = Document.objects.filter(series=OuterRef("series"), adopted_on__lte=today)
    later = same.filter(
        Q(adopted_on__gt=OuterRef("adopted_on")) | Q(adopted_on=OuterRef("adopted_on"), pk__gt=OuterRef("pk"))
    )
    withdrawn = DocumentWithdrawal.objects.filter(document=OuterRef("pk"), on__lte=today)
    standing = Document.objects.filter(~Exists(later), ~Exists(withdrawn), adopted_on__lte=today)
    if force is not None:
        standing = standing.filter(force=force)
    for document in standing.filter(review_on__lt=today):
        assert document.review_on is not None  # noqa: S101 - by the filter
        due = start_of(document.review_on + timedelta(days=1))
        yield Overdue("document", document.force_id, due, document=document)


def _counted(rows: PlanQuerySet, at: datetime) -> tuple[dict[int, Counter[str]], dict[int, list[System]]]:
    """By force: its plans by the codes of COUNTED and as "plans" together; and what is in use, the most used first.

    One statement, whose groups are as many as forces have systems.
    """
    said = Cast(
        Func(F("content"), Value("UTF8"), function="convert_from", output_field=TextField()), JSONField()
    )
    threshold = KeyTextTransform("threshold", KeyTransform("system", said))
    names = ("algorithm__vendor", "algorithm__product", "algorithm__version")
    groups = (
        rows.order_by()
        .annotate(
            used=_is(in_use(at)),
            threshold=Case(When(in_use(at), then=threshold), output_field=TextField()),
        )
        .values("force_id", "used", "threshold", *names)
        .annotate(plans=Count("pk"), **{code: Count("pk", filter=which(code, at)) for code in COUNTED})
    )
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    systems: defaultdict[int, list[System]] = defaultdict(list)
    for group in groups:
        force, plans = group["force_id"], group["plans"]
        counted[force].update({"plans": plans, **{code: group[code] for code in COUNTED}})
        if group["used"]:
            name = " ".join(filter(None, (group[each] for each in names)))
            systems[force].append(System(name, group["threshold"] or "", plans))
    for found in systems.values():
        found.sort(key=lambda one: (-one.plans, one.algorithm, one.threshold))
    return counted, systems
