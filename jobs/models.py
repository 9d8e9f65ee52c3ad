"""Long work that survives its worker: a leased row with a heartbeat and a checkpoint."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from forces.models import Force


class Job(models.Model):
    """Work asked for once and finished once. Celery only wakes it; the truth is this row.

    `lease_until` passes when its worker died: another takes over from `checkpoint`. `force` null: the centre's.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")  # nobody works on it; may be taken from due_at on
        RUNNING = "running", _("Running")  # somebody holds the lease, or held it and died
        SUCCEEDED = "succeeded", _("Finished")  # its effects are committed
        FAILED = "failed", _("Failed")  # refused or given up; `error` says why in words fit to show
        CANCELLED = "cancelled", _("Cancelled")  # a person stopped it

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    force = models.ForeignKey(Force, models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey("forces.Person", models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    checkpoint = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(state__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at=None),
            ),
            models.CheckConstraint(
                name="job_running_has_lease",
                condition=~Q(state="running") | Q(leased_by__isnull=False, lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="job_queued_idx", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_running_idx", condition=Q(state="running")),
            models.Index(fields=["-id"], name="job_recent_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
