from django.db import migrations

from forces.locks import CentralTable


class Migration(migrations.Migration):
    """allauth looks up addresses when somebody signs in. Nobody confirms one: people are invited."""

    dependencies = [
        ("forces", "0004_grants_seen_by_guardian"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        CentralTable("account_emailaddress"),
        CentralTable("account_emailconfirmation", ""),
    ]
