"""Kinds of decision about plans and the legal framework: what the nation must see, and what waits for a second person.

A force decides about its own plans. What the centre answers here stands in the force's history; it changes no plan. An
authority or a deferral that is still overdue comes back three days after the force was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat, Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.deciding.models import Decided
from coordination.deciding.types import Choice, DecisionType, Fact, register
from coordination.framework import actions as framework_actions
from coordination.framework.models import Requirement, Version
from deployments.nation import unreviewed_deferral
from deployments.planning import actions
from deployments.planning.models import BINDING, Authority, Override, Plan
from design.numbers import date_text, moment_text
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Person
from portal.force.answers import where_and_when
from portal.national.picture import rank_words

REASON = "the centre is told of what forces decided in urgency, against a condition or in secret"
COMES_BACK = timedelta(days=3)
ASK = Choice(
    "asked",
    gettext_lazy("Ask the force"),
    gettext_lazy(
        "What you write stands in the force's history. If nothing follows, this comes back in three days."
    ),
)


def _decided(code: str, key: Any, **only: Any) -> Exists:
    """Whether an item was decided already, or lately."""
    return Exists(Decided.objects.filter(kind=code, item=Cast(key, TextField()), **only))


def _overseeing(about: str, plan_of: Callable[[Any], Plan]) -> Callable[..., str]:
    def decide(row: Any, *, choice: str, reason: str, by: Person, at: datetime) -> str:
        actions.oversee(plan_of(row), about=about, answer=choice, reason=reason, by=by, at=at)
        return _("It stands in the force's history, with your words.")

    return decide


def _plan_facts(plan: Plan) -> list[Fact]:
    return [Fact(_("Plan"), where_and_when(plan), reverse("admin:national-plan", args=[plan.reference]))]


# Urgent authorities that nobody confirmed ---------------------------------------------------------------


def _unconfirmed() -> QuerySet[Authority]:
    late = Authority.objects.across_forces(reason=REASON).filter(
        kind=Authority.Kind.URGENT_ORAL,
        confirmed_by=None,
        voided_at=None,
        confirm_by__lt=Now(),
        plan__authority=F("pk"),
        plan__status__in=BINDING,
    )
    lately = _decided("urgent-authority", OuterRef("pk"), at__gt=Now() - COMES_BACK)
    return late.filter(~lately).select_related("plan", "plan__force", "decided_by").defer("readiness")


def _about_authority(given: Authority) -> Sequence[Fact]:
    assert given.given_at is not None  # noqa: S101 - by constraint, of what is urgent
    assert given.confirm_by is not None  # noqa: S101
    return [
        *_plan_facts(given.plan),
        Fact(_("Given by"), f"{given.decided_by.name}: {rank_words(given.rank)}"),
        Fact(_("Given, as the officer says"), moment_text(given.given_at)),
        Fact(_("Why it could not wait"), given.plan.urgency),
        Fact(_("To be confirmed in writing by"), moment_text(given.confirm_by)),
        Fact(_("All of them"), _("Urgent authorities"), reverse("admin:national-urgent")),
    ]


URGENT = register(
    DecisionType(
        code="urgent-authority",
        title=gettext_lazy("Urgent authorities not confirmed in time"),
        capability=Capability.READ_NATIONAL_PLANS,
        waiting=_unconfirmed,
        since="confirm_by",
        due=timedelta(days=1),
        say=lambda given: where_and_when(given.plan),
        evidence=_about_authority,
        choices=[ASK],
        decide=_overseeing("authority", lambda given: given.plan),
        hint=gettext_lazy("A deployment went on the word of one officer, and nobody has confirmed it."),
        caution=gettext_lazy("Only the force can confirm it. Speak with its authorising officers."),
        list_at="admin:national-urgent",
    )
)


# Overrides of national conditions -----------------------------------------------------------------------


def _overrides() -> QuerySet[Override]:
    made = Override.objects.across_forces(reason=REASON).filter(~_decided("override", OuterRef("pk")))
    return made.select_related("plan", "plan__force", "decided_by")


def _about_override(made: Override) -> Sequence[Fact]:
    asked = Requirement.objects.filter(code=made.requirement).order_by("-version__number").first()
    return [
        *_plan_facts(made.plan),
        Fact(
            _("Condition"),
            asked.title if asked is not None else made.requirement,
            reverse("admin:national-framework-requirement", args=[asked.version.number, asked.code])
            if asked
            else "",
        ),
        Fact(_("Overridden by"), f"{made.decided_by.name}: {rank_words(made.rank)}"),
        Fact(_("When"), moment_text(made.decided_at)),
        Fact(_("Why"), made.reason),
    ]


OVERRIDE = register(
    DecisionType(
        code="override",
        title=gettext_lazy("National conditions overridden"),
        capability=Capability.READ_NATIONAL_PLANS,
        waiting=_overrides,
        since="decided_at",
        due=timedelta(days=7),
        say=lambda made: where_and_when(made.plan),
        evidence=_about_override,
        choices=[
            Choice("seen", gettext_lazy("Seen"), gettext_lazy("Nothing more is asked. The force reads why.")),
            Choice(
                "asked", gettext_lazy("Ask the force"), gettext_lazy("What you write stands in its history.")
            ),
        ],
        decide=_overseeing("override", lambda made: made.plan),
        hint=gettext_lazy("A chief officer let a plan go on although it does not meet a national condition."),
        caution=gettext_lazy("A chief officer may do this; the reason is published. You cannot undo it."),
    )
)


# Deferrals that nobody looked at again ------------------------------------------------------------------


def _deferrals() -> QuerySet[Plan]:
    """Known by plan and review day: a new day, when it passes, is a new item."""
    past = Plan.objects.across_forces(reason=REASON).filter(unreviewed_deferral(london_date(db_now())))
    keyed = past.annotate(
        deferred_as=Concat(
            Cast("pk", CharField()),
            Value("-"),
            Cast("deferral_review_on", CharField()),
            output_field=CharField(),
        ),
        overdue_since=_start_of_day_after("deferral_review_on"),
    )
    lately = _decided("deferral", OuterRef("deferred_as"), at__gt=Now() - COMES_BACK)
    return keyed.filter(~lately).select_related("force", "deferred_by")


def _start_of_day_after(name: str) -> Func:
    """Midnight in London with which the day after a date begins."""
    return Func(
        F(name),
        template="((%(expressions)s + 1)::timestamp AT TIME ZONE 'Europe/London')",
        output_field=DateTimeField(),
    )


def _about_deferral(plan: Plan) -> Sequence[Fact]:
    assert plan.deferred_by is not None  # noqa: S101 - by constraint, of what is deferred
    assert plan.deferral_review_on is not None  # noqa: S101
    return [
        *_plan_facts(plan),
        Fact(_("Ground"), plan.get_deferral_ground_display()),
        Fact(_("Why, in the officer's words"), plan.deferral_reason),
        Fact(_("Decided by"), f"{plan.deferred_by.name}: {rank_words(plan.deferral_rank)}"),
        Fact(_("To be looked at again by"), date_text(plan.deferral_review_on)),
    ]


DEFERRAL = register(
    DecisionType(
        code="deferral",
        title=gettext_lazy("Deferred notices past their review"),
        capability=Capability.READ_NATIONAL_PLANS,
        waiting=_deferrals,
        since="overdue_since",
        due=timedelta(days=2),
        key="deferred_as",
        say=where_and_when,
        evidence=_about_deferral,
        choices=[ASK],
        decide=_overseeing("deferral", lambda plan: plan),
        hint=gettext_lazy("The public is still not told, and the day to look at that again has passed."),
        caution=gettext_lazy(
            "Only the force can tell the public or decide anew. Speak with its authorising officers."
        ),
    )
)


# Versions of the framework ------------------------------------------------------------------------------


def _proposed() -> QuerySet[Version]:
    """Known by number and how often it was proposed: what is proposed anew is looked at anew."""
    return (
        Version.objects.filter(status=Version.Status.PROPOSED)
        .annotate(
            proposed_as=Concat(
                Cast("number", CharField()),
                Value("-"),
                Cast("proposals", CharField()),
                output_field=CharField(),
            ),
            adopt_by=_start_of_day_after("takes_effect_on"),
        )
        .select_related("proposed_by")
    )


def _about_version(version: Version) -> Sequence[Fact]:
    assert version.takes_effect_on is not None  # noqa: S101 - by constraint, of what is proposed
    page = reverse("admin:national-framework-version", args=[version.number])
    trying = reverse("admin:national-framework-try", args=[version.number])
    return [
        Fact(_("What it changes and why"), version.summary),
        Fact(_("Would hold from"), date_text(version.takes_effect_on)),
        Fact(_("Proposed by"), version.proposed_by.name if version.proposed_by else ""),
        Fact(_("What differs"), _("Each requirement that changes, before and then"), f"{page}#changes"),
        Fact(_("Whom it would hit"), _("Each plan of today, by force and requirement"), trying),
    ]


def _decide_version(version: Version, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    if choice == "adopt":
        framework_actions.adopt(version, seen=version.proposals, reason=reason, by=by, at=at)
        return _("%(version)s is adopted, for good.") % {"version": version}
    framework_actions.send_back(version, seen=version.proposals, reason=reason, by=by, at=at)
    return _("%(version)s is a draft again. Its history says why.") % {"version": version}


def _who_proposed(version: Version) -> Collection[int]:
    return [version.proposed_by_id] if version.proposed_by_id is not None else []


VERSION = register(
    DecisionType(
        code="framework-version",
        title=gettext_lazy("Versions of the legal framework to adopt"),
        capability=Capability.KEEP_FRAMEWORK,
        waiting=_proposed,
        since="proposed_at",
        due="adopt_by",
        force="",
        key="proposed_as",
        say=str,
        evidence=_about_version,
        choices=[
            Choice(
                "adopt",
                gettext_lazy("Adopt it"),
                gettext_lazy(
                    "It is published, and from its day on every plan is judged by it. Nothing in it changes then."
                ),
                warns=True,
            ),
            Choice("send-back", gettext_lazy("Send it back"), gettext_lazy("It becomes a draft again.")),
        ],
        decide=_decide_version,
        not_by=_who_proposed,
        hint=gettext_lazy("It holds only once a second person has adopted it."),
        caution=gettext_lazy("Look first at what differs, and at which plans it would hit."),
        list_at="admin:national-framework",
    )
)
