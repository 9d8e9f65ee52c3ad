"""Who has taken what waits, what was proposed where two people must agree, and what was decided."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from forces.models import Person


class About(models.Model):
    """Which item of which kind. Items live with the part of the service that registered their kind."""

    kind = models.CharField(max_length=30)
    item = models.CharField(max_length=48)  # with its kind it fits the subject of an event

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """What its events are about."""
        return subject_of(self.kind, self.item)


def subject_of(kind: str, item: str) -> str:
    return f"{kind}:{item}"


class Holding(About):
    """Somebody has taken an item until `until`: given back earlier, or lapsed then by itself.

    Nobody else decides on it meanwhile. Two holdings of one item never overlap.
    """

    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="holding_one_holder",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("item", RangeOperators.EQUAL),
                    (
                        Func(
                            F("claimed_at"),
                            F("until"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="holding_ends_after_it_begins", condition=Q(until__gte=F("claimed_at"))
            ),
        ]
        indexes = [models.Index(fields=["until"], name="holding_until_idx")]


class Proposal(About):
    """The first of two people has decided; nothing has happened yet."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed, and done")
        DECLINED = "declined", _("Declined: the item waits again")
        OVERTAKEN = "overtaken", _("Overtaken: the item was settled elsewhere and came back")

    choice = models.CharField(max_length=40)
    reason = models.TextField(max_length=1000)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=1000, blank=True)  # why it was declined

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item"], condition=Q(state="open"), name="proposal_one_open"
            ),
            models.CheckConstraint(
                name="proposal_by_two_people",
                condition=Q(answered_by=None) | ~Q(answered_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="proposal_answered_whole_or_not_at_all",
                condition=Q(state="open", answered_by=None, answered_at=None, answer="")
                | Q(state="overtaken", answered_by=None, answered_at__isnull=False, answer="")
                | Q(state="confirmed", answered_by__isnull=False, answered_at__isnull=False, answer="")
                | Q(state="declined", answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(name="proposal_says_why", condition=~Q(reason="")),
        ]


class Decided(About):
    """What was decided through the queue, by whom and why. Insert-only.

    `about` is what the item was called then. One item may come back and be decided again.
    """

    about = models.CharField(max_length=200)
    choice = models.CharField(max_length=40)
    reason = models.TextField(max_length=1000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="decided")
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decided_by_two_people_if_proposed",
                condition=Q(proposal=None, proposed_by=None)
                | Q(proposal__isnull=False, proposed_by__isnull=False) & ~Q(proposed_by=F("by")),
            ),
            models.CheckConstraint(name="decided_says_why", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["kind", "item"], name="decided_item_idx")]
        verbose_name_plural = "decided"
