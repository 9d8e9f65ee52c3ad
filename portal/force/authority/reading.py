"""What whoever decides must read: the case, the watchlist, what differs from last time, and what the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coordination.framework.vocabulary import Weight
from deployments.planning.choices import Category
from deployments.planning.fields import BY_CODE, Field
from deployments.planning.models import Authority, Plan, PlanRevision
from deployments.readiness import Readiness, Verdict
from design.components import Column, Row, Table
from design.numbers import moment_text, number_text
from forces.models import Force
from forces.roles import FORCE_ROLES
from portal.force import answers

# The most important first.
CASE = (
    ("purpose", "objective"),
    ("necessity", "necessity"),
    ("necessity", "strict_necessity"),
    ("necessity", "proportionality"),
    ("necessity", "alternatives"),
    ("protection", "equality"),
    ("protection", "community_impact"),
)


@dataclass(frozen=True, slots=True)
class Before:
    """What this plan is held against: an earlier authority's words, or the plan that it was copied from."""

    title: str
    said: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement as it stands for the plan, fit to show. `fixed_by` is a role's name."""

    code: str
    title: str
    words: str
    weight: str
    colour: str
    source: str
    by_when: str
    fixed_by: str
    is_overridable: bool = False
    attested_by: str = ""


def case_of(plan: Plan) -> list[Row]:
    """Why it is necessary and proportionate, in the plan's own words."""
    return [_row(plan, task, name) for task, name in CASE]


def facts_of(plan: Plan, known: answers.Known) -> list[Row]:
    """Where, when, what for, with what: what an officer asks first."""
    system = plan.answers("system")
    with_what = answers.in_words(_field("system", "algorithm"), system.get("algorithm"), known)
    return [
        Row(_("When"), answers.window(plan)),
        Row(_("Where"), ", ".join(filter(None, [plan.place, plan.answers("place").get("area") or ""]))),
        _row(plan, "purpose", "use_case"),
        Row(_("Cameras"), _cameras(plan, known)),
        Row(
            _("Algorithm and threshold"),
            _("%(algorithm)s at %(threshold)s")
            % {
                "algorithm": with_what or _("not stated"),
                "threshold": system.get("threshold") or _("not stated"),
            },
        ),
        Row(
            _("Who commands it"),
            answers.in_words(_field("people", "commander"), plan.answers("people").get("commander"), known),
        ),
    ]


def watchlist_of(plan: Plan, separately: Sequence[str]) -> Table:
    """Categories with how many are expected in each and why; rules and counts, never names."""
    watchlist = plan.answers("watchlist")
    rows: list[list[Any]] = [
        [
            str(Category(each["code"]).label),
            number_text(each["expected"]),
            each["rationale"],
            _("Yes") if each["code"] in separately else _("No"),
        ]
        for each in watchlist.get("categories") or []
    ]
    under_18 = watchlist.get("under_18_expected")
    rows.append(
        [
            _("People under 18"),
            None if under_18 is None else number_text(under_18),
            watchlist.get("under_18_reason") or ("" if under_18 is None else _("None are expected")),
            _("Yes") if "under_18" in separately else _("No"),
        ]
    )
    return Table(
        caption=_("Watchlist categories"),
        caption_hidden=True,
        columns=[
            Column(_("Category")),
            Column(_("Expected"), numeric=True),
            Column(_("Why")),
            Column(_("Authorised separately")),
        ],
        rows=rows,
        stacked=True,
    )


def watchlist_facts(plan: Plan, known: answers.Known) -> list[Row]:
    """How large it may be, where it comes from, how old it is."""
    return [
        _row(plan, "watchlist", name, known) for name in ("most", "sources", "built_hours_before", "reviewed")
    ]


def before(plan: Plan) -> Before | None:
    """The words that were authorised last for this plan or its place; else those of the plan it was copied from."""
    last = (
        Authority.objects.owned_by(plan.force)
        .filter(Q(plan=plan) | Q(plan__place__iexact=plan.place) & ~Q(plan__place=""))
        .exclude(plan=plan, content_hash=plan.content_hash)
        .select_related("plan")
        .order_by("-decided_at")
        .first()
    )
    if last is not None:
        revision = PlanRevision.objects.owned_by(plan.force).get(plan=last.plan_id, number=last.revision)
        words = (
            _("this plan as it was authorised on %(when)s")
            if last.plan_id == plan.pk
            else _("%(reference)s, authorised for the same place on %(when)s")
        )
        told = {"reference": last.plan.reference, "when": moment_text(last.decided_at)}
        return Before(words % told, revision.said)
    if plan.copied_from:
        copied = Plan.objects.owned_by(plan.force).filter(reference=plan.copied_from).first()
        if copied is not None:
            return Before(
                _("%(reference)s, from which it was copied") % {"reference": copied.reference}, copied.said
            )
    return None


def changes(force: Force, old: answers.Said, new: answers.Said) -> Table | None:
    """What is answered differently, before and now; None where nothing is."""
    known = answers.known_of(force, old, new)
    rows = [
        [
            str(asked.label),
            answers.in_words(asked, before, known),
            answers.in_words(asked, after, known),
        ]
        for _task, asked, before, after in answers.differences(old, new)
    ]
    if not rows:
        return None
    return Table(
        caption=_("What differs"),
        caption_hidden=True,
        columns=[Column(_("Question")), Column(_("Before")), Column(_("Now"))],
        rows=rows,
        stacked=True,
    )


def lines(verdicts: Iterable[Verdict], readiness: Readiness) -> list[Line]:
    """Verdicts, each with the rule it comes from and who can see to it."""
    overridable = {each.rule.code for each in readiness.overridable}
    return [
        Line(
            code=each.rule.code,
            title=str(each.rule.title),
            words=each.words,
            weight=str(Weight(each.rule.weight).label),
            colour="red" if each.blocks else "grey",
            source=each.rule.source.citation,
            by_when=moment_text(each.by_when) if isinstance(each.by_when, datetime) else "",
            fixed_by=role_name(each.fixed_by),
            is_overridable=each.rule.code in overridable,
            attested_by=each.rule.attestation.role if each.rule.attestation else "",
        )
        for each in verdicts
    ]


def readiness_context(readiness: Readiness) -> dict[str, Any]:
    """What blocks first, then warnings, what cannot be judged, what a chief officer set aside, what is met."""
    return {
        "blocking": lines(readiness.blocking, readiness),
        "warnings": lines(readiness.warnings, readiness),
        "not_known": lines(readiness.not_known, readiness),
        "overridden": lines(readiness.overridden, readiness),
        "met": lines(readiness.met, readiness),
        "framework_version": readiness.framework_version,
    }


def role_name(code: str) -> str:
    return str(FORCE_ROLES[code].name) if code in FORCE_ROLES else code


def _field(task: str, name: str) -> Field:
    return BY_CODE[task].field(name)


def _row(plan: Plan, task: str, name: str, known: answers.Known | None = None) -> Row:
    asked = _field(task, name)
    value = answers.in_words(asked, plan.answers(task).get(name), known or answers.Known())
    return Row(str(asked.label), value)


def _cameras(plan: Plan, known: answers.Known) -> str:
    kind = answers.in_words(_field("place", "camera"), plan.answers("place").get("camera"), known)
    number = plan.answers("system").get("cameras")
    return f"{kind} ({number_text(number)})" if kind and number is not None else kind
