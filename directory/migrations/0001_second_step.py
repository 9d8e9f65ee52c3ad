from django.db import migrations

from forces.locks import CentralTable


class Migration(migrations.Migration):
    """allauth's table of what people sign in with besides a password; what it holds is sealed."""

    initial = True
    dependencies = [
        ("forces", "0006_user_sessions_ended"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [CentralTable("mfa_authenticator", "SELECT, INSERT, UPDATE, DELETE")]
