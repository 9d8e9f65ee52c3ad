"""The cells that national statistics are the sum of, and what each record was last counted as."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.collation.reconciliation.models import Claim, Moved, Reconciled
from coordination.collation.signals.models import Signal, Stirred
from forces.models import Force, Realm
from register.models import Tier

__all__ = ["Cell", "Claim", "Counted", "Moved", "Reconciled", "Signal", "Span", "Stirred"]

COUNTS = ("known", "not_published", "not_applicable", "aborted", "misleading")
SUMS = ("total", "base", *COUNTS)


class Span(models.TextChoices):
    """How long a cell's period is. Years are kept beside months so that a page of years reads few rows."""

    MONTH = "month", _("Month")
    YEAR = "year", _("Calendar year")


class Sums(models.Model):
    """One measure of some of a force's records: a total, and how many of the records gave it or did not.

    `starts_on` is the first day of the month or year in which deployments started, UK local time. `base` is
    a rate's denominator, 0 for a count.
    """

    realm = models.CharField(max_length=20, choices=Realm)
    tier = models.CharField(max_length=12, choices=Tier)
    force = models.ForeignKey(Force, models.PROTECT, db_constraint=False, related_name="+")
    starts_on = models.DateField()
    technology = models.CharField(max_length=30)
    measure = models.CharField(max_length=60)
    total = models.BigIntegerField(default=0)
    base = models.BigIntegerField(default=0)
    known = models.IntegerField(default=0)
    not_published = models.IntegerField(default=0)
    not_applicable = models.IntegerField(default=0)
    aborted = models.IntegerField(default=0)
    misleading = models.IntegerField(default=0)

    class Meta:
        abstract = True


class Cell(Sums):
    """The sums of one force in one month or year.

    A cell of a record that moved away stays, with nothing in it. There is
    no cell of the nation: it is the sum of its forces.
    """

    span = models.CharField(max_length=5, choices=Span)

    class Meta:
        constraints = [
            # In the order pages ask: one realm, tier and technology, all months or all years.
            models.UniqueConstraint(
                fields=["realm", "tier", "technology", "span", "starts_on", "measure", "force"],
                name="cell_once",
            ),
            models.CheckConstraint(
                name="cell_never_below_zero", condition=Q(**{f"{column}__gte": 0 for column in SUMS})
            ),
            models.CheckConstraint(
                name="cell_number_needs_a_record", condition=Q(known__gt=0) | Q(total=0, base=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.starts_on} {self.measure}"


class Breakdown(Sums):
    """One measure of one force's records of a calendar year that stand under one value of a dimension.

    `dimension` and `value` are those of coordination/collation/dimensions.py; the other columns are a cell's. Years
    only: see docs/decisions/0069.
    """

    dimension = models.CharField(max_length=20)
    value = models.TextField(blank=True)

    class Meta:
        constraints = [
            # In the order pages ask: one dimension of one realm, tier and technology.
            models.UniqueConstraint(
                fields=[
                    *("realm", "tier", "technology", "dimension", "starts_on", "measure"),
                    *("force", "value"),
                ],
                name="breakdown_once",
            ),
            models.CheckConstraint(
                name="breakdown_never_below_zero", condition=Q(**{f"{column}__gte": 0 for column in SUMS})
            ),
            models.CheckConstraint(
                name="breakdown_number_needs_a_record", condition=Q(known__gt=0) | Q(total=0, base=0)
            ),
            models.CheckConstraint(
                name="breakdown_of_a_year", condition=Q(starts_on__month=1, starts_on__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.starts_on} {self.dimension} {self.value} {self.measure}"


class Counted(models.Model):
    """What one reference was last counted as: its entry, the cells it went to and what it added to them.

    `under` maps a dimension's code to the value under which the record stands, so that it can be taken from there when
    its document has gone. `contributions` maps a measure's code to a number, [total, base] or the reason for a gap.
    `entry` null: nothing of it is counted, as it was withdrawn or redacted, or has not been counted yet. The row's lock
    is what deliveries queue on.
    """

    reference = models.CharField(max_length=20, primary_key=True)
    force = models.ForeignKey(Force, models.PROTECT, db_constraint=False, related_name="+")
    realm = models.CharField(max_length=20, choices=Realm)
    entry = models.ForeignKey(
        "register.Entry", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    tier = models.CharField(max_length=12, blank=True)
    technology = models.CharField(max_length=30, blank=True)
    on = models.DateField(null=True)
    contributions = models.JSONField(default=dict)
    under = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "counted"
        constraints = [
            models.CheckConstraint(
                name="counted_whole_or_not_at_all",
                condition=Q(entry=None, on=None, tier="", technology="", contributions={}, under={})
                | Q(entry__isnull=False, on__isnull=False)
                & ~Q(tier="")
                & ~Q(technology="")
                & ~Q(contributions={}),
            ),
        ]
        indexes = [
            # The days of a month, and whether a force's own record has a deployment on one of them.
            models.Index(fields=["realm", "technology", "on", "force", "tier"], name="counted_day_idx"),
        ]

    def __str__(self) -> str:
        return self.reference
