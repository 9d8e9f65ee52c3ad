"""The legal framework as dated data: versions, their requirements, and what forces have tightened."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from coordination.framework.vocabulary import Group, Phase, SourceKind, Weight
from forces.models import Force, Person

MOST_REQUIREMENTS = 500


class VersionQuerySet(models.QuerySet["Version"]):
    def adopted(self) -> VersionQuerySet:
        return self.filter(status=Version.Status.ADOPTED)

    def open(self) -> VersionQuerySet:
        """The one that is drafted or proposed, if any: never more than one."""
        return self.exclude(status=Version.Status.ADOPTED)

    def latest_adopted(self) -> Version | None:
        return self.adopted().order_by("-number").first()


class Version(models.Model):
    """The requirements as they stand together from a day on, until the next version takes effect.

    Numbers count up from 1, the version that comes with the project; each later one starts as a copy of the one before.
    One version at a time is open. Once adopted, nothing about it changes: a trigger refuses.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")  # its requirements may change
        PROPOSED = "proposed", _("Proposed")  # they stand still, for a second person to look at
        ADOPTED = "adopted", _("Adopted")  # for good; in force from `takes_effect_on`

    number = models.PositiveIntegerField(unique=True)
    summary = models.CharField(max_length=500, help_text=_("What changes and why, in a sentence or two."))
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    takes_effect_on = models.DateField(null=True, blank=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    proposals = models.PositiveIntegerField(default=0, help_text=_("How often it was proposed."))
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="framework_version_numbered", condition=Q(number__gte=1)),
            models.CheckConstraint(name="framework_version_has_a_summary", condition=~Q(summary="")),
            models.UniqueConstraint(
                Value(1), name="framework_one_version_open", condition=~Q(status="adopted")
            ),
            # Only the version that comes with the project was adopted by nobody here.
            models.CheckConstraint(
                name="framework_adopted_by_two_people",
                condition=Q(status="adopted", number=1, proposed_by=None, adopted_by=None)
                | Q(status="adopted", proposed_by__isnull=False, adopted_by__isnull=False)
                & ~Q(adopted_by=F("proposed_by"))
                | Q(status="proposed", proposed_by__isnull=False, adopted_by=None)
                | Q(status="draft", proposed_by=None, adopted_by=None),
            ),
            models.CheckConstraint(
                name="framework_version_dated",
                condition=Q(status="draft", adopted_at=None)
                | Q(status="proposed", takes_effect_on__isnull=False, adopted_at=None)
                | Q(status="adopted", takes_effect_on__isnull=False, adopted_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["takes_effect_on"],
                name="framework_one_version_a_day",
                condition=Q(status="adopted"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})

    @property
    def subject(self) -> str:
        """What its events are about."""
        return f"framework:{self.number}"

    @property
    def is_adopted(self) -> bool:
        return self.status == self.Status.ADOPTED


class Requirement(models.Model):
    """One thing that the law, the nation or good practice asks of a deployment, as one version states it.

    Judged by a named check with typed parameters, or attested by a role with a document: exactly one of the two.
    `effective_from` and `effective_to` are those of the rule itself (half open); a version may hold a rule that begins
    later or has ended. An empty list under “applies to” means all. `verified` means that somebody read the primary
    text at `url` on `verified_on`; otherwise `verified_note` says why not, and the requirement only warns.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="requirements")
    code = models.CharField(
        max_length=60,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use a-z, 0-9 and hyphens."))],
    )
    title = models.CharField(max_length=120)
    sentence = models.CharField(max_length=600)
    group = models.CharField(max_length=20, choices=Group)
    weight = models.CharField(max_length=20, choices=Weight)
    source_kind = models.CharField(max_length=10, choices=SourceKind)
    citation = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    verified = models.BooleanField(default=False)
    verified_on = models.DateField(null=True, blank=True)
    verified_note = models.CharField(max_length=600, blank=True)
    technology = models.CharField(max_length=30, default="live")
    use_cases = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    place_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    watchlist_categories = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    cameras = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    check_name = models.CharField(max_length=60, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    attested_role = models.CharField(max_length=60, blank=True)
    attested_document = models.CharField(max_length=60, blank=True)
    phase = models.CharField(max_length=10, choices=Phase)
    fixed_by = models.CharField(max_length=60)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="framework_requirement_once_a_version"),
            models.CheckConstraint(
                name="framework_judged_one_way",
                condition=~Q(check_name="") & Q(attested_role="", attested_document="")
                | Q(check_name="") & ~Q(attested_role="") & ~Q(attested_document=""),
            ),
            models.CheckConstraint(
                name="framework_verified_with_a_day",
                condition=Q(verified=True, verified_on__isnull=False) & ~Q(url="")
                | Q(verified=False, verified_on=None) & ~Q(verified_note=""),
            ),
            models.CheckConstraint(
                name="framework_requirement_dates",
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_effective(self, on: date) -> bool:
        """Whether the rule itself is in force on that day."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class Tightening(models.Model):
    """A force holds itself to more than the nation asks, from `starts_on` until `ends_on` (half open; None: no end).

    Public. It never loosens: the stricter of this and the national value holds, whatever the nation later decides.
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=60, help_text=_("Code of the requirement."))
    parameter = models.CharField(max_length=60)
    value = models.JSONField()
    why = models.CharField(max_length=600)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=600, blank=True)

    class Meta:
        ordering = ["requirement", "parameter", "starts_on", "pk"]
        constraints = [
            ExclusionConstraint(
                name="framework_one_tightening_at_a_time",
                expressions=[
                    ("force", RangeOperators.EQUAL),
                    ("requirement", RangeOperators.EQUAL),
                    ("parameter", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="framework_tightening_dates",
                # Ended before it began: it never held.
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="framework_tightening_says_why", condition=~Q(why="")),
            models.CheckConstraint(
                name="framework_tightening_ended_whole",
                condition=Q(ends_on=None, ended_by=None, ended_at=None, ended_why="")
                | Q(ends_on__isnull=False, ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.requirement} {self.parameter}"

    def holds(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)

    def subject(self, force: Force) -> str:
        """What its events are about."""
        return f"rules:{force.code}:{self.requirement}"
