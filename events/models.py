"""What happened: outbox, audit and feed in one row; and who still has to hear of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from forces.models import Force


class Event(models.Model):
    """Something that happened, written in the transaction that made it true. Insert-only.

    `person_id` is a number and not a key: audit outlives the register of people. None means the system.
    `payload` holds the event's dataclass; names of people are looked up where they may be read.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=80, blank=True, help_text=_("Reference of what it is about."))
    # Keys without an index of their own are the first column of another one.
    force = models.ForeignKey(Force, models.PROTECT, null=True, related_name="+", db_index=False)
    person_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    payload = models.JSONField()
    is_public = models.BooleanField(default=False)
    happened_at = models.DateTimeField(help_text=_("The instant the action was told."))
    recorded_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        indexes = [
            models.Index(fields=["force", "-id"], name="event_force_idx"),
            models.Index(fields=["subject", "id"], name="event_subject_idx"),
            models.Index(fields=["person_id", "-id"], name="event_person_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Delivery(models.Model):
    """One event, one subscriber: what the relay claims and the worker finishes. Holds ids only.

    `lane` is the force's id for subscribers that work force by force, else 0: a batch never mixes lanes.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")  # committed, to be sent from due_at on
        SENT = "sent", _("Sent")  # handed to the broker, which may have lost it
        DONE = "done", _("Done")  # the subscriber's effects are committed
        PARKED = "parked", _("Parked")  # given up after repeated failure; waits for a person

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", db_index=False)
    subscriber = models.CharField(max_length=80)
    lane = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    due_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cause = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_done_has_time",
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_pending_idx", condition=Q(state="pending")),
            models.Index(fields=["sent_at"], name="delivery_sent_idx", condition=Q(state="sent")),
            models.Index(fields=["id"], name="delivery_parked_idx", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.event_id}"


class Subscription(models.Model):
    """Since when a subscriber has been known: events after `since` that have no delivery to it get one.

    `swept_to` is the event up to which nothing can be missing any more.
    """

    subscriber = models.CharField(max_length=80, primary_key=True)
    since = models.BigIntegerField(
        help_text=_("Id of the last event it was too late for; 0: wants them all.")
    )
    swept_to = models.BigIntegerField()

    def __str__(self) -> str:
        return self.subscriber


class Unsequenced(models.Model):
    """An event that has no public position yet. The sequencer empties this table."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.event_id)


class Position(models.Model):
    """The order in which committed events became visible: what feeds, streams and cursors read. Insert-only."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="position")
    force = models.ForeignKey(Force, models.PROTECT, null=True, related_name="+", db_index=False)
    is_public = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["force", "position"], name="position_force_idx"),
            models.Index(fields=["position"], name="position_public_idx", condition=Q(is_public=True)),
        ]

    def __str__(self) -> str:
        return str(self.position)
