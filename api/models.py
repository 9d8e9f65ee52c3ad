"""Answers kept for a while, so that a request that is sent twice has one effect."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forces.guard import ForceOwned
from forces.models import Person


class KeptAnswer(ForceOwned):
    """What a system was answered when it wrote something, kept in the transaction of the writing itself.

    The same key, method and address of the same system with the same bytes gets the same answer again.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64, help_text=_("Of the bytes that were sent."))
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta(ForceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["force", "person", "method", "path", "key"], name="kept_answer_once"
            )
        ]
        indexes = [models.Index(fields=["force", "at"], name="kept_answer_at_idx")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
