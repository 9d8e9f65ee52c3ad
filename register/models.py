"""What has been published, for good. Entries are inserted and never change; a projection says which one stands."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from forces.models import Force, Realm
from register.canonical import NOTICE, RESULTS
from register.facets import LONGEST_ALGORITHM, LONGEST_THRESHOLD, LONGEST_USE_CASE
from register.notices import rules


class Origin(models.TextChoices):
    SUBMITTED = "submitted", _("Published by the force on this register")
    COLLATED = "collated", _("Transcribed by the national centre; not submitted by the force")


class Tier(models.TextChoices):
    """How near the source is. The two are never added up without showing the difference."""

    PRIMARY = "primary", _("The force's own record")
    SECONDARY = "secondary", _("Press, force web pages or transcription by others")


class Act(models.TextChoices):
    ORIGINAL = "original", _("First published")
    CORRECTION = "correction", _("Corrected")
    WITHDRAWAL = "withdrawal", _("Withdrawn")


class EntryQuerySet(models.QuerySet["Entry"]):
    """Whoever reads entries says which: statistics and lists of results never meet a notice."""

    def of_results(self) -> EntryQuerySet:
        return self.filter(schema__in=RESULTS)

    def of_notices(self) -> EntryQuerySet:
        return self.filter(schema=NOTICE)


class Entry(models.Model):
    """One publication: what it was about, which it supersedes and why. Insert-only, by grant and trigger.

    `commitment` is the SHA-256, in hex, of salt and body together (see EntryBody): it stays when the body goes,
    so a proof that the entry stood here survives a redaction and the content cannot be guessed from it.
    """

    reference = models.CharField(
        max_length=20, help_text=_("The public reference of the deployment, or of the notice.")
    )
    version = models.PositiveIntegerField(
        help_text=_("1 for the first publication, then one more each time.")
    )
    act = models.CharField(max_length=12, choices=Act)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, db_constraint=False, related_name="superseded_by"
    )
    reason = models.TextField(blank=True, help_text=_("Why it was corrected or withdrawn; public."))
    force = models.ForeignKey(
        Force, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )  # entry_force_idx begins with it
    realm = models.CharField(max_length=20, choices=Realm)
    origin = models.CharField(max_length=12, choices=Origin)
    tier = models.CharField(max_length=12, choices=Tier)
    schema = models.CharField(max_length=60)
    commitment = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Bytes of the body."))
    entered_at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["reference", "version"], name="entry_version_once"),
            models.CheckConstraint(
                name="entry_original_supersedes_nothing",
                condition=Q(act="original", supersedes=None, version=1)
                | (~Q(act="original") & Q(supersedes__isnull=False, version__gt=1)),
            ),
            models.CheckConstraint(
                name="entry_change_has_reason", condition=Q(act="original") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="entry_submitted_is_primary", condition=~Q(origin="submitted") | Q(tier="primary")
            ),
        ]
        indexes = [
            models.Index(fields=["realm", "-id"], name="entry_realm_idx"),
            # The latest of one force, for its feed and for when it last changed.
            models.Index(fields=["force", "-id"], name="entry_force_idx"),
            # Changes are few among the entries: the list of them, of all forces and of one.
            models.Index(
                fields=["realm", "-entered_at", "-act", "-id"],
                name="entry_changes_idx",
                condition=~Q(act="original"),
            ),
            models.Index(
                fields=["force", "-entered_at", "-act", "-id"],
                name="entry_force_changes_idx",
                condition=~Q(act="original"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} v{self.version}"


class EntryBody(models.Model):
    """The exact bytes (RFC 8785) of an entry. Absent once redacted."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, db_constraint=False, related_name="kept"
    )
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=32)
    body = models.BinaryField()
    # Every list shows it; worked out by PostgreSQL once, for hashing fifty bodies is half the cost of a page.
    sha256 = models.GeneratedField(
        expression=Func(Func(F("body"), function="sha256"), Value("hex"), function="encode"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
    )

    class Meta:
        verbose_name_plural = "entry bodies"

    def __str__(self) -> str:
        return str(self.entry_id)


class RedactionRequest(models.Model):
    """Somebody asks for personal data to be removed from an entry; somebody else decides. Not public."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a decision")
        APPROVED = "approved", _("Approved: the body is gone")
        REFUSED = "refused", _("Refused: the entry stands")

    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, related_name="redaction_requests")
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    why = models.TextField(help_text=_("What slipped in, described without repeating it."))
    public_reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey("forces.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("forces.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="redaction_by_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="redaction_decided_by_somebody",
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="proposed"), name="redaction_one_open_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_state_display()}"


class Redaction(models.Model):
    """The public tombstone of a body: that it went, when and on what ground. Insert-only."""

    entry = models.OneToOneField(Entry, models.PROTECT, db_constraint=False, related_name="redaction")
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    request = models.OneToOneField(RedactionRequest, models.PROTECT, db_constraint=False, related_name="+")
    public_reason = models.CharField(max_length=300)
    redacted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.entry)


class HeadQuerySet(models.QuerySet["Head"]):
    def in_realm(self, realm: str) -> HeadQuerySet:
        """Every list and total names its realm: a made-up record never stands beside a real one."""
        return self.filter(realm=realm)

    def standing(self) -> HeadQuerySet:
        """References that count: neither withdrawn nor redacted."""
        return self.filter(is_withdrawn=False, is_redacted=False)

    def of_tier(self, tier: str) -> HeadQuerySet:
        return self.filter(tier=tier)

    def between(self, first: date, last: date) -> HeadQuerySet:
        """Deployments that started on a day from `first` to `last`, both included, Europe/London."""
        return self.filter(on__gte=first, on__lte=last)

    def latest_first(self) -> HeadQuerySet:
        return self.order_by("-on", "-entry_id")


class Head(models.Model):
    """Which entry of a reference stands now, with what lists need to find it. Rebuilt from entries at will.

    Kept in the transaction that enters; the row's lock is what two corrections of one reference queue on.
    """

    reference = models.CharField(max_length=20, primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, db_constraint=False, related_name="+")
    force = models.ForeignKey(Force, models.PROTECT, db_constraint=False, related_name="+")
    realm = models.CharField(max_length=20, choices=Realm)
    origin = models.CharField(max_length=12, choices=Origin)
    tier = models.CharField(max_length=12, choices=Tier)
    technology = models.CharField(max_length=30)
    on = models.DateField()
    place = models.CharField(max_length=200)
    area = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12)
    # Facets (register/facets.py): "" and null where the record does not say, or is redacted.
    use_case = models.CharField(max_length=LONGEST_USE_CASE, blank=True)
    algorithm = models.CharField(max_length=LONGEST_ALGORITHM, blank=True)
    threshold = models.CharField(max_length=LONGEST_THRESHOLD, blank=True)
    watchlist_size = models.PositiveIntegerField(null=True)
    days_to_publish = models.IntegerField(
        null=True, help_text=_("Days from the deployment to its force's first publication of it.")
    )
    # Put there by the database from the document shown (migrations/0011), whatever is written; null where none stands.
    alerts = models.IntegerField(null=True, editable=False)
    false_alerts = models.IntegerField(null=True, editable=False)
    words = SearchVectorField(null=True, editable=False)
    version = models.PositiveIntegerField()
    is_withdrawn = models.BooleanField(default=False)
    is_redacted = models.BooleanField(default=False)
    first_entered_at = models.DateTimeField()
    entered_at = models.DateTimeField()

    objects = HeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="head_redacted_has_no_facets",
                condition=Q(is_redacted=False)
                | Q(use_case="", algorithm="", threshold="", watchlist_size=None),
            ),
            models.CheckConstraint(
                name="head_tells_only_what_stands",
                condition=Q(is_withdrawn=False, is_redacted=False)
                | Q(words=None, alerts=None, false_alerts=None),
            ),
            # What the centre transcribed says nothing about the time its force took.
            models.CheckConstraint(
                name="head_days_are_the_forces_own",
                condition=Q(origin="collated", days_to_publish=None)
                | Q(origin="submitted", days_to_publish__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["realm", "-on", "-entry"], name="head_latest_idx"),
            models.Index(fields=["force", "-on", "-entry"], name="head_force_idx"),
            # Tables of statistics lead to these: a rare use case or an earlier threshold lies deep in the list.
            models.Index(fields=["realm", "use_case", "-on", "-entry"], name="head_use_case_idx"),
            models.Index(fields=["realm", "threshold", "-on", "-entry"], name="head_threshold_idx"),
            # What is rare would otherwise be looked for among all there is.
            models.Index(
                fields=["realm", "-on", "-entry"], name="head_withdrawn_idx", condition=Q(is_withdrawn=True)
            ),
            models.Index(
                fields=["realm", "-on", "-entry"], name="head_redacted_idx", condition=Q(is_redacted=True)
            ),
            models.Index(
                fields=["realm", "technology", "-on", "-entry"],
                name="head_not_live_idx",
                condition=~Q(technology="live"),
            ),
            GinIndex(fields=["words"], name="head_words_idx"),
            # Put in order by a number, those without one last (register/ordering.py).
            models.Index(
                "realm",
                Coalesce("false_alerts", -1).desc(),
                F("on").desc(),
                F("entry").desc(),
                name="head_false_alerts_idx",
            ),
            models.Index(
                "realm",
                Coalesce("alerts", -1).desc(),
                F("on").desc(),
                F("entry").desc(),
                name="head_alerts_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class NoticeHeadQuerySet(models.QuerySet["NoticeHead"]):
    def in_realm(self, realm: str) -> NoticeHeadQuerySet:
        return self.filter(realm=realm)

    def told(self) -> NoticeHeadQuerySet:
        """Those that say where and when."""
        return self.filter(is_withheld=False, is_redacted=False)

    def withheld(self) -> NoticeHeadQuerySet:
        """Those of which the public is told the force and the month alone."""
        return self.filter(is_withheld=True)

    def between(self, first: date, last: date) -> NoticeHeadQuerySet:
        """Any part of which falls on a day from `first` to `last`, both included, Europe/London."""
        return self.filter(until__gte=first, on__lte=last)

    def soonest_first(self) -> NoticeHeadQuerySet:
        return self.order_by("on", "entry_id")


class NoticeHead(models.Model):
    """Which entry of a notice stands now, with what lists need to find it. Kept as `Head` is, and apart from it."""

    class Status(models.TextChoices):
        PLANNED = rules.PLANNED, _("Planned")
        DEFERRED = rules.DEFERRED, _("Notice deferred")  # the public is told afterwards
        UNDER_REVIEW = rules.UNDER_REVIEW, _("Under review")  # the force decides whether it goes ahead
        CANCELLED = rules.CANCELLED, _("Cancelled")

    reference = models.CharField(max_length=20, primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, db_constraint=False, related_name="+")
    force = models.ForeignKey(Force, models.PROTECT, db_constraint=False, related_name="+")
    realm = models.CharField(max_length=20, choices=Realm)
    technology = models.CharField(max_length=30)
    status = models.CharField(max_length=12, choices=Status)
    on = models.DateField(help_text=_("First day, Europe/London; of a withheld one the first of its month."))
    until = models.DateField(help_text=_("Last day; of a withheld one the last of its month."))
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField()
    is_withheld = models.BooleanField()
    is_redacted = models.BooleanField(default=False)
    first_entered_at = models.DateTimeField()
    entered_at = models.DateTimeField()

    objects = NoticeHeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_withheld_tells_nothing",
                condition=Q(is_withheld=False)
                | Q(place="", area="", starts_at=None, ends_at=None, on__day=1),
            ),
            models.CheckConstraint(
                name="notice_redacted_tells_nothing", condition=Q(is_redacted=False) | Q(place="", area="")
            ),
            models.CheckConstraint(
                name="notice_deferred_is_withheld", condition=~Q(status="deferred") | Q(is_withheld=True)
            ),
            models.CheckConstraint(name="notice_ends_after_it_starts", condition=Q(until__gte=F("on"))),
        ]
        indexes = [
            models.Index(fields=["realm", "on", "entry"], name="notice_soonest_idx"),
            models.Index(fields=["realm", "until"], name="notice_until_idx"),
            models.Index(fields=["force", "on", "entry"], name="notice_force_idx"),
        ]

    def __str__(self) -> str:
        return self.reference


class ChangeCount(models.Model):
    """How often the heads of a force have changed: the sum of its rows, which a trigger on heads adds to.

    A force has as many rows as have ever changed its heads at the same moment: a change takes any row that nobody
    holds and makes one if all are taken, so that nobody waits for anybody. See docs/decisions/0041.
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    changes = models.BigIntegerField()
    # Those of its notices, counted apart: no list or figure of results changes with them.
    notices = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.force_id}: {self.changes} and {self.notices}"


class Archive(models.Model):
    """The file that holds everything published in a realm, made by a worker when the register has changed.

    One row a realm, set to the next file once that is stored. `version` says of which state of the register it is,
    `redaction` up to which removal (its id, 0 for none): a file older than a removal is not given out. `members` are
    the files in it: name, size in bytes, sha256 and, where it has any, rows.
    """

    realm = models.CharField(max_length=20, choices=Realm, unique=True)
    version = models.CharField(max_length=200)
    redaction = models.BigIntegerField()
    path = models.CharField(max_length=200, help_text=_("In the private storage."))
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    members = models.JSONField()
    as_of = models.DateTimeField(
        null=True, help_text=_("When the register last changed; null if it is empty.")
    )
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.realm} {self.sha256[:12]}"

    @property
    def records(self) -> int:
        """How many deployments it holds."""
        return next((each["rows"] for each in self.members if each["name"] == "deployments.jsonl"), 0)
