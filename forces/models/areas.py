"""The map of forces' areas that an operator loaded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AreaMap(models.Model):
    """One map as drawn. Rows are only ever added: the latest stands, and one without a drawing means tiles again.

    `drawing` is what forces.areas.drawing.Drawn says; `sha256` is of the file it was made from, which is not kept.
    """

    drawing = models.JSONField(null=True)
    attribution = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    loaded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="area_map_has_attribution", condition=Q(drawing=None) | ~Q(attribution="")
            )
        ]

    def __str__(self) -> str:
        return self.attribution or "no map"

    @classmethod
    def standing(cls) -> AreaMap | None:
        """The map that pages show; None where they show tiles."""
        latest = cls.objects.order_by("-pk").first()
        return latest if latest is not None and latest.drawing is not None else None
