"""What people of a force are told of: alerts, and who has seen them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forces.guard import ForceOwned
from forces.models import Person


class Alert(ForceOwned):
    """Something that whoever holds a right in the force, or one person, is told of until they say they have seen it.

    `kind` is a code of `directory.alerts.KINDS`, which has the words; `params` fills them in with ids and codes, never
    names. `without` is whoever did it, who need not be told. One event raises one alert for each it is meant for.
    """

    kind = models.CharField(max_length=60)
    capability = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    without = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    event = models.UUIDField(help_text="The uid of the event that raised it.")
    raised_at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="alert_for_a_right_or_a_person",
                condition=(Q(capability="") & Q(person__isnull=False)) | (~Q(capability="") & Q(person=None)),
            ),
            models.UniqueConstraint(
                fields=["force", "event", "kind", "capability", "person"],
                name="alert_once_for_an_event",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["force", "-raised_at"], name="alert_latest")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"


class AlertSeen(ForceOwned):
    """Somebody has said that they have seen an alert; it is not shown to them again."""

    alert = models.ForeignKey(Alert, models.PROTECT, db_constraint=False, related_name="seen")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["force", "alert", "person"], name="alert_seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.alert} seen by {self.person_id}"
