"""Forces: who they are, how they use the technology, and since when."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from forces.capabilities import Capability


class Realm(models.TextChoices):
    """Two worlds that share code and nothing else: no figure crosses."""

    NATIONAL = "national", _("National record")
    DEMONSTRATION = "demonstration", _("Demonstration (made up)")


class BodyType(models.TextChoices):
    """What kind of body publishes. Only territorial forces count among the 43."""

    TERRITORIAL = "territorial", _("Territorial police force")
    SPECIAL = "special", _("Special police force")
    GOVERNMENT = "government", _("Government department or agency")


class ForceQuerySet(models.QuerySet["Force"]):
    def national(self) -> ForceQuerySet:
        return self.filter(realm=Realm.NATIONAL)

    def territorial(self) -> ForceQuerySet:
        return self.filter(body_type=BodyType.TERRITORIAL)

    def on(self, day: date) -> ForceQuerySet:
        """Forces that exist on `day`."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day)).filter(
            Q(valid_until=None) | Q(valid_until__gt=day)
        )


class Force(models.Model):
    """A body that deploys. Its id and code never change; after a merger it keeps its history.

    `code` is the ONS police force area code for a territorial force and our own for other bodies.
    `slug` is data.police.uk's. `area_name` is ONS's name of the area, which is not the force's name.
    """

    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(_("name in Welsh"), max_length=120, blank=True)
    area_name = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=60, blank=True)
    body_type = models.CharField(max_length=20, choices=BodyType)
    realm = models.CharField(max_length=20, choices=Realm, default=Realm.NATIONAL)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    population_source = models.CharField(max_length=300, blank=True)
    source = models.CharField(
        max_length=500, blank=True, help_text=_("Where name, code and region come from; what is unverified.")
    )
    valid_from = models.DateField(null=True, blank=True, help_text=_("Blank: before this register began."))
    valid_until = models.DateField(null=True, blank=True, help_text=_("The first day it no longer existed."))

    objects = ForceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        permissions = [(capability.value, str(capability)) for capability in Capability]
        constraints = [
            # The target of composite keys: a row's realm is its force's realm, by constraint.
            models.UniqueConstraint(fields=["id", "realm"], name="force_id_realm"),
            models.CheckConstraint(
                name="force_valid_dates",
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="force_population_has_year",
                condition=Q(population=None) | Q(population_year__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_made_up(self) -> bool:
        return self.realm == Realm.DEMONSTRATION


class Succession(models.Model):
    """`successor` took over from `predecessor` on a day. Rights move by an explicit action, never by this row."""

    predecessor = models.ForeignKey(Force, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Force, models.PROTECT, related_name="predecessions")
    on = models.DateField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(name="succession_between_two", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class LfrUse(models.Model):
    """How a force stands to live facial recognition over a period, with the source that says so.

    Public: it is what the report calls a force's LFR capability. A day with no row is unknown, not "none".
    """

    class Status(models.TextChoices):
        OWN = "own", _("Own equipment")
        SHARED = "shared", _("Shared equipment")
        BORROWED = "borrowed", _("Borrowed equipment")
        PAUSED = "paused", _("Paused")
        NONE = "none", _("Does not use it")

    force = models.ForeignKey(Force, models.PROTECT, related_name="lfr_uses")
    technology = models.CharField(max_length=30, default="live")
    status = models.CharField(max_length=20, choices=Status)
    period = DateRangeField(help_text=_("From the first day; the end day is not included."))
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    is_verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="lfr_use_one_at_a_time",
                expressions=[
                    ("force", RangeOperators.EQUAL),
                    ("technology", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.force}: {self.get_status_display()}"

    @property
    def last_day(self) -> date | None:
        """The last day it covers; None while it goes on."""
        return self.period.upper - timedelta(days=1) if self.period.upper else None
