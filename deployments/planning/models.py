"""A force's plans: operations, what a plan says, who decided what about exactly which words, and every earlier state.

A `Plan` holds its content as canonical bytes; PostgreSQL hashes them. An `Authority` names the hash it was given for,
and a plan is authorised only while its own hash is that one: by constraint, so an edit can never keep an authority.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from coordination.evaluations.models import AlgorithmVersion, Technology
from deployments.planning.choices import DeferralGround
from deployments.planning.fields import TASKS, Field
from forces.capabilities import Capability
from forces.guard import ForceManager, ForceOwned, ForceQuerySet
from forces.models import Person
from register.canonical import canonical_bytes

EMPTY = canonical_bytes({})


def new_content() -> bytes:
    return EMPTY


class Operation(ForceOwned):
    """What several deployments belong to. A name, and nothing that says whom it is about."""

    reference = models.CharField(max_length=13, unique=True)
    name = models.CharField(max_length=120)
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["force", "name"], name="operation_name_once"),
            models.CheckConstraint(name="operation_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class PlanQuerySet(ForceQuerySet):
    def seen_by(self, person: Person, *, at: datetime):
        """Plans that this person may read: of their own forces all; as a reader for the nation, what is over.

        Before the event others see them only with the right to.
        """
        found = self.visible_to(person)
        if person.grants.holds(Capability.READ_NATIONAL_PLANS, None):
            return found
        if person.grants.readable_forces() is not None:
            return found
        reads = Capability.READ_RECORDS.value
        own = [force for force, held in person.grants.by_force.items() if reads in held]
        return found.filter(Q(force__in=own) | Q(ends_at__lte=at))

    def open(self):
        """Neither cancelled nor over as far as the plan itself says."""
        return self.exclude(status=Plan.Status.CANCELLED)

    def binding(self):
        """Authorised as they are, whether or not the public has been told, and also while looked at again."""
        return self.filter(status__in=BINDING)

    def live(self, at: datetime):
        """Authorised, begun and not over: whether cameras run is for the commander to know."""
        return self.filter(status__in=BINDING, starts_at__lte=at, ends_at__gt=at)

    def upcoming(self, at: datetime):
        return self.exclude(status=Plan.Status.CANCELLED).filter(starts_at__gt=at)

    def latest_first(self):
        return self.order_by(F("starts_at").desc(nulls_first=True), "-pk")

    def with_people(self):
        """With what lists show, in one query."""
        return self.select_related(
            "force", "operation", "proposed_by", "authority__decided_by", "algorithm", "commander"
        )


class Plan(ForceOwned):
    """One deployment that a force means to make: one camera set-up, one place, one continuous window.

    `content` is what it says, by task and question, as canonical JSON. `authors` are the ids of everybody who wrote
    any of it, whoever connected a system among them; none of them may assess or authorise it. Columns beside the
    content repeat what lists ask for; they are set from it and nothing else. The row's lock is what everything about
    one plan queues on.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Being written")
        SUBMITTED = "submitted", _("Waits to be assessed")  # waits for the authorising officer, if urgent
        RETURNED = "returned", _("Sent back with a question")
        ASSESSED = "assessed", _("Waits to be authorised")
        REFUSED = "refused", _("Refused")  # may be changed and submitted again
        AUTHORISED = "authorised", _("Authorised")
        NOTIFIED = "notified", _("Authorised, and the public is told")
        HELD = "held", _("Must be looked at again")  # was authorised; what it relied on has changed
        CANCELLED = "cancelled", _("Cancelled")

    reference = models.CharField(max_length=13, unique=True)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, db_constraint=False, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    technology = models.CharField(max_length=30, choices=Technology, default=Technology.LIVE)
    content = models.BinaryField(default=new_content)
    content_hash = models.GeneratedField(
        expression=Func(Func(F("content"), function="sha256"), Value("hex"), function="encode"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
    )
    revision = models.PositiveIntegerField(default=0, help_text=_("Counts the changes of its content."))
    progress = models.JSONField(
        default=dict,
        help_text=_(
            "By task: revision, by (person id), at; to_confirm holds copied fields nobody confirmed."
        ),
    )
    copied_from = models.CharField(max_length=13, blank=True)

    # Repeated from the content.
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True)
    use_case = models.CharField(max_length=40, blank=True)
    algorithm = models.ForeignKey(AlgorithmVersion, models.PROTECT, null=True, related_name="+")
    commander = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    authors = ArrayField(models.BigIntegerField())
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    urgency = models.TextField(blank=True, help_text=_("Why it cannot wait for written authority."))
    assessed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    assessed_at = models.DateTimeField(null=True)
    assessment = models.TextField(blank=True)
    question = models.TextField(
        blank=True, help_text=_("What whoever sent it back asks, or why it was refused.")
    )
    authority = models.OneToOneField(
        "Authority", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    authorised_hash = models.CharField(max_length=64, blank=True)
    authorised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    notice_entry = models.BigIntegerField(null=True, help_text=_("Its latest notice on the register."))
    notified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    notified_at = models.DateTimeField(null=True)
    short_notice_reason = models.TextField(blank=True, help_text=_("Published with the notice."))
    deferral_ground = models.CharField(max_length=20, choices=DeferralGround, blank=True)
    deferral_review_on = models.DateField(null=True, help_text=_("When it is looked at again at the latest."))
    deferral_reason = models.TextField(blank=True, help_text=_("Private: the ground is what is published."))
    deferral_rank = models.CharField(max_length=40, blank=True)
    deferred_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    deferred_at = models.DateTimeField(null=True)

    affected_at = models.DateTimeField(null=True)
    affected_by = models.TextField(blank=True, help_text=_("What it relied on and has changed."))
    held_from = models.CharField(max_length=10, blank=True)

    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.TextField(blank=True)

    objects = ForceManager.from_queryset(PlanQuerySet)()  # type: ignore[misc, django-manager-missing]

    class Meta(ForceOwned.Meta):
        constraints = [
            # Authority binds these very words.
            models.CheckConstraint(
                name="plan_authorised_as_it_is",
                condition=Q(
                    status__in=["authorised", "notified", "held"],
                    authority__isnull=False,
                    authorised_by__isnull=False,
                    authorised_hash=F("content_hash"),
                )
                | Q(
                    ~Q(status__in=["authorised", "notified", "held"]),
                    authority=None,
                    authorised_by=None,
                    authorised_hash="",
                ),
            ),
            models.CheckConstraint(
                name="plan_notified_exactly_when",
                condition=Q(status="notified", notified_by__isnull=False, notice_entry__isnull=False)
                | Q(status="held", held_from="notified", notified_by__isnull=False)
                | ~Q(status__in=["notified"]),
            ),
            models.CheckConstraint(
                name="plan_held_from_somewhere",
                condition=Q(
                    status="held", held_from__in=["authorised", "notified"], affected_at__isnull=False
                )
                | ~Q(status="held") & Q(held_from=""),
            ),
            models.CheckConstraint(
                name="plan_assessed_by_somebody",
                condition=~Q(status="assessed") | Q(assessed_by__isnull=False, assessed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_cancelled_exactly_when",
                condition=Q(status="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False)
                & ~Q(cancelled_reason="")
                | ~Q(status="cancelled") & Q(cancelled_by=None, cancelled_at=None, cancelled_reason=""),
            ),
            models.CheckConstraint(
                name="plan_deferred_whole_or_not_at_all",
                condition=Q(
                    deferral_ground="",
                    deferral_review_on=None,
                    deferral_reason="",
                    deferral_rank="",
                    deferred_by=None,
                    deferred_at=None,
                )
                | Q(deferral_review_on__isnull=False, deferred_by__isnull=False, deferred_at__isnull=False)
                & ~Q(deferral_ground="")
                & ~Q(deferral_reason=""),
            ),
            models.CheckConstraint(
                name="plan_question_when_returned",
                condition=~Q(status__in=["returned", "refused"]) | ~Q(question=""),
            ),
            models.CheckConstraint(
                name="plan_ends_after_start",
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["force", "status", "-starts_at"], name="plan_status_idx"),
            models.Index(fields=["ends_at"], name="plan_ends_idx", condition=~Q(status="cancelled")),
        ]

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def said(self) -> dict[str, dict[str, Any]]:
        """What it says, by task and question. Read once an instance."""
        return json.loads(bytes(self.content))

    def read_again(self) -> None:
        """The row as it is now, with whom and what it names: whoever asked holds it after the scope is closed."""
        now = Plan.objects.owned_by(self.force).with_people().get(pk=self.pk)
        self.__dict__.clear()
        self.__dict__.update(now.__dict__)

    def answers(self, task: str) -> dict[str, Any]:
        return self.said.get(task, {})

    def missing(self) -> dict[str, list[Field]]:
        """Required questions without an answer, by task; tasks that want nothing are left out."""
        found = {task.code: task.missing(self.answers(task.code)) for task in TASKS}
        return {code: fields for code, fields in found.items() if fields}

    def to_confirm(self) -> dict[str, list[str]]:
        """Copied answers that nobody has confirmed, by task."""
        return {code: told["to_confirm"] for code, told in self.progress.items() if told.get("to_confirm")}

    @property
    def is_complete(self) -> bool:
        return not self.missing() and not self.to_confirm()

    @property
    def is_urgent(self) -> bool:
        return bool(self.urgency)

    @property
    def is_binding(self) -> bool:
        """Whether an authority stands for it as it is."""
        return self.status in BINDING

    @property
    def is_deferred(self) -> bool:
        return bool(self.deferral_ground)

    @property
    def standing(self) -> Authority:
        """The authority that stands for it: there is one for as long as it binds."""
        if self.authority is None:
            raise RuntimeError(f"{self.reference} is not authorised.")
        return self.authority

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at is not None and self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= at

    def is_live(self, at: datetime) -> bool:
        return self.is_binding and self.has_begun(at) and not self.is_over(at)

    def wrote_some(self, person: Person) -> bool:
        return person.pk in self.authors


BINDING = (Plan.Status.AUTHORISED, Plan.Status.NOTIFIED, Plan.Status.HELD)
# Where an edit is an ordinary change, and where it first takes the plan back to being written.
WRITABLE = (Plan.Status.DRAFT, Plan.Status.RETURNED, Plan.Status.REFUSED)
REOPENED = (Plan.Status.SUBMITTED, Plan.Status.ASSESSED, *BINDING)


class PlanRevision(ForceOwned):
    """A plan as it stood after one change. Insert-only."""

    plan = models.ForeignKey(Plan, models.PROTECT, db_constraint=False, related_name="revisions")
    number = models.PositiveIntegerField()
    task = models.CharField(max_length=20)
    content = models.BinaryField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_revision_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} r{self.number}"

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        return json.loads(bytes(self.content))


class Authority(ForceOwned):
    """What an authorising officer decided about exactly these words, with what they were and saw at that moment.

    `given_at` is when an urgent authority was given by word of mouth, as the officer says; `decided_at` is the
    database's time at which it was recorded. A decision never changes: confirmation and voiding are added once.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Written authority")
        CONDITIONAL = "conditional", _("Written authority with conditions")
        URGENT_ORAL = "urgent_oral", _("Urgent authority given by word of mouth")

    plan = models.ForeignKey(Plan, models.PROTECT, db_constraint=False, related_name="authorities")
    kind = models.CharField(max_length=12, choices=Kind)
    content_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField()
    conditions = ArrayField(models.CharField(max_length=500), default=list)
    separately = ArrayField(
        models.CharField(max_length=20), default=list, help_text=_("What was authorised separately, by code.")
    )
    reason = models.TextField()
    authors = ArrayField(models.BigIntegerField(), help_text=_("Who had written any of it, by id."))
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rank = models.CharField(max_length=40, blank=True)
    roles = ArrayField(models.CharField(max_length=40))
    decided_at = models.DateTimeField()
    framework_version = models.PositiveIntegerField(null=True)
    readiness = models.JSONField(help_text=_("Each requirement as it was judged at that moment."))
    given_at = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_rank = models.CharField(max_length=40, blank=True)
    confirmed_reason = models.TextField(blank=True)
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    voided_reason = models.TextField(blank=True)

    class Meta(ForceOwned.Meta):
        verbose_name_plural = "authorities"
        constraints = [
            models.CheckConstraint(
                name="authority_conditional_has_conditions",
                condition=Q(kind="conditional", conditions__len__gt=0) | ~Q(kind="conditional"),
            ),
            models.CheckConstraint(
                name="authority_urgent_has_its_times",
                condition=Q(kind="urgent_oral", given_at__isnull=False, confirm_by__isnull=False)
                & Q(given_at__lte=F("decided_at"))
                | ~Q(kind="urgent_oral") & Q(given_at=None, confirm_by=None, confirmed_by=None),
            ),
            models.CheckConstraint(
                name="authority_confirmed_whole",
                condition=Q(confirmed_by=None, confirmed_at=None, confirmed_rank="", confirmed_reason="")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_reason=""),
            ),
            models.CheckConstraint(
                name="authority_voided_whole",
                condition=Q(voided_by=None, voided_at=None, voided_reason="")
                | Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(voided_reason=""),
            ),
            models.CheckConstraint(name="authority_has_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(
                fields=["confirm_by"],
                name="authority_unconfirmed_idx",
                condition=Q(kind="urgent_oral", confirmed_by=None, voided_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"

    @property
    def is_unconfirmed(self) -> bool:
        return self.kind == self.Kind.URGENT_ORAL and self.confirmed_by_id is None and self.voided_at is None

    def is_late(self, at: datetime) -> bool:
        """Whether written confirmation was due before that moment."""
        return self.confirm_by is not None and self.confirm_by < at


class Override(ForceOwned):
    """A chief officer lets a plan go on although it does not meet a national condition; published with its reason.

    It holds for exactly these words of the plan. Insert-only.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, db_constraint=False, related_name="overrides")
    requirement = models.CharField(max_length=60)
    content_hash = models.CharField(max_length=64)
    reason = models.TextField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rank = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan", "requirement", "content_hash"], name="override_once"),
            models.CheckConstraint(name="override_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.requirement}"


class Attestation(ForceOwned):
    """Somebody in a role says that exactly these words of the plan meet a requirement. Insert-only."""

    plan = models.ForeignKey(Plan, models.PROTECT, db_constraint=False, related_name="attestations")
    requirement = models.CharField(max_length=60)
    content_hash = models.CharField(max_length=64)
    words = models.TextField()
    document = models.BigIntegerField(null=True, help_text=_("Id of the force's document it rests on."))
    attested_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    rank = models.CharField(max_length=40, blank=True)
    attested_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan", "requirement", "content_hash"], name="attestation_once"),
            models.CheckConstraint(name="attestation_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.requirement}"
