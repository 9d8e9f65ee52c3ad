from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0008_facets_hold")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("act", "original"), _negated=True),
                fields=["realm", "-entered_at", "-act", "-id"],
                name="entry_changes_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("act", "original"), _negated=True),
                fields=["force", "-entered_at", "-act", "-id"],
                name="entry_force_changes_idx",
            ),
        ),
    ]
