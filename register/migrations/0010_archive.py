from django.db import migrations, models

from forces.locks import CentralTable


class Migration(migrations.Migration):
    dependencies = [("register", "0009_changes_found")]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "realm",
                    models.CharField(
                        choices=[("national", "National record"), ("demonstration", "Demonstration (made up)")],
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("version", models.CharField(max_length=200)),
                ("redaction", models.BigIntegerField()),
                ("path", models.CharField(help_text="In the private storage.", max_length=200)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("members", models.JSONField()),
                (
                    "as_of",
                    models.DateTimeField(
                        help_text="When the register last changed; null if it is empty.", null=True
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
        ),
        CentralTable("register_archive"),
    ]
