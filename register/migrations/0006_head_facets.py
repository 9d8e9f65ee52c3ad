from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0005_latest_of_a_force")]

    operations = [
        # A constant default and nulls: PostgreSQL writes no row for these.
        migrations.AddField("head", "use_case", models.CharField(blank=True, default="", max_length=200), False),
        migrations.AddField("head", "algorithm", models.CharField(blank=True, default="", max_length=302), False),
        migrations.AddField("head", "threshold", models.CharField(blank=True, default="", max_length=12), False),
        migrations.AddField("head", "watchlist_size", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "head",
            "days_to_publish",
            models.IntegerField(
                help_text="Days from the deployment to its force's first publication of it.", null=True
            ),
        ),
    ]
