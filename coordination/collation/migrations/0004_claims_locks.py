from django.db import migrations

from forces.locks import CentralTable


class Migration(migrations.Migration):
    dependencies = [("collation", "0003_claims")]

    operations = [
        CentralTable("collation_claim"),
        CentralTable("collation_reconciled"),
        CentralTable("collation_moved", "SELECT, INSERT, DELETE"),
    ]
