"""Kinds of decision whose evidence leads to pages: removals, signs of change, imports, parked events, lost owners.

How long each may wait is this service's own aim and no rule of law (docs/decisions/0077).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, F, Func, Max, Min, OuterRef, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.collation.actions import decide_signal
from coordination.collation.signals.models import Decision, Signal
from coordination.deciding.types import Choice, DecisionType, Fact, register
from coordination.intake import asking
from coordination.intake.models import Batch
from events.actions import replay
from events.models import Delivery
from forces.capabilities import Capability
from forces.models import Force, Membership, Person
from jobs.models import Job
from portal.national.imports import evidence_of
from portal.national.redactions import public_page
from portal.national.signals import line_of, waiting_signals
from portal.national.wording import label_of
from register import actions as register_actions
from register.models import RedactionRequest

# Removals of personal data ------------------------------------------------------------------------------


def _removals() -> QuerySet[RedactionRequest]:
    asked = RedactionRequest.objects.filter(state=RedactionRequest.State.PROPOSED)
    return asked.select_related("entry", "force", "proposed_by")


def _about_removal(asked: RedactionRequest) -> Sequence[Fact]:
    return [
        Fact(_("Record"), asked.entry.reference, public_page(asked)),
        Fact(_("Asked by"), asked.proposed_by.name),
        Fact(_("Why"), asked.why),
        Fact(_("Public note"), asked.public_reason),
    ]


def _decide_removal(asked: RedactionRequest, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    if choice == "remove":
        register_actions.redact(asked, force=asked.force, by=by, at=at)
        return _("The document is gone. A public note says so.")
    register_actions.refuse_redaction(asked, force=asked.force, by=by, at=at, reason=reason)
    return _("The document stays. The force's history says why.")


def _who_asked(asked: RedactionRequest) -> Collection[int]:
    return [asked.proposed_by_id]


REMOVAL = register(
    DecisionType(
        code="removal",
        title=gettext_lazy("Removals of personal data to decide"),
        capability=Capability.APPROVE_REDACTION,
        waiting=_removals,
        since="proposed_at",
        due=timedelta(days=1),
        say=lambda asked: asked.entry.reference,
        evidence=_about_removal,
        choices=[
            Choice(
                "remove",
                gettext_lazy("Remove the document"),
                gettext_lazy(
                    "Its text goes for good. A public note says that it went, when and on what ground."
                ),
                warns=True,
            ),
            Choice("leave", gettext_lazy("Leave it as it is"), gettext_lazy("The force is told why.")),
        ],
        decide=_decide_removal,
        not_by=_who_asked,
        hint=gettext_lazy("Personal data stays public until somebody decides."),
        caution=gettext_lazy("Look at the record first."),
        list_at="admin:national-redactions",
    )
)


# Signs of change ----------------------------------------------------------------------------------------


def _about_signal(signal: Signal) -> Sequence[Fact]:
    told = line_of(signal)
    return [
        Fact(_("Rate"), told["measure"]),
        Fact(_("Months"), told["months"]),
        Fact(_("What the chart shows"), told["said"]),
        Fact(_("Evidence"), _("Chart and method"), told["chart"]),
        Fact(_("Behind it"), _("Records of these months"), told["records"]),
        Fact(_("If nothing had changed"), told["alarms"]),
    ]


def _name_signal(signal: Signal) -> str:
    told = line_of(signal)
    return f"{told['measure']}, {told['months']}"


def _decide_signal(signal: Signal, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    decide_signal(signal, decision=choice, reason=reason, by=by, at=at)
    return _("Decided. It stands in the history of %(force)s.") % {"force": signal.force.name}


SIGNAL = register(
    DecisionType(
        code="signal",
        title=gettext_lazy("Signals to look at"),
        capability=Capability.DECIDE_SIGNALS,
        waiting=lambda: waiting_signals().select_related("force"),
        since="raised_at",
        due=timedelta(days=28),
        say=_name_signal,
        evidence=_about_signal,
        choices=[Choice(each.value, each.label) for each in Decision],
        decide=_decide_signal,
        hint=gettext_lazy("A force's published figures show what chance seldom gives."),
        caution=gettext_lazy(
            "A signal is a sign that something changed, and no proof. It does not say that it is for the worse: "
            "places, watchlists, thresholds and the number of alerts change too. The force reads in its history "
            "what you make of it and why."
        ),
        list_at="admin:national-signals",
    )
)


# Imports ------------------------------------------------------------------------------------------------


def _imports() -> QuerySet[Batch]:
    """Read, and not in hand: while one is being accepted, nobody need look at it."""
    jobs = Job.objects.annotate(of=KeyTextTransform("batch", "payload"))
    in_hand = jobs.filter(
        kind__startswith="intake.", state__in=asking.UNFINISHED, of=Cast(OuterRef("uid"), TextField())
    )
    staged = Batch.objects.filter(~Exists(in_hand), state=Batch.State.STAGED)
    return staged.select_related("document", "requested_by")


def _about_import(batch: Batch) -> Sequence[Fact]:
    page = reverse("admin:national-import", args=[batch.uid])
    facts = [Fact(row.key, row.value) for row in evidence_of(batch)]
    if errors := batch.counts.get("errors", 0):
        said = ngettext("%(n)s error: it cannot be accepted", "%(n)s errors: it cannot be accepted", errors)
        facts.append(Fact(_("Errors"), said % {"n": errors}, f"{page}findings/?severity=error"))
    return [*facts, Fact(_("What was found"), _("Rows, findings and questions"), page)]


def _decide_import(batch: Batch, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    if choice == "accept":
        asking.ask_to_accept(batch, by=by, at=at)
        return _("The import is being taken to the register, all of it or nothing.")
    asking.leave(batch, by=by, at=at)
    return _("The import was left. Nothing was published.")


IMPORT = register(
    DecisionType(
        code="import",
        title=gettext_lazy("Documents read and not accepted"),
        capability=Capability.IMPORT_RECORDS,
        waiting=_imports,
        since="staged_at",
        due=timedelta(days=7),
        force="",
        key="uid",
        say=lambda batch: batch.document.name,
        evidence=_about_import,
        choices=[
            Choice(
                "accept",
                gettext_lazy("Accept and publish"),
                gettext_lazy(
                    "New rows become public under the names of the forces and count in the statistics."
                ),
            ),
            Choice(
                "leave",
                gettext_lazy("Leave it"),
                gettext_lazy("Nothing of it becomes public. To take it up again, bring the document again."),
            ),
        ],
        decide=_decide_import,
        caution=gettext_lazy(
            "A corrected record keeps its earlier versions for all to see. You can undo an accepted import as a "
            "whole: its records are then withdrawn, never deleted."
        ),
        list_at="admin:national-imports",
    )
)


# Parked events ------------------------------------------------------------------------------------------


def _parked() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.PARKED).select_related("event", "event__force")


def _about_parked(delivery: Delivery) -> Sequence[Fact]:
    return [
        Fact(_("What happened"), label_of(delivery.event.name)),
        Fact(_("About"), delivery.event.subject),
        Fact(_("Could not be taken by"), delivery.subscriber),
        Fact(_("Cause"), delivery.cause),
        Fact(_("Attempts"), delivery.attempts),
    ]


def _name_parked(delivery: Delivery) -> str:
    label = str(label_of(delivery.event.name))
    return f"{label}, {delivery.event.subject}" if delivery.event.subject else label


def _replay(delivery: Delivery, *, choice: str, reason: str, by: Person, at: datetime) -> str:
    replay(delivery, by=by, at=at, reason=reason)
    return _("The event will be tried again within seconds. If it fails again, it comes back here.")


PARKED = register(
    DecisionType(
        code="parked",
        title=gettext_lazy("Parked events"),
        capability=Capability.REPLAY_EVENTS,
        waiting=_parked,
        since="event__recorded_at",
        due=timedelta(days=1),
        force="event__force",
        say=_name_parked,
        evidence=_about_parked,
        choices=[Choice("replay", gettext_lazy("Try it again"))],
        decide=_replay,
        hint=gettext_lazy(
            "A part of the service could not take them. Until then its figures or lists are behind."
        ),
        list_at="admin:national-events",
    )
)


# Forces whose team has no owner -------------------------------------------------------------------------


def _without_an_owner() -> QuerySet[Force]:
    """Forces that have people and nobody who may manage them: since the last owner left, or else since they came."""
    held = Membership.objects.filter(force=OuterRef("pk"), period__contains=Now())
    owners = Membership.objects.filter(force=OuterRef("pk"), role="force_owner").order_by()
    ended = Func(F("period"), function="upper", output_field=DateTimeField())
    began = Func(F("period"), function="lower", output_field=DateTimeField())
    return Force.objects.filter(Exists(held), ~Exists(held.filter(role="force_owner"))).annotate(
        left_at=Coalesce(
            owners.values("force").annotate(at=Max(ended)).values("at"),
            held.order_by().values("force").annotate(at=Min(began)).values("at"),
        )
    )


def _about_force(force: Force) -> Sequence[Fact]:
    people = Membership.objects.filter(force=force, period__contains=Now())
    count = people.values("person").distinct().count()
    return [
        Fact(_("People with a role there"), count, f"{reverse('admin:national-people')}?force={force.slug}"),
        Fact(_("The force"), force.name, reverse("admin:national-force", args=[force.slug])),
        Fact(_("To mend it"), _("Invite somebody as force owner"), reverse("admin:national-invite")),
    ]


OWNERLESS = register(
    DecisionType(
        code="no-owner",
        title=gettext_lazy("Forces whose team has no owner"),
        capability=Capability.APPOINT,
        waiting=_without_an_owner,
        since="left_at",
        due=timedelta(days=7),
        force="pk",
        key="slug",
        say=lambda force: force.name,
        evidence=_about_force,
        hint=gettext_lazy("Nobody there can invite people or end a role."),
        list_at="admin:national-forces",
    )
)
