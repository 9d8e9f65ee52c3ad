"""Signals of run charts, and which forces' figures have moved since their charts were last looked at."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from forces.guard import ForceOwned
from forces.models import Force, Person


class Decision(models.TextChoices):
    """What somebody at the centre made of a signal."""

    EXPLAINED = "explained", _("Explained: it is known what changed")
    ASKED = "asked", _("The force was asked to look into it")
    NO_CAUSE = "no_cause", _("Looked into, and no cause was found: it may be chance")


class Signal(ForceOwned):
    """A force's figures show what chance seldom gives: some months of one measure, by one or both rules.

    `first` and `last` are first days of months, both included. They and what follows them move with the figures, for as
    long as the same months signal; `ended_at` is set when the figures no longer show it. Months of a signal that goes
    on never overlap another's of the same measure. Deciding is apart from ending: either may come first.
    """

    measure = models.CharField(max_length=60)
    first = models.DateField()
    last = models.DateField()
    rules = ArrayField(models.CharField(max_length=20))
    months_off_median = models.IntegerField()
    run = models.IntegerField()
    crossings = models.IntegerField()
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    reason = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta(ForceOwned.Meta):
        ordering = ["raised_at", "pk"]
        constraints = [
            # Looked at when the transaction commits, for two signals may move at once.
            ExclusionConstraint(
                name="signal_once_while_it_goes_on",
                expressions=[
                    ("force", "="),
                    ("measure", "="),
                    (
                        Func(
                            F("first"),
                            F("last"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                condition=Q(ended_at=None),
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="signal_ends_after_it_begins", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(name="signal_has_a_rule", condition=Q(rules__len__gt=0)),
            models.CheckConstraint(
                name="signal_decided_whole_or_not_at_all",
                condition=Q(decision="", reason="", decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision="") & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.measure} {self.first}"

    @property
    def subject(self) -> str:
        """What its events are about."""
        return f"signal:{self.pk}"


class Stirred(models.Model):
    """The figures of this force have moved since its charts were last looked at; gone once they were.

    Written under the lock under which a force's figures are counted and looked at, so none is lost.
    """

    force = models.OneToOneField(
        Force, models.PROTECT, primary_key=True, db_constraint=False, related_name="+"
    )

    class Meta:
        verbose_name_plural = "stirred"

    def __str__(self) -> str:
        return str(self.force_id)
