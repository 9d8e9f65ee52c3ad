"""When what plans relied on changes: which authorised plans newly fail, and that they are looked at again.

What is still written or decided on needs nothing: its readiness is read live. Advice holds nobody up, and what follows
a deployment is not undone by holding it. A law or a national condition whose source is not verified keeps no plan from
being authorised, but somebody looks again at what relied on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework.models import Version
from coordination.framework.rules import (
    Rule,
    changed,
    in_force,
    rules_for_forces,
    rules_of_version_for_forces,
)
from coordination.framework.vocabulary import Phase, Weight
from deployments.planning.actions import hold
from deployments.planning.models import Plan, PlanQuerySet
from deployments.readiness.judging import judge
from deployments.readiness.live import day_of
from deployments.readiness.moments import start_of
from deployments.readiness.reading import read, subjects_of
from deployments.readiness.services import NOT_RECORDED
from deployments.readiness.subject import Held, Subject
from deployments.readiness.verdicts import State, Verdict
from deployments.readiness.worse import among, worse

MOST_TOLD = 3
Before = Callable[[Rule, Subject], Verdict | None]


def relied_upon(rows: PlanQuerySet, *, at: datetime) -> PlanQuerySet:
    """Plans that may be held: authorised, and not over."""
    return rows.filter(status__in=[Plan.Status.AUTHORISED, Plan.Status.NOTIFIED], ends_at__gt=at)


def version_adopted(number: int, *, at: datetime) -> list[str]:
    """Hold plans of every force that the version newly lets fail on their day; their references.

    In the national scope. A version that takes effect later holds now what is planned for its days.
    """
    adopted = list(Version.objects.adopted())
    new = next(version for version in adopted if version.number == number)
    old = in_force([version for version in adopted if version != new], new.takes_effect_on or date.max)
    if old is None:
        return []
    codes = changed(old, new)
    rows = Plan.objects.across_forces(reason="a version of the framework was adopted")
    starts = start_of(new.takes_effect_on) if new.takes_effect_on else at
    plans = read(relied_upon(rows, at=at).filter(starts_at__gte=starts))
    forces, days = {plan.force for plan in plans}, {day_of(plan, at) for plan in plans}
    before = among(rules_of_version_for_forces(old, forces, days), codes)
    after = among(rules_for_forces(forces, days), codes)
    told = _("Version %(number)d of the legal framework was adopted.") % {"number": number}
    held = []
    for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True):
        key = plan.force_id, day_of(plan, at)
        # Of a day for which yet another version stands, this one changes nothing.
        rules = [rule for rule in after[key] if rule.version == number]
        found = [change.after for change in worse(before[key], rules, subject)]
        held += _hold(plan, found, told, at=at)
    return held


def rule_tightened(
    force_plans: PlanQuerySet, requirement: str, parameter: str, *, starts_on: date, at: datetime
) -> list[str]:
    """Hold plans of one force that fail by its own tighter value and did not by the nation's; their references."""
    plans = read(relied_upon(force_plans, at=at).filter(starts_at__gte=start_of(starts_on)))

    def before(rule: Rule, subject: Subject) -> Verdict:
        return judge(_loosened(rule, parameter), subject)

    return _look(
        plans,
        lambda rule: rule.code == requirement and parameter in rule.tightened,
        before,
        told=_("The force holds itself to a stricter value."),
        at=at,
    )


def document_changed(
    force_plans: PlanQuerySet, kind: str, stood: Held | None, *, told: str, at: datetime
) -> list[str]:
    """Hold plans of one force that fail because another document of a kind stands than before, or none.

    `stood` is what stood before; None: nothing did. Returns their references.
    """

    def before(rule: Rule, subject: Subject) -> Verdict:
        if subject.documents is NOT_RECORDED:
            return judge(rule, subject)
        documents = {each: held for each, held in subject.documents.items() if each != kind}
        return judge(rule, replace(subject, documents=documents | ({kind: stood} if stood else {})))

    def about_it(rule: Rule) -> bool:
        attested = rule.attestation is not None and rule.attestation.document_kind == kind
        return attested or (rule.check in _DOCUMENTS and rule.parameters.get("kind") == kind)

    return _look(read(relied_upon(force_plans, at=at)), about_it, before, told=told, at=at)


_DOCUMENTS = ("document_in_date", "document_for_plan")


def look_again(rows: PlanQuerySet, checks: Collection[str], *, told: str, at: datetime) -> list[str]:
    """Hold plans that now fail a requirement judged by one of `checks` and did not when they were authorised.

    For services whose answers changed: a test withdrawn, a van gone, an advisory issued. Returns their references.
    """
    plans = read(relied_upon(rows, at=at))
    snapshots = relied_upon(rows, at=at).values_list("pk", "authority__readiness")
    failed = {
        pk: {line["code"] for line in lines or () if line["state"] == State.NOT_MET}
        for pk, lines in snapshots
    }
    rules = rules_for_forces({plan.force for plan in plans}, {day_of(plan, at) for plan in plans})
    held = []
    for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True):
        verdicts = [
            judge(rule, subject) for rule in rules[plan.force_id, day_of(plan, at)] if rule.check in checks
        ]
        newly = [
            each for each in verdicts if each.is_missed and each.rule.code not in failed.get(plan.pk, ())
        ]
        held += _hold(plan, newly, told, at=at)
    return held


def _look(
    plans: Sequence[Plan],
    about_it: Callable[[Rule], bool],
    before: Before,
    *,
    told: str,
    at: datetime,
) -> list[str]:
    rules = rules_for_forces({plan.force for plan in plans}, {day_of(plan, at) for plan in plans})
    held = []
    for plan, subject in zip(plans, subjects_of(plans, at=at), strict=True):
        newly = []
        for rule in filter(about_it, rules[plan.force_id, day_of(plan, at)]):
            now, was = judge(rule, subject), before(rule, subject)
            if now.is_missed and not (was is not None and was.is_missed):
                newly.append(now)
        held += _hold(plan, newly, told, at=at)
    return held


def _hold(plan: Plan, missed: Iterable[Verdict], told: str, *, at: datetime) -> list[str]:
    heavy = [each for each in missed if each.rule.weight != Weight.ADVICE and each.rule.phase != Phase.AFTER]
    if not heavy:
        return []
    lines = [f"{each.rule.title}: {each.words}" for each in heavy[:MOST_TOLD]]
    if (more := len(heavy) - MOST_TOLD) > 0:
        lines.append(ngettext("%(n)d more.", "%(n)d more.", more) % {"n": more})
    return [plan.reference] if hold(plan, why=" ".join([told, *lines]), at=at) else []


def _loosened(rule: Rule, parameter: str) -> Rule:
    """The rule as if the force had not tightened the parameter."""
    return replace(
        rule,
        parameters={**rule.parameters, parameter: rule.national[parameter]},
        tightened={name: own for name, own in rule.tightened.items() if name != parameter},
    )
