from django.db import migrations

from forces.locks import Immutable, SharedTable


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("forces", "0002_locks")]

    operations = [
        SharedTable("jobs_job", rights="SELECT, INSERT, UPDATE"),
        Immutable("jobs_job", ["uid", "kind", "force_id", "requested_by_id", "requested_at", "payload"]),
    ]
