import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from forces.locks import CompositeForeignKey, PublishedTable, Statements

# As register_changed(), in a column of its own: what lists and statistics of results are told apart by must not move.
COUNT = """
CREATE FUNCTION register_notices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whose bigint; free bigint;
BEGIN
    FOR whose IN SELECT DISTINCT force_id FROM changed LOOP
        SELECT id INTO free FROM register_changecount WHERE force_id = whose LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE register_changecount SET notices = notices + 1 WHERE id = free;
        ELSE
            INSERT INTO register_changecount (force_id, changes, notices) VALUES (whose, 0, 1);
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER {name} AFTER {event} ON register_noticehead REFERENCING {which} TABLE AS changed"
    " FOR EACH STATEMENT EXECUTE FUNCTION register_notices_changed()"
)
TRIGGERS = [
    {"name": "register_notice_entered", "event": "INSERT", "which": "NEW"},
    {"name": "register_notice_moved", "event": "UPDATE", "which": "NEW"},
    {"name": "register_notice_gone", "event": "DELETE", "which": "OLD"},
]
STATUSES = [
    ("planned", "Planned"),
    ("deferred", "Notice deferred"),
    ("under_review", "Under review"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("register", "0013_words_are_found")]

    operations = [
        migrations.AlterField(
            "entry",
            "reference",
            models.CharField(help_text="The public reference of the deployment, or of the notice.", max_length=20),
        ),
        migrations.AddField("changecount", "notices", models.BigIntegerField(db_default=0)),
        migrations.CreateModel(
            name="NoticeHead",
            fields=[
                ("reference", models.CharField(max_length=20, primary_key=True, serialize=False)),
                (
                    "realm",
                    models.CharField(
                        choices=[("national", "National record"), ("demonstration", "Demonstration (made up)")],
                        max_length=20,
                    ),
                ),
                ("technology", models.CharField(max_length=30)),
                ("status", models.CharField(choices=STATUSES, max_length=12)),
                (
                    "on",
                    models.DateField(help_text="First day, Europe/London; of a withheld one the first of its month."),
                ),
                ("until", models.DateField(help_text="Last day; of a withheld one the last of its month.")),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("area", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField()),
                ("is_withheld", models.BooleanField()),
                ("is_redacted", models.BooleanField(default=False)),
                ("first_entered_at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.entry",
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forces.force",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="notice_withheld_tells_nothing",
                        condition=Q(is_withheld=False)
                        | Q(place="", area="", starts_at=None, ends_at=None, on__day=1),
                    ),
                    models.CheckConstraint(
                        name="notice_redacted_tells_nothing",
                        condition=Q(is_redacted=False) | Q(place="", area=""),
                    ),
                    models.CheckConstraint(
                        name="notice_deferred_is_withheld",
                        condition=~Q(status="deferred") | Q(is_withheld=True),
                    ),
                    models.CheckConstraint(name="notice_ends_after_it_starts", condition=Q(until__gte=F("on"))),
                ],
                "indexes": [
                    models.Index(fields=["realm", "on", "entry"], name="notice_soonest_idx"),
                    models.Index(fields=["realm", "until"], name="notice_until_idx"),
                    models.Index(fields=["force", "on", "entry"], name="notice_force_idx"),
                ],
            },
        ),
        PublishedTable("register_noticehead", rights="SELECT, INSERT, UPDATE"),
        CompositeForeignKey("register_noticehead", "entry_id", "register_entry"),
        CompositeForeignKey("register_noticehead", "force_id", "forces_force", shared="realm"),
        Statements(
            [COUNT, *(TRIGGER.format(**each) for each in TRIGGERS)],
            [
                *("DROP TRIGGER {name} ON register_noticehead".format(**each) for each in TRIGGERS),
                "DROP FUNCTION register_notices_changed()",
            ],
        ),
    ]
