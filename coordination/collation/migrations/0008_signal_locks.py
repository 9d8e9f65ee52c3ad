from django.db import migrations

from forces.locks import PublishedTable, TenantTable


class Migration(migrations.Migration):
    dependencies = [("collation", "0007_signals"), ("forces", "0002_locks")]

    operations = [
        # A force and the centre read them; what the public may see is the chart itself.
        TenantTable("collation_signal"),
        PublishedTable("collation_stirred", rights="SELECT, INSERT, DELETE"),
    ]
