"""Algorithms: which maker, product and version. A threshold means nothing without one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Technology(models.TextChoices):
    """What the algorithm is used for. The same product in another use is another system."""

    LIVE = "live", _("Live facial recognition")
    RETROSPECTIVE = "retrospective", _("Retrospective facial recognition")
    OPERATOR_INITIATED = "operator_initiated", _("Operator-initiated facial recognition")


class AlgorithmVersion(models.Model):
    """One version of a face matching algorithm, in one use, with where we know it from.

    No threshold and no test result is stored here: a threshold belongs to a deployment, and a result to a
    test that says under which conditions it holds. `is_verified` means that a source of the maker, a force or
    a laboratory was read; otherwise it stands as reported and is shown so.
    """

    vendor = models.CharField(max_length=120)
    product = models.CharField(max_length=120)
    version = models.CharField(max_length=60, blank=True, help_text=_("Blank: the source names none."))
    technology = models.CharField(max_length=30, choices=Technology, default=Technology.LIVE)
    source = models.CharField(max_length=500)
    source_url = models.URLField(max_length=500, blank=True)
    is_verified = models.BooleanField(default=False)
    is_made_up = models.BooleanField(default=False, help_text=_("For the demonstration alone."))
    notes = models.TextField(blank=True, max_length=2000)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["vendor", "product", "version", "technology"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "product", "version", "technology"], name="algorithm_version_once"
            ),
            models.CheckConstraint(name="algorithm_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="algorithm_made_up_is_unverified", condition=Q(is_made_up=False) | Q(is_verified=False)
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.vendor, self.product, self.version) if part)

    def as_document(self) -> dict[str, str | None]:
        """As a published result names it: vendor, product and version, null where no version is known."""
        return {"vendor": self.vendor, "product": self.product, "version": self.version or None}
