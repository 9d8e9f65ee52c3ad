from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("register", "0007_heads_take_their_facets")]

    operations = [
        migrations.AddIndex(
            model_name="head",
            index=models.Index(fields=["realm", "use_case", "-on", "-entry"], name="head_use_case_idx"),
        ),
        migrations.AddIndex(
            model_name="head",
            index=models.Index(fields=["realm", "threshold", "-on", "-entry"], name="head_threshold_idx"),
        ),
        migrations.AddConstraint(
            model_name="head",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("is_redacted", False),
                    Q(("algorithm", ""), ("threshold", ""), ("use_case", ""), ("watchlist_size", None)),
                    _connector="OR",
                ),
                name="head_redacted_has_no_facets",
            ),
        ),
        migrations.AddConstraint(
            model_name="head",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("days_to_publish", None), ("origin", "collated")),
                    Q(("days_to_publish__isnull", False), ("origin", "submitted")),
                    _connector="OR",
                ),
                name="head_days_are_the_forces_own",
            ),
        ),
    ]
