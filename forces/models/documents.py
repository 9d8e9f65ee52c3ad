"""What a force has published about its use of the technology, and where it can be reached: facts, written once.

A document is an address with a title, a version, the day it was adopted and the day by which it is looked at again. The
document itself stays on the force's own site. A new version is a new row that names the one it replaces, and taking one
back is a row of its own, so what stood on any day can be read for ever.
"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from forces.models.force import Force
from forces.models.people import Person


class Kind(models.TextChoices):
    """What a document is for, in the order in which pages list them."""

    POLICY = "policy", _("Policy on live facial recognition")
    LEGAL_MANDATE = "legal_mandate", _("Legal mandate")
    SOP = "sop", _("Standard operating procedure")
    DPIA = "dpia", _("Data protection impact assessment")
    EIA = "eia", _("Equality impact assessment")
    APPROPRIATE_POLICY_DOCUMENT = "appropriate_policy_document", _("Appropriate policy document")
    COMMUNITY_IMPACT = "community_impact", _("Community impact assessment")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Another document")


# One of each stands at a time, and each says when it is looked at again. Of the others there may be several.
ONE_OF_EACH = (
    Kind.POLICY,
    Kind.LEGAL_MANDATE,
    Kind.SOP,
    Kind.DPIA,
    Kind.EIA,
    Kind.APPROPRIATE_POLICY_DOCUMENT,
)
LONGEST_TITLE, LONGEST_VERSION, LONGEST_ADDRESS = 200, 40, 500


class Document(models.Model):
    """One version of a document that a force has published on its own site. Never changed.

    `series` is shared by the versions of one document. `version` is the force's own label, such as "2.1".
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    series = models.UUIDField(default=uuid4, editable=False)
    kind = models.CharField(max_length=40, choices=Kind)
    title = models.CharField(max_length=LONGEST_TITLE)
    version = models.CharField(max_length=LONGEST_VERSION)
    url = models.URLField(max_length=LONGEST_ADDRESS)
    adopted_on = models.DateField()
    review_on = models.DateField(null=True, help_text=_("The last day before it must be looked at again."))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, db_constraint=False, related_name="replaced_by"
    )
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "title"]
        constraints = [
            models.CheckConstraint(name="document_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="document_address", condition=Q(url__startswith="https://")),
            models.CheckConstraint(
                name="document_has_a_review",
                condition=Q(review_on__isnull=False) | ~Q(kind__in=[kind.value for kind in ONE_OF_EACH]),
            ),
            models.CheckConstraint(
                name="document_reviewed_after_adopted",
                condition=Q(review_on=None) | Q(review_on__gt=F("adopted_on")),
            ),
            # A later one of these kinds replaces the last, even if that was withdrawn.
            models.UniqueConstraint(
                fields=["force", "kind"],
                name="document_one_of_each",
                condition=Q(replaces=None, kind__in=[kind.value for kind in ONE_OF_EACH]),
            ),
        ]
        indexes = [models.Index(fields=["force", "kind", "series", "adopted_on"], name="document_stands")]

    def __str__(self) -> str:
        return f"{self.title}, {self.version}"

    def is_overdue(self, day: date) -> bool:
        """Whether it should have been looked at again by `day`."""
        return self.review_on is not None and self.review_on < day


class DocumentWithdrawal(models.Model):
    """A force has taken a document back from a day on. No version of it stands then. `reason` is public."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, db_constraint=False, related_name="withdrawal")
    on = models.DateField()
    reason = models.CharField(max_length=500)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_withdrawal_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.document} withdrawn on {self.on}"


class ContactPoint(models.Model):
    """Where the public reaches the force about the technology: an organisation's address, never a person's.

    The latest row stands.
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    email = models.EmailField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    url = models.URLField(_("web address"), max_length=LONGEST_ADDRESS, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_point_says_one", condition=~Q(email="") | ~Q(phone="") | ~Q(url="")
            ),
        ]
        indexes = [models.Index(fields=["force", "-id"], name="contact_point_latest")]

    def __str__(self) -> str:
        return f"{self.force}: {self.email or self.phone or self.url}"
