"""Documents that forces published elsewhere, their staged rows, and which entry each row became.

None of it is a force's working paper: it is what the centre read in public, so nothing here belongs to a force.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from coordination.intake.problems import ERROR, NOTE, WARNING
from coordination.intake.problems import MESSAGES as CELL_MESSAGES
from register.models import Entry, Origin, Tier


class Document(models.Model):
    """A file, known by its content. Kept on the private volume once it has been read; a refused one is not."""

    class State(models.TextChoices):
        QUARANTINED = (
            "quarantined",
            _("Received, not yet read"),
        )  # bytes are kept apart and were opened by nobody
        KEPT = "kept", _("Read and kept")  # bytes stand under their hash
        REFUSED = (
            "refused",
            _("Refused and deleted"),
        )  # bytes are gone: it could not be read, or held a picture
        NOT_HELD = "not_held", _("Not held")  # its figures came with the project; the file never did

    sha256 = models.CharField(max_length=64, unique=True, help_text=_("Hash of its content, hexadecimal."))
    name = models.CharField(max_length=300, help_text=_("As given by whoever brought it."))
    size = models.PositiveBigIntegerField(null=True, help_text=_("Bytes; unknown for one that is not held."))
    kind = models.CharField(max_length=10, blank=True, help_text=_("By content: pdf, csv, xlsx, ods, html."))
    state = models.CharField(max_length=12, choices=State, default=State.QUARANTINED)
    path = models.CharField(
        max_length=200, blank=True, help_text=_("In the private storage; blank if not there.")
    )
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_kept_has_path",
                condition=Q(state__in=["quarantined", "kept"]) & ~Q(path="")
                | Q(state__in=["refused", "not_held"], path=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One reading of one document by one profile: accepted as a whole and undone as a whole."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")  # the document is there; nothing was read
        STAGED = "staged", _("Read, not accepted")  # rows and findings stand beside the register
        ACCEPTED = (
            "accepted",
            _("Accepted"),
        )  # its rows are on the register, but for those that wait for a person
        UNDONE = "undone", _("Undone")  # what it entered was withdrawn, what it corrected was put back
        REFUSED = "refused", _("Refused")  # the document cannot be read or no profile fits; `error` says why
        DISCARDED = "discarded", _("Discarded")  # somebody looked and left it

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="batches")
    asked_profile = models.CharField(
        max_length=60, blank=True, help_text=_("Blank: recognised by its headings.")
    )
    profile = models.CharField(max_length=60, blank=True)
    series = models.CharField(max_length=100, blank=True, help_text=_("Editions of one series are compared."))
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.PRIMARY)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    error = models.TextField(blank=True)
    rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text=_("Rows by match, findings by severity, entries made."))
    requested_by = models.ForeignKey("forces.Person", models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    staged_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("forces.Person", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("forces.Person", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_because = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                name="batch_accepted_has_time",
                condition=~Q(state__in=["accepted", "undone"]) | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_undone_has_time",
                condition=Q(state="undone", undone_at__isnull=False) & ~Q(undone_because="")
                | ~Q(state="undone") & Q(undone_at=None),
            ),
            models.CheckConstraint(
                name="batch_refused_says_why", condition=~Q(state="refused") | ~Q(error="")
            ),
        ]
        indexes = [models.Index(fields=["-id"], name="batch_recent_idx")]

    def __str__(self) -> str:
        return f"{self.document} ({self.get_state_display()})"


class Match(models.TextChoices):
    NEW = "new", _("New")  # nothing on the register is this deployment
    UNCHANGED = "unchanged", _("Unchanged")  # it stands on the register with these figures
    CORRECTION = "correction", _("Correction")  # it stands there with other figures
    AMBIGUOUS = "ambiguous", _("Waits for a person")  # it may be one of several, or may not be touched
    MISSING = "missing", _("No longer printed")  # it stands there, but this edition has no such row


class Cells(models.Model):
    """What a row says, in typed columns, for rules and matching. Null: the source gives none, or it is withheld."""

    force_code = models.CharField(max_length=20)
    on = models.DateField(null=True)
    place = models.TextField(null=True)
    # The place as compared: its letters and digits, in lower case.
    place_key = models.GeneratedField(
        expression=Lower(
            Func(F("place"), Value("[^[:alnum:]]"), Value(""), Value("g"), function="regexp_replace")
        ),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    technology = models.CharField(max_length=30, null=True)
    status = models.CharField(max_length=12, null=True)
    use_case = models.TextField(null=True)
    duration_minutes = models.IntegerField(null=True)
    watchlist_size = models.IntegerField(null=True)
    threshold = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    false_alert_rate = models.CharField(max_length=20, null=True)
    faces_seen = models.IntegerField(null=True)
    alerts = models.IntegerField(null=True)
    true_alerts = models.IntegerField(null=True)
    true_alerts_confirmed = models.IntegerField(null=True)
    true_alerts_unconfirmed = models.IntegerField(null=True)
    false_alerts = models.IntegerField(null=True)
    false_alerts_confirmed = models.IntegerField(null=True)
    false_alerts_unconfirmed = models.IntegerField(null=True)
    undetermined_alerts = models.IntegerField(null=True)
    engagements = models.IntegerField(null=True)
    arrests = models.IntegerField(null=True)
    other_action = models.IntegerField(null=True)
    no_action = models.IntegerField(null=True)

    class Meta:
        abstract = True


class StagedRow(Cells):
    """One row beside the register, printed and read, with typed columns for rules and matching.

    The table is unlogged: after a crash of the server it is empty and the document is read again. `number` counts
    from 1 through the document. A `missing` row has no text: it stands for a reference that the edition lacks.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="staged", db_index=False)
    number = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    sheet = models.CharField(max_length=100, null=True)
    line = models.PositiveIntegerField(null=True)
    row = models.PositiveIntegerField(null=True)
    fingerprint = models.CharField(max_length=64)
    printed = models.JSONField()
    mapped = models.JSONField(null=True)

    match = models.CharField(max_length=10, choices=Match, blank=True)
    reference = models.CharField(max_length=20, blank=True, help_text=_("What it was matched with."))
    candidates = models.JSONField(default=list, help_text=_("References it may be, with cells that agree."))
    differs = models.JSONField(default=dict, help_text=_("What a correction changes: field, from, to."))
    decided = models.BooleanField(default=False, help_text=_("A person said what it is."))
    entered = models.BooleanField(default=False, help_text=_("It has been acted upon."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="staged_row_once")]
        # Tables that are filled and read at once have no statistics: the indexes keep plans from going square.
        indexes = [
            models.Index(fields=["batch", "fingerprint"], name="staged_fingerprint_idx"),
            models.Index(fields=["batch", "reference"], name="staged_reference_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class Standing(Cells):
    """What the register says now of the forces of one batch, beside its staged rows while they are matched.

    Unlogged, and emptied when the matching is done.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+", db_index=False)
    reference = models.CharField(max_length=20)
    tier = models.CharField(max_length=12, choices=Tier)
    origin = models.CharField(max_length=12, choices=Origin)
    series = models.CharField(max_length=100, blank=True, help_text=_("Where its figures were last read."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "reference"], name="standing_once")]
        indexes = [
            models.Index(fields=["batch", "force_code", "on"], name="standing_day_idx"),
            models.Index(fields=["batch", "force_code", "faces_seen"], name="standing_faces_idx"),
            models.Index(fields=["batch", "place_key", "watchlist_size"], name="standing_place_idx"),
        ]

    def __str__(self) -> str:
        return self.reference


class Finding(models.Model):
    """One thing that a rule or a reader has to say of a row, a cell or the whole document."""

    SEVERITIES: ClassVar = [(ERROR, _("Error")), (WARNING, _("Warning")), (NOTE, _("Note"))]

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="findings", db_index=False)
    number = models.PositiveIntegerField(
        null=True, help_text=_("Number of the staged row; none: the document.")
    )
    page = models.PositiveIntegerField(null=True)
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=SEVERITIES)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["batch", "severity"], name="finding_batch_idx")]

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """Its sentence, with the values of this row filled in."""
        from coordination.intake.rules import RULES

        words = RULES[self.code].message if self.code in RULES else CELL_MESSAGES[self.code][1]
        return str(words) % self.values

    @property
    def where(self) -> str:
        """`page 4, row 12, column Date`, as far as it is known."""
        parts = []
        if self.page:
            parts.append(_("page %(page)s") % {"page": self.page})
        if self.row:
            parts.append(_("row %(row)s") % {"row": self.row})
        if self.column:
            parts.append(_("column %(column)s") % {"column": self.column})
        return ", ".join(str(part) for part in parts)


class Line(models.Model):
    """Which row of which accepted batch says what an entry says. Insert-only; the trace from figure to print."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    row = models.PositiveIntegerField(null=True)
    fingerprint = models.CharField(max_length=64)
    match = models.CharField(max_length=10, choices=Match)
    reference = models.CharField(max_length=20)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    replaced = models.ForeignKey(
        Entry, models.PROTECT, null=True, related_name="+", help_text=_("What it corrected.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="line_once"),
            models.CheckConstraint(
                name="line_correction_replaces",
                condition=Q(match="correction", replaced__isnull=False)
                | (~Q(match="correction") & Q(replaced=None)),
            ),
            models.CheckConstraint(name="line_replaces_another", condition=~Q(entry=F("replaced"))),
        ]
        indexes = [
            models.Index(fields=["fingerprint"], name="line_fingerprint_idx"),
            models.Index(fields=["reference"], name="line_reference_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number} {self.reference}"
