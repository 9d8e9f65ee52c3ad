"""Questions put to the centre, what was answered, and briefing packs. The centre's own: nothing here is a force's."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question that the centre answers from the register, as often as it is asked.

    `asks` and `words` say what the answer is made from: the code of a published table or "deployments", and the words
    of its public address. `measures` are the figures that are given, by code; `left_out` the notes that are not, by
    key. `revision` is 1 more with each change, `answers` with each answer.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    reference = models.CharField(
        max_length=60, blank=True, help_text=_("The number of the parliamentary question, for example.")
    )
    asks = models.CharField(max_length=60)
    words = models.JSONField(default=dict)
    measures = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    answers = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey("forces.Person", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="question_has_title", condition=~Q(title="") & ~Q(asks="")),
        ]

    def __str__(self) -> str:
        return self.title


class Kept(models.Model):
    """What was given to others, kept as it was: what it says, its two files, and the state of the register behind it.

    `register` is the version of the register (docs/decisions/0041), `as_of` when that last changed, null where it is
    empty. `figures` is the SHA-256 of the figures and notes: the same state of the register gives the same.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey("forces.Person", models.PROTECT, related_name="+")
    register = models.CharField(max_length=200)
    as_of = models.DateTimeField(null=True)
    content = models.JSONField()
    figures = models.CharField(max_length=64)
    pdf = models.BinaryField()
    ods = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.uid)


class Answer(Kept):
    """One answer to a question: `number` 1 is the first. `changes` says what moved since the one before."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="given")
    number = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="answer_number_once"),
        ]


class Pack(Kept):
    """A briefing pack. `job` is the work that made it: work that is begun again makes no second one."""

    job = models.UUIDField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="pack_recent_idx")]
