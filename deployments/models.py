"""A force's working papers: what happened at a deployment, before and after the public may see it.

A `Deployment` holds the versions of its result. A `Result` is one of them: the first, or a correction. Each is
recorded by somebody, reviewed and published by somebody who wrote none of it, and never changes once published.
Every state a result was in before that is kept as a `Revision`. What is public stands in the register.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.evaluations.models import AlgorithmVersion, Technology
from deployments.facts import Facts
from deployments.figures import NAMES, Method
from deployments.planning.models import (
    Attestation,
    Authority,
    Operation,
    Override,
    Plan,
    PlanRevision,
)
from forces.guard import ForceManager, ForceOwned, ForceQuerySet
from forces.models import Person

__all__ = [
    "Attestation",
    "Authority",
    "Deployment",
    "Operation",
    "Override",
    "Plan",
    "PlanRevision",
    "Result",
    "Revision",
]


class DeploymentQuerySet(ForceQuerySet):
    def recorded(self):
        """Written down; waits for somebody else to review it."""
        return self.filter(stage=Deployment.Stage.PREPARING, current__status=Result.Status.RECORDED)

    def sent_back(self):
        """Must be changed, or explained, by whoever writes: a first version, or a correction."""
        sent_back = Result.Status.SENT_BACK
        return self.filter(
            Q(stage=Deployment.Stage.PREPARING, current__status=sent_back)
            | Q(stage=Deployment.Stage.PUBLISHED, correction__status=sent_back)
        )

    def reviewed(self):
        """Waits to be published."""
        return self.filter(stage=Deployment.Stage.PREPARING, current__status=Result.Status.REVIEWED)

    def published(self):
        """Stands on the register, whether or not a correction is being prepared."""
        return self.filter(stage=Deployment.Stage.PUBLISHED)

    def correcting(self):
        """Stands on the register, and a correction is being prepared."""
        return self.filter(stage=Deployment.Stage.PUBLISHED, correction__isnull=False)

    def withdrawn(self):
        return self.filter(stage=Deployment.Stage.WITHDRAWN)

    def discarded(self):
        return self.filter(stage=Deployment.Stage.DISCARDED)

    def due(self):
        """Something waits for somebody, the longest ago first."""
        return self.filter(
            Q(stage=Deployment.Stage.PREPARING)
            | Q(stage=Deployment.Stage.PUBLISHED, correction__isnull=False)
        ).order_by("current__on", "pk")

    def latest_first(self):
        return self.order_by("-current__on", "-pk")

    def with_results(self):
        """With what lists show, in one query."""
        return self.select_related("current__algorithm", "correction__algorithm", "force")


class Deployment(ForceOwned):
    """One camera set-up, one place, one continuous authorised window, and where its result stands.

    `current` is the result that stands, or the first one while it is being prepared; `correction` is the one
    being prepared to replace it. The row's lock is what everything about one deployment queues on.
    `askers` are the ids of whoever asked for it to be withdrawn; none of them may grant it.
    """

    class Stage(models.TextChoices):
        PREPARING = "preparing", _("Being prepared")  # never published
        PUBLISHED = "published", _("Published")  # `current` stands on the register
        WITHDRAWN = "withdrawn", _("Withdrawn")  # was published; the register says it no longer stands
        DISCARDED = "discarded", _("Discarded")  # given up before publication

    reference = models.CharField(max_length=13, unique=True)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.PREPARING)
    current = models.OneToOneField("Result", models.PROTECT, null=True, db_constraint=False, related_name="+")
    correction = models.OneToOneField(
        "Result", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    versions = models.PositiveIntegerField(default=1, help_text=_("Number of the newest result."))
    matches = models.CharField(
        max_length=13,
        null=True,
        unique=True,
        help_text=_("Reference of the national centre's transcription that the first publication replaced."),
    )
    plan = models.OneToOneField(
        "Plan", models.PROTECT, null=True, db_constraint=False, related_name="outcome",
        help_text=_("The plan under which it took place, if it was planned here."),
    )  # fmt: skip
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, help_text=_("When somebody asked for it to be withdrawn."))
    asked_reason = models.TextField(blank=True)
    askers = ArrayField(models.BigIntegerField(), default=list)
    turns = models.PositiveIntegerField(
        db_default=0,
        help_text=_(
            "How often its withdrawal was asked for or declined, so that one asking is told from the next."
        ),
    )

    objects = ForceManager.from_queryset(DeploymentQuerySet)()  # type: ignore[misc, django-manager-missing]

    class Meta(ForceOwned.Meta):
        constraints = [
            models.CheckConstraint(
                name="deployment_withdrawn_by_somebody",
                condition=Q(stage="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                & ~Q(withdrawal_reason="")
                | ~Q(stage="withdrawn") & Q(withdrawn_by=None, withdrawn_at=None, withdrawal_reason=""),
            ),
            models.CheckConstraint(
                name="deployment_asked_by_somebody",
                condition=Q(asked_by=None, asked_at=None, asked_reason="", askers=[])
                | Q(asked_by__isnull=False, asked_at__isnull=False, stage__in=["published", "withdrawn"])
                & ~Q(asked_reason=""),
            ),
            models.CheckConstraint(
                name="deployment_corrects_what_stands",
                condition=Q(correction=None) | Q(stage="published"),
            ),
            models.CheckConstraint(
                name="deployment_correction_is_another",
                condition=Q(correction=None) | ~Q(correction=F("current")),
            ),
        ]
        indexes = [models.Index(fields=["force", "stage", "-id"], name="deployment_stage_idx")]

    def __str__(self) -> str:
        return self.reference

    @property
    def public_reference(self) -> str:
        """Under which the register holds it: the transcription's, where it replaced one."""
        return self.matches or self.reference

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody has asked for it to be withdrawn, and nobody has decided."""
        return self.stage == self.Stage.PUBLISHED and self.asked_by_id is not None

    @property
    def shown(self) -> Result:
        """`current`, which is null only inside the transaction that makes both rows."""
        if self.current is None:
            raise RuntimeError(f"{self.reference} has no result.")
        return self.current

    @property
    def in_work(self) -> Result | None:
        """The result that somebody must still do something with, if any."""
        return self.current if self.stage == self.Stage.PREPARING else self.correction


class Result(ForceOwned):
    """One version of what a force says happened. Frozen once published or discarded, by trigger.

    `authors` are the ids of everybody who wrote any of it, `connectors` those of whoever connected a system among
    them; none of these may review or publish it. `revision`
    counts its changes: whoever reviews or publishes names the one they looked at. Each figure is a number or
    stands in `absent` with the code that says why there is none.
    """

    class Status(models.TextChoices):
        RECORDED = "recorded", _("Waits for review")
        SENT_BACK = "sent_back", _("Sent back to be changed")  # waits for whoever writes, not for review
        REVIEWED = "reviewed", _("Waits to be published")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    deployment = models.ForeignKey(Deployment, models.PROTECT, db_constraint=False, related_name="results")
    number = models.PositiveIntegerField(help_text=_("1 for the first version, then one more each time."))
    status = models.CharField(max_length=10, choices=Status, default=Status.RECORDED)
    revision = models.PositiveIntegerField(default=1)
    reason = models.TextField(blank=True, help_text=_("Why it corrects what stood before; public."))

    on = models.DateField()
    place = models.CharField(max_length=200)
    area = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_minutes = models.PositiveIntegerField(null=True)
    technology = models.CharField(max_length=30, choices=Technology, default=Technology.LIVE)
    use_case = models.CharField(max_length=200, blank=True)
    algorithm = models.ForeignKey(AlgorithmVersion, models.PROTECT, null=True, related_name="+")
    threshold = models.DecimalField(max_digits=11, decimal_places=6, null=True)
    watchlist_size = models.PositiveIntegerField(null=True)
    is_aborted = models.BooleanField(default=False)
    abort_reason = models.CharField(max_length=500, blank=True)

    faces_seen = models.PositiveIntegerField(null=True)
    faces_method = models.CharField(
        max_length=12, choices=[(method.value, method.label) for method in Method]
    )
    alerts = models.PositiveIntegerField(null=True)
    true_alerts = models.PositiveIntegerField(null=True)
    true_alerts_confirmed = models.PositiveIntegerField(null=True)
    true_alerts_unconfirmed = models.PositiveIntegerField(null=True)
    false_alerts = models.PositiveIntegerField(null=True)
    false_alerts_confirmed = models.PositiveIntegerField(null=True)
    false_alerts_unconfirmed = models.PositiveIntegerField(null=True)
    undetermined_alerts = models.PositiveIntegerField(null=True)
    engagements = models.PositiveIntegerField(null=True)
    arrests = models.PositiveIntegerField(null=True)
    other_action = models.PositiveIntegerField(null=True)
    no_action = models.PositiveIntegerField(null=True)
    absent = models.JSONField(default=dict)
    absent_reason = models.CharField(max_length=500, blank=True)
    answers = models.JSONField(
        default=dict, help_text=_("By check: about, answer, by (person id), at. Published with the figures.")
    )

    authors = ArrayField(models.BigIntegerField())
    connectors = ArrayField(models.BigIntegerField(), default=list)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    sent_back_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_back_at = models.DateTimeField(null=True)
    sent_back_reason = models.TextField(
        blank=True, db_default="", help_text=_("What must be changed; private.")
    )
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    entry_id = models.BigIntegerField(null=True, unique=True, help_text=_("Its entry on the register."))

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["deployment", "number"], name="result_number_once"),
            models.CheckConstraint(
                name="result_correction_has_reason",
                condition=Q(number=1, reason="") | Q(number__gt=1) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="result_published_by_another",
                condition=Q(published_by=None) | ~Q(published_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="result_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="result_published_exactly_when",
                condition=Q(
                    status="published",
                    published_by__isnull=False,
                    published_at__isnull=False,
                    entry_id__isnull=False,
                )
                | ~Q(status="published") & Q(published_by=None, published_at=None, entry_id=None),
            ),
            models.CheckConstraint(
                name="result_reviewed_exactly_when",
                condition=Q(
                    status__in=["reviewed", "published"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                )
                | Q(status__in=["recorded", "sent_back"], reviewed_by=None, reviewed_at=None)
                | Q(status="discarded"),
            ),
            models.CheckConstraint(
                name="result_sent_back_exactly_when",
                condition=Q(status="sent_back", sent_back_by__isnull=False, sent_back_at__isnull=False)
                & ~Q(sent_back_reason="")
                | ~Q(status="sent_back") & Q(sent_back_by=None, sent_back_at=None, sent_back_reason="")
                | Q(status="discarded"),
            ),
            models.CheckConstraint(
                name="result_ends_after_start",
                condition=Q(ended_at=None) | Q(started_at__isnull=False, ended_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="result_abort_reason_of_aborted", condition=Q(is_aborted=True) | Q(abort_reason="")
            ),
            models.CheckConstraint(
                name="result_threshold_not_negative", condition=Q(threshold=None) | Q(threshold__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["force", "-on", "-deployment"], name="result_latest_idx")]

    def __str__(self) -> str:
        return f"{self.deployment_id} v{self.number}"

    @property
    def is_correction(self) -> bool:
        return self.number > 1

    @property
    def is_sent_back(self) -> bool:
        return self.status == self.Status.SENT_BACK

    @property
    def is_writable(self) -> bool:
        """Whether whoever writes may change it as it is."""
        return self.status in WRITABLE

    @property
    def is_open(self) -> bool:
        """Neither published nor discarded: somebody must still do something with it."""
        return self.status in OPEN

    @property
    def facts(self) -> Facts:
        """What it says, as one value."""
        return Facts(
            on=self.on,
            place=self.place,
            area=self.area,
            started_at=self.started_at,
            ended_at=self.ended_at,
            duration_minutes=self.duration_minutes,
            technology=self.technology,
            use_case=self.use_case,
            algorithm=self.algorithm,
            threshold=self.threshold,
            watchlist_size=self.watchlist_size,
            is_aborted=self.is_aborted,
            abort_reason=self.abort_reason,
            figures={name: getattr(self, name) for name in NAMES},
            absent=dict(self.absent),
            absent_reason=self.absent_reason,
            faces_method=self.faces_method,
        )

    def wrote_some(self, person: Person) -> bool:
        """Whether part of it is theirs: written by them, or by a system that they connected."""
        return person.pk in self.authors or person.pk in self.connectors

    def standing_answers(self) -> dict[str, str]:
        """By check: the answers that still fit the figures they were given about."""
        about = {question.check: question.about for question in self.facts.questions()}
        return {
            check: given["answer"]
            for check, given in self.answers.items()
            if about.get(check) == given["about"]
        }

    def open_questions(self):
        """Contradictions nobody has explained yet."""
        answered = self.standing_answers()
        return [question for question in self.facts.questions() if question.check not in answered]


OPEN = (Result.Status.RECORDED, Result.Status.SENT_BACK, Result.Status.REVIEWED)
# What whoever writes may still change. It then waits for review.
WRITABLE = (Result.Status.RECORDED, Result.Status.SENT_BACK)


class Revision(ForceOwned):
    """A result as it stood after one change, before publication. Insert-only."""

    result = models.ForeignKey(Result, models.PROTECT, db_constraint=False, related_name="revisions")
    number = models.PositiveIntegerField()
    facts = models.JSONField(help_text=_("Values by field; a missing figure is [code]."))
    answers = models.JSONField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["result", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.result_id} r{self.number}"
