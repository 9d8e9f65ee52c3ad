"""What others have published about totals, and how each stands beside the records."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from forces.models import Force


class Role(models.TextChoices):
    """What a published figure is used for here. None is ever added to the records of a force or of the nation."""

    CLAIM = "claim", _("A total, held against the records")
    PART = "part", _("A figure about part of it, shown beside")
    # Shown as a sum of its own, and only for a time from which there are no records of that force.
    EARLY = "early", _("Trials and early use, of which there are no records")


class Precision(models.TextChoices):
    """How exactly the source gives the ends of the period: the days themselves, or months or years only."""

    DAY = "day", _("Days")
    MONTH = "month", _("Months")
    YEAR = "year", _("Calendar years")


class Qualifier(models.TextChoices):
    STATED = "stated", _("As stated")
    ROUNDED = "rounded", _("Rounded")
    MORE_THAN = "more_than", _("More than")


class Claim(models.Model):
    """One figure that somebody published about several deployments, with where it was read.

    `subject` null: England and Wales. `first` and `last` are both included. `measure` is the code of one of ours;
    `counts` says in our words what the source counts, where it says so. `rounded_to` is the unit to which `value`
    is rounded, null where nobody says. `published` is a day, a month or a year (ISO 8601), or blank.
    """

    code = models.SlugField(max_length=80, unique=True)
    role = models.CharField(max_length=10, choices=Role)
    claimant = models.CharField(max_length=120)
    subject = models.ForeignKey(Force, models.PROTECT, null=True, blank=True, related_name="+")
    first = models.DateField()
    last = models.DateField()
    precision = models.CharField(max_length=5, choices=Precision)
    measure = models.CharField(max_length=60)
    value = models.BigIntegerField()
    qualifier = models.CharField(max_length=10, choices=Qualifier)
    rounded_to = models.BigIntegerField(null=True, blank=True)
    counts = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=500)
    source_url = models.URLField(max_length=500, blank=True)
    published = models.CharField(max_length=10, blank=True)
    is_verified = models.BooleanField(default=False, help_text=_("The source itself was read."))
    note = models.TextField(blank=True, max_length=1000)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="claim_ends_after_it_begins", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(name="claim_never_below_zero", condition=Q(value__gte=0)),
            models.CheckConstraint(name="claim_has_source", condition=~Q(source="") & ~Q(claimant="")),
            models.CheckConstraint(
                name="claim_rounded_to_something", condition=Q(rounded_to=None) | Q(rounded_to__gt=0)
            ),
            # Trials are those of somebody: the nation's would count the same days as its forces' records.
            models.CheckConstraint(
                name="claim_early_is_of_a_force", condition=~Q(role="early") | Q(subject__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Reconciled(models.Model):
    """What the records came to beside one claim, when it was last worked out. Made anew at will."""

    claim = models.OneToOneField(Claim, models.PROTECT, primary_key=True, related_name="reconciled")
    answer = models.JSONField()
    as_of = models.DateTimeField()

    class Meta:
        verbose_name_plural = "reconciled"

    def __str__(self) -> str:
        return str(self.claim_id)


class Moved(models.Model):
    """Days on which counted records have changed since claims were last held against them; gone once they were."""

    first = models.DateField()
    last = models.DateField()
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        verbose_name_plural = "moved"

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
