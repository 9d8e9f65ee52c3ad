import django.db.models.deletion
from django.db import migrations, models

from forces.locks import CompositeForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0005_turns"),
        ("forces", "0008_system_locks"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="sent_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="result",
            name="sent_back_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="forces.person",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="sent_back_reason",
            field=models.TextField(blank=True, db_default="", help_text="What must be changed; private."),
        ),
        # Only people send back; the column that says so is there already.
        CompositeForeignKey(
            "deployments_result",
            "sent_back_by_id",
            "forces_person",
            shared="kind",
            shared_child="decider_kind",
        ),
        migrations.AlterField(
            model_name="result",
            name="status",
            field=models.CharField(
                choices=[
                    ("recorded", "Waits for review"),
                    ("sent_back", "Sent back to be changed"),
                    ("reviewed", "Waits to be published"),
                    ("published", "Published"),
                    ("discarded", "Discarded"),
                ],
                default="recorded",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="result", name="result_reviewed_exactly_when"),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    status__in=["reviewed", "published"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                )
                | models.Q(status__in=["recorded", "sent_back"], reviewed_by=None, reviewed_at=None)
                | models.Q(status="discarded"),
                name="result_reviewed_exactly_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(status="sent_back", sent_back_by__isnull=False, sent_back_at__isnull=False)
                & ~models.Q(sent_back_reason="")
                | ~models.Q(status="sent_back")
                & models.Q(sent_back_by=None, sent_back_at=None, sent_back_reason="")
                | models.Q(status="discarded"),
                name="result_sent_back_exactly_when",
            ),
        ),
    ]
